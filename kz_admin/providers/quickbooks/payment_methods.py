"""The payment methods of the company, and which of them is meant by one of ours."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.lists import Choice
from kz_admin.domain.names import name_key
from kz_admin.domain.payments import Method
from kz_admin.providers.base import Access
from kz_admin.providers.quickbooks import api

# What people call them over there; the first that exists is it.
WORDS = {
    Method.CARD: ("credit card", "card"),
    Method.BANK_TRANSFER: ("bank transfer",),
    Method.E_TRANSFER: ("e-transfer", "interac e-transfer", "etransfer"),
    Method.CHEQUE: ("check", "cheque"),
    Method.CASH: ("cash",),
    Method.QUICKBOOKS_PAYMENTS: ("quickbooks payments",),
    Method.OTHER: ("other",),
}


def read_payment_methods(access: Access) -> Sequence[Choice]:
    rows = api.query(access, "SELECT * FROM PaymentMethod WHERE Active IN (true, false)", "PaymentMethod")
    return [
        Choice(
            remote_id=str(row["Id"]),
            name=str(row.get("Name") or ""),
            group=str(row.get("Type") or ""),
            active=bool(row.get("Active", True)),
            details={},
        )
        for row in rows
    ]


def likely_method(method: Method, choices: Sequence[Choice]) -> Choice | None:
    """The one of exactly that name. A guess would book a payment under the wrong word."""
    for word in WORDS[method]:
        found = [choice for choice in choices if choice.active and name_key(choice.name) == word]
        if len(found) == 1:
            return found[0]
    return None
