"""Stripe's objects in our words. Pure; shapes of the pinned API version and of the one before (docs/stripe.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kz_admin.domain.failures import Wrong
from kz_admin.domain.figures import major_text
from kz_admin.domain.invoices import Prices
from kz_admin.domain.paid import ClientSaid, InvoiceSaid, LineSaid, Paid, PaymentSaid
from kz_admin.domain.payments import Method
from kz_admin.domain.records import Address
from kz_admin.domain.regions import CURRENCIES, minor_digits

Object = Mapping[str, Any]
MOST_CARRIED = 10  # lines in an event; more have to be fetched
SHOWN_PLACES = 10


def paid_of(invoice: Object, lines: Sequence[Object] | None, zone: str) -> Paid:
    """A finalised invoice; its payment only when Stripe says that it is paid. Days are those of the tenant's zone."""
    return Paid(client_of(invoice), invoice_of(invoice, lines, zone), payment_of(invoice, zone))


def has_more_lines(invoice: Object) -> bool:
    return bool(_object(invoice, "lines").get("has_more"))


def id_of(value: Any) -> str:
    """An id, whether Stripe expanded the object or not."""
    return str(value.get("id") or "") if isinstance(value, Mapping) else str(value or "")


def customer_of(customer: Object) -> ClientSaid:
    return ClientSaid(
        id=_text(customer, "id", 200),
        name=_text(customer, "name", 300) or _text(customer, "email", 254) or _text(customer, "id", 200),
        email=_text(customer, "email", 254),
        phone=_text(customer, "phone", 60),
        address=_address(customer.get("address")),
    )


def client_of(invoice: Object) -> ClientSaid:
    """The customer as the invoice was addressed."""
    customer_id = id_of(invoice.get("customer"))
    email = _text(invoice, "customer_email", 254)
    return ClientSaid(
        id=customer_id,
        name=_text(invoice, "customer_name", 300) or email or customer_id,
        email=email,
        phone=_text(invoice, "customer_phone", 60),
        address=_address(invoice.get("customer_address")),
    )


def invoice_of(invoice: Object, lines: Sequence[Object] | None, zone: str) -> InvoiceSaid:
    currency = currency_of(invoice)
    found = list(_object(invoice, "lines").get("data") or ()) if lines is None else list(lines)
    prices = prices_of(found)
    moments = _object(invoice, "status_transitions")
    issued_on = day_of(invoice.get("effective_at") or moments.get("finalized_at") or invoice.get("created"), zone)
    due_on = day_of(invoice["due_date"], zone) if invoice.get("due_date") else ""
    return InvoiceSaid(
        id=_text(invoice, "id", 200),
        number=_text(invoice, "number", 60) or _text(invoice, "id", 60),
        issued_on=issued_on,
        currency=currency,
        lines=tuple(_line(line, currency) for line in found),
        total=int(invoice["total"]),
        prices=prices,
        due_on=max(due_on, issued_on) if due_on else "",
        note=_text(invoice, "description", 4000),
        discount=sum(int(one["amount"]) for one in invoice.get("total_discount_amounts") or ()),
        tax_total=_tax_total(invoice),
    )


def payment_of(invoice: Object, zone: str) -> PaymentSaid | None:
    """Outside of Stripe (paid_out_of_band), by a credit balance or by a card: what was paid, once.

    What credit notes settled is no payment, whether they arrived here before or not.
    """
    if invoice.get("status") != "paid":
        return None
    amount, credited = int(invoice.get("amount_paid") or 0), int(invoice.get("pre_payment_credit_notes_amount") or 0)
    if credited and not amount:
        amount = int(invoice["total"]) - credited
        if amount <= 0:
            return None
    moment = _object(invoice, "status_transitions").get("paid_at")
    outside = bool(invoice.get("paid_out_of_band")) or bool(invoice.get("amount_paid_off_stripe"))
    return PaymentSaid(
        method=Method.OTHER if outside or not amount else Method.CARD,
        amount=major_text(amount, currency_of(invoice)) if amount else "",
        paid_at=int(moment) * 1000 if moment else None,
        paid_on="" if moment else day_of(invoice.get("created"), zone),
        reference=id_of(invoice.get("payment_intent")) or id_of(invoice.get("charge")),
    )


def money_ids(invoice: Object) -> list[str]:
    """Ids by which a refund will name this invoice's payment; newer versions tell them in invoice_payment.paid."""
    named = [id_of(invoice.get("payment_intent")), id_of(invoice.get("charge"))]
    for one in _object(invoice, "payments").get("data") or ():
        named += money_ids_of(one)
    return [one for one in dict.fromkeys(named) if one]


def money_ids_of(invoice_payment: Object) -> list[str]:
    payment = _object(invoice_payment, "payment")
    return [one for one in (id_of(payment.get("payment_intent")), id_of(payment.get("charge"))) if one]


def prices_of(lines: Sequence[Object]) -> Prices:
    behaviours = {_behaviour(tax) for line in lines for tax in _taxes(line) if tax.get("amount")}
    if len(behaviours) > 1:
        raise Wrong("lines", "This invoice mixes taxes that are included in its prices with taxes that are added.")
    return next(iter(behaviours), Prices.EXCLUSIVE)


def currency_of(thing: Object) -> str:
    currency = str(thing.get("currency") or "").upper()
    if currency not in CURRENCIES:
        raise Wrong("currency", f"{currency or 'No currency'} is none that kz-admin books.")
    return currency


def day_of(seconds: Any, zone: str) -> str:
    return datetime.fromtimestamp(int(seconds or 0), ZoneInfo(zone)).date().isoformat()


def _line(line: Object, currency: str) -> LineSaid:
    amount = int(line["amount"])
    quantity = Decimal(str(line.get("quantity_decimal") or line.get("quantity") or 1))
    taxes = _taxes(line)
    return LineSaid(
        description=_text(line, "description", 4000) or "Item",
        quantity=quantity,
        unit_price=_unit_price(line, amount, quantity, currency),
        amount=amount,
        tax_amount=sum(int(tax.get("amount") or 0) for tax in taxes) if taxes else None,
    )


def _unit_price(line: Object, amount: int, quantity: Decimal, currency: str) -> Decimal:
    """As the price says; else what the amount comes to for one."""
    said = _object(line, "pricing").get("unit_amount_decimal") or _object(line, "price").get("unit_amount_decimal")
    minor = Decimal(str(said)) if said else Decimal(amount) / (quantity or Decimal(1))
    return round(minor.scaleb(-minor_digits(currency)), SHOWN_PLACES).normalize()


def _taxes(line: Object) -> list[Object]:
    """`taxes` since 2025, `tax_amounts` before."""
    return list(line.get("taxes") or line.get("tax_amounts") or ())


def _tax_total(invoice: Object) -> int | None:
    """Where tax is rounded once, on the whole invoice, its lines add up to a unit more or less."""
    taxes = invoice.get("total_taxes") or invoice.get("total_tax_amounts")
    return sum(int(tax.get("amount") or 0) for tax in taxes) if taxes else None


def _behaviour(tax: Object) -> Prices:
    inclusive = tax.get("tax_behavior") == "inclusive" or tax.get("inclusive") is True
    return Prices.INCLUSIVE if inclusive else Prices.EXCLUSIVE


def _address(value: Any) -> Address:
    if not isinstance(value, Mapping):
        return Address()
    fields = {name: _text(value, name, 300) for name in ("line1", "line2")}
    return Address(
        **fields,
        city=_text(value, "city", 120),
        region=_text(value, "state", 120),
        postal_code=_text(value, "postal_code", 30),
        country=_text(value, "country", 2).upper(),
    )


def _object(thing: Object, name: str) -> Object:
    found = thing.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(thing: Object, name: str, most: int) -> str:
    """Stripe's own limits are wider than ours here and there: what does not fit is cut."""
    return str(thing.get(name) or "").replace("\0", "").strip()[:most]
