"""A small agency to test with: the smallest client, service, tax rate and invoice that are in order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from kz_admin.domain.payments import Method
from kz_admin.models import Client, Invoice, Service, TaxRate
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import clients, invoice_steps, invoices, payments, services, tax_rates
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

    def again(self, invoice: Invoice) -> Invoice:
        return invoices.find(self.tenant_id, invoice.id)
