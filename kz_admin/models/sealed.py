"""Sealed columns: what is assigned is encrypted for this row of this tenant, what is read is opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

from flask import Flask, current_app

from kz_admin.config import Config
from kz_admin.crypto import Keyring
from kz_admin.models.base import Base


def init_app(app: Flask) -> None:
    cfg: Config = app.config["KZ"]
    app.extensions["kz_keyring"] = Keyring(cfg.encryption_keys)


def keyring() -> Keyring:
    ring: Keyring = current_app.extensions["kz_keyring"]
    return ring


def context_of(table: str, column: str, tenant_id: object, row_id: object) -> str:
    return f"{table}.{column}|{tenant_id or '-'}|{row_id}"


class Sealed:
    """`token = Sealed("token_sealed")` gives the plain text of the column `token_sealed` of the same row."""

    def __init__(self, column: str) -> None:
        self.column = column

    def _context(self, row: Any) -> str:
        if row.id is None:
            raise RuntimeError("a row needs its id before it can hold a secret")
        return context_of(row.__tablename__, self.column, getattr(row, "tenant_id", None), row.id)

    @overload
    def __get__(self, row: None, owner: type) -> Sealed: ...
    @overload
    def __get__(self, row: Base, owner: type) -> str | None: ...
    def __get__(self, row: Base | None, owner: type) -> Sealed | str | None:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else keyring().open(sealed, self._context(row))

    def __set__(self, row: Base, plain: str | None) -> None:
        setattr(row, self.column, None if plain is None else keyring().seal(plain, self._context(row)))


def sealed_columns() -> Iterator[tuple[type[Any], str]]:
    """Every (model, column) that holds ciphertext: what key rotation and the canary sweep walk over."""
    for mapper in Base.registry.mappers:
        for name, attribute in vars(mapper.class_).items():
            if isinstance(attribute, Sealed) and name:
                yield mapper.class_, attribute.column
