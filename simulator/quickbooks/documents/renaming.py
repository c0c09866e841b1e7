"""When two names are merged, every document of the loser becomes the winner's."""

from __future__ import annotations

from typing import Any

from .. import ledger, links
from ..company import Company, Obj
from .form import FORMS

_FIELDS = {"Customer": ("CustomerRef", "ProjectRef"), "Vendor": ("VendorRef",), "Employee": ("EmployeeRef",)}
_TYPED = ("EntityRef", "Entity")


def move_name(company: Company, kind: str, losing_id: str, winning_id: str) -> None:
    """References in headers and lines, the account of the name, and what is applied on it. SyncTokens stay."""
    for form in FORMS.values():
        for row in company.table(form.name).all():
            moved = _moved(row, kind, losing_id, winning_id)
            if moved != row:
                company.table(form.name).put(company.touch(moved, bump=False))
    losing, winning = f"{kind}/{losing_id}", f"{kind}/{winning_id}"
    for link in company.table(links.TABLE).all():
        if link["name"] == losing:
            company.table(links.TABLE).put({**link, "name": winning})
    ledger.move_name(company, losing_id, winning_id, kind)


def _moved(value: Any, kind: str, losing_id: str, winning_id: str) -> Any:
    if isinstance(value, list):
        return [_moved(each, kind, losing_id, winning_id) for each in value]
    if not isinstance(value, dict):
        return value
    made: Obj = {key: _moved(each, kind, losing_id, winning_id) for key, each in value.items()}
    for key, ref in value.items():
        if isinstance(ref, dict) and ref.get("value") == losing_id and _names(kind, key, ref, value):
            made[key] = {**{part: ref[part] for part in ref if part != "name"}, "value": winning_id}
    return made


def _names(kind: str, key: str, ref: Obj, holder: Obj) -> bool:
    """Whether this reference means a name of that kind; the kind stands in it, or beside it in `Type`."""
    if key in _FIELDS[kind]:
        return True
    return key in _TYPED and kind.casefold() in (str(each).casefold() for each in (ref.get("type"), holder.get("Type")))
