"""Every refusal that a push can meet, put into the simulator's mouth or truly provoked: the card it ends in, what was
written meanwhile, and that the card's way out works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin.domain.status import Lane
from kz_admin.models import PaymentAllocation, SyncRecord
from kz_admin.models.session import reading
from kz_admin.providers.quickbooks.refusal_codes import OUR_MISTAKES
from kz_admin.services.documents import payments
from tests import cast as people
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.push.conftest import Books
from tests.page import InspectingClient

BOTH = ("Retry", "Copy details for support")
MISTAKE = "could not read what we sent for {number}"
TAX = "does not take the tax code on {number}"
CREATED = "Nothing was created."
LENGTHS = "String length does not match the supported length. Min:0 Max:1000 supported. Supplied length:1204"


@dataclass(frozen=True)
class Case:
    """A code, and what a bookkeeper reads and may press."""

    code: str
    headline: str
    buttons: tuple[str, ...] = ("Retry",)
    entity: str = "invoice"
    detail: str = "in their own words"
    times: int = 1
    status: int = 400


CASES = (
    *(Case(code, MISTAKE, BOTH) for code in sorted(OUR_MISTAKES - {"3202"})),
    Case("3202", MISTAKE, BOTH, status=401),
    Case("630", "says that it has {number} already", BOTH, times=2),
    Case("2040", "{number} has characters that QuickBooks does not take", ("Edit the invoice", "Retry")),
    Case("2050", "A text has 1,204 characters; QuickBooks takes 1,000.", ("Edit the invoice",), detail=LENGTHS),
    Case("2210", "does not take", ("Save and retry",)),
    Case("6420", "does not take", ("Save and retry",)),
    Case("2220", "This company does not keep this currency."),
    *(Case(code, TAX, ("Change mapping",)) for code in ("2280", "6100", "6160", "6230", "6470")),
    Case("2290", "{number} comes to less than nothing", ("Edit the invoice",)),
    Case("2500", "It uses something that is inactive", ("Choose another customer", "Reactivate the customer")),
    Case("610", "It uses something that is inactive", ("Choose another customer",)),
    Case("5020", "The person who connected may not write invoices", ("Retry", "An admin of Acme can reconnect it.")),
    Case("5030", "This QuickBooks plan does not include invoices"),
    Case("6000", "QuickBooks refused {number}: ‘in their own words’.", BOTH),
    Case("6200", "The books are closed for this date", times=2),
    Case("6210", "The books are closed for this date", times=2),
    Case("6250", "The customer of {number} is not in QuickBooks", ("Create the customer now",)),
    Case("6430", "does not take the chosen account for this", ("Choose account",)),
    Case("7001", "The company is no longer there in QuickBooks", ("Retry",)),
    Case("9999", "QuickBooks refused {number}", BOTH),
    Case("620", "Payment and invoice belong to different customers", entity="payment"),
    Case("6000", "Less is open in QuickBooks than the payment of 100.00 USD pays", entity="payment", times=2,
         detail="The amounts applied are more than the amount of the payment."),
)  # fmt: skip


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database; the engine's own tests run on both."""
    return sqlite_url


@pytest.fixture
def desk(app: Flask, cast: Cast) -> InspectingClient:
    return people.sign_in(app, cast.bookkeeper, cast.tenant_id)


def fault(case: Case) -> dict[str, Any]:
    error = {"Message": "", "Detail": case.detail, "code": case.code}
    body = {"Fault": {"Error": [error], "type": "ValidationFault"}}
    return {"status": case.status, "body": body, "content_type": "application/json"}


def failed(books: Books, entity: str, number: str) -> SyncRecord:
    """The record of the invoice with this number, or of the payment that settles it."""
    invoice_id = books.invoice(number).id
    with books.app.app_context(), reading() as session:
        paid = select(PaymentAllocation.payment_id).where(PaymentAllocation.invoice_id == invoice_id)
        local_id = invoice_id if entity == "invoice" else session.scalars(paid).one()
        return session.scalars(select(SyncRecord).where(SyncRecord.local_id == local_id)).one()


def test_every_code_has_its_card_and_nothing_is_written_twice(books: Books, desk: InspectingClient) -> None:
    books.pay("S-0")  # customer and item are there
    books.push()
    since, invoices, missing = books.now_there(), 0, list[str]()
    for place, case in enumerate(CASES, start=1):
        number = f"S-{place}"
        books.machine.fault("status", fault(case), count=case.times, method="POST", path=f"*/{case.entity}")
        books.pay(number)
        books.push()
        books.machine.sim("DELETE", "faults")
        record = failed(books, case.entity, number)
        address = f"/kz-admin/{case.entity}s/{record.local_id}"
        page = desk.page(address)
        expected = [
            case.headline.format(number=number),
            *case.buttons,
            case.detail,
            f"Code {case.code}",
            "Reference 1-",
        ]
        missing += [f"{case.code}: {words}" for words in [*expected, "Failed", CREATED] if words not in page.text]
        if case.entity == "payment":  # the rest waits until the end
            assert desk.submit(f"{address}/retry").status_code == 303
            books.push()
            assert failed(books, case.entity, number).state == "done"
            invoices += 1
    assert missing == []
    assert books.made(since).count("Invoice") == invoices
    again = {"step": "retry", "everything": "1", "confirmed": "1"}
    assert desk.submit("/kz-admin/invoices/bulk", again).status_code == 303
    for lane in (Lane.INTERACTIVE, Lane.BULK, Lane.BULK):
        books.push(lane)
    assert set(books.states()["invoice"]) == {"done"}
    assert set(books.states()["payment"]) == {"done"}
    ours = [row["PrivateNote"] for row in books.ours("Invoice")]
    assert len(ours) == len(set(ours)) == len(CASES) + 1


@pytest.mark.promise("K-QBO-61")
@pytest.mark.parametrize("entity", ["invoice", "payment"])
def test_a_person_who_may_not_write_is_named_as_the_cause(books: Books, desk: InspectingClient, entity: str) -> None:
    """A 403 of the gateway, twice: the token is new, the company answers, and this is still not allowed."""
    books.pay("1")
    books.push()
    body = {"fault": {"error": [{"message": "errorCode=003100; statusCode=403", "detail": None, "code": "3100"}]}}
    books.machine.fault("status", {"status": 403, "body": body}, count=None, method="POST", path=f"*/{entity}")
    books.pay("2")
    books.push()
    record = failed(books, entity, "2")
    page = desk.page(f"/kz-admin/{entity}s/{record.local_id}")
    assert f"The person who connected may not write {entity}s in QuickBooks." in page.text
    assert books.connection.state == "connected"


@pytest.mark.promise("KZ-39")
def test_a_plan_for_few_customers_is_their_limit_and_we_count_none(books: Books, desk: InspectingClient) -> None:
    since = books.now_there()
    for number in range(6):
        books.pay(f"1-{number}", **{"client.id": f"c{number}", "client.email": f"c{number}@new.example"})
    books.push()
    assert books.made(since).count("Customer") == 6
    said = fault(Case("5030", "", detail="Your plan takes five customers."))
    books.machine.fault("status", said, count=None, method="POST", path="*/customer")
    books.pay("2", **{"client.id": "c7", "client.name": "One More", "client.email": "c7@new.example"})
    books.push()
    page = desk.page(f"/kz-admin/invoices/{failed(books, 'invoice', '2').local_id}")
    assert "It is a limit of the plan over there, not of ours." in page.text
    assert "Your plan takes five customers." in page.text
    books.machine.sim("DELETE", "faults")  # they took a larger plan
    assert desk.submit(f"/kz-admin/invoices/{failed(books, 'invoice', '2').local_id}/retry").status_code == 303
    books.push()
    assert set(books.states()["invoice"]) == {"done"}
    assert books.made(since).count("Customer") == 7


# -- truly provoked, and the way out taken ---------------------------------------------------------------------------


def answer(desk: InspectingClient, address: str, choice: str) -> str:
    said = desk.submit(f"{address}/decide", {"choice": choice}, follow_redirects=True)
    assert said.status_code == 200, said.text
    assert desk.submit(f"{address}/decide", {"choice": choice}).status_code == 409  # a second click
    return said.text


def go_over(books: Books) -> None:
    for _ in range(3):
        books.push()
        books.later(1)


def test_what_somebody_did_over_there_is_mended_from_the_card(books: Books, desk: InspectingClient) -> None:
    books.pay("S-1")
    go_over(books)
    (customer,) = books.there("Customer", DisplayName="Nordlicht Studio")
    versions = {"Id": customer["Id"], "SyncToken": customer["SyncToken"]}
    books.write_there("Customer", {**versions, "sparse": True, "Active": False})
    books.pay("S-2")
    go_over(books)
    record = failed(books, "invoice", "S-2")
    address = f"/kz-admin/invoices/{record.local_id}"
    page = desk.page(address)
    assert "is inactive in QuickBooks" in page.text
    since = books.now_there()
    assert "The customer is made active again" in answer(desk, address, "revive")
    go_over(books)
    assert failed(books, "invoice", "S-2").state == failed(books, "payment", "S-2").state == "done"
    assert books.made(since) == ["Invoice", "Payment"]
    assert len(books.there("Customer", DisplayName="Nordlicht Studio", Active=True)) == 1

    # the invoice is deleted while its payment is on the way
    held = books.machine.fault("status", 503, count=None, method="POST", path="*/payment")
    books.pay("S-3")
    books.push()
    theirs = next(one for one in books.ours("Invoice") if "S-3" in one["PrivateNote"])
    books.write_there("Invoice", {"Id": theirs["Id"], "SyncToken": theirs["SyncToken"]}, operation="delete")
    books.machine.sim("DELETE", f"faults/{held}")
    books.later(200)
    go_over(books)
    address = f"/kz-admin/payments/{failed(books, 'payment', 'S-3').local_id}"
    assert "which this one settles, was deleted in QuickBooks" in desk.page(address).text
    since = books.now_there()
    answer(desk, address, "invoice_again")
    go_over(books)
    assert failed(books, "payment", "S-3").state == "done"
    assert books.made(since) == ["Invoice", "Payment"]


def test_a_text_is_shortened_only_because_a_person_said_so(books: Books, desk: InspectingClient) -> None:
    note = "We thank you. " * 60
    too_long = Case("2050", "", detail=f"Min:0 Max:500 supported. Supplied length:{len(note.strip())}")
    books.machine.fault("status", fault(too_long), method="POST", path="*/invoice")
    books.pay("S-1", **{"invoice.note": note})
    go_over(books)
    address = f"/kz-admin/invoices/{failed(books, 'invoice', 'S-1').local_id}"
    answer(desk, address, "shorten")
    go_over(books)
    memo = books.invoice_there()["CustomerMemo"]["value"]
    assert len(memo) <= 500
    assert memo.endswith("...")
    assert len(books.ours("Invoice")) == 1


STAYS = {
    "800": "Something in QuickBooks depends on the payment of 100.00 USD.",
    "6220": "Something in QuickBooks depends on the payment of 100.00 USD.",
    "6280": "Something in QuickBooks depends on the payment of 100.00 USD.",
    "6400": "Something in QuickBooks depends on the payment of 100.00 USD.",
    "6450": "The payment of 100.00 USD was settled with the bank and can no longer change in QuickBooks.",
    "6480": "The payment of 100.00 USD is matched with the bank in QuickBooks and can no longer change.",
    "6540": "This payment is part of a bank deposit in QuickBooks and can no longer change.",
}


def test_what_they_do_not_let_go_stays_as_it_is_until_that_is_undone(
    books: Books, desk: InspectingClient, cast: Cast
) -> None:
    for code in STAYS:
        books.pay(f"S-{code}")
    go_over(books)
    for code, headline in STAYS.items():
        record = failed(books, "payment", f"S-{code}")
        books.machine.fault("status", fault(Case(code, "", detail="As they say")), method="POST", path="*/payment")
        with books.app.app_context():
            Agency(cast.tenant_id).do(payments.void, record.local_id, None)
        go_over(books)
        address = f"/kz-admin/payments/{record.local_id}"
        page = desk.page(address)
        missing = [words for words in (headline, "What is over there stayed as it is.", code) if words not in page.text]
        assert not missing, (code, missing)
        since = books.now_there()
        assert desk.submit(f"{address}/retry").status_code == 303
        go_over(books)
        assert failed(books, "payment", f"S-{code}").state == "done"
        assert [one["op"] for one in books.writes(since, "Payment")] == ["void"]


def test_an_ended_subscription_pauses_everything_and_is_tested_once_a_day(
    books: Books, desk: InspectingClient, cast: Cast
) -> None:
    company = books.machine.world.slot("quickbooks", "production", books.company_id).company
    books.pay("S-0")
    go_over(books)
    company.subscription = "EXPIRED"
    since = books.now_there()
    for number in ("S-1", "S-2"):
        books.pay(number)
    go_over(books)
    refused = [one for one in books.calls_there(since) if one["method"] == "POST" and one["status"] == 400]
    assert len(refused) <= 2  # what was in the air when the first one told
    assert set(books.states()["invoice"]) == {"done", "held"}
    address = f"/kz-admin/invoices/{failed(books, 'invoice', 'S-2').local_id}"
    page = desk.page(address)
    assert "The QuickBooks subscription for Nordlicht Studio has ended; pushes are paused." in page.text
    assert "Pending waiting: the QuickBooks subscription has ended. Next try" in page.text
    assert "Test again" in page.text
    card = desk.page("/kz-admin/integrations").text
    assert "subscription for Nordlicht Studio has ended" in card
    assert "Test again" in card
    board = desk.page("/kz-admin/integrations/quickbooks/problems").text
    assert "pushes are paused" in board
    assert "documents wait. Test again" in board

    since = books.now_there()
    books.pay("S-3")  # waits with the others, without a call
    go_over(books)
    assert books.calls_there(since) == []
    books.later(24 * 3600)
    go_over(books)  # a day later one is tried
    assert len([one for one in books.calls_there(since) if one["status"] == 400]) == 1
    company.subscription = "PAID"
    desk = people.sign_in(books.app, cast.bookkeeper, cast.tenant_id)  # on the next day
    said = desk.submit("/kz-admin/integrations/quickbooks/test-again", follow_redirects=True)
    assert "Testing again." in said.text
    for lane in (Lane.INTERACTIVE, Lane.BULK):
        books.push(lane)
    assert set(books.states()["invoice"]) == set(books.states()["payment"]) == {"done"}
    assert "subscription" not in desk.page("/kz-admin/integrations").text
    assert desk.submit(f"{address}/decide", {"choice": "test_again"}).status_code == 409
    notes = [row["PrivateNote"] for row in books.ours("Invoice")]
    assert len(notes) == len(set(notes)) == 4


# -- what passes by itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "rest_s"), [("130", 60), ("140", 1800), ("150", 1800)])
def test_a_locked_company_rests_and_goes_on_by_itself(
    books: Books, desk: InspectingClient, code: str, rest_s: int
) -> None:
    books.machine.fault("status", fault(Case(code, "")), method="POST", path="*/invoice")
    books.pay("S-1")
    go_over(books)
    record = failed(books, "invoice", "S-1")
    assert (record.state, record.reason, record.tries) == ("held", "locked", 0)
    page = desk.page(f"/kz-admin/invoices/{record.local_id}")
    assert "Pending QuickBooks has this company locked for a while. Next try" in page.text
    since = books.now_there()
    go_over(books)
    assert books.calls_there(since) == []  # left alone meanwhile
    books.later(rest_s * 1.1)  # silences end a little apart, so that not all companies speak at once
    go_over(books)
    assert failed(books, "invoice", "S-1").state == "done"
    assert len(books.ours("Invoice")) == 1


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("code", ["600", "10000"])
def test_what_may_have_been_done_is_looked_up_and_never_made_blind(books: Books, code: str, committed: bool) -> None:
    """A request id that was used before, an error inside: whether it is there is asked first, then it is there once."""
    action = "commit_then_status" if committed else "status"
    books.machine.fault(action, fault(Case(code, "")), method="POST", path="*/invoice")
    books.pay("S-1")
    go_over(books)
    assert failed(books, "invoice", "S-1").state == "unknown"
    since = books.now_there()
    books.later(200)
    go_over(books)
    assert failed(books, "invoice", "S-1").state == failed(books, "payment", "S-1").state == "done"
    first = books.calls_there(since)[0]
    assert first["path"].endswith(("/query", "/batch"))
    assert books.made(since).count("Invoice") == (0 if committed else 1)
    assert len(books.ours("Invoice")) == 1


def test_where_nobody_says_what_is_inactive_everything_named_is_listed(books: Books, desk: InspectingClient) -> None:
    """610 names no element: the card leads to each thing that the refused document referred to."""
    books.pay("S-1")
    go_over(books)
    customer, item = books.record("client"), books.record("service")
    case = Case("610", "", detail="Something you're trying to use has been made inactive.")
    books.machine.fault("status", fault(case), method="POST", path="*/invoice")
    books.pay("S-2")
    books.push()
    invoice = failed(books, "invoice", "S-2")
    page = desk.page(f"/kz-admin/invoices/{invoice.local_id}")
    assert "What this invoice names in QuickBooks" in page.text
    assert "Customer Nordlicht Studio" in page.text
    assert "Product or service Lines without a service" in page.text
    mappings = "/kz-admin/integrations/quickbooks/mappings"
    assert f"{mappings}/customers?q=Nordlicht+Studio#{customer.local_id}" in page.links
    assert any(link.startswith(f"{mappings}/items") for link in page.links)
    assert item.remote_id is not None
    books.machine.sim("DELETE", "faults")
    assert desk.submit(f"/kz-admin/invoices/{invoice.local_id}/retry").status_code == 303
    books.machine.fault("status", fault(case), count=2, method="POST", path="*/payment")
    books.push()
    payment = failed(books, "payment", "S-2")
    page = desk.page(f"/kz-admin/payments/{payment.local_id}")
    assert "What this payment names in QuickBooks" in page.text
    assert "Invoice S-2" in page.text
    assert f"/kz-admin/invoices/{invoice.local_id}" in page.links
    assert "Customer Nordlicht Studio" in page.text
