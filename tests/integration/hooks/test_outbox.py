"""What a change here means for the books over there: decided with the change, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, update

from kz_admin import clock
from kz_admin.domain import presets
from kz_admin.domain.lists import List
from kz_admin.models import Connection, Mapping, Service
from kz_admin.models.session import engine, writing
from kz_admin.services import connections, outbox, unplanned
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import invoice_steps, invoices, payments, services
from kz_admin.services.documents.work import Work
from kz_admin.web.show import capped
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import Rows, connect
from tests.platform import Platform, body

DUE = {"client/USD": "due", "invoice": "due", "payment": "due"}


def states(rows: Rows) -> dict[str, str]:
    return {name: row.state for name, row in rows.records().items()}


@pytest.fixture
def agency(app: Flask, cast: Cast) -> Iterator[Agency]:
    with app.app_context():
        yield Agency(cast.tenant_id)


@pytest.mark.promise("KZ-17")
def test_with_a_live_connection_a_paid_invoice_is_due_with_all_it_needs(
    connected: UUID, cast: Cast, platform: Platform, rows: Rows, app: Flask
) -> None:
    platform.told()
    assert states(rows) == DUE
    invoice = rows.records()["invoice"]
    assert (invoice.wanted_revision, invoice.planned_revision, invoice.pushed_revision) == (1, 1, 0)
    with app.app_context():
        live = connections.live(cast.tenant_id)
        assert live is not None
        assert connections.counts(live).waiting == 3


def test_lines_without_a_service_need_the_built_in_one_of_the_income_account(
    connected: UUID, cast: Cast, app: Flask, platform: Platform, rows: Rows
) -> None:
    with app.app_context(), writing() as session:
        services.built_in(Work(session, cast.tenant_id, SYSTEM, clock.now_ms()))
        session.add(
            Mapping(
                tenant_id=cast.tenant_id,
                connection_id=connected,
                list=List.ACCOUNTS.value,
                subject="income",
                remote_id="79",
                chosen_how="person",
                chosen_by="Ada",
                chosen_at=1,
            )
        )
    platform.told()
    assert states(rows) == {**DUE, "service/79": "due"}
    assert [row.built_in for row in rows.all(Service)] == [True]


def test_a_card_counts_no_further_than_it_shows(
    app: Flask, platform: Platform, connected: UUID, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.told()
    monkeypatch.setattr(connections, "COUNTED_AT_MOST", 1)
    with app.app_context():
        live = connections.live(cast.tenant_id)
        assert live is not None
        waiting = connections.counts(live).waiting
    assert (waiting, capped(waiting, 1), capped(1, 1), capped(2_000, 2_000)) == (2, "1+", "1", "2,000")


def test_a_usual_hook_takes_ten_statements_and_one_commit(
    connected: UUID, cast: Cast, app: Flask, platform: Platform, rows: Rows
) -> None:
    test_lines_without_a_service_need_the_built_in_one_of_the_income_account(connected, cast, app, platform, rows)
    with counted(app) as statements:
        platform.told(body(**{"invoice.id": "inv-2", "invoice.number": "2026-0002"}))
    assert statements.count("COMMIT") == 1
    asked = [one for one in statements if one.split()[0] not in ("COMMIT", "BEGIN", "ROLLBACK")]
    assert len(asked) <= 10, "\n".join(asked)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []
    with app.app_context():
        bind = engine()

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def committed(_connection: object) -> None:
        statements.append("COMMIT")

    event.listen(bind, "before_cursor_execute", note)
    event.listen(bind, "commit", committed)
    try:
        yield statements
    finally:
        event.remove(bind, "before_cursor_execute", note)
        event.remove(bind, "commit", committed)


def test_without_a_connection_nothing_waits(platform: Platform, rows: Rows) -> None:
    platform.told()
    assert rows.records() == {}


def test_a_repeated_hook_plans_nothing_new(connected: UUID, platform: Platform, rows: Rows) -> None:
    platform.told()
    before = {name: vars(row)["wanted_revision"] for name, row in rows.records().items()}
    platform.told()
    assert {name: row.wanted_revision for name, row in rows.records().items()} == before


def test_a_draft_and_an_unpaid_invoice_rest_with_their_reason(connected: UUID, agency: Agency, rows: Rows) -> None:
    draft = agency.draft()
    assert rows.records()["invoice"].reason == "draft"
    agency.do(invoice_steps.finalise, draft.id)
    assert rows.records()["invoice"].reason == "not_paid"
    agency.pay(draft)
    assert states(rows) == DUE


def test_what_was_paid_before_the_start_date_rests_with_its_payment(cast: Cast, agency: Agency, rows: Rows) -> None:
    connect(cast.tenant_id, start_at=clock.now_ms() + clock.DAY)
    agency.pay(agency.invoice())
    reasons = {name: row.reason for name, row in rows.records().items()}
    assert reasons == {"invoice": "before_start", "payment": "waits_for_partner"}


def test_money_that_waited_goes_over_with_its_invoice(cast: Cast, agency: Agency, rows: Rows) -> None:
    connect(cast.tenant_id, settings=presets.ON_PAID.as_json())
    invoice = agency.invoice()
    agency.pay(invoice, amount=4_000)
    assert rows.records()["payment"].reason == "waits_for_partner"
    agency.pay(invoice)
    payments_now = [row.state for row in rows.all(type(rows.records()["payment"])) if row.kind == "payment"]
    assert payments_now == ["due", "due"]


@pytest.mark.promise("PLAT-02")
def test_on_save_a_finalised_invoice_goes_over_without_a_click(cast: Cast, agency: Agency, rows: Rows) -> None:
    connect(cast.tenant_id, settings=presets.ON_SAVE.as_json())
    agency.invoice()
    assert states(rows) == {"client/USD": "due", "invoice": "due"}


@pytest.mark.promise("KEAP-26")
@pytest.mark.parametrize("deed", ["sent", "paid"])
def test_two_way_sends_what_is_sent_or_paid(cast: Cast, agency: Agency, rows: Rows, deed: str) -> None:
    connect(cast.tenant_id, settings=presets.TWO_WAY.as_json())
    invoice = agency.invoice()
    assert rows.records()["invoice"].reason == "not_sent"
    if deed == "sent":
        agency.do(invoice_steps.send, invoice.id, None)
    else:
        agency.pay(invoice)
    assert rows.records()["invoice"].state == "due"


@pytest.mark.parametrize(("state", "hold"), [("paused", "paused"), ("needs_reconnect", "reconnect")])
def test_a_resting_connection_holds_what_is_wanted(
    cast: Cast, platform: Platform, app: Flask, rows: Rows, state: str, hold: str
) -> None:
    with app.app_context():
        connect(cast.tenant_id, state=state)
    platform.told()
    assert {(row.state, row.reason) for row in rows.records().values()} == {("held", hold)}


def test_what_is_voided_before_it_was_sent_rests(connected: UUID, agency: Agency, rows: Rows) -> None:
    invoice = agency.invoice()
    payment = agency.pay(invoice)
    agency.do(payments.void, payment.id, None)
    agency.do(invoice_steps.void, invoice.id, None)
    found = rows.records()
    assert (found["invoice"].reason, found["payment"].reason) == ("voided_unsent", "voided_unsent")


def test_later_saves_of_what_is_over_there_are_wanted_too(connected: UUID, agency: Agency, rows: Rows) -> None:
    from kz_admin.models import SyncRecord

    invoice = agency.invoice()
    agency.pay(invoice)
    with writing() as session:
        there = {"remote_id": "12", "remote_type": "Invoice", "state": "done", "pushed_revision": 2}
        session.execute(update(SyncRecord).where(SyncRecord.kind == "invoice").values(**there))
    details = agency.details(
        invoices.find(agency.tenant_id, invoice.id).client, note="Thank you", number=invoice.number
    )
    agency.do(invoices.change, invoice.id, details, None)
    found = rows.records()["invoice"]
    assert (found.state, found.wanted_revision > found.pushed_revision) == ("due", True)


def test_a_removed_draft_leaves_no_record(connected: UUID, agency: Agency, rows: Rows) -> None:
    draft = agency.draft()
    agency.do(invoices.delete, draft.id, None)
    assert rows.records() == {}


def test_the_clock_finds_what_was_saved_without_being_planned(
    connected: UUID, agency: Agency, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "plan_all", lambda *_args: None)
        agency.pay(agency.invoice())
    assert rows.records() == {}
    assert unplanned.sweep_recent() == 2
    assert states(rows) == DUE
    assert {row.lane for row in rows.records().values()} == {"bulk"}
    assert unplanned.sweep() == 0


def test_what_another_program_wrote_long_ago_is_found_by_the_look_at_everything(
    connected: UUID, agency: Agency, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "plan_all", lambda *_args: None)
        agency.pay(agency.invoice())
    clock.simulate(lambda: clock.HOUR, None)
    assert unplanned.sweep_recent() == 0
    assert unplanned.sweep() == 2
    assert states(rows) == DUE


def test_what_changed_while_disconnected_is_left_behind_for_a_person(
    connected: UUID, agency: Agency, rows: Rows
) -> None:
    from kz_admin.models import Invoice, SyncRecord

    agency.invoice()
    with writing() as session:
        session.execute(update(SyncRecord).values(planned_revision=0))
        session.execute(update(Invoice).values(revision=7))
        outbox.leave_behind(session, session.get_one(Connection, connected))
    found = rows.records()["invoice"]
    assert (found.state, found.reason, found.planned_revision) == ("idle", "while_disconnected", 7)


@pytest.mark.promise("K-QBO-38", "K-QBO-39")
def test_the_pages_say_where_an_invoice_stands_and_what_it_waits_for(
    connected: UUID, cast: Cast, app: Flask, platform: Platform
) -> None:
    from tests import cast as people

    invoice = platform.told()["invoice"]
    with app.app_context():
        Agency(cast.tenant_id).invoice(number="unpaid-1")
    browser = people.sign_in(app, cast.viewer, cast.tenant_id)
    listed = browser.page("/kz-admin/invoices").text
    assert "Pending on its way" in listed
    assert "Not synced goes over when it is paid" in listed
    assert "Pending on its way" in browser.page(f"/kz-admin/invoices/{invoice}").text
