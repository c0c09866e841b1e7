"""What a sender says about an invoice and its payment, the same whether the platform, Stripe or a file says it.

A part that the sender shrank to its id stands as Known: it has to be ours already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from kz_admin.domain.invoices import Prices
from kz_admin.domain.payments import Method
from kz_admin.domain.records import Address


@dataclass(frozen=True)
class Known:
    """Only an id: everything else was said before."""

    id: str


@dataclass(frozen=True)
class ClientSaid:
    id: str
    name: str
    email: str = ""
    company: str = ""
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    phone: str = ""
    address: Address = field(default_factory=Address)


@dataclass(frozen=True)
class Named:
    """A service or a tax rate by the sender's id and name."""

    id: str
    name: str
    percent: Decimal | None = None  # taxes


@dataclass(frozen=True)
class LineSaid:
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: int
    service: Named | None = None
    tax: Named | None = None
    tax_amount: int | None = None


@dataclass(frozen=True)
class InvoiceSaid:
    id: str
    number: str
    issued_on: str
    currency: str
    lines: tuple[LineSaid, ...]
    total: int
    prices: Prices = Prices.EXCLUSIVE
    due_on: str = ""
    terms: str = ""
    note: str = ""
    discount: int = 0
    tax_total: int | None = None


@dataclass(frozen=True)
class PaymentSaid:
    method: Method
    id: str = ""  # none: what is open is paid
    amount: str = ""  # in major units, as sent: a known invoice's currency is not in the body
    paid_at: int | None = None
    paid_on: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Paid:
    client: ClientSaid | Known
    invoice: InvoiceSaid | Known
    payment: PaymentSaid | None  # none: it was only finalised or sent
    tenant: str = ""
