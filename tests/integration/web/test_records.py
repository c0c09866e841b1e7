"""A document in the books, on its own page: what its pill says, what is in the way, and what people can do about it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock, ids
from kz_admin.domain.problems import Slug
from kz_admin.models import AuditEntry, Client, Connection, Invoice, SyncRecord
from kz_admin.models.call import Attempt, Call
from kz_admin.models.session import reading, writing
from kz_admin.services import bell
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import connect
from tests.page import InspectingClient, Page

Change = Callable[..., None]
SignIn = Callable[..., InspectingClient]
HTMX = {"HX-Request": "true"}
COMPANY = "9341"  # their id of the company: never on a page


class Desk:
    """One paid invoice on a live connection, and its record in whatever state a test wants."""

    def __init__(self, app: Flask, tenant_id: UUID, client_email: str = "a@acme.example") -> None:
        self.app, self.tenant_id = app, tenant_id
        self.client: Client = self.made("client", email=client_email)
        self.invoice: Invoice = self.made("invoice", self.client, number="INV-104")

    def made(self, what: str, *args: Any, **more: Any) -> Any:
        """Each request has a context of its own, so that no two people are taken for one."""
        with self.app.app_context():
            return getattr(Agency(self.tenant_id), what)(*args, **more)

    @property
    def url(self) -> str:
        return f"/kz-admin/invoices/{self.invoice.id}"

    def record(self, kind: str = "invoice") -> SyncRecord:
        with self.app.app_context(), reading() as session:
            query = select(SyncRecord).where(SyncRecord.kind == kind, SyncRecord.tenant_id == self.tenant_id)
            return session.scalars(query).one()

    def put(self, kind: str = "invoice", **values: Any) -> SyncRecord:
        """The record as the engine would have left it."""
        document = self.invoice if kind == "invoice" else self.client
        with self.app.app_context(), writing() as session:
            query = select(SyncRecord).where(SyncRecord.kind == kind, SyncRecord.local_id == document.id)
            record = session.scalar(query)
            if record is None:
                connection = session.scalars(select(Connection).where(Connection.tenant_id == self.tenant_id)).one()
                record = SyncRecord(
                    tenant_id=self.tenant_id,
                    connection_id=connection.id,
                    kind=kind,
                    local_id=document.id,
                    part="USD" if kind == "client" else "",
                    lane="interactive",
                    state="idle",
                )
                session.add(record)
            record.planned_revision = record.wanted_revision = document.revision
            for name, value in values.items():
                setattr(record, name, value)
        return record

    def fail(self, slug: Slug, kind: str = "invoice", **facts: str) -> SyncRecord:
        document = self.invoice if kind == "invoice" else self.client
        return self.put(
            kind,
            state="failed",
            problem=slug.value,
            cause=f"{slug.value}:{document.id}",
            problem_facts=json.dumps({"document": "INV-104", "name": "Acme Ltd", **facts}),
            problem_at=clock.now_ms(),
        )

    def fail_for_client(self, slug: Slug, **facts: str) -> None:
        """The client failed, and the invoice carries its problem."""
        partner = self.fail(slug, "client", **facts)
        self.put(
            state="failed",
            problem=slug.value,
            cause=partner.cause,
            problem_facts=partner.problem_facts,
            waits_for_id=partner.id,
        )

    def succeed(self, **values: Any) -> SyncRecord:
        there = {"remote_type": "Invoice", "remote_id": "266", "remote_number": "INV-104", "linked_by": "created"}
        pushed = {"pushed_revision": self.invoice.revision, "pushed_at": clock.now_ms(), "remote_total": 100_00}
        return self.put(**{"state": "done", **there, **pushed, **values})

    def tried(self, **values: Any) -> None:
        record = self.record()
        with self.app.app_context(), writing() as session:
            now = clock.now_ms()
            call = Call(
                tenant_id=self.tenant_id,
                connection_id=record.connection_id,
                request_id=str(ids.uuid7()),
                method="POST",
                path="/invoice",
                headers='{"Authorization": "Bearer never-on-a-page"}',
                body=b'{"secret": "never-on-a-page"}',
                body_hash="0" * 64,
                first_sent_at=now,
                last_sent_at=now,
            )
            session.add(call)
            session.flush()
            closed = {"closed_at": now, "outcome": "refused"}
            session.add(
                Attempt(
                    tenant_id=self.tenant_id,
                    connection_id=record.connection_id,
                    sync_record_id=record.id,
                    call_id=call.id,
                    verb="create",
                    revision=1,
                    generation=0,
                    marker=f"kz:{self.invoice.id}",
                    draft="never-on-a-page",
                    fence=1,
                    opened_at=now,
                    **{**closed, **values},
                )
            )


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which doors were rung."""
    heard: list[str] = []
    monkeypatch.setattr(bell, "ring", lambda door, *_ids, lane="interactive": heard.append(door) is None)
    return heard


@pytest.fixture
def connected(app: Flask, cast: Cast, rung: list[str]) -> UUID:
    with app.app_context():
        return connect(cast.tenant_id, connected_at=clock.now_ms() - 30 * clock.DAY)


@pytest.fixture
def desk(app: Flask, connected: UUID, cast: Cast) -> Desk:
    return Desk(app, cast.tenant_id)


@pytest.fixture
def books(signed_in: SignIn, cast: Cast) -> InspectingClient:
    return signed_in(cast.bookkeeper)


@pytest.fixture
def change(app: Flask, connected: UUID) -> Change:
    return functools.partial(_change, app, connected)


def _change(app: Flask, connection_id: UUID, **values: Any) -> None:
    with app.app_context(), writing() as session:
        connection = session.get_one(Connection, connection_id)
        for name, value in values.items():
            setattr(connection, name, value)


def audited(desk: Desk) -> list[str]:
    with desk.app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# -- what is seen -------------------------------------------------------------------------------------------


@pytest.mark.promise("K-QBO-38", "K-QBO-39", "K-QBO-40", "K-QBO-41", "K-QBO-42")
@pytest.mark.parametrize(
    ("values", "word", "hint"),
    [
        ({"state": "idle", "reason": "not_paid"}, "Not synced", "goes over when it is paid"),
        ({"state": "due", "due_at": 1}, "Pending", "on its way"),
        ({"state": "sent", "due_at": 1}, "Pending", "on its way"),
        ({"state": "unknown", "due_at": 1}, "Pending", "the answer was lost"),
        ({"state": "held", "reason": "paused"}, "Pending", "the connection is paused"),
        ({"state": "done", "remote_id": "266"}, "Success", ""),
        ({"state": "idle", "reason": "before_reset", "remote_id": "266"}, "Success", "No longer updating"),
        ({"state": "parked", "problem": "killed_workers"}, "Failed", "set aside"),
    ],
)
def test_list_and_page_say_the_same_word(
    desk: Desk, books: InspectingClient, values: dict[str, Any], word: str, hint: str
) -> None:
    desk.put(**values)
    for address in ("/kz-admin/invoices", desk.url):
        text = books.page(address).text
        assert word in text, address
        assert hint in text, address


def test_without_a_connection_there_is_a_pill_and_no_panel(app: Flask, cast: Cast, books: InspectingClient) -> None:
    desk = Desk(app, cast.tenant_id)
    page = books.get(desk.url)
    assert "Not synced" in page.text
    assert 'id="record"' not in page.text
    assert books.submit(f"{desk.url}/copy").status_code == 409


def test_a_success_shows_both_sides_and_the_way_there(desk: Desk, books: InspectingClient) -> None:
    desk.succeed()
    page = books.page(desk.url)
    assert "Totals equal" in page.text
    assert "Open in QuickBooks" in page.text
    assert f"{desk.url}/open" in page.links
    desk.succeed(remote_total=99_98, note="tax is 0.00 here and 0.02 there")
    assert "tax is 0.00 here and 0.02 there" in books.page(desk.url).text


def test_open_leads_there_and_the_company_stands_in_the_redirect_only(
    desk: Desk, books: InspectingClient, caplog: pytest.LogCaptureFixture
) -> None:
    nothing = books.get(f"{desk.url}/open")
    assert nothing.status_code == 404
    assert "nothing to open" in nothing.text
    desk.succeed()
    answer = books.get(f"{desk.url}/open")
    assert answer.status_code == 302
    assert COMPANY in answer.headers["Location"]
    assert "266" in answer.headers["Location"]
    for text in (answer.text, books.get(desk.url).text, caplog.text):
        assert COMPANY not in text.replace(answer.headers["Location"], "")
        assert f"deeplinkcompanyid={COMPANY}" not in books.get(desk.url).text


@pytest.mark.promise("K-QBO-43")
def test_the_timeline_shows_their_words_escaped_and_never_a_secret(desk: Desk, books: InspectingClient) -> None:
    nasty = "<script>alert(1)</script> \"quoted\" 'too'"
    desk.fail(Slug.UNKNOWN, words=nasty, code="6000", reference="1-abc")
    desk.tried(words=nasty, code="6000", reference="1-abc")
    html = books.get(desk.url).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "6000" in html
    assert "1-abc" in html
    for secret in ("never-on-a-page", COMPANY, "kz:"):
        assert secret not in html


def test_while_they_do_not_answer_it_stays_pending_and_says_when_the_next_try_is(
    desk: Desk, change: Change, books: InspectingClient
) -> None:
    at = clock.now_ms() + 5 * clock.MINUTE
    change(silent_since=clock.now_ms(), probe_at=at)
    desk.put(state="due", due_at=at, tries=4)
    moment = clock.to_datetime(at, "America/New_York").strftime("%H:%M")
    for address in ("/kz-admin/invoices", desk.url):
        text = books.page(address).text
        assert f"QuickBooks is not answering. Next try {moment}." in text
        assert "Pending" in text


# -- polling ------------------------------------------------------------------------------------------------


def test_a_pending_pill_asks_ever_more_rarely_and_a_final_one_no_more(desk: Desk, books: InspectingClient) -> None:
    desk.put(state="due", due_at=1)
    asked, delays = f"{desk.url}/record?polled=0", []
    for polled in range(7):
        text = books.get(f"{desk.url}/record?polled={polled}", headers=HTMX).text
        delays.append(next(part for part in text.split('"') if part.startswith("load delay:")))
    assert delays == [f"load delay:{seconds}s, resume" for seconds in (2, 4, 8, 15, 30, 60, 60)]
    desk.succeed()
    answer = books.get(asked, headers=HTMX)
    assert "hx-get" not in answer.text
    assert "Success" in answer.text
    assert json.loads(answer.headers["HX-Trigger"]) == {"recordSettled": {"id": str(desk.invoice.id)}}


def test_a_pill_rests_while_its_connection_does(desk: Desk, change: Change, books: InspectingClient) -> None:
    desk.put(state="held", reason="paused")
    change(state="paused")
    assert "load delay" not in books.get(desk.url).text


@pytest.mark.parametrize("polled", ["", "-1", "x", "9999999", "²"])
def test_whatever_a_poll_says_is_answered(desk: Desk, books: InspectingClient, polled: str) -> None:
    desk.put(state="due", due_at=1)
    assert "load delay:2s" in books.get(f"{desk.url}/record", query_string={"polled": polled}, headers=HTMX).text


def test_a_list_asks_once_for_all_its_pending_rows(desk: Desk, books: InspectingClient) -> None:
    desk.put(state="due", due_at=1)
    html = books.get("/kz-admin/invoices").text
    assert html.count("data-poll") == 1
    asked = f"/kz-admin/invoices/pills?polled=1&id={desk.invoice.id}"
    assert asked.replace("&", "&amp;") in html
    pending = books.get(asked, headers=HTMX).text
    assert "load delay:4s" in pending
    assert f'id="pill-{desk.invoice.id}"' in pending
    desk.succeed()
    final = books.get(asked, headers=HTMX).text
    assert "Success" in final
    assert "hx-get" not in final


def test_a_list_is_told_nothing_about_foreign_rows(
    desk: Desk, cast: Cast, signed_in: SignIn, books: InspectingClient
) -> None:
    desk.put(state="due", due_at=1)
    text = signed_in(cast.stranger).get(f"/kz-admin/invoices/pills?id={desk.invoice.id}&id=x", headers=HTMX).text
    assert str(desk.invoice.id) not in text


# -- copy ---------------------------------------------------------------------------------------------------


@pytest.mark.promise("K-QBO-30")
def test_copy_is_one_click_and_one_piece_of_work(desk: Desk, books: InspectingClient, rung: list[str]) -> None:
    assert "Copy to QuickBooks" in books.page(desk.url).text
    answer = books.submit(f"{desk.url}/copy")
    assert answer.status_code == 303
    assert desk.record().state == "due"
    assert desk.record().asked_at is not None
    assert rung == ["push_now"]
    assert audited(desk).count("document.copied") == 1
    page = books.page(desk.url)
    assert "On its way to QuickBooks." in page.text
    assert "Copy to QuickBooks" not in page.text
    assert books.submit(f"{desk.url}/copy").status_code == 303  # pressed in an old tab: the same, once
    with desk.app.app_context(), reading() as session:
        assert len(session.scalars(select(SyncRecord).where(SyncRecord.kind == "invoice")).all()) == 1


@pytest.mark.promise("K-QBO-29")
def test_a_draft_has_no_button_and_is_refused(desk: Desk, books: InspectingClient) -> None:
    draft = desk.made("draft", desk.client)
    address = f"/kz-admin/invoices/{draft.id}"
    assert "Copy to QuickBooks" not in books.page(address).text
    answer = books.submit(f"{address}/copy")
    assert answer.status_code == 409
    assert "drafts never leave" in answer.text


@pytest.mark.promise("KZ-19")
def test_from_before_the_start_date_only_a_second_click_copies(
    desk: Desk, change: Change, books: InspectingClient
) -> None:
    change(start_at=clock.now_ms() + clock.DAY)
    desk.made("pay", desk.invoice)
    assert desk.record("invoice").reason == "before_start"
    asked = books.submit(f"{desk.url}/copy")
    assert asked.status_code == 409
    assert "all the same?" in asked.text
    assert "from before the start date" in asked.text
    assert desk.record("invoice").state == "idle"
    assert books.submit(f"{desk.url}/copy", {"confirmed": "1"}).status_code == 303
    assert desk.record("invoice").state == "due"


# -- retry and answers --------------------------------------------------------------------------------------


@pytest.mark.promise("K-QBO-44")
def test_retry_makes_what_failed_due_now(desk: Desk, books: InspectingClient, rung: list[str]) -> None:
    desk.fail(Slug.TRIED_TOO_LONG)
    desk.put(tries=9, kills=2, failing_since=1, lane="bulk")
    assert books.submit(f"{desk.url}/retry").status_code == 303
    record = desk.record()
    assert (record.state, record.lane, record.tries, record.kills) == ("due", "interactive", 0, 0)
    assert record.failing_since is None
    assert record.problem is None
    assert rung == ["push_now"]
    assert "document.retried" in audited(desk)
    again = books.submit(f"{desk.url}/retry")
    assert again.status_code == 409
    assert "Nothing is in the way" in again.text


@pytest.mark.promise("KZ-37")
def test_a_missing_address_is_given_on_the_card_and_everything_goes_again(
    app: Flask, connected: UUID, cast: Cast, books: InspectingClient, rung: list[str]
) -> None:
    desk = Desk(app, cast.tenant_id, client_email="")
    desk.fail_for_client(Slug.EMAIL_MISSING)
    page = books.page(desk.url)
    assert "Could not find customer email" in page.text
    assert "It waits for the client" in page.text
    for wrong in ("", "nonsense", "a@b\r\nc"):
        answer = books.submit(f"{desk.url}/email", {"email": wrong})
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
        assert Page(answer.text).title.startswith("Error: ")
    assert books.submit(f"{desk.url}/email", {"email": " books@acme.example "}).status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(Client, desk.client.id).email == "books@acme.example"
    assert desk.record("client").state == "due"
    assert desk.record("invoice").state == "due"
    assert set(rung) == {"push_now"}


@pytest.mark.parametrize(
    ("choice", "value", "words"),
    [("link", "266", "Link to it"), ("number", "INV-104-1", "Push with number INV-104-1")],
)
def test_a_taken_number_is_linked_or_given_another(
    desk: Desk, books: InspectingClient, choice: str, value: str, words: str
) -> None:
    desk.fail(Slug.DUPLICATE_NUMBER, number="INV-104", remote_type="Invoice", remote_id="266", suggestion="INV-104-1")
    page = books.page(desk.url)
    assert "QuickBooks already has an invoice numbered INV-104. It is not the same" in page.text
    assert "Nothing was created." in page.text
    assert words in page.text
    assert books.get(f"{desk.url}/open").status_code == 302  # theirs, to compare
    for wrong in ({"choice": choice, "value": "999"}, {"choice": "reactivate", "value": "266"}, {}):
        assert books.submit(f"{desk.url}/decide", wrong).status_code == 422
    assert desk.record().state == "failed"
    assert books.submit(f"{desk.url}/decide", {"choice": choice, "value": value}).status_code == 303
    assert desk.record().state == "due"
    assert json.loads(desk.record().choices or "{}") == {choice: value}


def test_an_inactive_twin_is_reactivated_or_gets_a_successor(desk: Desk, books: InspectingClient) -> None:
    there = {"remote_type": "Customer", "remote_id": "58", "suggestion": "Acme Ltd"}
    desk.fail_for_client(Slug.INACTIVE_TWIN, **there)
    page = books.page(desk.url)
    assert "Acme Ltd is inactive in QuickBooks." in page.text
    assert "Reactivate it" in page.text
    assert "Create another" in page.text
    assert books.submit(f"{desk.url}/decide", {"choice": "reactivate", "value": "58"}).status_code == 303
    assert json.loads(desk.record("client").choices or "{}") == {"reactivate": "58"}
    assert {desk.record("client").state, desk.record().state} == {"due"}


def test_what_was_deleted_there_is_made_again_only_when_a_person_says_so(desk: Desk, books: InspectingClient) -> None:
    desk.succeed()
    desk.fail(Slug.GONE_THERE, remote_id="266")
    assert "Create it again" in books.page(desk.url).text
    assert books.submit(f"{desk.url}/decide", {"choice": "again", "value": "266"}).status_code == 303
    record = desk.record()
    assert (record.state, record.remote_id, record.pushed_revision, record.look_first) == ("due", None, 0, True)


def test_a_missing_account_leads_to_where_it_is_chosen(desk: Desk, books: InspectingClient) -> None:
    desk.fail(Slug.ACCOUNT_MISSING)
    page = books.page(desk.url)
    assert "Ensure your default income account is configured" in page.text
    assert "/kz-admin/integrations/quickbooks/mappings/accounts" in page.links


def test_ended_access_is_one_click_for_an_admin_and_a_sentence_for_others(
    desk: Desk, change: Change, cast: Cast, signed_in: SignIn, books: InspectingClient
) -> None:
    change(state="needs_reconnect")
    desk.put(state="held", reason="reconnect")
    admin = signed_in(cast.admin).get(desk.url)
    assert "QuickBooks token expired" in admin.text
    assert 'action="/kz-admin/integrations/quickbooks/reconnect"' in admin.text
    assert "https://" in admin.headers["Content-Security-Policy"]
    text = books.page(desk.url).text
    assert "An admin of Acme can reconnect it." in text


def test_left_out_needs_a_reason_and_can_be_taken_back(desk: Desk, books: InspectingClient) -> None:
    desk.fail(Slug.UNKNOWN, words="no")
    assert "Leave this out" in books.page(f"{desk.url}/ignore").text
    assert books.submit(f"{desk.url}/ignore", {"reason": " "}).status_code == 422
    assert books.submit(f"{desk.url}/ignore", {"reason": "<b>booked by hand</b>"}).status_code == 303
    page = books.get(desk.url)
    assert "ignored by Bea Books" in page.text
    assert "&lt;b&gt;booked by hand" in page.text
    assert desk.record().state == "idle"
    assert books.submit(f"{desk.url}/take-back").status_code == 303
    assert desk.record().ignored_at is None
    assert desk.record().reason == "not_paid"
    assert {"document.ignored", "document.taken_back"} <= set(audited(desk))


@pytest.mark.parametrize("slug", list(Slug))
def test_every_problem_can_be_shown(desk: Desk, books: InspectingClient, slug: Slug) -> None:
    desk.fail(slug, remote_type="Invoice", remote_id="266", suggestion="INV-104-1", words="no", code="1")
    books.page(desk.url)
    books.page("/kz-admin/invoices")


# -- several ------------------------------------------------------------------------------------------------


def test_several_are_copied_and_retried_with_one_sentence(desk: Desk, books: InspectingClient) -> None:
    second, draft = desk.made("invoice", desk.client), desk.made("draft", desk.client)
    chosen = [str(one.id) for one in (desk.invoice, second, draft)]
    said = books.submit("/kz-admin/invoices/bulk", {"step": "copy", "selected": chosen}, follow_redirects=True)
    assert "2 invoices are on their way to QuickBooks. 1 other stayed as it was." in said.text
    desk.fail(Slug.UNKNOWN)
    said = books.submit("/kz-admin/invoices/bulk", {"step": "retry", "everything": "1"}, follow_redirects=True)
    assert "Trying 1 invoice again." in said.text


def test_several_from_before_the_start_date_ask_once(desk: Desk, change: Change, books: InspectingClient) -> None:
    change(start_at=clock.now_ms() + clock.DAY)
    desk.made("pay", desk.invoice)
    form = {"step": "copy", "everything": "1", "q": "INV"}
    asked = books.submit("/kz-admin/invoices/bulk", form)
    assert asked.status_code == 409
    assert "1 of these invoices is from before the start date" in asked.text
    assert 'name="q" value="INV"' in asked.text
    said = books.submit("/kz-admin/invoices/bulk", {**form, "confirmed": "1"}, follow_redirects=True)
    assert "1 invoice is on its way to QuickBooks." in said.text


# -- who may ------------------------------------------------------------------------------------------------

DEEDS = ("copy", "retry", "decide", "email", "ignore", "take-back")


@pytest.mark.promise("K-QBO-12", "A3")
def test_viewers_read_and_strangers_find_nothing(
    desk: Desk, cast: Cast, signed_in: SignIn, books: InspectingClient
) -> None:
    desk.fail(Slug.DUPLICATE_NUMBER, remote_id="266", remote_type="Invoice", suggestion="INV-104-1")
    viewer, stranger = signed_in(cast.viewer), signed_in(cast.stranger)
    text = viewer.page(desk.url).text
    assert "already has an invoice" in text
    assert "Retry" not in text
    assert "Link to it" not in text
    assert viewer.get(f"{desk.url}/open").status_code == 302
    for deed in DEEDS:
        assert viewer.submit(f"{desk.url}/{deed}").status_code == 403, deed
        assert stranger.submit(f"{desk.url}/{deed}").status_code == 404, deed
        assert books.post(f"{desk.url}/{deed}").status_code == 403, deed  # no token
    for address in ("record", "open"):
        assert stranger.get(f"{desk.url}/{address}").status_code == 404
    assert stranger.submit(
        "/kz-admin/invoices/bulk", {"step": "retry", "selected": str(desk.invoice.id)}
    ).status_code in (
        303,
        404,
        409,
    )
    assert desk.record().state == "failed"


# -- the first one ------------------------------------------------------------------------------------------


@pytest.mark.promise("KZ-24")
def test_the_first_that_went_over_is_offered_for_a_look(
    desk: Desk, change: Change, cast: Cast, signed_in: SignIn, books: InspectingClient
) -> None:
    now = clock.now_ms()
    change(connected_at=now - clock.DAY, last_success_at=now)
    desk.succeed()
    desk.tried(outcome="applied")
    assert "The first invoice that went over." in books.page(desk.url).text
    overview = books.page("/kz-admin/integrations")
    assert "INV-104" in overview.text
    assert "totals equal" in overview.text
    assert desk.url in overview.links
    change(connected_at=now - 30 * clock.DAY)
    assert "INV-104" not in books.page("/kz-admin/integrations").text


def test_payments_and_clients_have_a_panel_too(desk: Desk, books: InspectingClient) -> None:
    payment = desk.made("pay", desk.invoice)
    text = books.page(f"/kz-admin/payments/{payment.id}").text
    assert "In QuickBooks" in text
    desk.fail(Slug.EMAIL_MISSING, "client")
    text = books.page(f"/kz-admin/clients/{desk.client.id}").text
    assert "Could not find customer email" in text
    assert books.submit(f"/kz-admin/clients/{desk.client.id}/email", {"email": "b@acme.example"}).status_code == 303
    assert books.submit(f"/kz-admin/clients/{desk.client.id}/copy").status_code == 404


def test_htmx_gets_panel_and_pill_of_every_deed(desk: Desk, books: InspectingClient) -> None:
    answer = books.submit(f"{desk.url}/copy", headers=HTMX)
    assert answer.status_code == 200
    assert 'id="record"' in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    assert "On its way to QuickBooks." in answer.text
    assert "<html" not in answer.text
