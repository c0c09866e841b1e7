"""Our application with a connected company in a served simulator, a platform, and the engine at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock, simulated_time
from kz_admin.domain.status import Lane
from kz_admin.models import Attempt, Call, Connection, Invoice, SyncRecord
from kz_admin.models.session import reading, writing
from kz_admin.providers import oauth
from kz_admin.services.push import drain
from tests import cast as people
from tests.bridge import Bridge, settings
from tests.cast import Cast
from tests.conftest import kept_app
from tests.integration.connections.conftest import admin as admin
from tests.integration.connections.conftest import bridge as bridge
from tests.integration.connections.conftest import machine as machine
from tests.integration.connections.conftest import served as served
from tests.integration.connections.conftest import stranger as stranger
from tests.platform import Platform, body
from tests.simulator.machine import HOSTS, Machine

PAID_ON = "2026-11-20"


@dataclass
class Books:
    """Both sides of one connection."""

    app: Flask
    machine: Machine
    cast: Cast
    bridge: Bridge
    platform: Platform

    # -- what the platform does ---------------------------------------------------------------------

    def pay(self, number: str = "2026-0001", **changes: Any) -> dict[str, Any]:
        """A paid hook for one invoice, paid just now; the usual client unless said otherwise."""
        paid = {"payment.paid_at": None, "payment.paid_on": PAID_ON}
        said = {"invoice.id": f"inv-{number}", "invoice.number": number, **paid, **changes}
        return self.platform.told(body(**said))

    def push(self, lane: Lane = Lane.INTERACTIVE) -> None:
        with self.app.app_context():
            drain.run(self.connection.id, lane)

    def later(self, seconds: float) -> None:
        """Time passes for us and for them."""
        with self.app.app_context():
            clock.wait(seconds)

    # -- our side -----------------------------------------------------------------------------------

    @property
    def connection(self) -> Connection:
        return self.bridge.connection(self.cast.tenant_id)

    def records(self, kind: str = "") -> list[SyncRecord]:
        query = select(SyncRecord).order_by(SyncRecord.created_at, SyncRecord.id)
        with self.app.app_context(), reading() as session:
            return list(session.scalars(query.where(SyncRecord.kind == kind) if kind else query))

    def record(self, kind: str) -> SyncRecord:
        (found,) = self.records(kind)
        return found

    def record_of(self, local_id: UUID, part: str = "") -> SyncRecord:
        (found,) = [one for one in self.records() if one.local_id == local_id and one.part == part]
        return found

    def states(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for record in self.records():
            found.setdefault(record.kind, []).append(record.state)
        return found

    def invoice(self, number: str = "2026-0001") -> Invoice:
        with self.app.app_context(), reading() as session:
            return session.scalars(select(Invoice).where(Invoice.number == number)).one()

    def calls(self) -> list[Call]:
        with self.app.app_context(), reading() as session:
            return list(session.scalars(select(Call).order_by(Call.first_sent_at, Call.id)))

    def attempts(self) -> list[Attempt]:
        with self.app.app_context(), reading() as session:
            return list(session.scalars(select(Attempt).order_by(Attempt.opened_at, Attempt.id)))

    def change(self, record: SyncRecord, **values: Any) -> None:
        with self.app.app_context(), writing() as session:
            row = session.get_one(SyncRecord, record.id)
            for name, value in values.items():
                setattr(row, name, value)

    # -- their side ---------------------------------------------------------------------------------

    def calls_there(self, since: int = 0) -> list[dict[str, Any]]:
        """What reached the company's API, in order."""
        return [one for one in self.machine.journal(since=since) if "/v3/company/" in str(one["path"])]

    def now_there(self) -> int:
        found: int = self.machine.sim("GET", "journal", limit=1000)["next"]
        return found

    def writes(self, since: int = 0, entity: str = "") -> list[dict[str, Any]]:
        """Objects that our calls created, changed or removed over there."""
        return [
            thing
            for call in self.calls_there(since)
            for thing in call["objects"]
            if not entity or thing["type"] == entity
        ]

    def made(self, since: int = 0) -> list[str]:
        """What our calls created over there."""
        return [one["type"] for one in self.writes(since) if one["op"] == "create"]

    def there(self, entity: str, **where: Any) -> list[dict[str, Any]]:
        """Objects of the company as it holds them; asking needs no access, which would replace ours."""
        companies = self.machine.sim("GET", "state", company=self.company_id)["companies"]
        (found,) = [one for one in companies if one["company"] == self.company_id]
        rows: list[dict[str, Any]] = found["objects"].get(entity, [])
        return [row for row in rows if all(row.get(name) == value for name, value in where.items())]

    @property
    def company_id(self) -> str:
        with self.app.app_context(), reading() as session:
            company = session.scalars(select(Connection)).one().company
        assert company
        return company

    def invoice_there(self) -> dict[str, Any]:
        """The one invoice of ours, whatever number it has over there."""
        (found,) = self.ours("Invoice")
        return found

    def write_there(self, entity: str, body: dict[str, Any], **params: str) -> None:
        """Somebody does it in QuickBooks itself."""
        with self.app.app_context():
            token = self.connection.access
        answer = self.machine.http.post(
            f"{self.machine.base}{HOSTS['production']}/v3/company/{self.company_id}/{entity.lower()}",
            json=body,
            params=params,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text

    def ours(self, entity: str) -> list[dict[str, Any]]:
        """What carries a marker of ours."""
        return [row for row in self.there(entity) if "kz:" in row.get("PrivateNote", "")]


@pytest.fixture
def app(database_url: str, machine: Machine) -> Iterator[Flask]:
    """With a clock that waits by moving, ours and theirs together."""
    oauth._discovered.clear()
    machine.sim("POST", "clock", {"set": clock.now_ms()})
    with kept_app(database_url, KZ_CLOCK="simulated", **settings(machine)) as app:
        simulated_time.init_app(app)
        yield app


@pytest.fixture
def plain_app(database_url: str) -> Iterator[Flask]:
    """The application alone."""
    with kept_app(database_url) as app:
        yield app


@pytest.fixture
def books(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    """A US company of the simulator, connected a moment ago."""
    return connect_books(app, machine, cast, bridge)


def connect_books(app: Flask, machine: Machine, cast: Cast, bridge: Bridge, company: str = "US") -> Books:
    admin = people.sign_in(app, cast.admin, cast.tenant_id)
    answer = bridge.connect(admin, company)
    assert answer.status_code in (302, 303), answer.text
    platform = Platform.of(app, cast.tenant_id)
    return Books(app, machine, cast, bridge, platform)


def ids_of(records: list[SyncRecord]) -> list[UUID]:
    return [record.id for record in records]
