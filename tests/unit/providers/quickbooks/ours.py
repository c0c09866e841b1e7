"""Documents of ours and what builders get beside them, made short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from kz_admin.domain.invoices import Charge, Prices, line_amount, totals
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.payments import Method
from kz_admin.domain.presets import ON_PAID
from kz_admin.domain.problems import Problem, Unfit
from kz_admin.domain.pushing import Company, Key, Ref, Refs
from kz_admin.domain.records import (
    Address,
    AllocationRecord,
    ClientRecord,
    InvoiceRecord,
    LineRecord,
    PaymentRecord,
    RefundRecord,
    ServiceRecord,
)

CLIENT_ID, SERVICES_ID = uuid4(), uuid4()
INCOME = "82"
US_FACTS: dict[str, Any] = {
    "own_numbers": True,
    "multicurrency": False,
    "taxes": True,
    "automated_tax": True,
    "discounts": True,
    "closed_until": "",
}


def company(country: str = "US", currency: str = "USD", **facts: Any) -> Company:
    return Company(country, currency, "Plus", {**US_FACTS, **facts})


def client(name: str = "Ada Lund", email: str = "ada@lund.example", **changed: Any) -> ClientRecord:
    usual = ClientRecord(
        id=CLIENT_ID,
        revision=1,
        origin=Origin.OURS,
        created_at=0,
        name=name,
        company="",
        given_name="Ada",
        middle_name="",
        family_name="Lund",
        email=email,
        phone="",
        address=Address(),
        currency="USD",
        marketable=False,
        archived=False,
    )
    return replace(usual, **changed)


def service(name: str = "Services", **changed: Any) -> ServiceRecord:
    usual = ServiceRecord(
        id=SERVICES_ID,
        revision=1,
        origin=Origin.OURS,
        created_at=0,
        name=name,
        description="",
        unit_price=None,
        built_in=True,
        archived=False,
    )
    return replace(usual, **changed)


def sold(quantity: str, price: str, percent: str | None = None, *, words: str = "Work", tax: int | None = None) -> Any:
    """A line before it is added up."""
    return Decimal(quantity), Decimal(price), Decimal(percent) if percent else None, words, tax


def invoice(*goods: Any, prices: Prices = Prices.EXCLUSIVE, discount: int = 0, **changed: Any) -> InvoiceRecord:
    goods = goods or (sold("4", "75"),)
    currency = changed.get("currency", "USD")
    charges = [
        Charge(line_amount(quantity, price, currency), percent, tax) for quantity, price, percent, _, tax in goods
    ]
    sums = totals(charges, prices=prices, discount=discount, stated_tax=changed.pop("stated_tax", None))
    lines = tuple(
        LineRecord(
            description=words,
            quantity=quantity,
            unit_price=price,
            amount=charge.amount,
            discount=share,
            tax=tax,
            tax_rate_id=None,
            tax_name="Sales tax" if percent else "",
            tax_percent=percent,
            service_id=None,
        )
        for (quantity, price, percent, words, _), charge, share, tax in zip(
            goods, charges, sums.line_discounts, sums.line_taxes, strict=True
        )
    )
    usual = InvoiceRecord(
        id=uuid4(),
        revision=1,
        origin=Origin.OURS,
        created_at=0,
        client_id=CLIENT_ID,
        project_id=None,
        number="INV-104",
        issued_on="2026-03-02",
        currency=currency,
        prices=prices,
        note="",
        lines=lines,
        subtotal=sums.subtotal,
        discount=discount,
        discount_percent=None,
        tax=sums.tax,
        total=sums.total,
        due_on="2026-04-01",
        terms="",
        state=InvoiceState.PAID,
        open=0,
        paid_at=1,
    )
    return replace(usual, **changed)


def payment(*settles: tuple[UUID, int], amount: int | None = None, **changed: Any) -> PaymentRecord:
    usual = PaymentRecord(
        id=uuid4(),
        revision=1,
        origin=Origin.OURS,
        created_at=0,
        client_id=CLIENT_ID,
        currency="USD",
        amount=sum(part for _, part in settles) if amount is None else amount,
        paid_on="2026-03-05",
        method=Method.CARD,
        reference="",
        deposit_account="",
        voided=False,
        allocations=tuple(AllocationRecord(invoice_id, part) for invoice_id, part in settles),
    )
    return replace(usual, **changed)


def refund(**changed: Any) -> RefundRecord:
    usual = RefundRecord(
        id=uuid4(),
        revision=1,
        origin=Origin.OURS,
        created_at=0,
        client_id=CLIENT_ID,
        payment_id=uuid4(),
        credit_note_id=None,
        currency="USD",
        amount=40_00,
        refunded_on="2026-03-09",
        method=Method.CARD,
        reference="re_8812",
        voided=False,
    )
    return replace(usual, **changed)


def refs(record: Any, *, there: Company | None = None, **more: Any) -> Refs:
    usual: dict[str, Any] = {
        "company": there or company(),
        "settings": ON_PAID,
        "marker": f"kz:{record.id}",
        "accounts": {"income": INCOME},
    }
    if isinstance(record, InvoiceRecord):
        usual |= {"partners": partners(record.currency), "names": {CLIENT_ID: "Ada Lund"}}
    return Refs(**{**usual, **more})


def partners(currency: str = "USD") -> dict[Key, Ref]:
    return {(Kind.CLIENT, CLIENT_ID, currency): Ref("70"), (Kind.SERVICE, SERVICES_ID, INCOME): Ref("31")}


def settled(*refs_of: tuple[UUID, Ref]) -> dict[Key, Ref]:
    return {(Kind.INVOICE, invoice_id, ""): ref for invoice_id, ref in refs_of}


def problem(run: Callable[[], object]) -> Problem:
    with pytest.raises(Unfit) as told:
        run()
    return told.value.problem


def texts_of(rows: Sequence[Any]) -> list[str]:
    return [one.statement for one in rows]
