"""The form of an invoice, and what its entries come to. Credit notes use the same lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from wtforms import FieldList, FormField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from kz_admin import ids
from kz_admin.domain import exchange
from kz_admin.domain.figures import NotANumber, decimal_of, major_text, minor_of, plain_text
from kz_admin.domain.invoices import Charge, Prices, Totals, line_amount, percentage_of, totals
from kz_admin.domain.regions import CURRENCIES
from kz_admin.domain.terms import TERMS
from kz_admin.models.sale import Sale, SaleLine
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services import connections
from kz_admin.services.documents.sales import LONGEST_TEXT, MOST_LINES, Contents, Line
from kz_admin.web.access import here, tenant_id
from kz_admin.web.fields import (
    DecimalField,
    NamedField,
    currency_field,
    date_field,
    long_text,
    visible,
)
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.pickers import client_named, label_of, project_named, service_named

PRICES = [
    SelectChoice(Prices.EXCLUSIVE.value, "Without tax"),
    SelectChoice(Prices.INCLUSIVE.value, "With tax included"),
]


class LineForm(KzForm):
    description = StringField("Description", validators=[visible, Length(max=LONGEST_TEXT)])
    service = NamedField("Service", service_named)
    quantity = DecimalField("Quantity", default="1")
    unit_price = DecimalField("Price")
    tax_rate = SelectField("Tax", validate_choice=False)

    @property
    def empty(self) -> bool:
        """A line nobody wrote on: left out."""
        return not any(self[name].data for name in ("description", "service", "unit_price"))

    def validate_unit_price(self, field: DecimalField) -> None:
        if not field.data and not self.empty:
            raise ValidationError("Enter a price, 0 for none.")


def asks_rate(currency: str) -> bool:
    """Whether there is anything to exchange, and books that are kept in the tenant's currency, as the rate is."""
    if currency == here().currency:
        return False
    live = connections.live(tenant_id())
    return live is None or live.company_currency in ("", here().currency)


class SaleFields(KzForm):
    """What invoices and credit notes share."""

    client = NamedField("Client", client_named, required="Choose a client.", description="Name or e-mail address.")
    project = NamedField("Project", project_named)
    number = text_field("Number", 60, required=False, description="Left empty, it gets the next one.")
    issued_on = date_field("Date", "Enter a date.")
    currency = currency_field()
    exchange_rate = DecimalField("Exchange rate", places=exchange.PLACES)
    prices = RadioField("Prices", choices=PRICES, default=Prices.EXCLUSIVE.value)
    discount = StringField("Discount", description="An amount such as 50, or a percentage such as 10 %.")
    note = long_text("Note", description="Printed on the document.")
    lines = FieldList(FormField(LineForm), min_entries=1, max_entries=MOST_LINES)

    def __init__(self, *, rates: Sequence[TaxRate] = (), **kwargs: Any) -> None:
        self.rates = {str(rate.id): rate for rate in rates}
        super().__init__(**kwargs)
        choices = [SelectChoice("", "No tax")]
        choices += [SelectChoice(str(rate.id), f"{rate.name} ({plain_text(rate.percent)} %)") for rate in rates]
        for entry in self.lines:
            entry.form.tax_rate.choices = choices

    def currency_code(self) -> str:
        return str(self.currency.data)

    def validate_discount(self, field: StringField) -> None:
        try:
            self.discount_read()
        except NotANumber as wrong:
            raise ValidationError(str(wrong)) from None

    def validate_lines(self, field: FieldList) -> None:
        if all(entry.form.empty for entry in field):
            raise ValidationError("Add at least one line.")

    def discount_read(self) -> tuple[int, Decimal | None]:
        """An amount in minor units and no percentage, or the percentage."""
        text = (self.discount.data or "").strip()
        if text.endswith("%"):
            percent = decimal_of(text[:-1], places=4)
            if not 0 <= percent <= 100:
                raise NotANumber("A discount is from 0 to 100 %.")
            return 0, percent
        known = self.currency_code() in CURRENCIES
        return (minor_of(text, self.currency_code()) if text and known else 0), None

    @property
    def asks_rate(self) -> bool:
        return asks_rate(self.currency_code())

    def _rate(self, sale: Sale | None) -> Decimal | None:
        """What was asked for, else what stands as long as the currency does."""
        if self.asks_rate:
            return self.exchange_rate.number
        return sale.exchange_rate if sale is not None and sale.currency == self.currency_code() else None

    def contents(self, before: Sequence[SaleLine] = (), sale: Sale | None = None) -> Contents:
        discount, percent = self.discount_read()
        found = [entry.form for entry in self.lines if not entry.form.empty]
        as_it_was = sale is not None and sale.tax_stated and self._same_head(sale, discount, percent)
        return Contents(
            client_id=self.client.found.id,
            project_id=self.project.found.id if self.project.found else None,
            number=self.number.data or "",
            issued_on=self.issued_on.data or "",
            currency=self.currency_code(),
            exchange_rate=self._rate(sale),
            prices=Prices(self.prices.data),
            note=self.note.data or "",
            discount=discount,
            discount_percent=percent,
            lines=tuple(
                _line(form, before[position] if position < len(before) else None, as_it_was)
                for position, form in enumerate(found)
            ),
        )

    def preview(self) -> tuple[Totals | None, list[int | None]]:
        """What the entries come to so far; lines that cannot be read yet count as nothing."""
        if self.currency_code() not in CURRENCIES:
            return None, []
        amounts = [_amount_so_far(entry.form, self.currency_code()) for entry in self.lines]
        charges = [
            Charge(amount or 0, self._percent(entry.form)) for amount, entry in zip(amounts, self.lines, strict=True)
        ]
        prices = Prices(self.prices.data) if self.prices.data in ("exclusive", "inclusive") else Prices.EXCLUSIVE
        try:
            discount, percent = self.discount_read()
        except NotANumber:
            discount, percent = 0, None
        if percent is not None:
            discount = percentage_of(sum(charge.amount for charge in charges), percent)
        return totals(charges, prices=prices, discount=discount), amounts

    def _percent(self, form: Any) -> Decimal | None:
        rate = self.rates.get(form.tax_rate.data or "")
        return rate.percent if rate else None

    def _same_head(self, sale: Sale, discount: int, percent: Decimal | None) -> bool:
        same_discount = percent == sale.discount_percent and (percent is not None or discount == sale.discount_minor)
        return same_discount and sale.prices == self.prices.data and sale.currency == self.currency.data


class InvoiceFields(SaleFields):
    due_on = date_field("Due date", description="Left empty, it follows from the terms.")
    terms = SelectField("Terms", validate_choice=False)

    def __init__(self, *, terms: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = [*TERMS, *([terms] if terms and terms not in TERMS else [])]
        self.terms.choices = [SelectChoice("", "–"), *(SelectChoice(name, name) for name in known)]

    def validate_terms(self, field: SelectField) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Choose terms from the list.")


def values_of(sale: Sale, lines: Sequence[SaleLine], services: dict[UUID, str], project: str) -> dict[str, Any]:
    """A document as its form shows it."""
    percent = sale.discount_percent
    discount = major_text(sale.discount_minor, sale.currency) if sale.discount_minor else ""
    return {
        "client": label_of(sale.client),
        "project": project,
        "number": sale.number or "",
        "issued_on": sale.issued_on,
        "currency": sale.currency,
        "exchange_rate": exchange.cell(sale.exchange_rate),
        "prices": sale.prices,
        "discount": discount if percent is None else f"{plain_text(percent)} %",
        "note": sale.note,
        "version": sale.version,
        "lines": [_values_of_line(line, services) for line in lines],
    }


def _values_of_line(line: SaleLine, services: dict[UUID, str]) -> dict[str, str]:
    return {
        "description": line.description,
        "service": services.get(line.service_id, "") if line.service_id else "",
        "quantity": plain_text(line.quantity),
        "unit_price": plain_text(line.unit_price),
        "tax_rate": str(line.tax_rate_id or ""),
    }


def _line(form: LineForm, before: SaleLine | None, as_it_was: bool) -> Line:
    """What a sender stated for a line stands as long as nobody changes its figures."""
    quantity, price = form.quantity.number, form.unit_price.number
    quantity = Decimal(1) if quantity is None else quantity
    price = Decimal(0) if price is None else price
    rate_id = ids.parse(form.tax_rate.data or "")
    same = before is not None and (before.quantity, before.unit_price) == (quantity, price)
    same_rate = before is not None and before.tax_rate_id == rate_id
    return Line(
        description=form.description.data or "",
        quantity=quantity,
        unit_price=price,
        service_id=form.service.found.id if form.service.found else None,
        tax_rate_id=rate_id,
        amount=before.amount_minor if before is not None and same else None,
        tax_name=before.tax_name if before is not None and same_rate else "",
        tax_percent=before.tax_percent if before is not None and same_rate else None,
        stated_tax=before.tax_minor if before is not None and same and same_rate and as_it_was else None,
    )


def _amount_so_far(form: LineForm, currency: str) -> int | None:
    try:
        quantity = decimal_of(form.quantity.data or "1", places=6)
        return line_amount(quantity, decimal_of(form.unit_price.data or "", places=6), currency)
    except NotANumber:
        return None
