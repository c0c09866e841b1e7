"""Past invoices are linked, never created: nothing but reads reaches the company, whatever is confirmed."""

from __future__ import annotations

import re

import pytest

from kz_admin.domain.kinds import Kind
from kz_admin.services import unplanned
from kz_admin.services.records import NeedsConfirmation
from tests.integration.setup.conftest import PAST, Past
from tests.page import Page


def tab(past: Past, show: str) -> str:
    return past.browser("viewer").page(f"{PAST}?show={show}").text


def test_from_the_look_to_a_payment_on_what_was_linked(past: Past) -> None:
    browser, since = past.browser(), past.books.now_there()
    past.look(browser)
    calls = past.books.calls_there(since)
    assert [(one["method"], one["path"].rpartition("/")[2]) for one in calls] == [("GET", "query")], (
        "one page, one call"
    )
    assert past.found() == {
        "1044": ("same", ""),
        "1040": ("same", ""),
        "1042": ("differs", "total"),
        "1043": ("differs", "customer"),
    }
    assert "2020-1" in tab(past, "ours")
    assert "Tidewater Museum" in tab(past, "theirs")
    assert "Another total" in tab(past, "differs")
    assert past.books.records("invoice") == [], "nothing is decided by looking"

    answer = past.confirm(browser, 2)
    assert answer.status_code == 303
    linked = past.record("1044")
    assert (linked.state, linked.reason, linked.remote_id, linked.linked_by) == ("idle", "matched", "266", "match")
    assert (linked.remote_total, linked.remote_balance) == (688_75, 688_75)
    with past.app.app_context():
        assert unplanned.sweep() == 0
    past.books.push()
    assert past.books.writes(since) == [], "not a byte was written over there"

    # Its payment stays here until somebody copies it; the copy finds theirs and makes none.
    payment = past.books.record("payment")
    assert (payment.state, payment.reason, payment.look_first) == ("idle", "before_link", True)
    from kz_admin.services import records

    paid = past.payment_of("1040")
    with pytest.raises(NeedsConfirmation):
        past.made("do", records.copy, Kind.PAYMENT, [paid.id])
    past.made("do", records.copy, Kind.PAYMENT, [paid.id], confirmed=True)
    past.books.push()
    payment = past.books.record("payment")
    assert (payment.state, payment.linked_by) == ("done", "match")
    assert past.books.writes(since) == []

    # What is paid here from now on is booked there, on their invoice, and their invoice stays as it is.
    past.made("pay", past.invoices["1044"])
    past.books.push()
    assert past.books.made(since) == ["Payment"]
    (theirs,) = past.books.there("Invoice", Id="266")
    assert theirs["Balance"] == 0
    assert not [one for one in past.books.calls_there(since) if one["path"].endswith(("/invoice", "/customer"))]
    assert past.record("1044").reason == "matched"


def test_a_person_overrules_another_customer_and_never_another_total(past: Past) -> None:
    browser = past.browser()
    past.look(browser)
    since = past.books.now_there()
    assert browser.submit(f"{PAST}/link/{past.row('1042').id}").status_code == 409
    assert browser.submit(f"{PAST}/link/{past.row('1043').id}").status_code == 303
    linked = past.record("1043")
    assert (linked.linked_by, linked.remote_customer) == ("person", "162")
    assert browser.submit(f"{PAST}/link/{past.row('1043').id}").status_code == 409, "once is enough"
    opened = browser.get(f"{PAST}/open/{past.row('1042').id}")
    assert (opened.status_code, opened.text) == (302, "")
    assert past.books.writes(since) == []
    assert len(past.books.records("invoice")) == 1


def test_what_changed_after_the_look_is_not_linked(past: Past) -> None:
    """The comparison is made once more, under locks; and a page that shows less decides nothing."""
    browser = past.browser()
    past.look(browser)
    assert past.confirm(browser, 3).status_code == 409
    from kz_admin.services.documents import invoice_steps

    past.made("do", invoice_steps.void, past.invoices["1044"].id)
    assert past.confirm(browser, 2).status_code == 303
    assert past.row("1044").verdict == "only_there"
    assert past.record("1040").remote_id == "259"
    past.look(browser)
    assert past.row("1040").verdict == "linked"
    assert past.confirm(browser, 0).status_code == 303, "nothing more to link"


def test_a_look_goes_on_where_it_stood(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """They do not answer in the middle: what was read is kept, and the clock's next look goes on."""
    from dataclasses import replace

    from kz_admin.services import past_reading

    reader = past_reading.reader_of(past.books.connection)
    assert reader is not None
    small = replace(reader, page=lambda *asked: reader.page(*asked)[:5], page_size=5)
    monkeypatch.setattr(past_reading, "reader_of", lambda _connection: small)
    browser = past.browser()
    past.books.machine.fault("status", 503, path="*/query", method="GET")
    past.look(browser)
    page = Page(browser.get(PAST).text)
    assert "did not answer" in page.text
    assert "0 so far" in page.text
    with past.app.app_context():
        past_reading.resume()
        assert past.found() == {}, "not before its time"
    past.books.later(60)
    before = past.books.now_there()
    with past.app.app_context():
        past_reading.resume()
    starts = [re.search(r"STARTPOSITION (\d+)", str(one["query"])) for one in past.books.calls_there(before)]
    assert [int(found[1]) for found in starts if found] == [1 + 5 * place for place in range(len(starts))]
    assert len(starts) > 2
    assert past.found()["1044"] == ("same", "")
    assert "HX-Refresh" in browser.get(f"{PAST}/progress", headers={"HX-Request": "true"}).headers


def test_who_may_and_whose_it_is(past: Past) -> None:
    past.look()
    viewer, row = past.browser("viewer"), past.row("1043")
    assert viewer.submit(f"{PAST}/look", {"since": "2020-01-01"}).status_code == 403
    assert past.confirm(viewer, 2).status_code == 403
    assert viewer.submit(f"{PAST}/link/{row.id}").status_code == 403
    assert "Link all" not in viewer.get(PAST).text
    stranger = past.browser("stranger")
    with past.app.app_context():
        from tests.integration.hooks.conftest import connect

        connect(past.cast.other_tenant_id, company_key="other")
    assert stranger.submit(f"{PAST}/link/{row.id}").status_code == 404
    assert stranger.get(f"{PAST}/open/{row.id}").status_code == 404
    assert "1043" not in stranger.get(PAST).text
    assert past.books.records("invoice") == []


def test_what_was_unlinked_is_linked_again_by_a_person_alone(past: Past) -> None:
    """Neither a new look nor "link all" takes it for the same; and its payment does not find theirs again either."""
    browser, since = past.browser(), past.books.now_there()
    past.look(browser)
    assert past.confirm(browser, 2).status_code == 303
    from kz_admin.services import records

    paid = past.payment_of("1040")
    past.made("do", records.copy, Kind.PAYMENT, [paid.id], confirmed=True)
    past.books.push()
    payment = past.books.record("payment")
    assert payment.linked_by == "match"
    address = f"/kz-admin/invoices/{past.invoices['1040'].id}"
    assert browser.submit(f"{address}/unlink").status_code == 409, "their payment on it is linked to ours"
    assert browser.submit(f"/kz-admin/payments/{paid.id}/unlink").status_code == 303
    past.made("do", records.copy, Kind.PAYMENT, [paid.id], confirmed=True)
    past.books.push()
    payment = past.books.record("payment")
    assert (payment.problem, payment.remote_id) == ("differs_there", None), "nothing is open there, and no second one"

    for number in ("1040", "1044"):
        assert browser.submit(f"/kz-admin/invoices/{past.invoices[number].id}/unlink").status_code == 303
    assert past.row("1044").differs == "unlinked"
    past.look(browser)
    assert past.found()["1044"] == ("differs", "unlinked")
    assert "Unlinked by a person" in tab(past, "differs")
    assert past.confirm(browser, 0).status_code == 303
    assert past.record("1044").remote_id is None
    assert browser.submit(f"{PAST}/link/{past.row('1044').id}").status_code == 303
    linked = past.record("1044")
    assert (linked.remote_id, linked.linked_by, linked.choices) == ("266", "person", None)
    assert past.books.writes(since) == []
