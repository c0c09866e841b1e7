"""What leaves for QuickBooks arrives as it is here: singly, in batches, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from kz_admin import config as settings
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.lists import List
from kz_admin.domain.payments import Method
from kz_admin.domain.problems import OutcomeUnknown, Problem, Rejected, SlowDown, Slug
from kz_admin.domain.pushing import Again, Remote
from kz_admin.domain.records import Address, ClientRecord, InvoiceRecord
from kz_admin.providers.quickbooks import QUICKBOOKS, payment_methods, recognising
from tests.conftest import environment
from tests.integration.providers.books import Books, ref_of
from tests.unit.providers.quickbooks import ours
from tests.unit.providers.quickbooks.ours import sold


def someone(books: Books, **changed: Any) -> ClientRecord:
    usual = {
        "company": "Lund & Co.",
        "phone": "+1 (512) 555-0110",
        "address": Address("1 Pier", "Door 2", "Austin", "TX", "78701", "US"),
        "currency": books.company.currency,
    }
    return ours.client(**{**usual, **changed})


def open_invoice(books: Books, *goods: Any, **changed: Any) -> tuple[InvoiceRecord, Remote]:
    """Client, item and invoice over there."""
    books.push(someone(books))
    books.push(ours.service())
    record = ours.invoice(*goods, currency=books.company.currency, **changed)
    return record, books.push(record)


@pytest.mark.parametrize("key", ["US", "MC", "CA"])
def test_a_paid_invoice_arrives_with_everything_it_says(opened: Callable[[str], Books], key: str) -> None:
    books = opened(key)
    client, service = someone(books), ours.service()
    customer, item = books.push(client), books.push(service)
    goods = (sold("3", "33.333333", words="Design, 3 h"), sold("-1", "12.50"), sold("0", "20"), sold("1.5", "80.10"))
    record = ours.invoice(*goods, currency=books.company.currency, note="Thank you!", discount=1000)
    there = books.push(record)
    money = ours.payment((record.id, record.total), currency=record.currency, reference="ch_8812", method=Method.CHEQUE)
    methods = {"cheque": books.row("PaymentMethod", "Name = 'Check'")["Id"]}
    bank = books.row("Account", "Name = 'Checking'")["Id"]
    accounts = {"income": books.income, "deposit": bank}
    paid = books.push(money, methods=methods, accounts=accounts)

    assert recognising.shows(books.build(client).body, books.by_id("Customer", customer.remote_id))
    assert recognising.shows(books.build(service).body, books.by_id("Item", item.remote_id))
    invoice = books.by_id("Invoice", there.remote_id)
    assert recognising.shows(books.build(record).body, invoice)
    assert invoice["TotalAmt"] == Decimal(record.total).scaleb(-2)
    assert invoice["Balance"] == 0
    assert there.total == there.balance == record.total
    assert (there.number == "INV-104") == (key != "US")
    payment = books.by_id("Payment", paid.remote_id)
    assert payment["DepositToAccountRef"]["value"] == bank
    assert payment["PaymentMethodRef"]["value"] == methods["cheque"]
    assert (payment["PaymentRefNum"], payment["TxnDate"]) == ("ch_8812", "2026-03-05")
    assert payment["UnappliedAmt"] == 0


def test_without_an_account_money_waits_in_undeposited_funds(us: Books) -> None:
    record, _ = open_invoice(us)
    paid = us.push(ours.payment((record.id, 10000)), accounts={"income": us.income, "deposit": ""})
    assert us.by_id("Payment", paid.remote_id)["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert us.by_id("Invoice", us.partners[(Kind.INVOICE, record.id, "")].remote_id)["Balance"] == 200


def test_us_tax_is_ours_in_total(us: Books) -> None:
    record, there = open_invoice(us, sold("1", "100", "8"), sold("1", "50"))
    assert (there.total, there.tax) == (record.total, 800) == (15800, 800)


def test_prices_with_tax_in_them_arrive_with_the_same_total(us: Books) -> None:
    record, there = open_invoice(us, sold("3", "19.99", "8.25"), sold("1", "7"), prices=ours.Prices.INCLUSIVE)
    assert there.total == record.total == 6697


def test_where_discounts_are_off_a_negative_line_says_it(us: Books) -> None:
    us.company = replace(us.company, facts={**us.company.facts, "discounts": False})
    record, there = open_invoice(us, sold("1", "100", "8"), sold("1", "300"), discount=4000)
    assert there.total == record.total


def test_a_client_in_a_second_currency_is_a_second_customer(several: Books) -> None:
    several.push(someone(several))
    euro = someone(several, currency="EUR")
    decided = several.look(euro)
    customer = several.push(euro, choices=dict(decided.choices))  # type: ignore[union-attr]
    assert (customer.name, customer.currency) == ("Ada Lund (EUR)", "EUR")
    several.push(ours.service())
    record = ours.invoice(currency="EUR")
    there = several.push(record)
    paid = several.push(ours.payment((record.id, record.total), currency="EUR"))
    assert (there.currency, there.customer, paid.currency) == ("EUR", customer.remote_id, "EUR")


def test_a_change_replaces_lines_and_takes_back_what_is_gone(us: Books) -> None:
    record, there = open_invoice(us, note="Old words")
    us.granted.post("invoice", {"Id": there.remote_id, "SyncToken": "0", "sparse": True, "TrackingNum": "theirs"})
    changed = ours.invoice(sold("1", "20"), sold("2", "5"), id=record.id)
    own = replace(ref_of(there), version="1")
    now = us.push(changed, own=own)
    row = us.by_id("Invoice", there.remote_id)
    assert (now.total, len(row["Line"]), row["TrackingNum"]) == (3000, 3, "theirs")
    assert not row.get("CustomerMemo")
    client = us.push(
        someone(us, phone="", address=Address("2 Pier")), own=us.partners[(Kind.CLIENT, ours.CLIENT_ID, "USD")]
    )
    customer = us.by_id("Customer", client.remote_id)
    assert customer["BillAddr"] == {"Id": customer["BillAddr"]["Id"], "Line1": "2 Pier"}
    assert not customer.get("PrimaryPhone")


def test_a_newer_version_over_there_is_read_again(us: Books) -> None:
    record, there = open_invoice(us)
    us.granted.post("invoice", {"Id": there.remote_id, "SyncToken": "0", "sparse": True, "TrackingNum": "theirs"})
    changed = replace(ours.invoice(sold("1", "20")), id=record.id)
    assert us.refused(changed, own=ref_of(there)) == Again(look=True)
    pusher = us.pusher(record)
    ((row,),) = us.ask([pusher.reread(ref_of(there))])
    assert us.push(changed, own=ref_of(pusher.as_remote(row))).total == 2000


@pytest.mark.parametrize("bulk", [False, True])
def test_what_is_voided_here_is_voided_there(us: Books, bulk: bool) -> None:
    record, there = open_invoice(us)
    money = ours.payment((record.id, 30000))
    paid = us.push(money)
    beside = [us.build(someone(us, name="Beside"))] if bulk else []
    us.send(us.build(replace(money, voided=True), own=ref_of(paid)), *beside)
    assert us.by_id("Payment", paid.remote_id)["TotalAmt"] == 0
    result = us.send(us.build(replace(record, state=InvoiceState.VOID), own=ref_of(there)), *beside)[0]
    assert isinstance(result, Remote), result
    row = us.by_id("Invoice", there.remote_id)
    assert (row["TotalAmt"], row["Balance"]) == (0, 0)
    assert f"kz:{record.id}" in row["PrivateNote"]


def test_one_bad_document_of_thirty_fails_alone(us: Books) -> None:
    clients = [someone(us, id=uuid4(), name=f"Client {number}", email=f"c{number}@x.example") for number in range(30)]
    clients[17] = replace(clients[17], name="Alder Paper Mill")
    results = us.send(*[us.build(client) for client in clients])
    assert [place for place, one in enumerate(results) if not isinstance(one, Remote)] == [17]
    failure = results[17]
    assert isinstance(failure, Rejected)
    assert failure.code == "6240"
    assert [one.name for one in results if isinstance(one, Remote)] == [
        f"Client {number}" for number in range(30) if number != 17
    ]


@pytest.mark.parametrize("many", [1, 3])
def test_the_same_request_id_does_nothing_twice(us: Books, many: int) -> None:
    drafts = [us.build(someone(us, id=uuid4(), name=f"Twice {number}")) for number in range(many)]
    first, second = (us.send(*drafts, request_id="same") for _ in range(2))
    assert first == second
    assert len(us.rows("Customer", "DisplayName like 'Twice%'")) == many


def test_a_throttled_item_waits_alone(us: Books) -> None:
    drafts = [us.build(someone(us, id=uuid4(), name=f"Slow {number}")) for number in range(3)]
    us.machine.fault("partial_batch", {"commit": 1, "then": "fault"}, path="*/batch")
    assert [type(one) for one in us.send(*drafts)] == [Remote, SlowDown, SlowDown]


def test_an_answer_that_breaks_off_tells_nothing(us: Books) -> None:
    for action in ("truncate", "commit_then_status", "html"):
        us.machine.fault(action, 503 if action != "truncate" else None, method="POST")
        with pytest.raises(OutcomeUnknown):
            us.send(us.build(someone(us, name=f"Broken by {action}")))


# -- refusals that only the books can make ------------------------------------------------------------------------


def test_closed_books_are_named_with_their_day(us: Books) -> None:
    preferences = us.granted.get("preferences").json()["Preferences"]
    closed = {"AccountingInfoPrefs": {"BookCloseDate": "2026-03-31"}}
    us.make("Preferences", {"Id": "1", "SyncToken": preferences["SyncToken"], "sparse": True, **closed})
    us.know()
    us.push(someone(us))
    us.push(ours.service())
    told = us.problem(ours.invoice())
    assert (told.cause, told.facts["closed_until"]) == ("period_closed", "2026-03-31")
    unknown = replace(us.company, facts={**us.company.facts, "closed_until": ""})
    assert us.refused(ours.invoice(), there=unknown) == Again({"closed": "6200"}, company=True)


def test_an_item_made_inactive_over_there_is_named(us: Books) -> None:
    us.push(someone(us))
    item = us.push(ours.service())
    us.granted.post("item", {"Id": item.remote_id, "SyncToken": "0", "sparse": True, "Active": False})
    told = us.refused(ours.invoice())
    assert isinstance(told, Problem)
    assert (told.slug, told.facts["remote_type"], told.facts["remote_id"]) == (
        Slug.INACTIVE_REFERENCE,
        "Item",
        item.remote_id,
    )


def test_an_account_of_the_wrong_type_is_named(us: Books) -> None:
    record, _ = open_invoice(us)
    told = us.refused(ours.payment((record.id, 100)), accounts={"income": us.income, "deposit": us.income})
    assert isinstance(told, Problem)
    assert (told.cause, told.facts["account"]) == ("account_type", us.income)


def test_a_subscription_that_ended_is_one_cause(us: Books) -> None:
    company = next(slot.company for slot in us.machine.world.slots if slot.id == us.granted.company_id)
    company.subscription = "EXPIRED"
    try:
        told = us.refused(someone(us))
    finally:
        company.subscription = "SUBSCRIBED"
    assert isinstance(told, Problem)
    assert told.cause == "subscription_ended"


def test_payment_methods_are_read_and_known_by_name(us: Books) -> None:
    choices = QUICKBOOKS.options[List.PAYMENT_METHODS](us.access)
    names = {method: payment_methods.likely_method(method, choices) for method in Method}
    assert {method.value: choice.name for method, choice in names.items() if choice} == {
        "bank_transfer": "Bank transfer",
        "cash": "Cash",
        "cheque": "Check",
    }


def test_a_link_opens_the_document_in_the_right_company(us: Books) -> None:
    _, there = open_invoice(us)
    config = settings.load(environment(QUICKBOOKS_APP_URL=f"{us.machine.base}/quickbooks/app"))
    assert QUICKBOOKS.sending
    for kind, word in (("Invoice", there.number), ("Customer", "Ada Lund")):
        remote_id = there.remote_id if kind == "Invoice" else there.customer
        page = us.machine.http.get(QUICKBOOKS.sending.link_to(config, us.granted.company_id, kind, remote_id))
        assert page.status_code == 200
        assert us.granted.company_id in page.url
        assert word in page.text
