"""Amounts as people type them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from ...shapes import RefusedDeed


def amount(text: str, label: str) -> Decimal:
    """`1,234.50` or `1234.5`; an empty box is nought."""
    plain = text.replace(",", "").replace("\N{MINUS SIGN}", "-").strip()
    try:
        value = Decimal(plain or "0")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise RefusedDeed(f"{label}: “{text}” is not an amount. Write it like 1234.50.")
    return value


def above_zero(text: str, label: str) -> Decimal:
    value = amount(text, label)
    if value <= 0:
        raise RefusedDeed(f"{label} has to be more than zero.")
    return value
