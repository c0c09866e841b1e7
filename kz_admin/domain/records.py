"""Our documents as frozen plain data, ready to push. Amounts in minor units, prices and quantities exact."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from kz_admin.domain.invoices import Prices
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.payments import Method


@dataclass(frozen=True)
class Address:
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""  # ISO 3166-1 alpha-2

    def __bool__(self) -> bool:
        return any(vars(self).values())

    @property
    def lines(self) -> tuple[str, ...]:
        place = " ".join(filter(None, (self.city, self.region, self.postal_code)))
        return tuple(filter(None, (self.line1, self.line2, place, self.country)))


@dataclass(frozen=True)
class Record:
    """What all of them have: identity, revision, where they were made."""

    id: UUID
    revision: int
    origin: Origin
    created_at: int


@dataclass(frozen=True)
class ClientRecord(Record):
    name: str
    company: str
    given_name: str
    middle_name: str
    family_name: str
    email: str
    phone: str
    address: Address
    currency: str
    marketable: bool
    archived: bool
    kind = Kind.CLIENT


@dataclass(frozen=True)
class ProjectRecord(Record):
    client_id: UUID
    name: str
    code: str
    archived: bool
    kind = Kind.PROJECT


@dataclass(frozen=True)
class ServiceRecord(Record):
    name: str
    description: str
    unit_price: Decimal | None
    built_in: bool
    archived: bool
    kind = Kind.SERVICE


@dataclass(frozen=True)
class VendorRecord(Record):
    name: str
    email: str
    phone: str
    archived: bool
    kind = Kind.VENDOR


@dataclass(frozen=True)
class LineRecord:
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: int
    discount: int  # this line's share of the document's discount
    tax: int
    tax_rate_id: UUID | None
    tax_name: str
    tax_percent: Decimal | None
    service_id: UUID | None


@dataclass(frozen=True)
class SalesRecord(Record):
    """What invoices and credit notes share."""

    client_id: UUID
    project_id: UUID | None
    number: str
    issued_on: str
    currency: str
    prices: Prices
    note: str
    lines: tuple[LineRecord, ...]
    subtotal: int
    discount: int
    discount_percent: Decimal | None
    tax: int
    total: int
    exchange_rate: Decimal | None = field(default=None, kw_only=True)  # ours: company currency for one unit


@dataclass(frozen=True)
class InvoiceRecord(SalesRecord):
    due_on: str
    terms: str
    state: InvoiceState
    open: int
    paid_at: int | None
    voided_on: str = ""  # the day in the tenant's zone, where a builder needs it
    kind = Kind.INVOICE


@dataclass(frozen=True)
class AllocationRecord:
    invoice_id: UUID
    amount: int


@dataclass(frozen=True)
class CreditNoteRecord(SalesRecord):
    invoice_id: UUID | None  # the invoice it corrects
    voided: bool
    allocations: tuple[AllocationRecord, ...]
    kind = Kind.CREDIT_NOTE


@dataclass(frozen=True)
class PaymentRecord(Record):
    client_id: UUID
    currency: str
    amount: int
    paid_on: str
    method: Method
    reference: str
    deposit_account: str
    voided: bool
    allocations: tuple[AllocationRecord, ...]
    exchange_rate: Decimal | None = None
    kind = Kind.PAYMENT


@dataclass(frozen=True)
class RefundRecord(Record):
    client_id: UUID
    payment_id: UUID | None
    credit_note_id: UUID | None
    currency: str
    amount: int
    refunded_on: str
    method: Method
    reference: str
    voided: bool
    lines: tuple[LineRecord, ...] = ()  # what it takes back of the sales that were paid; none where that is not known
    kind = Kind.REFUND


@dataclass(frozen=True)
class TimeEntryRecord(Record):
    member_id: UUID
    client_id: UUID
    project_id: UUID | None
    service_id: UUID | None
    worked_on: str
    minutes: int
    description: str
    billable: bool
    hourly_rate: Decimal | None
    approved: bool
    kind = Kind.TIME_ENTRY


@dataclass(frozen=True)
class ExpenseRecord(Record):
    member_id: UUID | None
    vendor_id: UUID | None
    client_id: UUID | None
    project_id: UUID | None
    category_id: UUID
    spent_on: str
    description: str
    currency: str
    amount: int  # what was paid, tax included
    tax: int
    tax_rate_id: UUID | None
    paid_with: str
    billable: bool
    receipt_id: UUID | None
    kind = Kind.EXPENSE
