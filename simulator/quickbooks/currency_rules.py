"""Which currency a customer, vendor or account keeps its books in: given once, fixed afterwards."""

from __future__ import annotations

from . import faults
from .company import Company, Obj
from .currencies import NAMES


def chosen(company: Company, body: Obj, stored: Obj | None) -> Obj:
    """The CurrencyRef of a row: what it was created with; a new one is added to the company's currencies."""
    sent = (body.get("CurrencyRef") or {}).get("value")
    if stored is not None:
        held = stored["CurrencyRef"]["value"]
        if sent and sent.upper() != held:
            raise faults.business(f"The currency cannot be changed from {held} to {sent}", "CurrencyRef")
        return {"value": held}
    code = str(sent or company.home_currency).upper()
    if code not in NAMES:
        raise faults.bad_currency(code)
    if code != company.home_currency:
        if not company.multicurrency:
            raise faults.business("Multi Currency should be enabled to perform this operation.", "CurrencyRef")
        _add(company, code)
    return {"value": code}


def _add(company: Company, code: str) -> None:
    if company.table("CompanyCurrency").first("Code", code) is None:
        company.insert("CompanyCurrency", {"Code": code, "Name": NAMES[code], "Active": True}, "CompanyCurrency")
