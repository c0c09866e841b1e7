"""What invoices and credit notes share: their contents, checked and added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain import exchange
from kz_admin.domain.failures import Wrong
from kz_admin.domain.figures import major_text
from kz_admin.domain.invoices import Charge, Prices, Totals, line_amount, percentage_of, totals
from kz_admin.domain.names import number_key
from kz_admin.domain.records import LineRecord
from kz_admin.domain.regions import CURRENCIES
from kz_admin.domain.terms import is_date
from kz_admin.models.client import Client
from kz_admin.models.project import Project
from kz_admin.models.sale import Sale, SaleLine
from kz_admin.models.service import Service
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services.documents.saving import known, put
from kz_admin.services.documents.work import Work

MOST_LINES = 750  # what QuickBooks takes on a taxed invoice
LONGEST_TEXT = 4_000
LONGEST_NUMBER = 60
MOST_MINOR = 10**14

L = TypeVar("L", bound=SaleLine)


@dataclass(frozen=True)
class Line:
    """A line as a person or a platform writes it. An amount or a tax that is given stands as given."""

    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    service_id: UUID | None = None
    tax_rate_id: UUID | None = None
    amount: int | None = None
    tax_name: str = ""  # of a rate that is none of ours yet
    tax_percent: Decimal | None = None
    stated_tax: int | None = None


@dataclass(frozen=True)
class Contents:
    client_id: UUID | None
    issued_on: str
    currency: str
    lines: tuple[Line, ...]
    number: str = ""
    project_id: UUID | None = None
    prices: Prices = Prices.EXCLUSIVE
    note: str = ""
    discount: int = 0
    discount_percent: Decimal | None = None
    stated_tax: int | None = None
    exchange_rate: Decimal | None = None  # company currency for one unit; None leaves it to the provider

    def check(self) -> None:
        if self.client_id is None:
            raise Wrong("client", "Choose a client.")
        if not is_date(self.issued_on):
            raise Wrong("issued_on", "Enter a date such as 2026-07-31.")
        if self.currency not in CURRENCIES:
            raise Wrong("currency", "Choose a currency from the list.")
        exchange.check(self.exchange_rate)
        if len(self.number) > LONGEST_NUMBER:
            raise Wrong("number", f"A number can have at most {LONGEST_NUMBER} characters.")
        if not self.lines:
            raise Wrong("lines", "Add at least one line.")
        if len(self.lines) > MOST_LINES:
            raise Wrong("lines", f"An invoice can have at most {MOST_LINES} lines.")
        if len(self.note) > LONGEST_TEXT or any(len(line.description) > LONGEST_TEXT for line in self.lines):
            raise Wrong("lines", f"A text can have at most {LONGEST_TEXT:,} characters.")

    def head(self) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "project_id": self.project_id,
            "number": self.number.strip() or None,
            "number_key": number_key(self.number) or None,
            "issued_on": self.issued_on,
            "currency": self.currency,
            "exchange_rate": self.exchange_rate,
            "prices": self.prices.value,
            "note": self.note,
            "discount_percent": self.discount_percent,
            "tax_stated": self.stated_tax is not None or any(line.stated_tax is not None for line in self.lines),
        }


def check_partners(work: Work, contents: Contents) -> Client:
    """The client, and that project and client belong together."""
    client = known(work, Client, contents.client_id)
    if contents.project_id is not None and known(work, Project, contents.project_id).client_id != client.id:
        raise Wrong("project", "This project belongs to another client.")
    return client


@dataclass(frozen=True)
class WorkedOut:
    """What the contents come to: a row of columns per line, and the totals."""

    lines: tuple[dict[str, Any], ...]
    totals: Totals


def work_out(work: Work, contents: Contents) -> WorkedOut:
    """Look up what the lines name and add everything up; changes nothing yet."""
    rates = _known(work, TaxRate, (line.tax_rate_id for line in contents.lines))
    _known(work, Service, (line.service_id for line in contents.lines))
    amounts = [_amount(line, contents.currency) for line in contents.lines]
    percents = [_percent(line, rates) for line in contents.lines]
    charges = [
        Charge(amount, percent, line.stated_tax)
        for amount, percent, line in zip(amounts, percents, contents.lines, strict=True)
    ]
    found = totals(
        charges, prices=contents.prices, discount=_discount(contents, sum(amounts)), stated_tax=contents.stated_tax
    )
    _refuse_impossible(found, contents.currency)
    rows = (
        _columns(line, rates, percents[position])
        | {
            "position": position,
            "amount_minor": amounts[position],
            "discount_minor": found.line_discounts[position],
            "tax_minor": found.line_taxes[position],
        }
        for position, line in enumerate(contents.lines)
    )
    return WorkedOut(tuple(rows), found)


def write(work: Work, sale: Sale, rows: list[L], make: type[L], found: WorkedOut) -> None:
    """Rows that stay are changed in place, so that equal contents are no change at all."""
    for position, values in enumerate(found.lines):
        if position < len(rows):
            put(work, rows[position], values)
        else:
            rows.append(make(tenant_id=work.tenant_id, created_at=work.at, **values))
    del rows[len(found.lines) :]
    sale.subtotal_minor, sale.discount_minor = found.totals.subtotal, found.totals.discount
    sale.tax_minor, sale.total_minor = found.totals.tax, found.totals.total


def line_records(rows: Sequence[SaleLine]) -> tuple[LineRecord, ...]:
    return tuple(
        LineRecord(
            description=row.description,
            quantity=row.quantity,
            unit_price=row.unit_price,
            amount=row.amount_minor,
            discount=row.discount_minor,
            tax=row.tax_minor,
            tax_rate_id=row.tax_rate_id,
            tax_name=row.tax_name,
            tax_percent=row.tax_percent,
            service_id=row.service_id,
        )
        for row in rows
    )


def _columns(line: Line, rates: Mapping[UUID, TaxRate], percent: Decimal | None) -> dict[str, Any]:
    rate = rates.get(line.tax_rate_id) if line.tax_rate_id else None
    return {
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "service_id": line.service_id,
        "tax_rate_id": line.tax_rate_id,
        "tax_name": line.tax_name or (rate.name if rate else ""),
        "tax_percent": percent,
    }


def _known(work: Work, model: type[Any], wanted: Iterable[UUID | None]) -> dict[UUID, Any]:
    """The tenant's rows of these ids in one statement; a foreign one is refused as if it did not exist."""
    row_ids = {row_id for row_id in wanted if row_id is not None}
    if not row_ids:
        return {}
    query = select(model).where(model.tenant_id == work.tenant_id, model.id.in_(row_ids))
    rows = {row.id: row for row in work.session.scalars(query)}
    if len(rows) != len(row_ids):
        raise Wrong("lines", "A line names a service or a tax rate that is gone. Choose it again.")
    return rows


def _amount(line: Line, currency: str) -> int:
    return line_amount(line.quantity, line.unit_price, currency) if line.amount is None else line.amount


def _percent(line: Line, rates: Mapping[UUID, TaxRate]) -> Decimal | None:
    """As the sender or the line that exists says, else as the rate stands today."""
    if line.tax_percent is not None or line.tax_rate_id is None:
        return line.tax_percent
    return rates[line.tax_rate_id].percent


def _discount(contents: Contents, subtotal: int) -> int:
    if contents.discount_percent is not None:
        return percentage_of(subtotal, contents.discount_percent)
    return contents.discount


def _refuse_impossible(found: Totals, currency: str) -> None:
    if found.discount and not 0 <= found.discount <= found.subtotal:
        most = f"{major_text(max(found.subtotal, 0), currency)} {currency}"
        raise Wrong("discount", f"The discount can be at most the sum of the lines, {most}.")
    if found.total < 0:
        raise Wrong("lines", "The total is less than zero. Make a credit note instead.")
    if found.total > MOST_MINOR:
        raise Wrong("lines", "The total is too large.")
