"""The currency and exchange rate of a document."""

from __future__ import annotations

from decimal import Decimal

from .company import Company, Obj
from .faults import Fault, bad_currency, business
from .money import ZERO, number, plain

ONE = Decimal(1)


def mismatch() -> Fault:
    return business("The currency of the transaction is invalid for customer/vendor/account.")


def currency_of(company: Company, row: Obj | None) -> str:
    """The currency a customer, vendor or account is bound to."""
    return ((row or {}).get("CurrencyRef") or {}).get("value") or company.home_currency


def settle(company: Company, fields: Obj, *bound: Obj | None) -> None:
    """Fill in `CurrencyRef` and, where several currencies are on, `ExchangeRate`.

    `bound` are the rows the document's currency has to agree with.
    """
    home = company.home_currency
    code = str((fields.get("CurrencyRef") or {}).get("value") or home).upper()
    if not company.multicurrency:
        if code != home:
            raise business(f"Multicurrency is not turned on in this company, which keeps its books in {home}.")
        fields.pop("ExchangeRate", None)
    elif not _known(company, code):
        raise bad_currency(code)
    for row in bound:
        if row is not None and currency_of(company, row) != code:
            raise mismatch()
    fields["CurrencyRef"] = {"value": code}
    if company.multicurrency:
        fields["ExchangeRate"] = _rate(company, code, fields)


def rate_of(row: Obj) -> Decimal:
    return number(row.get("ExchangeRate") or ONE)


def _known(company: Company, code: str) -> bool:
    return code == company.home_currency or company.table("CompanyCurrency").first("Code", code) is not None


def _rate(company: Company, code: str, fields: Obj) -> Decimal:
    if code == company.home_currency:
        return ONE
    sent = fields.get("ExchangeRate")
    if sent is not None and number(sent) > ZERO:
        return plain(sent)
    return daily_rate(company, code, fields["TxnDate"])


def daily_rate(company: Company, code: str, date: str) -> Decimal:
    """QuickBooks' own rate: the newest known on or before the day, else the oldest known, else 1."""
    rows = company.table("ExchangeRate").by("SourceCurrencyCode", code)
    dated = sorted(((str(row.get("AsOfDate", "")), row) for row in rows), key=lambda each: each[0])
    earlier = [row for day, row in dated if day <= date]
    chosen = earlier[-1] if earlier else dated[0][1] if dated else None
    return plain(chosen["Rate"]) if chosen else ONE
