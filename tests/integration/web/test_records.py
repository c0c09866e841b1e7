"""A document in the books, on its own page and in lists: what its pill says, what is in the way, what was tried."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.domain.problems import Slug
from tests.cast import Cast
from tests.integration.web.desk import COMPANY, HTMX, Change, Desk, SignIn
from tests.page import InspectingClient

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
    desk.succeed()
    late = books.submit(f"{desk.url}/retry", headers=HTMX)
    assert late.status_code == 409
    assert 'id="record"' in late.text
    assert "Nothing is in the way of this one any more." in late.text
