"""Ids of rows and the subjects that name them, as both databases can compare them.

A subject is text with dashes; SQLite keeps an id as text without them, PostgreSQL as a type of its own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class subject_of(GenericFunction[str]):  # noqa: N801 - reads as the SQL function it is
    """A row's id as mappings write it: with dashes, on both databases."""

    type = String()
    inherit_cache = True
    name = "subject_of"


@compiles(subject_of)
def _as_text(element: subject_of, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AS VARCHAR)"


@compiles(subject_of, "sqlite")
def _with_dashes(element: subject_of, compiler: SQLCompiler, **more: Any) -> str:
    column = compiler.process(element.clauses, **more)
    return " || '-' || ".join(f"substr({column}, {at}, {length})" for at, length in _DASHED)


class id_named(GenericFunction[str]):  # noqa: N801 - reads as the SQL function it is
    """The id in a subject, as `id_held` has it: so that the few subjects find their rows by the primary key."""

    type = String()
    inherit_cache = True
    name = "id_named"


class id_held(GenericFunction[str]):  # noqa: N801 - reads as the SQL function it is
    type = String()
    inherit_cache = True
    name = "id_held"


@compiles(id_named)
@compiles(id_held, "sqlite")
def _as_it_is(element: id_named | id_held, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(id_held)
def _id_as_text(element: id_held, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AS VARCHAR)"


@compiles(id_named, "sqlite")
def _without_dashes(element: id_named, compiler: SQLCompiler, **more: Any) -> str:
    return f"replace({compiler.process(element.clauses, **more)}, '-', '')"


_DASHED = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
