"""One payment over invoices of three customers: a project of a client, another one, and the client beside them.

Over there it is three payments, each with its share of the money, and here one document with a record for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from kz_admin.domain import presets
from kz_admin.domain.payments import Method
from kz_admin.models import Connection, SyncRecord
from kz_admin.models.session import writing
from kz_admin.services.documents import payments, projects
from kz_admin.services.documents.sales import Line
from tests.chaos.books import Books
from tests.integration.documents.agency import Agency

SHARES = [100, 100, 130]  # 30 are left over, and stay with the payment itself
ON = "2026-11-20"


@dataclass
class Shares:
    books: Books
    payment_id: UUID

    @property
    def records(self) -> list[SyncRecord]:
        """The payment itself first."""
        return sorted(self.books.records("payment"), key=lambda one: one.part != "")

    def states(self) -> list[str]:
        return [one.state for one in self.records]

    def there(self) -> list[Decimal]:
        """What lives over there: a void keeps an object with nothing in it."""
        amounts = (Decimal(str(row["TotalAmt"])) for row in self.books.objects("Payment") if self._is_ours(row))
        return sorted(amount for amount in amounts if amount)

    def _is_ours(self, row: dict[str, object]) -> bool:
        return f"kz:{self.payment_id}" in str(row.get("PrivateNote", ""))

    def unpay(self) -> None:
        """It did not happen."""
        with self.books.app.app_context():
            Agency(self.books.cast.tenant_id).do(payments.void, self.payment_id, None)

    def open_there(self) -> Decimal:
        """Of the three invoices, whatever their numbers are there."""
        ids = {one.remote_id for one in self.books.records("invoice")}
        mine = [row for row in self.books.objects("Invoice") if row["Id"] in ids]
        assert len(mine) == len(SHARES)
        return sum((Decimal(str(row["Balance"])) for row in mine), Decimal(0))


def paid(books: Books) -> Shares:
    """The invoices and whom they are for are over there; the payment is due."""
    with books.app.app_context(), writing() as session:
        connection = session.scalars(select(Connection).where(Connection.id == books.connection_id)).one()
        connection.settings = replace(presets.read(connection.settings), sub_customers=True).as_json()
    with books.app.app_context():
        agency = Agency(books.cast.tenant_id)
        client = agency.client("Nordlicht Studio", email="books@nordlicht.example")
        named = [agency.do(projects.create, projects.Details(client.id, name)).id for name in ("Website", "Shop")]
        line = Line("Design", Decimal(1), Decimal(100))
        invoices = [
            agency.invoice(client, line, number=f"S-{place}", project_id=project_id, issued_on=ON)
            for place, project_id in enumerate([*named, None])
        ]
        parts = {one.id: None for one in invoices}
        made = agency.do(payments.record, payments.Details(client.id, 330_00, "USD", ON, Method.CARD, parts=parts))
    books.put_off("payment")
    for _ in range(3):  # customers before sub-customers before invoices, with a breath between them
        books.push()
        books.let_time_pass(2)
    books.bring_back()
    shares = Shares(books, made.id)
    assert (shares.states(), shares.there(), shares.open_there()) == (["due"], [], 300)
    return shares
