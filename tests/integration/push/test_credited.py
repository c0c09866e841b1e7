"""An invoice voided here that lies in closed books there: credited in the open period, once, and not voided as well."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from kz_admin import clock
from kz_admin.domain.lists import List
from kz_admin.domain.presets import ClosedPeriod, Frequency, PushOn
from kz_admin.models import Attempt, SyncRecord, Tenant
from kz_admin.models.session import reading, writing
from kz_admin.services import holds
from kz_admin.services.documents import payments
from kz_admin.services.documents.sales import Line
from tests import cast as people
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.mapped import choose, line, named, our_rate, prefer
from tests.integration.push.test_answers import offered
from tests.integration.push.test_credits_there import do, invoiced
from tests.integration.push.test_removals import database_url as database_url
from tests.integration.push.test_removals import desk as desk
from tests.integration.push.test_removals import go_over, removals, void
from tests.integration.push.test_restore import doubt
from tests.integration.push.test_rules import close, read_company
from tests.page import InspectingClient
from tests.simulator.machine import Machine

LISTED = "/kz-admin/integrations/quickbooks/problems"


def today(books: Books) -> str:
    """In the tenant's zone."""
    with books.app.app_context(), reading() as session:
        zone = session.scalars(select(Tenant.time_zone).where(Tenant.id == books.cast.tenant_id)).one()
        return clock.local_date(clock.now_ms(), zone).isoformat()


def after(day: str, days: int = 1) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def sent(books: Books, **more: Any) -> None:
    """An invoice that is over there, with nothing paid on it."""
    prefer(books, push_on=PushOn.FINALISED, closed_period=ClosedPeriod.CREDIT_NOTE, **more)
    invoiced(books)
    go_over(books)
    assert money(books.invoice_there()["Balance"]) == 100


def shut(books: Books, until: str = "") -> str:
    """The accountant closes the books; today, unless said otherwise."""
    until = until or today(books)
    close(books, until)
    read_company(books)
    return until


def money(amount: Any) -> Decimal:
    return Decimal(str(amount))


def memo(books: Books) -> dict[str, Any]:
    (found,) = books.ours("CreditMemo")
    return found


def uses(books: Books) -> list[dict[str, Any]]:
    return [row for row in books.ours("Payment") if "/credited_applied" in row["PrivateNote"]]


def parts(books: Books) -> dict[str, str]:
    return {record.part: record.state for record in books.records("invoice")}


def page(books: Books) -> str:
    (first, *_) = books.records("invoice")
    return f"/kz-admin/invoices/{first.local_id}"


DONE = dict.fromkeys(("", "credited", "credited_applied"), "done")


def test_an_unpaid_invoice_stays_there_and_a_credit_over_all_of_it_settles_it(
    books: Books, desk: InspectingClient
) -> None:
    sent(books)
    closed = shut(books)
    since = books.now_there()
    void(books, desk, "invoice")
    go_over(books)
    assert parts(books) == DONE
    assert books.made(since) == ["CreditMemo", "Payment"]
    assert removals(books, since) == []
    theirs, made = books.invoice_there(), memo(books)
    assert (money(theirs["TotalAmt"]), theirs["Balance"]) == (100, 0)
    assert (money(made["TotalAmt"]), made["Balance"], made["TxnDate"]) == (100, 0, after(closed))
    assert made["CustomerRef"]["value"] == theirs["CustomerRef"]["value"]
    (use,) = uses(books)
    named = {(link["TxnType"], link["TxnId"]) for row in use["Line"] for link in row["LinkedTxn"]}
    assert named == {("Invoice", theirs["Id"]), ("CreditMemo", made["Id"])}
    assert (use["TotalAmt"], use["TxnDate"]) == (0, after(closed))
    shown = desk.page(page(books)).text
    words = f"{date.fromisoformat(after(closed)):%-d %b %Y}, because the books are closed up to"
    assert f"Voided here. Credited in QuickBooks on {words} {date.fromisoformat(closed):%-d %b %Y}." in shown
    assert "Success" in shown
    assert f"creditmemo%3FtxnId%3D{made['Id']}" in desk.get(f"{page(books)}/open?part=credited").location
    assert f"Credited in QuickBooks on {words}" in desk.page("/kz-admin/invoices").text


def test_the_credit_is_of_the_day_of_the_void_where_that_is_open(books: Books, desk: InspectingClient) -> None:
    """In the tenant's zone: for Auckland it is tomorrow already, for most of the day."""
    with books.app.app_context(), writing() as session:
        session.execute(update(Tenant).where(Tenant.id == books.cast.tenant_id).values(time_zone="Pacific/Kiritimati"))
    sent(books)
    shut(books, after(today(books), -2))
    void(books, desk, "invoice")
    go_over(books)
    assert memo(books)["TxnDate"] == today(books)


@pytest.mark.promise("I1")
def test_whatever_is_saved_asked_or_opened_afterwards_makes_no_second_one_and_no_void(
    books: Books, desk: InspectingClient
) -> None:
    sent(books)
    shut(books)
    void(books, desk, "invoice")
    go_over(books)
    close(books, "")
    read_company(books)
    since = books.now_there()
    for record in books.records("invoice"):  # as if all of it were wanted once more
        books.change(record, state="due", due_at=0, pushed_revision=0, pushed_hash=None)
    go_over(books)
    assert parts(books) == DONE
    assert books.writes(since) == []
    assert desk.submit(f"{page(books)}/copy").status_code == 409
    go_over(books)
    assert books.writes(since) == []
    assert money(books.invoice_there()["TotalAmt"]) == 100


def test_where_the_books_were_opened_before_the_push_it_is_voided(books: Books, desk: InspectingClient) -> None:
    sent(books)
    shut(books)
    void(books, desk, "invoice")
    close(books, "")
    read_company(books)
    since = books.now_there()
    go_over(books)
    assert removals(books, since) == [("Invoice", "void")]
    assert (parts(books), books.ours("CreditMemo")) == ({"": "done"}, [])


def test_closed_since_we_read_the_company_the_refusal_tells_and_it_is_credited(
    books: Books, desk: InspectingClient
) -> None:
    sent(books)
    close(books, today(books))
    since = books.now_there()
    void(books, desk, "invoice")
    go_over(books)
    assert parts(books) == DONE
    assert (books.made(since), removals(books, since)) == (["CreditMemo", "Payment"], [])


def test_closed_further_while_the_credit_was_on_its_way_it_gets_the_next_open_day(
    books: Books, desk: InspectingClient
) -> None:
    sent(books)
    shut(books)
    void(books, desk, "invoice")
    books.machine.fault("drop_before_commit", path="*/creditmemo", method="POST")
    books.push()
    assert parts(books)["credited"] == "unknown"
    further = after(today(books), 10)
    close(books, further)
    go_over(books, rounds=10)
    assert parts(books) == DONE
    assert memo(books)["TxnDate"] == after(further)
    assert uses(books)[0]["TxnDate"] == after(further)


@pytest.mark.promise("I1")
@pytest.mark.parametrize("action", ["commit_then_drop", "drop_before_commit"])
@pytest.mark.parametrize("entity", ["creditmemo", "payment"])
def test_whatever_becomes_of_an_answer_the_credit_is_there_once(
    books: Books, desk: InspectingClient, entity: str, action: str
) -> None:
    sent(books)
    shut(books)
    since = books.now_there()
    books.machine.fault(action, path=f"*/{entity}", method="POST")
    void(books, desk, "invoice")
    go_over(books, rounds=8)
    assert parts(books) == DONE
    assert books.made(since) == ["CreditMemo", "Payment"]
    assert (books.invoice_there()["Balance"], memo(books)["Balance"]) == (0, 0)


def test_of_a_partly_paid_one_only_what_is_open_is_settled_and_the_rest_is_told(
    books: Books, desk: InspectingClient
) -> None:
    """The payment lies in the closed period as well: its removal is stopped, and it stays."""
    sent(books)
    do(books, "pay", books.invoice(), 30_00)
    go_over(books)
    shut(books)
    since = books.now_there()
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert books.record("payment").problem == "period_closed"
    assert (parts(books), books.made(since), removals(books, since)) == (DONE, ["CreditMemo", "Payment"], [])
    assert (books.invoice_there()["Balance"], money(memo(books)["TotalAmt"])) == (0, 100)
    assert money(memo(books)["Balance"]) == 30
    assert "30.00 USD of the credit is left for the customer" in desk.page(page(books)).text


def test_of_a_paid_one_nothing_is_settled_and_all_of_it_is_the_customers(books: Books, desk: InspectingClient) -> None:
    sent(books)
    do(books, "pay", books.invoice())
    go_over(books)
    shut(books)
    since = books.now_there()
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert parts(books) == {**DONE, "credited_applied": "idle"}
    assert books.made(since) == ["CreditMemo"]
    assert money(memo(books)["Balance"]) == 100
    shown = desk.page(page(books)).text
    assert "Voided here. Credited in QuickBooks" in shown
    assert "100.00 USD of the credit is left for the customer" in shown


def test_money_that_can_still_be_taken_back_goes_first(books: Books, desk: InspectingClient) -> None:
    sent(books)
    do(books, "pay", books.invoice(), 30_00, paid_on="2026-11-20")
    go_over(books)
    shut(books, "2026-11-10")  # the invoice is of before, the money of later
    since = books.now_there()
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    assert removals(books, since) == [("Payment", "void")]
    assert (parts(books), memo(books)["Balance"]) == (DONE, 0)


def test_what_somebody_did_over_there_meanwhile_is_seen(books: Books, desk: InspectingClient) -> None:
    """Voided by hand needs no credit; with another total it is theirs to say."""
    sent(books)
    theirs = books.invoice_there()
    versions = {name: theirs[name] for name in ("Id", "SyncToken")}
    lines = [{**theirs["Line"][0], "Amount": 90, "SalesItemLineDetail": {"ItemRef": {"value": item_of(theirs)}}}]
    books.later(2)
    books.write_there("Invoice", {**versions, "sparse": True, "Line": lines})
    shut(books)
    void(books, desk, "invoice")
    since = books.now_there()
    go_over(books)
    assert (books.record("invoice").problem, books.writes(since)) == ("differs_there", [])
    close(books, "")
    theirs = books.invoice_there()
    books.write_there("Invoice", {name: theirs[name] for name in ("Id", "SyncToken")}, operation="void")
    close(books, today(books))
    assert desk.submit(f"{page(books)}/retry").status_code == 303
    since = books.now_there()
    go_over(books)
    assert (parts(books), books.writes(since)) == ({"": "done"}, [])


def item_of(theirs: dict[str, Any]) -> str:
    return str(theirs["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"])


@pytest.mark.promise("K14")
def test_after_a_restore_a_forgotten_credit_is_found_and_nothing_is_voided(
    books: Books, desk: InspectingClient
) -> None:
    """As in a copy that was taken between the void here and its push; and the books were opened since."""
    sent(books)
    shut(books)
    void(books, desk, "invoice")
    go_over(books)
    (itself, *forgotten) = sorted(books.records("invoice"), key=lambda one: one.part)
    with books.app.app_context(), writing() as session:
        ids = [one.id for one in forgotten]
        session.execute(delete(Attempt).where(Attempt.sync_record_id.in_(ids)))
        session.execute(delete(SyncRecord).where(SyncRecord.id.in_(ids)))
    books.change(itself, state="due", due_at=0, choices=None, pushed_revision=0)
    doubt(books)
    close(books, "")
    read_company(books)
    since = books.now_there()
    books.later(2)
    go_over(books)
    assert (parts(books), books.writes(since)) == (DONE, [])
    tied = {record.part: record.remote_id for record in books.records("invoice")}
    assert tied["credited"] == memo(books)["Id"]
    assert tied["credited_applied"] == uses(books)[0]["Id"]


def test_a_credit_that_came_to_rest_is_offered_again(
    books: Books, desk: InspectingClient, app: Flask, cast: Cast
) -> None:
    """Decided, and disconnected before it went: nobody may think that the invoice is undone there."""
    sent(books)
    shut(books)
    prefer(books, frequency=Frequency.DAILY)
    void(books, desk, "invoice")
    books.later(24 * 3600)
    books.push()
    assert parts(books) == {"": "done", "credited": "due", "credited_applied": "due"}
    connection_id = books.connection.id
    with books.app.app_context(), writing() as session:
        holds.stop(session, connection_id)
    prefer(books, frequency=Frequency.REAL_TIME)
    later = people.sign_in(app, cast.bookkeeper, cast.tenant_id)
    shown = later.page(page(books)).text
    assert "changed while disconnected" in shown
    assert later.submit(f"{page(books)}/copy").status_code == 303
    go_over(books)
    assert parts(books) == DONE


def test_a_credit_that_is_refused_says_why_on_the_invoice_and_goes_after_a_retry(
    books: Books, desk: InspectingClient
) -> None:
    sent(books)
    shut(books)
    void(books, desk, "invoice")
    said = {"Fault": {"Error": [{"Message": "Not today", "code": "6000"}], "type": "ValidationFault"}}
    books.machine.fault("status", {"status": 400, "body": said}, method="POST", path="*/creditmemo")
    books.push()
    assert parts(books)["credited"] == "failed"
    assert "Failed" in desk.page(page(books)).text
    assert desk.submit(f"{page(books)}/retry").status_code == 303
    go_over(books)
    assert parts(books) == DONE


# -- a person's word under the rule "hold" --------------------------------------------------------------------------


def test_under_the_rule_hold_one_click_credits_it(books: Books, desk: InspectingClient) -> None:
    sent(books)
    prefer(books, closed_period=ClosedPeriod.HOLD)
    shut(books)
    void(books, desk, "invoice")
    go_over(books)
    assert books.record("invoice").problem == "period_closed"
    shown = desk.get(page(books)).text
    assert "Credit it instead" in shown
    since = books.now_there()
    answer = {"choice": "credit", "value": offered(shown, "credit")}
    assert desk.submit(f"{page(books)}/decide", answer).status_code == 303
    go_over(books)
    assert (parts(books), books.made(since)) == (DONE, ["CreditMemo", "Payment"])
    assert desk.submit(f"{page(books)}/decide", answer).status_code == 422
    go_over(books)
    assert books.made(since) == ["CreditMemo", "Payment"]


def test_it_is_offered_where_only_money_is_in_the_way(books: Books, desk: InspectingClient) -> None:
    sent(books)
    do(books, "pay", books.invoice(), 30_00)
    go_over(books)
    prefer(books, closed_period=ClosedPeriod.HOLD)
    shut(books)
    void(books, desk, "payment")
    void(books, desk, "invoice")
    go_over(books)
    shown = desk.page(page(books)).text
    assert "Credit it instead" in shown
    assert "Credit it instead" not in desk.page(f"/kz-admin/payments/{books.record('payment').local_id}").text
    desk.submit(f"{page(books)}/decide", {"choice": "credit", "value": "yes"})
    go_over(books)
    assert (parts(books), books.record("payment").state) == (DONE, "failed")


def test_the_board_credits_all_voided_invoices_of_the_cause_and_nothing_else(
    books: Books, desk: InspectingClient
) -> None:
    prefer(books, push_on=PushOn.FINALISED)
    client = do(books, "client", "Nordlicht Studio", email="books@nordlicht.example")
    for number in ("1", "2", "3"):
        invoiced(books, number, client)
    go_over(books)
    shut(books)
    first, second, third = books.records("invoice")
    for record in (first, second):
        void_one(books, desk, record.local_id)
    with books.app.app_context():
        Agency(books.cast.tenant_id).pay(books.invoice("3"))
    go_over(books)
    board = desk.page(LISTED).text
    assert "Credit 2 voided invoices instead" in board
    since = books.now_there()
    assert desk.submit(f"{LISTED}/credit", {"cause": "period_closed"}).status_code == 303
    go_over(books)
    assert sorted(books.made(since)) == ["CreditMemo", "CreditMemo", "Payment", "Payment"]
    assert {one.state for one in books.records("invoice")} == {"done"}
    assert third.local_id not in {one.local_id for one in books.records("invoice") if one.part}
    assert "voided invoice" not in desk.page(LISTED).text


def void_one(books: Books, desk: InspectingClient, invoice_id: Any) -> None:
    version = offered_version(desk.get(f"/kz-admin/invoices/{invoice_id}/void").text)
    assert desk.submit(f"/kz-admin/invoices/{invoice_id}/void", {"version": version}).status_code == 303


def offered_version(text: str) -> str:
    return text.partition('name="version"')[2].partition('value="')[2].partition('"')[0]


def test_a_viewer_and_another_tenant_cannot(books: Books, desk: InspectingClient, app: Flask, cast: Cast) -> None:
    sent(books)
    prefer(books, closed_period=ClosedPeriod.HOLD)
    shut(books)
    void(books, desk, "invoice")
    go_over(books)
    viewer = people.sign_in(app, cast.viewer, cast.tenant_id)
    stranger = people.sign_in(app, cast.stranger, cast.other_tenant_id)
    answer = {"choice": "credit", "value": "yes"}
    assert "Credit it instead" not in viewer.page(page(books)).text
    assert viewer.submit(f"{page(books)}/decide", answer).status_code == 403
    assert viewer.submit(f"{LISTED}/credit", {"cause": "period_closed"}).status_code == 403
    assert stranger.submit(f"{page(books)}/decide", answer).status_code == 404
    assert stranger.submit(f"{LISTED}/credit", {"cause": "period_closed"}).status_code == 404
    assert books.record("invoice").state == "failed"


# -- what else is said ----------------------------------------------------------------------------------------------


def test_what_is_new_gets_the_first_open_day_and_a_change_is_held(books: Books, desk: InspectingClient) -> None:
    sent(books)
    closed = shut(books)
    since = books.now_there()
    do(books, "pay", books.invoice())
    go_over(books)
    (paid,) = books.ours("Payment")
    assert paid["TxnDate"] == after(closed)
    assert books.made(since) == ["Payment"]
    since = books.now_there()
    version = offered_version(desk.get(f"{page(books)}/edit").text)
    assert version
    with books.app.app_context():
        Agency(books.cast.tenant_id).do(payments.void, books.record("payment").local_id, None)
    go_over(books)
    assert removals(books, since) == [("Payment", "void")]  # it was given an open day


def test_the_preview_shows_the_credit_and_what_applies_it(books: Books, desk: InspectingClient) -> None:
    sent(books)
    shut(books)
    void(books, desk, "invoice")
    shown = desk.page(f"{page(books)}/preview").text
    assert "It is credited in QuickBooks" in shown
    assert "CreditMemo" in shown
    assert "100.00 USD" in shown
    assert "‹id of the credit for invoice 2026-0001›" in shown
    go_over(books)
    assert "has exactly this already" in desk.page(f"{page(books)}/preview").text


# -- other companies ------------------------------------------------------------------------------------------------


def test_outside_the_us_tax_and_discount_are_credited_to_the_cent(
    app: Flask, machine: Machine, cast: Cast, bridge: Bridge, desk: InspectingClient
) -> None:
    books = connect_books(app, machine, cast, bridge, "GB")
    prefer(books, closed_period=ClosedPeriod.CREDIT_NOTE)
    vat = ("VAT 20", "20")
    lines = [line("1", "100.00", "100.00", tax=vat), line("1", "10.00", "10.00")]
    said = {"invoice.currency": "GBP", "invoice.lines": lines, "invoice.discount": "10.00", "invoice.total": "118.18"}
    books.pay(**said)
    choose(books, List.TAXES, our_rate(books, "VAT 20"), named(books, "TaxCode", "20.0% S"), rate="20")
    go_over(books)
    theirs = credited_after(books, desk)
    made = memo(books)
    assert money(made["TotalAmt"]) == money(theirs["TotalAmt"]) == Decimal("118.18")
    assert money(made["TxnTaxDetail"]["TotalTax"]) == money(theirs["TxnTaxDetail"]["TotalTax"])
    assert (books.invoice_there()["Balance"], made["Balance"]) == (0, 0)


def test_in_the_us_the_tax_that_stands_there_is_credited(books: Books, desk: InspectingClient) -> None:
    prefer(books, closed_period=ClosedPeriod.CREDIT_NOTE)
    lines = [line("1", "100.00", "100.00", tax=("Sales tax", "8.25"))]
    books.pay(**{"invoice.lines": lines, "invoice.total": "108.25"})
    go_over(books)
    theirs = credited_after(books, desk)
    assert money(memo(books)["TotalAmt"]) == money(theirs["TotalAmt"])
    assert (books.invoice_there()["Balance"], memo(books)["Balance"]) == (0, 0)


def test_in_another_currency_all_have_the_rate_of_the_invoice(
    app: Flask, machine: Machine, cast: Cast, bridge: Bridge, desk: InspectingClient
) -> None:
    books = connect_books(app, machine, cast, bridge, "MC")
    prefer(books, push_on=PushOn.FINALISED, closed_period=ClosedPeriod.CREDIT_NOTE)
    client = do(books, "client", "Nordlicht", email="books@nordlicht.example", currency="EUR")
    do(books, "invoice", client, Line("Design", Decimal(1), Decimal(100)), number="N-1", currency="EUR")
    go_over(books)
    theirs = books.invoice_there()
    shut(books)
    void(books, desk, "invoice")
    go_over(books)
    assert parts(books) == DONE
    (use,) = uses(books)
    assert {money(one["ExchangeRate"]) for one in (theirs, memo(books), use)} == {money(theirs["ExchangeRate"])}
    assert memo(books)["CurrencyRef"]["value"] == "EUR"
    assert (books.invoice_there()["Balance"], memo(books)["Balance"]) == (0, 0)


def credited_after(books: Books, desk: InspectingClient) -> dict[str, Any]:
    """The payment is taken back while the books are open; then they are closed, and the invoice is voided here."""
    void(books, desk, "payment")
    go_over(books)
    theirs = books.invoice_there()
    shut(books)
    void(books, desk, "invoice")
    go_over(books)
    assert parts(books) == DONE
    return theirs
