"""Taken numbers and closed books: what the rules of the connection do, once, and what people see of it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from kz_admin.domain.presets import ClosedPeriod, NumberClash
from kz_admin.services import company_facts
from tests import cast as people
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.mapped import prefer
from tests.integration.push.test_answers import offered, url
from tests.integration.push.test_removals import go_over, states, void
from tests.page import InspectingClient
from tests.simulator.machine import Machine

CLOSED, OPEN = "2026-11-25", "2026-11-26"  # invoice and payment are of before


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database; the engine's own tests run on both."""
    return sqlite_url


@pytest.fixture
def numbered(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    """A company that takes our invoice numbers."""
    return connect_books(app, machine, cast, bridge, "MC")


@pytest.fixture
def desk(app: Flask, cast: Cast) -> InspectingClient:
    return people.sign_in(app, cast.bookkeeper, cast.tenant_id)


def close(books: Books, until: str) -> None:
    """The accountant closes the books, or opens them again with an empty date."""
    (row,) = books.there("Preferences")
    books.later(2)  # this call is not counted by our pace
    said = {**row["AccountingInfoPrefs"], "BookCloseDate": until or None}
    books.write_there("Preferences", {"Id": "1", "SyncToken": row["SyncToken"], "AccountingInfoPrefs": said})


def read_company(books: Books) -> None:
    """As the clock does once a day."""
    with books.app.app_context():
        company_facts.refresh(books.connection)


def dates(books: Books) -> list[str]:
    return [row["TxnDate"] for entity in ("Invoice", "Payment") for row in books.ours(entity)]


def test_a_taken_number_gets_the_next_free_ending_and_keeps_it(numbered: Books, desk: InspectingClient) -> None:
    prefer(numbered, number_clash=NumberClash.NEXT_FREE)
    taken = next(row for row in numbered.there("Invoice") if row.get("DocNumber"))["DocNumber"]
    for number in (f"{taken}-1", f"{taken}-2"):  # one of theirs, one of ours
        if number.endswith("1"):
            numbered.write_there("Invoice", copied(numbered, number))
        else:
            numbered.pay(number)
    go_over(numbered)
    since = numbered.now_there()
    numbered.pay(taken)
    go_over(numbered)
    assert set(states(numbered).values()) == {"done"}
    assert numbered.made(since).count("Invoice") == 1
    record = numbered.records("invoice")[-1]
    assert record.remote_number == f"{taken}-3"
    page = desk.page(f"/kz-admin/invoices/{record.local_id}").text
    assert f"Numbered {taken}-3 in QuickBooks, where {taken} was taken." in page
    numbered.change(record, look_first=True, pushed_hash=None, state="due", due_at=0)
    go_over(numbered)
    assert [row["DocNumber"] for row in numbered.ours("Invoice")][-1] == f"{taken}-3"


@pytest.mark.parametrize("trouble", ["commit_then_drop", "drop_before_commit"])
def test_what_a_rule_gave_is_found_again_when_its_answer_was_lost(numbered: Books, trouble: str) -> None:
    """Another number and another day than here, and still one invoice (I1)."""
    prefer(numbered, number_clash=NumberClash.NEXT_FREE, closed_period=ClosedPeriod.REDATE)
    taken = next(row for row in numbered.there("Invoice") if row.get("DocNumber"))["DocNumber"]
    close(numbered, CLOSED)
    read_company(numbered)
    numbered.machine.fault(trouble, method="POST", path="*/invoice", body=f'"{taken}-1"')
    numbered.pay(taken)
    numbered.push()
    assert numbered.record("invoice").state == "unknown"
    go_over(numbered)
    assert set(states(numbered).values()) == {"done"}
    (made,) = numbered.ours("Invoice")
    assert (made["DocNumber"], made["TxnDate"]) == (f"{taken}-1", OPEN)
    assert numbered.record("invoice").remote_id == made["Id"]


def copied(books: Books, number: str) -> dict[str, Any]:
    """Somebody's own invoice over there."""
    theirs = next(row for row in books.there("Invoice") if row.get("DocNumber"))
    line = next(one for one in theirs["Line"] if one["DetailType"] == "SalesItemLineDetail")
    detail = {"ItemRef": line["SalesItemLineDetail"]["ItemRef"]}
    kept = {name: theirs[name] for name in ("CustomerRef", "CurrencyRef") if name in theirs}
    lines = [{"DetailType": "SalesItemLineDetail", "Amount": 5, "SalesItemLineDetail": detail}]
    return {**kept, "DocNumber": number, "Line": lines}


def test_they_number_it_where_the_rule_says_so(numbered: Books) -> None:
    prefer(numbered, number_clash=NumberClash.THEIRS)
    numbered.pay(next(row for row in numbered.there("Invoice") if row.get("DocNumber"))["DocNumber"])
    go_over(numbered)
    record = numbered.record("invoice")
    assert (record.state, record.remote_number) == ("done", numbered.invoice_there()["DocNumber"])
    assert record.remote_number not in ("AUTO_GENERATE", numbered.invoice(record_number(numbered)).number)


def record_number(books: Books) -> str:
    return next(row for row in books.there("Invoice") if row.get("DocNumber"))["DocNumber"]


def test_closed_books_hold_a_document_until_a_person_dates_it(books: Books, desk: InspectingClient) -> None:
    """Closed since we read the company: one refusal tells, the next one is spared the call."""
    close(books, CLOSED)
    books.pay("2026-0001")
    go_over(books)
    assert states(books)["invoice"] == "failed"
    since = books.now_there()
    books.pay("2026-0002")
    go_over(books)
    assert not books.writes(since)
    assert {one.cause for one in books.records("invoice")} == {"period_closed"}
    second, first = books.records("invoice")  # the page of the other one quotes their words
    page = desk.get(f"/kz-admin/invoices/{first.local_id}").text
    assert "The books are closed up to 25 Nov 2026; 2026-0002 is dated" in page
    assert "Push dated 26 Nov 2026" in page
    answer = {"choice": "date", "value": offered(page, "date")}
    assert desk.submit(f"/kz-admin/invoices/{first.local_id}/decide", answer).status_code == 303
    go_over(books)
    assert dates(books)[:1] == [OPEN]
    assert (
        "Dated 26 Nov 2026 in QuickBooks, where the books are closed for"
        in desk.page(f"/kz-admin/invoices/{first.local_id}").text
    )
    close(books, "")  # opened again: the retry reads that first
    assert desk.submit(f"/kz-admin/invoices/{second.local_id}/retry").status_code == 303
    go_over(books)
    assert {one.state for one in books.records("invoice")} == {"done"}


def test_by_the_rule_all_of_it_goes_over_on_the_first_open_day(books: Books) -> None:
    prefer(books, closed_period=ClosedPeriod.REDATE)
    close(books, CLOSED)
    books.pay("2026-0001")
    go_over(books)
    assert set(states(books).values()) == {"done"}
    assert dates(books) == [OPEN, OPEN]
    assert len(books.ours("Invoice")) == 1
    assert all("Dated 2026-11-" in row["PrivateNote"] for row in books.ours("Invoice") + books.ours("Payment"))


def test_what_lies_in_closed_books_is_not_taken_back_and_goes_on_when_they_open(
    books: Books, desk: InspectingClient
) -> None:
    prefer(books, closed_period=ClosedPeriod.REDATE)
    books.pay("2026-0001")
    go_over(books)
    close(books, CLOSED)
    read_company(books)
    since = books.now_there()
    void(books, desk, "payment")
    go_over(books)
    assert (states(books)["payment"], books.calls_there(since)) == ("failed", [])
    page = desk.page(url(books, "payment")).text
    assert "nothing of that time can be taken back" in page
    assert "Push dated" not in page
    close(books, "")
    since = books.now_there()
    read_company(books)
    go_over(books)
    assert [one["op"] for one in books.writes(since) if one["type"] == "Payment"] == ["void"]
    assert states(books)["payment"] == "done"
