"""A small agency to test with: the smallest client, service, tax rate and invoice that are in order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from kz_admin.domain.payments import Method
from kz_admin.models import Client, CreditNote, Expense, Invoice, Member, Service, TaxRate, TimeEntry
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import (
    clients,
    credit_notes,
    expenses,
    invoice_steps,
    invoices,
    members,
    payments,
    projects,
    refunds,
    services,
    tax_rates,
    time_entries,
    vendors,
)
from kz_admin.services.documents.files import Given
from kz_admin.services.documents.sales import Contents, Line
from kz_admin.services.documents.work import carry_out


class Agency:
    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id = tenant_id

    def do(self, deed: Any, *args: Any, **kwargs: Any) -> Any:
        return carry_out(self.tenant_id, SYSTEM, deed, *args, **kwargs)

    def client(self, name: str = "Acme Ltd", **more: Any) -> Client:
        return self.do(clients.create, clients.Details(**{"name": name, "currency": "USD", **more}))

    def service(self, name: str = "Design", **more: Any) -> Service:
        return self.do(services.create, services.Details(name=name, **more))

    def tax_rate(self, name: str = "Sales tax", percent: str = "10") -> TaxRate:
        return self.do(tax_rates.create, tax_rates.Details(name, Decimal(percent)))

    def details(self, client: Client, *lines: Line, **more: Any) -> invoices.Details:
        contents = Contents(
            client_id=client.id,
            issued_on="2026-07-01",
            currency="USD",
            lines=lines or (Line("Design", Decimal(2), Decimal("50")),),
        )
        head = {name: more.pop(name) for name in ("due_on", "terms") if name in more}
        return invoices.Details(replace(contents, **more), **head)

    def draft(self, client: Client | None = None, *lines: Line, **more: Any) -> Invoice:
        return self.do(invoices.create, self.details(client or self.client(), *lines, **more))

    def invoice(self, client: Client | None = None, *lines: Line, **more: Any) -> Invoice:
        """Finalised, so that money can be recorded on it."""
        return self.do(invoice_steps.finalise, self.draft(client, *lines, **more).id)

    def pay(self, invoice: Invoice, amount: int | None = None, **more: Any) -> Any:
        said = {"amount": amount, "paid_on": "2026-07-15", "method": Method.CARD, **more}
        return self.do(payments.mark_paid, invoice.id, **said)

    def member(self, name: str = "Priya Shah", **more: Any) -> Member:
        return self.do(members.create, members.Details(name=name, **more))

    def time(self, **more: Any) -> TimeEntry:
        named = {} if "member_id" in more else {"member_id": self.member().id}
        named |= {} if "client_id" in more else {"client_id": self.client().id}
        said = {"worked_on": "2026-07-01", "minutes": 90, **named, **more}
        return self.do(time_entries.create, time_entries.Details(**said))

    def expense(self, receipt: Given | None = None, **more: Any) -> Expense:
        category = self.do(expenses.category, "Software")
        said = {"category_id": category.id, "spent_on": "2026-07-01", "currency": "USD", "amount": 25_00, **more}
        return self.do(expenses.create, expenses.Details(**said), receipt)

    def credit(self, invoice: Invoice | None = None, *lines: Line, **more: Any) -> CreditNote:
        client = more.pop("client", None)
        client_id = invoice.client_id if invoice else (client or self.client()).id
        contents = Contents(
            client_id=client_id,
            issued_on="2026-07-20",
            currency="USD",
            lines=lines or (Line("Back", Decimal(1), Decimal(30)),),
            **more,
        )
        return self.do(credit_notes.create, credit_notes.Details(contents, invoice.id if invoice else None))

    def one_of_each(self) -> dict[str, UUID]:
        """An id for every argument of our addresses."""
        client = self.client("Example Client", email="client@example.com")
        invoice = self.invoice(client)
        payment = self.pay(invoice, 40_00)
        refund = self.do(refunds.create, refunds.Details(5_00, "2026-07-16", Method.CARD, payment_id=payment.id))
        receipt = Given("receipt.pdf", b"%PDF-1.4 receipt@example.com")
        made = {
            "client": client,
            "project": self.do(projects.create, projects.Details(client.id, "Website")),
            "service": self.service(),
            "logger": self.member(),
            "vendor": self.do(vendors.create, vendors.Details("Paper Mill")),
            "tax_rate": self.tax_rate(),
            "invoice": invoice,
            "payment": payment,
            "credit_note": self.credit(invoice),
            "refund": refund,
            "entry": self.time(client_id=client.id),
            "expense": self.expense(receipt),
        }
        return {name: row.id for name, row in made.items()}

    def again(self, invoice: Invoice) -> Invoice:
        return invoices.find(self.tenant_id, invoice.id)
