"""More than fits a page or a chunk, on both databases: exact counts, pages that follow, chunks that can be repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from kz_admin import clock
from kz_admin.domain.past_invoices import Verdict
from kz_admin.models import Client, Connection, Invoice, Option, OptionList, PastInvoice, PastLook, SyncRecord
from kz_admin.models.new_rows import write_new
from kz_admin.models.session import reading, writing
from kz_admin.services import mapping_matches, mappings, past_invoices, past_linking, past_reading
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import carry_out
from kz_admin.services.past_invoices import Filters
from tests import cast as people
from tests.bridge import INTEGRATIONS
from tests.cast import Cast
from tests.conftest import kept_app
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import connect
from tests.page import InspectingClient

MANY, CHUNK = 260, 100  # three pages and more, three chunks: as with thousands, in a second
SAME = MANY - MANY // 10
BEA = Actor(UUID(int=7), "Bea")


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    with kept_app(database_url) as app:
        yield app


@pytest.fixture
def connection(app: Flask, cast: Cast) -> Connection:
    with app.app_context():
        connection_id = connect(cast.tenant_id, connected_at=clock.now_ms() + clock.HOUR)
        with reading() as session:
            return session.get_one(Connection, connection_id)


def own(connection: Connection) -> dict[str, UUID]:
    return {"tenant_id": connection.tenant_id, "connection_id": connection.id}


def enter_many(connection: Connection) -> None:
    """The same invoices on both sides, as a finished reading leaves them; every tenth with another total there."""
    client = Agency(connection.tenant_id).client("Acme Ltd", email="ap@acme.example")
    usual = {"tenant_id": connection.tenant_id, "client_id": client.id, "currency": "USD", "prices": "exclusive"}
    sums = {"subtotal_minor": 100, "tax_minor": 0, "total_minor": 100, "open_minor": 100}
    made = {"finalised_at": 1, "state": "finalised", "issued_on": "2026-03-01"}
    with writing() as session:
        numbers = [f"a-{n:05}" for n in range(MANY)]
        write_new(session, [Invoice(**usual, **sums, **made, number=one, number_key=one) for one in numbers])
        look = PastLook(**own(connection), since="2026-01-01", until="2026-12-31", begun_at=1, begun_by="Bea")
        look.finished_at = clock.now_ms()
        session.add(look)
        session.add(Option(**own(connection), list="customers", remote_id="7", name="Acme", active=True, read_at=1))
        session.flush()
        session.query(Option).update({"details": '{"email": "ap@acme.example"}'})
        theirs = {"customer": "7", "currency": "USD", "issued_on": "2026-03-02", "verdict": "only_there"}
        write_new(
            session,
            [
                PastInvoice(
                    **own(connection), **theirs, remote_id=str(n), number=one.upper(), number_key=one,
                    total_minor=101 if n % 10 == 0 else 100,
                )
                for n, one in enumerate(numbers)
            ],
        )  # fmt: skip
        session.flush()
        past_reading.judge_all(session, connection, look)


def test_linked_in_chunks_that_can_be_repeated(
    app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_linking, "AT_ONCE", CHUNK)
    monkeypatch.setattr(past_reading, "AT_ONCE", CHUNK)
    with app.app_context():
        enter_many(connection)
        board = past_invoices.of(connection, Filters("same"), "")
        assert board.counts == {"same": SAME, "differs": MANY - SAME, "ours": 0, "theirs": 0, "linked": 0}
        numbers: list[str] = []
        after: str | None = ""
        while after is not None:
            found = past_invoices.of(connection, Filters("same"), after).page
            numbers += [row.theirs.number for row in found.rows if row.theirs]
            after = found.next
        assert len(numbers) == len(set(numbers)) == SAME
        assert [
            row.ours.number
            for row in past_invoices.of(connection, Filters("differs", "a-0002"), "").page.rows
            if row.ours
        ] == ["a-00020"]

        carry_out(connection.tenant_id, BEA, past_linking.confirm, connection, 1, SAME)
        assert carry_out(connection.tenant_id, BEA, past_linking.link, connection) == past_linking.AT_ONCE
        # a worker dies here: what is linked is linked, the rest is still confirmed
        assert past_linking.waiting(connection) == SAME - past_linking.AT_ONCE
        past_linking.resume()
        past_linking.resume()
        assert past_linking.waiting(connection) == 0
        with reading() as session:
            tied = select(func.count(SyncRecord.id)).where(SyncRecord.kind == "invoice")
            assert session.scalar(tied.where(SyncRecord.remote_id.is_not(None))) == SAME
            assert session.scalar(tied.with_only_columns(func.count(SyncRecord.remote_id.distinct()))) == SAME
            left = session.scalars(select(PastInvoice.verdict).distinct()).all()
        assert set(left) == {Verdict.LINKED.value, Verdict.DIFFERS.value}


def test_customers_of_both_sides(
    app: Flask, connection: Connection, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is linked before it is confirmed; then all that is exact, and of the near ones what was ticked."""
    monkeypatch.setattr(mappings, "AT_ONCE", CHUNK)
    page = f"{INTEGRATIONS}/quickbooks/setup/customers"
    with app.app_context():
        with writing() as session:
            mine = {"tenant_id": connection.tenant_id, "currency": "USD"}
            session.add_all(Client(**mine, name=f"C{n:05}", name_key=f"c{n:05}") for n in range(MANY))
            near = Client(**mine, name="Blue Heron Outfiters", name_key="blue heron outfiters")
            alone = Client(**mine, name="Zebra", name_key="zebra")
            chosen = Client(**mine, name="C-chosen", name_key="c-chosen")
            session.add_all([near, alone, chosen])
            theirs = {**own(connection), "list": "customers", "group": "USD", "active": True, "read_at": 1}
            session.add_all(Option(**theirs, remote_id=str(n), name=f"C{n:05}") for n in range(MANY))
            session.add(Option(**theirs, remote_id="h", name="Blue Heron Outfitters"))
            session.add(Option(**theirs, remote_id="t", name="Tidewater Museum"))
            session.add(OptionList(**own(connection), list="customers", read_at=1))
            tied = {"kind": "client", "part": "USD", "state": "idle", "lane": "bulk", "linked_by": "person"}
            session.add(SyncRecord(**own(connection), **tied, local_id=chosen.id, remote_id="t"))
        mapping_matches.run_all(connection.id)

    browser = people.sign_in(app, cast.bookkeeper, cast.tenant_id)
    assert tabs(browser, page) == [MANY, 1, 1, 0, 1]
    assert "Zebra" in browser.page(f"{page}?show=ours").text
    second = next(link for link in browser.page(page).links if "after=" in link)
    assert "C00050" in browser.page(second).text
    assert (
        people.sign_in(app, cast.viewer, cast.tenant_id).submit(f"{page}/confirm", {"count": MANY}).status_code == 403
    )
    assert browser.submit(f"{page}/confirm", {"count": MANY - 1}).status_code == 409
    assert browser.submit(f"{page}/confirm", {"show": "near"}).status_code == 303, "nothing ticked, nothing done"
    assert tabs(browser, page) == [MANY, 1, 1, 0, 1]
    assert browser.submit(f"{page}/confirm", {"count": MANY}).status_code == 303
    assert tabs(browser, page) == [0, 1, 1, 0, MANY + 1]
    assert browser.submit(f"{page}/confirm", {"show": "near", "selected": f"{near.id}=h"}).status_code == 303
    assert tabs(browser, page) == [0, 0, 1, 0, MANY + 2]
    with app.app_context(), reading() as session:
        kept = session.scalars(select(SyncRecord).where(SyncRecord.local_id == chosen.id)).one()
    assert (kept.remote_id, kept.linked_by) == ("t", "person")


def tabs(browser: InspectingClient, page: str) -> list[int]:
    """The counts over the comparison, in their order."""
    found = re.findall(r'<span class="count">([\d,]+)</span>', browser.get(page).text)
    return [int(one.replace(",", "")) for one in found]
