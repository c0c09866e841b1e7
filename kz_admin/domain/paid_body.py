"""The body of POST /hooks/paid, read field by field. What is wrong is named by its path: `invoice.lines[2].amount`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from kz_admin.domain.email_address import checked
from kz_admin.domain.failures import Wrong
from kz_admin.domain.figures import NotANumber, decimal_of, minor_of
from kz_admin.domain.invoices import Prices
from kz_admin.domain.paid import ClientSaid, InvoiceSaid, Known, LineSaid, Named, Paid, PaymentSaid
from kz_admin.domain.payments import Method
from kz_admin.domain.records import Address
from kz_admin.domain.regions import CURRENCIES
from kz_admin.domain.terms import is_date

MOST_LINES = 750
LONGEST_ID = 200  # "<id>/paid" has to fit a reference too
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,12})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def read(body: dict[str, Any]) -> Paid:
    fields = _Fields(body, "")
    invoice = _invoice(fields.inner("invoice"))
    payment = _payment(fields.inner("payment"))
    if isinstance(invoice, InvoiceSaid) and payment.amount:
        payment_minor(payment, invoice.currency)  # wrong decimals are said now, not when it is booked
    return Paid(_client(fields.inner("client")), invoice, payment, fields.text("tenant", 100))


def payment_minor(payment: PaymentSaid, currency: str) -> int | None:
    """The amount in minor units; None where the sender left it out, which means what is open."""
    if not payment.amount:
        return None
    amount = _minor(payment.amount, currency, "payment.amount")
    if amount <= 0:
        raise Wrong("payment.amount", "A payment is greater than zero.")
    return amount


class _Fields:
    """One object of the body and where it stands in it."""

    def __init__(self, values: dict[str, Any], path: str) -> None:
        self._values, self._path = values, path

    @property
    def only_id(self) -> bool:
        return set(self._values) == {"id"}

    def path(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def inner(self, name: str) -> _Fields:
        value = self._values.get(name)
        if not isinstance(value, dict):
            what = "This part is missing." if value is None else "Send an object here."
            raise Wrong(self.path(name), what)
        return _Fields(value, self.path(name))

    def each(self, name: str, most: int) -> list[_Fields]:
        value = self._values.get(name)
        if not isinstance(value, list) or not value:
            raise Wrong(self.path(name), "Send a list with at least one entry.")
        if len(value) > most:
            raise Wrong(self.path(name), f"At most {most} entries fit.")
        for index, one in enumerate(value):
            if not isinstance(one, dict):
                raise Wrong(f"{self.path(name)}[{index}]", "Send an object here.")
        return [_Fields(one, f"{self.path(name)}[{index}]") for index, one in enumerate(value)]

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise Wrong(self.path(name), "Send a text in quotation marks.")
        text = (value or "").strip()
        if required and not text:
            raise Wrong(self.path(name), "This field is missing or empty.")
        if len(text) > most:
            raise Wrong(self.path(name), f"At most {most} characters fit.")
        return text

    def one_of(self, name: str, choices: type[Prices] | type[Method]) -> Any:
        text = self.text(name, 40, required=True)
        try:
            return choices(text)
        except ValueError:
            words = ", ".join(choice.value for choice in choices)
            raise Wrong(self.path(name), f"This can be one of: {words}.") from None

    def date(self, name: str, *, required: bool = False) -> str:
        text = self.text(name, 10, required=required)
        if text and not is_date(text):
            raise Wrong(self.path(name), "Send a date such as 2026-07-31.")
        return text

    def decimal(self, name: str) -> Decimal:
        text = self.text(name, 40, required=True)
        try:
            if not _NUMBER.fullmatch(text):
                raise NotANumber("Send a decimal number as text, such as 1250.50.")
            return decimal_of(text, places=_places(text))
        except NotANumber as wrong:
            raise Wrong(self.path(name), str(wrong)) from None

    def minor(self, name: str, currency: str) -> int:
        return _minor(self.text(name, 40, required=True), currency, self.path(name))

    def moment(self, name: str) -> int | None:
        text = self.text(name, 40)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or not 1990 <= found.year <= 2199:
            raise Wrong(self.path(name), "Send a moment with its time zone, such as 2026-07-31T09:30:00Z.")
        return int(found.astimezone(UTC).timestamp() * 1000)


def _places(text: str) -> int:
    return min(len(text.partition(".")[2]), 10)


def _minor(text: str, currency: str, path: str) -> int:
    try:
        if not _NUMBER.fullmatch(text):
            raise NotANumber("Send a decimal number as text, such as 1250.50.")
        return minor_of(text, currency)
    except NotANumber as wrong:
        raise Wrong(path, str(wrong)) from None


def _client(fields: _Fields) -> ClientSaid | Known:
    client_id = fields.text("id", LONGEST_ID, required=True)
    if fields.only_id:
        return Known(client_id)
    return ClientSaid(
        id=client_id,
        name=fields.text("name", 300, required=True),
        email=_email(fields),
        company=fields.text("company", 300),
        given_name=fields.text("given_name", 100),
        middle_name=fields.text("middle_name", 100),
        family_name=fields.text("family_name", 100),
        phone=fields.text("phone", 60),
        address=_address(fields.inner("address")) if fields.has("address") else Address(),
    )


def _email(fields: _Fields) -> str:
    """May be missing: the invoice is kept, and its page says that the e-mail address is what it waits for."""
    try:
        return checked(text) if (text := fields.text("email", 254)) else ""
    except Wrong as wrong:
        raise Wrong(fields.path("email"), wrong.sentence) from None


def _address(fields: _Fields) -> Address:
    country = fields.text("country", 2).upper()
    if country and not _COUNTRY.fullmatch(country):
        raise Wrong(fields.path("country"), "Send the two letters of a country, such as US.")
    return Address(
        line1=fields.text("line1", 300),
        line2=fields.text("line2", 300),
        city=fields.text("city", 120),
        region=fields.text("region", 120),
        postal_code=fields.text("postal_code", 30),
        country=country,
    )


def _invoice(fields: _Fields) -> InvoiceSaid | Known:
    invoice_id = fields.text("id", LONGEST_ID, required=True)
    if fields.only_id:
        return Known(invoice_id)
    currency = fields.text("currency", 3, required=True).upper()
    if currency not in CURRENCIES:
        raise Wrong(fields.path("currency"), "Send the three letters of a currency we know, such as USD.")
    issued_on, due_on = fields.date("issued_on", required=True), fields.date("due_on")
    if due_on and due_on < issued_on:
        raise Wrong(fields.path("due_on"), "The due date is before the date of the invoice.")
    prices = fields.one_of("prices", Prices) if fields.has("prices") else Prices.EXCLUSIVE
    said = InvoiceSaid(
        id=invoice_id,
        number=fields.text("number", 60, required=True),
        issued_on=issued_on,
        currency=currency,
        lines=tuple(_line(one, currency, prices) for one in fields.each("lines", MOST_LINES)),
        total=fields.minor("total", currency),
        prices=prices,
        due_on=due_on,
        terms=fields.text("terms", 60),
        note=fields.text("note", 4000),
    )
    discount = fields.minor("discount", currency) if fields.has("discount") else 0
    tax_total = fields.minor("tax_total", currency) if fields.has("tax_total") else None
    _check_signs(fields, discount, said.total)
    if tax_total is not None:
        _check_tax(fields.path("tax_total"), tax_total, [line.amount for line in said.lines], prices)
    return replace(said, discount=discount, tax_total=tax_total)


def _check_signs(fields: _Fields, discount: int, total: int) -> None:
    for name, amount in (("discount", discount), ("total", total)):
        if amount < 0:
            raise Wrong(fields.path(name), "This amount cannot be less than zero.")


def _check_tax(path: str, tax: int, amounts: Sequence[int], prices: Prices) -> None:
    """Tax goes the way of its amounts and, inside of them, is no more than they are: else it hides a discount."""
    if tax < sum(amount for amount in amounts if amount < 0):
        raise Wrong(path, "Tax can only be less than zero on amounts that are. Send a reduction as discount.")
    if prices is Prices.INCLUSIVE and tax > sum(amount for amount in amounts if amount > 0):
        raise Wrong(path, "This tax is more than the prices that contain it.")


def _line(fields: _Fields, currency: str, prices: Prices) -> LineSaid:
    line = LineSaid(
        description=fields.text("description", 4000, required=True),
        quantity=fields.decimal("quantity"),
        unit_price=fields.decimal("unit_price"),
        amount=fields.minor("amount", currency),
        service=_named(fields.inner("service")) if fields.has("service") else None,
        tax=_tax(fields.inner("tax")) if fields.has("tax") else None,
        tax_amount=fields.minor("tax_amount", currency) if fields.has("tax_amount") else None,
    )
    if line.tax_amount is not None:
        _check_tax(fields.path("tax_amount"), line.tax_amount, [line.amount], prices)
    return line


def _named(fields: _Fields, longest: int = 300) -> Named:
    name = "" if fields.only_id else fields.text("name", longest, required=True)
    return Named(fields.text("id", LONGEST_ID, required=True), name)


def _tax(fields: _Fields) -> Named:
    if fields.only_id:
        return _named(fields)
    percent = fields.decimal("rate")
    if not 0 <= percent <= 100:
        raise Wrong(fields.path("rate"), "Send a percentage from 0 to 100, such as 20.")
    return replace(_named(fields, 100), percent=percent)


def _payment(fields: _Fields) -> PaymentSaid:
    paid_at, paid_on = fields.moment("paid_at"), fields.date("paid_on")
    if paid_at is None and not paid_on:
        raise Wrong(fields.path("paid_at"), "Say when it was paid: paid_at (a moment) or paid_on (a date).")
    amount = fields.text("amount", 40)
    if amount and not _NUMBER.fullmatch(amount):
        raise Wrong(fields.path("amount"), "Send a decimal number as text, such as 1250.50.")
    return PaymentSaid(
        method=fields.one_of("method", Method),
        id=fields.text("id", LONGEST_ID),
        amount=amount,
        paid_at=paid_at,
        paid_on=paid_on,
        reference=fields.text("reference", 100),
    )
