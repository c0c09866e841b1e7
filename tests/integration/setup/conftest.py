"""A company that has some of our past invoices already: the seeds of the simulator, entered here as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock, simulated_time
from kz_admin.domain.lists import List
from kz_admin.models import Invoice, PastInvoice, PastLook, Payment, SyncRecord
from kz_admin.models.session import reading
from kz_admin.providers import oauth
from kz_admin.services import options, past_linking, past_reading
from kz_admin.services.documents.sales import Line
from tests import cast as people
from tests.bridge import INTEGRATIONS, Bridge, settings
from tests.cast import Cast
from tests.conftest import kept_app
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.conftest import admin as admin
from tests.integration.push.conftest import bridge as bridge
from tests.integration.push.conftest import machine as machine
from tests.integration.push.conftest import served as served
from tests.page import InspectingClient
from tests.simulator.machine import Machine

PAST = f"{INTEGRATIONS}/quickbooks/setup/past-invoices"
COPPERLINE, VIOLET = "office@copperline.example", "Violet Ostrander"


@dataclass
class Past:
    """Our side of before, and the pages on which people decide."""

    books: Books
    cast: Cast
    invoices: dict[str, Invoice] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        return self.books.app

    def browser(self, who: str = "bookkeeper") -> InspectingClient:
        return people.sign_in(self.app, getattr(self.cast, who), self.cast.tenant_id)

    def look(self, browser: InspectingClient | None = None) -> None:
        """Asked for on the page, done by a worker."""
        asked = (browser or self.browser()).submit(f"{PAST}/look", {"since": "2020-01-01"})
        assert asked.status_code == 303, asked.text
        with self.app.app_context():
            past_reading.go_on(self.books.connection.id)

    def confirm(self, browser: InspectingClient, count: int) -> Any:
        begun_at = self.begun_at()
        return browser.submit(f"{PAST}/link", {"begun_at": begun_at, "count": count})

    def begun_at(self) -> int:
        with self.app.app_context(), reading() as session:
            return session.scalars(select(PastLook)).one().begun_at

    def found(self) -> dict[str, tuple[str, str]]:
        """Number of ours → what was found of it, and in what it differs."""
        with self.app.app_context(), reading() as session:
            rows = session.scalars(select(PastInvoice).where(PastInvoice.local_id.is_not(None)))
            return {row.number: (row.verdict, row.differs) for row in rows}

    def row(self, number: str) -> PastInvoice:
        with self.app.app_context(), reading() as session:
            return session.scalars(select(PastInvoice).where(PastInvoice.number == number)).one()

    def record(self, number: str) -> SyncRecord:
        local_id = self.invoices[number].id
        (found,) = [one for one in self.books.records("invoice") if one.local_id == local_id]
        return found

    def payment_of(self, number: str) -> Payment:
        with self.app.app_context(), reading() as session:
            return session.scalars(select(Payment).where(Payment.client_id == self.invoices[number].client_id)).one()

    def made(self, what: str, *args: Any, **more: Any) -> Any:
        with self.app.app_context():
            return getattr(Agency(self.cast.tenant_id), what)(*args, **more)

    def link_rest(self) -> None:
        with self.app.app_context():
            past_linking.run(self.books.connection.id)


def before(app: Flask, tenant_id: UUID) -> dict[str, Invoice]:
    """Entered here by hand as well, and one of them only here."""
    today = clock.local_date(clock.now_ms(), "America/New_York")
    with app.app_context():
        agency = Agency(tenant_id)
        copperline = agency.client("Copperline", email=COPPERLINE)
        violet, marigold = agency.client(VIOLET), agency.client("Marigold Yoga")
        said = (
            (copperline, "1044", "688.75"),
            (violet, "1040", "90.09"),
            (marigold, "1042", "1235.01"),
            (copperline, "1043", "810"),
            (copperline, "2020-1", "77"),
        )
        day = (today - timedelta(days=8)).isoformat()
        made = {
            number: agency.invoice(client, Line("Work", Decimal(1), Decimal(total)), number=number, issued_on=day)
            for client, number, total in said
        }
        agency.pay(made["1040"], paid_on=day)
    return made


@pytest.fixture
def app(sqlite_url: str, machine: Machine) -> Iterator[Flask]:
    """What is asked of the database is asked on both in test_many.py; journeys are the same on both."""
    oauth._discovered.clear()
    machine.sim("POST", "clock", {"set": clock.now_ms()})
    with kept_app(sqlite_url, KZ_CLOCK="simulated", **settings(machine)) as app:
        simulated_time.init_app(app)
        yield app


@pytest.fixture
def past(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Past:
    made = before(app, cast.tenant_id)
    books = connect_books(app, machine, cast, bridge)
    with app.app_context():
        options.refresh(books.connection.id, List.CUSTOMERS)
    return Past(books, cast, made)
