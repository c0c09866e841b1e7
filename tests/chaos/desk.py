"""What a bookkeeper does on our pages: the same services, one transaction each, whose commit rings as it does there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain.lists import List
from kz_admin.domain.payments import Method
from kz_admin.models import CreditNote, Invoice, Mapping, PaymentAllocation, Refund
from kz_admin.models.session import reading, writing
from kz_admin.services import records
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import credit_notes, invoice_steps, invoices, payments, refunds
from kz_admin.services.documents.sales import Contents, Line
from kz_admin.services.documents.work import carry_out
from tests.chaos.books import Books

ON = "2026-11-20"


@dataclass(frozen=True)
class Desk:
    books: Books

    def change(self, number: str, extra: int = 20, note: str = "") -> None:
        """The invoice over 100 gets a second line, and with it another total."""
        invoice = self.invoice(number)
        lines = (Line("Design", Decimal(2), Decimal(50)), Line("More of it", Decimal(1), Decimal(extra)))
        contents = Contents(invoice.client_id, invoice.issued_on, invoice.currency, lines, number=number, note=note)
        self._do(invoices.change, invoice.id, invoices.Details(contents, due_on=invoice.due_on), None)

    def void(self, number: str) -> None:
        self._do(invoice_steps.void, self.invoice(number).id)

    def unpay(self, number: str) -> None:
        """Every payment on the invoice did not happen."""
        for payment_id in self.payments(number):
            self._do(payments.void, payment_id, None)

    def pay(self, number: str, amount: int | None = None) -> None:
        """Mark paid: all that is open, or so much of it."""
        said: dict[str, Any] = {"amount": amount, "paid_on": ON, "method": Method.CARD}
        self._do(payments.mark_paid, self.invoice(number).id, **said)

    def credit(self, number: str, amount: int = 30, *, of_its_own: bool = False) -> CreditNote:
        """A credit note that corrects the invoice and settles what is open on it; or one that settles nothing yet."""
        invoice = self.invoice(number)
        lines = (Line("Back", Decimal(1), Decimal(amount)),)
        contents = Contents(invoice.client_id, ON, invoice.currency, lines)
        details = credit_notes.Details(contents, None if of_its_own else invoice.id)
        made: CreditNote = self._do(credit_notes.create, details)
        return made

    def use(self, credit: CreditNote, number: str) -> None:
        self._do(credit_notes.apply, credit.id, {self.invoice(number).id: None}, None)

    def void_credit(self, credit: CreditNote) -> None:
        self._do(credit_notes.void, credit.id, None)

    def refund(self, number: str, amount: int = 10_00) -> Refund:
        """Part of the money is given back."""
        (payment_id,) = self.payments(number)
        made: Refund = self._do(refunds.create, refunds.Details(amount, ON, Method.CARD, payment_id=payment_id))
        return made

    def void_refund(self, refund: Refund) -> None:
        self._do(refunds.void, refund.id, None)

    def retry_parked(self) -> int:
        """Whatever was set aside because workers died with it in their hands goes again; how many that were."""
        parked = [one for one in self.books.records() if one.state == "parked"]
        return sum(self._do(records.retry, one.as_kind, [one.local_id]) for one in parked)

    def choose_account(self) -> None:
        """Money that is given back leaves an account that has to be named."""
        (bank, *_) = [one for one in self.books.objects("Account") if one["AccountType"] == "Bank"]
        connection = self.books.row
        chosen = Mapping(
            tenant_id=connection.tenant_id,
            connection_id=connection.id,
            list=List.ACCOUNTS.value,
            subject="deposit",
            remote_id=bank["Id"],
            chosen_how="person",
            chosen_by="Bea",
            chosen_at=1,
        )
        with self.books.app.app_context(), writing() as session:
            session.add(chosen)

    # -- what is there to be done something to --------------------------------------------------------

    def invoice(self, number: str) -> Invoice:
        with self.books.app.app_context(), reading() as session:
            return session.scalars(select(Invoice).where(Invoice.number == number)).one()

    def payments(self, number: str) -> list[UUID]:
        query = select(PaymentAllocation.payment_id).join(Invoice, Invoice.id == PaymentAllocation.invoice_id)
        with self.books.app.app_context(), reading() as session:
            return list(session.scalars(query.where(Invoice.number == number).order_by(PaymentAllocation.payment_id)))

    def _do(self, deed: Any, *args: Any, **kwargs: Any) -> Any:
        with self.books.app.app_context():
            return carry_out(self.books.cast.tenant_id, SYSTEM, deed, *args, **kwargs)
