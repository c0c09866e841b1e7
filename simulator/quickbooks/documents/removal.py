"""Void and delete: what a document did is taken back; what is tied to it is set free or forbids it."""

from __future__ import annotations

from typing import Any

from .. import closing, ledger, links, stock
from ..company import Company, Obj
from ..entities.entity import Params
from ..money import ZERO
from ..settling import settled
from . import lifecycle
from .form import Form
from .refusals import cannot_delete

VOIDED = "Voided"
# Applied documents that stand in the way of a delete; the others are simply let go.
HOLDERS = ("Payment/", "BillPayment/")
_ZEROED = ("Amount", "Qty", "TaxInclusiveAmt", "TaxAmount", "NetAmountTaxable", "TotalTax", "DiscountAmt")
_ZEROED_HEADER = ("TotalAmt", "HomeTotalAmt", "Deposit", "UnappliedAmt", "Balance", "HomeBalance")


def delete(form: Form, company: Company, stored: Obj, params: Params) -> None:
    _refuse_locked(company, form, stored)
    key = links.key_of(form.name, stored["Id"])
    for each in links.to_target(company, key):
        if each["source"].startswith(HOLDERS) or form.name == "TimeActivity":
            raise cannot_delete(" ".join(links.split(each["source"])))
    touched = links.rewrite(company, key, ()) | lifecycle.with_relaxed(company, links.release(company, key))
    names = _take_back(company, form, stored)
    company.remove(form.name, stored["Id"])
    ledger.follow(company, names | lifecycle.settle_neighbours(company, key, touched))


def void(form: Form, company: Company, stored: Obj, params: Params) -> Obj:
    _refuse_locked(company, form, stored)
    key = links.key_of(form.name, stored["Id"])
    touched = links.rewrite(company, key, ()) | lifecycle.with_relaxed(company, links.release(company, key))
    names = _take_back(company, form, stored)
    row = settled(company, form.name, _emptied(stored))
    saved = company.replace(form.name, stored, row, "Void")
    ledger.follow(company, names | lifecycle.settle_neighbours(company, key, touched))
    return saved


def _refuse_locked(company: Company, form: Form, stored: Obj) -> None:
    lifecycle.refuse_deposited(company, form, stored)
    if form.posts:
        closing.check(company, stored["TxnDate"])


def _take_back(company: Company, form: Form, row: Obj) -> set[ledger.Name]:
    stock.move(company, links.key_of(form.name, row["Id"]), form.stock_sign, {})
    return ledger.unpost(company, form.name, row["Id"])


def _emptied(row: Obj) -> Obj:
    """All amounts and quantities nought, `Voided` in front of the private note."""
    note = row.get("PrivateNote")
    fresh: Obj = _zeroed({key: value for key, value in row.items() if key != "PrivateNote"})
    for name in _ZEROED_HEADER:
        if name in fresh:
            fresh[name] = ZERO
    if not (note or "").startswith(VOIDED):
        note = f"{VOIDED} - {note}" if note else VOIDED
    return {**fresh, "PrivateNote": note, "_voided": True}


def _zeroed(value: Any) -> Any:
    if isinstance(value, list):
        return [_zeroed(each) for each in value]
    if isinstance(value, dict):
        return {key: ZERO if key in _ZEROED else _zeroed(each) for key, each in value.items()}
    return value
