"""Objects of theirs, read as far as we look at them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kz_admin.domain.money import Money
from kz_admin.domain.pushing import Remote

Row = Mapping[str, Any]


VOIDED = "Voided"  # what they put before the note; in another language it goes unseen, and is voided once more


def as_remote(entity: str, row: Row) -> Remote:
    currency, text = value_of(row.get("CurrencyRef")), str(row.get("PrivateNote") or "")
    total = minor_of(row.get("TotalAmt"), currency)
    return Remote(
        remote_type=entity,
        remote_id=str(row.get("Id") or ""),
        version=str(row.get("SyncToken") or ""),
        number=str(row.get("DocNumber") or ""),
        name=str(row.get("DisplayName") or row.get("Name") or ""),
        email=email_of(row),
        customer=value_of(row.get("CustomerRef")),
        currency=currency,
        total=total,
        balance=minor_of(row.get("Balance"), currency),
        tax=minor_of(as_row(row.get("TxnTaxDetail")).get("TotalTax"), currency),
        rate=decimal_of(row.get("ExchangeRate")),
        text=text,
        active=row.get("Active", True) is not False,
        voided=total == 0 and text.startswith(VOIDED),
        links=tuple((str(link.get("TxnType")), str(link.get("TxnId"))) for link in rows_of(row.get("LinkedTxn"))),
        raw=row,
    )


def customer(row: Row) -> Remote:
    return as_remote("Customer", row)


def item(row: Row) -> Remote:
    return as_remote("Item", row)


def invoice(row: Row) -> Remote:
    return as_remote("Invoice", row)


def payment(row: Row) -> Remote:
    return as_remote("Payment", row)


def credit_memo(row: Row) -> Remote:
    return as_remote("CreditMemo", row)


def refund_receipt(row: Row) -> Remote:
    return as_remote("RefundReceipt", row)


def value_of(ref: object) -> str:
    """The id in {"value": "42", "name": "Ada"}."""
    return str(as_row(ref).get("value") or "")


def email_of(row: Row) -> str:
    return str(as_row(row.get("PrimaryEmailAddr")).get("Address") or "")


def as_row(value: object) -> Row:
    return value if isinstance(value, Mapping) else {}


def rows_of(value: object) -> list[Row]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def decimal_of(value: object) -> Decimal | None:
    """Numbers come as 100.00, 0 or, in some answers, as text."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def minor_of(value: object, currency: str) -> int | None:
    """None as well for what our kind of that currency cannot count: it is shown as unknown, not rounded."""
    number = decimal_of(value)
    if number is None:
        return None
    try:
        return Money.of(number, currency).minor
    except ValueError:
        return None
