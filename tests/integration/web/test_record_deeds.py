"""What people do about a document in the books: copy, retry, answer a card, leave it out; and who may."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.problems import Slug
from kz_admin.models import Client, SyncRecord
from kz_admin.models.session import reading
from tests.cast import Cast
from tests.integration.web.desk import Change, Desk, SignIn, audited
from tests.page import InspectingClient, Page

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
    assert books.submit(f"{desk.url}/retry").status_code == 303  # a second click
    assert audited(desk).count("document.retried") == 1
    desk.succeed()
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


@pytest.mark.promise("KZ-30")
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
    assert "2 invoices are on their way to QuickBooks, 1 not." in said.text
    desk.fail(Slug.UNKNOWN)
    form = {"step": "retry", "everything": "1"}
    asked = books.submit("/kz-admin/invoices/bulk", form)
    assert "Try 3 invoices again?" in asked.text
    assert desk.record().state == "failed"
    said = books.submit("/kz-admin/invoices/bulk", {**form, "confirmed": "1"}, follow_redirects=True)
    assert "Trying 1 invoice again, 2 not." in said.text


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


def test_a_list_can_show_only_what_failed(desk: Desk, books: InspectingClient) -> None:
    desk.made("invoice", desk.client, number="INV-200")
    desk.fail(Slug.UNKNOWN)
    failed = books.page("/kz-admin/invoices?books=failed").text
    assert "INV-104" in failed
    assert "INV-200" not in failed
    assert "No invoices match" in books.page("/kz-admin/invoices?books=pending").text
    assert "INV-200" in books.page("/kz-admin/invoices?books=nonsense").text
    assert "/kz-admin/integrations/quickbooks/problems" in books.page("/kz-admin/integrations").links
    form = {"step": "retry", "everything": "1", "books": "failed", "confirmed": "1"}
    said = books.submit("/kz-admin/invoices/bulk", form)
    assert said.status_code == 303
    assert desk.record().state == "due"


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
