"""From a form to the entity that operations work with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..company import Company, Obj
from ..entities.entity import Entity
from ..table import reference
from . import lifecycle, mailing, printing, removal
from .form import ALWAYS_READ_ONLY, ENTITY_OF, FORMS, HEADER_LENGTHS, Form
from .key_order import in_order


def entity_of(form: Form) -> Entity:
    """Register the form and answer the entity that operations work with."""
    FORMS[form.name] = form
    actions: dict[str, Any] = {}
    if form.sendable:
        actions["send"] = partial(mailing.send, form)
    if form.printable:
        actions["pdf"] = partial(printing.pdf, form)
    made = Entity(
        name=form.name,
        path=form.path,
        family=form.family,
        create=partial(lifecycle.create, form),
        update=partial(lifecycle.update, form),
        delete=partial(removal.delete, form),
        void=partial(removal.void, form) if form.voidable else None,
        actions=actions,
        render=partial(_shown, form),
        required=form.required,
        required_sparse=form.required_sparse,
        read_only=form.read_only | ALWAYS_READ_ONLY,
        filterable=form.filterable,
        lengths={**HEADER_LENGTHS, **form.lengths},
        indexes=_indexes(form),
        **form.settings,
    )
    ENTITY_OF[form.name] = made
    return made


def _shown(form: Form, company: Company, row: Obj) -> Obj:
    return in_order(form.name, company, form.show(company, row) if form.show else row)


def _indexes(form: Form) -> dict[str, Callable[[Obj], Any]]:
    made: dict[str, Callable[[Obj], Any]] = {
        "DocNumber": lambda row: row.get("DocNumber"),
        "TxnDate": lambda row: row.get("TxnDate"),
    }
    for name in form.indexed:
        made[name] = reference(name) if name.endswith("Ref") else partial(_plain, name)
    return made


def _plain(name: str, row: Obj) -> str | None:
    value = row.get(name)
    return str(value) if value is not None else None
