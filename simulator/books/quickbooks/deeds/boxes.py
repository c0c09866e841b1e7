"""Boxes of an edit form: where each stands in a row, and how what is typed becomes a request of the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.quickbooks.company import Company, Obj

from ...shapes import Field, Form, Option
from .. import cells
from . import figures

Options = Callable[[Company, str], Sequence[Option]]


@dataclass(frozen=True)
class Box:
    path: str  # `BillEmail.Address`
    label: str
    kind: str = "text"
    options: Options | None = None
    hint: str = ""
    required: bool = False
    longest: int = 0

    @property
    def name(self) -> str:
        return self.path.replace(".", "-")

    def field(self, company: Company, row: Obj) -> Field:
        held = shown(row, self.path)
        options = list(self.options(company, held)) if self.options else []
        if self.kind == "choice" and not any(option.value == held for option in options):
            options.insert(0, Option(held, "Choose" if self.required else "None"))
        return Field(
            self.name,
            self.label,
            self.kind,
            held,
            required=self.required,
            hint=self.hint,
            options=options,
            chosen=frozenset(("yes",)) if held == "True" else frozenset(),
            longest=self.longest,
        )

    def value(self, form: Form) -> Any:
        if self.kind == "check":
            return form.ticked(self.name)
        text = form.text(self.name)
        if self.kind == "amount":
            return figures.amount(text, self.label) if text else None
        return text or None

    def changed(self, form: Form, row: Obj) -> bool:
        if self.kind == "check":
            return form.ticked(self.name) != (shown(row, self.path) == "True")
        return form.text(self.name) != shown(row, self.path)


def shown(row: Obj, path: str) -> str:
    value: Any = row
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return ""
    return str(value) if isinstance(value, bool | str) else cells.quantity(value)


def changes(boxes: Sequence[Box], form: Form, row: Obj) -> Obj:
    """What differs from the row, as the body of a sparse update. An emptied box clears its field."""
    body: Obj = {}
    for box in boxes:
        if not box.changed(form, row):
            continue
        head, _, rest = box.path.partition(".")
        value = box.value(form)
        if not rest:
            body[head] = value
        elif value is None and rest in ("value", "Address", "URI", "FreeFormNumber"):
            body[head] = None
        else:
            body[head] = {**(body.get(head) or row.get(head) or {}), rest: value}
    return body
