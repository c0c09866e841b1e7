"""Invoices of before the connection, entered on both sides by hand: what the look and the linking are about."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from jobs import doors
from kz_admin.domain.kinds import Kind
from kz_admin.models import Invoice, PastInvoice, PastLook, SyncRecord
from kz_admin.models.session import reading
from kz_admin.services import records
from kz_admin.services.documents.sales import Line
from tests.bridge import INTEGRATIONS
from tests.chaos.books import Books
from tests.chaos.clicks import Clicks
from tests.chaos.forked import Forked
from tests.integration.documents.agency import Agency

PAGE = f"{INTEGRATIONS}/quickbooks/setup/past-invoices"
COUNT, DAY = 5, "2021-03-01"  # a month in which nothing else stands there
NAME, EMAIL = "Nordlicht Studio", "books@nordlicht.example"
READ, LINK = "read_past_invoices", "link_past_invoices"
LEASE_S = 121  # of a worker that died while it read


class Past:
    def __init__(self, books: Books) -> None:
        """Before the company is connected."""
        self.books, self.clicks = books, Clicks(books)
        customer = books.theirs("customer", {"DisplayName": NAME, "PrimaryEmailAddr": {"Address": EMAIL}})
        item = next(one["Id"] for one in books.objects("Item") if one["Type"] == "Service")
        with books.app.app_context():
            self.client = self._agency.client(NAME, email=EMAIL)
        self.ours: dict[str, Invoice] = {}
        for place in range(COUNT):
            number, amount = f"P-{place}", 100 + place
            detail = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item}}}
            head = {"CustomerRef": {"value": customer["Id"]}, "DocNumber": number, "TxnDate": DAY}
            books.theirs("invoice", {**head, "Line": [{**detail, "Amount": amount}]})
            with books.app.app_context():
                line = Line("Work", Decimal(1), Decimal(amount))
                self.ours[number] = self._agency.invoice(self.client, line, number=number, issued_on=DAY)
        there = {one.get("DocNumber"): one for one in books.objects("Invoice")}
        self.theirs = {number: there[number] for number in self.ours}

    @property
    def _agency(self) -> Agency:
        return Agency(self.books.cast.tenant_id)

    # -- what people and workers do -------------------------------------------------------------------

    def ask(self) -> None:
        """For a look, on the page; the worker that is rung for has not come yet."""
        assert self.clicks.again(f"{PAGE}/look", {"since": "2020-01-01"}) == 303

    def compared(self) -> None:
        self.ask()
        self.clock()
        assert self.look().finished_at is not None

    def confirmed(self) -> None:
        """Everything, by a person whose web process died with the click: nothing is linked yet."""
        self.clicks.killed(f"{PAGE}/link", self.all, "deed.committed")

    @property
    def all(self) -> dict[str, object]:
        return {"begun_at": self.look().begun_at, "count": COUNT}

    def worker(self, door: str, armed: str = "") -> Forked:
        """Small pages and chunks, so that there is something between them."""
        return self.books.start("open", door, self.books.connection_id, armed=armed, without="small_chunks")

    def killed(self, door: str, failpoint: str) -> None:
        process = self.worker(door, f"{failpoint}=kill")
        self.books.go(process)
        self.books.await_death(process)

    def clock(self) -> None:
        """Its look for what a lost ring or a crash left half-done."""
        with self.books.app.app_context():
            doors.keep_past_invoices()

    def copy(self, number: str) -> None:
        """A person wants this one over there, whatever is linked meanwhile."""
        with self.books.app.app_context():
            self._agency.do(records.copy, Kind.INVOICE, [self.ours[number].id], confirmed=True)

    # -- what is there --------------------------------------------------------------------------------

    def look(self) -> PastLook:
        with self.books.app.app_context(), reading() as session:
            return session.scalars(select(PastLook)).one()

    def verdicts(self) -> dict[str, str]:
        with self.books.app.app_context(), reading() as session:
            return dict(session.execute(select(PastInvoice.number, PastInvoice.verdict)).all())

    def waiting(self) -> int:
        """As the page says it."""
        with self.books.app.app_context(), reading() as session:
            confirmed = PastInvoice.confirmed_at.is_not(None)
            query = select(func.count()).where(confirmed, PastInvoice.verdict == "same")
            return session.scalar(query) or 0

    def records(self) -> dict[UUID, SyncRecord]:
        return {one.local_id: one for one in self.books.records("invoice")}

    def linked(self) -> dict[str, str]:
        """Number of ours → the id of theirs."""
        found = self.records()
        tied = {number: found[one.id].remote_id for number, one in self.ours.items() if one.id in found}
        return {number: remote_id for number, remote_id in tied.items() if remote_id}

    def page(self) -> str:
        return self.clicks.browser("viewer").page(PAGE).text

    def check(self, *, writes: Collection[str] = ()) -> None:
        """Each of ours is its own of theirs, and those are as somebody typed them."""
        assert self.linked() == {number: one["Id"] for number, one in self.theirs.items()}
        there = {one["Id"]: one for one in self.books.objects("Invoice")}
        for number, one in self.theirs.items():
            assert there[one["Id"]] == one, f"{number} was changed over there"
        numbers = [one.get("DocNumber") for one in there.values()]
        assert all(numbers.count(number) == 1 for number in self.theirs), "one of them was made again"
        evidence = self.books.check(done=False)
        assert {part.entity for write in evidence.writes for part in write.parts} <= set(writes)
