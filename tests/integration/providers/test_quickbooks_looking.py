"""Nothing is made twice over there: what is there already is found, and what became of a lost answer as well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from kz_admin.domain.kinds import Kind
from kz_admin.domain.presets import COPY_ON_DEMAND
from kz_admin.domain.problems import Slug, Unfit
from kz_admin.domain.pushing import Again, Go, Link, LinkedBy, Remote
from kz_admin.providers.quickbooks import questions
from tests.integration.providers.books import SENT_AT, Books
from tests.integration.providers.test_quickbooks_sending import open_invoice, someone
from tests.unit.providers.quickbooks import ours

# -- clients --------------------------------------------------------------------------------------------------


def test_a_customer_is_found_by_e_mail_whatever_its_case(us: Books) -> None:
    there = us.row("Customer", "DisplayName = 'Fernhill Farm'")
    found = us.look(ours.client("Somebody", "EDDA@Fernhill.example"))
    assert isinstance(found, Link)
    assert found.remote.remote_id == there["Id"]
    asked = [entry for entry in us.machine.journal() if "PrimaryEmailAddr" in str(entry["query"])]
    assert "EDDA@Fernhill.example" in str(asked[-1]["query"])


def test_an_address_among_several_is_found(us: Books) -> None:
    made = us.make(
        "Customer", {"DisplayName": "Two", "PrimaryEmailAddr": {"Address": "x@two.example, ada@two.example"}}
    )
    found = us.look(ours.client("Ada", "ada@two.example"))
    assert isinstance(found, Link)
    assert found.remote.remote_id == made["Id"]
    assert us.look(ours.client("Ada", "da@two.example")) == Go()


def test_a_name_that_a_vendor_has_gets_an_ending(us: Books) -> None:
    client = ours.client("Alder Paper Mill", "new@alder.example")
    assert us.look(client) == Go()
    again = us.refused(client)
    assert again == Again({"taken": "Alder Paper Mill"}, look=True)
    go = us.look(client, choices={**again.choices, "look": "1"})
    assert isinstance(go, Go)
    assert us.push(client, choices=dict(go.choices)).name == "Alder Paper Mill (customer)"


def test_the_same_name_with_another_address_is_told_apart_by_it(us: Books) -> None:
    client = ours.client("Fernhill Farm", "office@fernhill.example")
    again = us.refused(client)
    assert isinstance(again, Again)
    go = us.look(client, choices={**again.choices, "look": "1"})
    assert isinstance(go, Go)
    assert us.push(client, choices=dict(go.choices)).name == "Fernhill Farm (office@fernhill.example)"


def test_an_inactive_twin_comes_back_when_a_person_says_so(us: Books) -> None:
    client = ours.client("Briar Patch Nursery", "briar@patchnursery.example")
    told = us.problem(client)
    assert told.slug is Slug.INACTIVE_TWIN
    choices = {"reactivate": told.facts["remote_id"]}
    go = us.look(client, choices=choices)
    assert isinstance(go, Go)
    back = us.push(client, choices={**choices, **go.choices})
    assert (back.remote_id, back.name, back.active) == (told.facts["remote_id"], "Briar Patch Nursery", True)
    found = us.look(client)
    assert isinstance(found, Link)


EVIL = [
    "O'Hanlon \\ Roofing",
    "' OR Id > '0",
    "\\' OR DisplayName LIKE '%",
    "100% Wool",
    "a' STARTPOSITION 1 MAXRESULTS 1 --",
    "\\",
    "'",
]


@pytest.mark.parametrize("name", EVIL)
def test_a_name_never_leaves_its_quotes(us: Books, name: str) -> None:
    client = ours.client(name, "")
    assert us.look(client, settings=COPY_ON_DEMAND) == Go()
    made = us.push(client, settings=COPY_ON_DEMAND)
    found = us.look(client, settings=COPY_ON_DEMAND)
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.remote.name) == (made.remote_id, made.name)


@pytest.mark.parametrize("email", ["o'x@y.example", "%@%.example", "a\\b@y.example", "x'OR'1@y.example"])
def test_an_address_never_leaves_its_quotes(us: Books, email: str) -> None:
    client = ours.client("Odd one", email)
    assert us.look(client) == Go()
    made = us.push(client)
    found = us.look(client)
    assert isinstance(found, Link)
    assert found.remote.remote_id == made.remote_id


# -- items ----------------------------------------------------------------------------------------------------


def test_an_item_of_the_same_name_and_account_is_ours(us: Books) -> None:
    made = us.make("Item", {"Name": "Services", "Type": "NonInventory", "IncomeAccountRef": {"value": us.income}})
    again = us.refused(ours.service())
    assert isinstance(again, Again)
    found = us.look(ours.service(), choices={**again.choices, "look": "1"})
    assert isinstance(found, Link)
    assert found.remote.remote_id == made["Id"]


def test_an_item_under_another_account_is_left_alone(us: Books) -> None:
    other = us.row("Account", "Name = 'Sales of Product Income'")["Id"]
    us.make("Item", {"Name": "Services", "Type": "Service", "IncomeAccountRef": {"value": other}})
    again = us.refused(ours.service())
    assert isinstance(again, Again)
    go = us.look(ours.service(), choices={**again.choices, "look": "1"})
    assert isinstance(go, Go)
    assert us.push(ours.service(), choices=dict(go.choices)).name == "Services (Services)"


# -- invoices -------------------------------------------------------------------------------------------------


def test_a_number_that_is_taken_is_a_question_with_an_offer(several: Books) -> None:
    taken = several.rows("Invoice", "DocNumber like 'TR-%'")[0]
    several.push(someone(several))
    several.push(ours.service())
    record = replace(ours.invoice(), number=taken["DocNumber"])
    again = several.refused(record)
    assert again == Again({"taken": record.number}, look=True)
    told = several.problem(record, choices={**again.choices, "look": "1"})
    assert (told.slug, told.facts["remote_id"]) == (Slug.DUPLICATE_NUMBER, taken["Id"])
    offered = told.facts["suggestion"]
    assert several.push(record, choices={"number": offered}).number == offered


def test_an_invoice_that_is_there_already_is_linked(several: Books) -> None:
    record, there = open_invoice(several)
    several.granted.post(
        "invoice", {"Id": there.remote_id, "SyncToken": "0", "sparse": True, "PrivateNote": "typed by hand"}
    )
    found = several.look(record, look_first=True)
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == (there.remote_id, LinkedBy.MATCH)


# -- payments -------------------------------------------------------------------------------------------------


def pay_there(books: Books, invoice_id: str, amount: float) -> dict[str, Any]:
    customer = books.by_id("Invoice", invoice_id)["CustomerRef"]["value"]
    line = {"Amount": amount, "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}
    return books.make("Payment", {"CustomerRef": {"value": customer}, "TotalAmt": amount, "Line": [line]})


def test_a_payment_that_is_there_already_is_linked(us: Books) -> None:
    record, there = open_invoice(us)
    theirs = pay_there(us, there.remote_id, 300)
    found = us.look(ours.payment((record.id, 30000)), paid_by_provider=True)
    assert isinstance(found, Link)
    assert found.remote.remote_id == theirs["Id"]


def test_more_than_is_open_leads_to_a_look_and_then_fits(us: Books) -> None:
    record, there = open_invoice(us)
    pay_there(us, there.remote_id, 100)
    money = ours.payment((record.id, 30000))
    assert us.refused(money) == Again(look=True)
    go = us.look(money, choices={"look": "1"})
    assert isinstance(go, Go)
    paid = us.push(money, choices={"look": "1", **go.choices})
    row = us.by_id("Payment", paid.remote_id)
    assert (row["TotalAmt"], row["UnappliedAmt"]) == (300, 100)
    pay = ours.payment((record.id, 5000))
    assert us.problem(pay, choices={"look": "1"}).slug is Slug.DIFFERS_THERE


# -- answers that were lost -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["us", "several", "canada"])
def test_each_kind_is_found_after_its_answer_was_lost(key: str, request: pytest.FixtureRequest) -> None:
    books: Books = request.getfixturevalue(key)
    for record in (someone(books, id=uuid4(), name="Lost"), ours.service("Lost")):
        assert books.lost(record, "drop_before_commit") is None
        found = books.lost(record)
        assert found is not None
        assert found.name == "Lost"
    record, there = open_invoice(books)
    again = replace(ours.invoice(currency=record.currency), number="INV-105")
    assert books.lost(again, "drop_before_commit") is None
    found = books.lost(again)
    assert found is not None
    assert f"kz:{again.id}" in found.text
    assert found.remote_id != there.remote_id
    money = ours.payment((record.id, 100), currency=record.currency)
    assert books.lost(money, "drop_before_commit") is None
    found = books.lost(money)
    assert found is not None
    assert f"kz:{money.id}" in found.text


def test_a_change_and_a_void_are_found_after_their_answer_was_lost(us: Books) -> None:
    record, there = open_invoice(us)
    own = us.partners[(Kind.INVOICE, record.id, "")]
    changed = replace(ours.invoice(ours.sold("2", "11")), id=record.id)
    assert us.lost(changed, "drop_before_commit", own=own) is None
    found = us.lost(changed, own=own)
    assert found is not None
    assert (found.remote_id, found.total) == (there.remote_id, 2200)
    now = replace(own, version=found.version)
    void = replace(changed, state=ours.InvoiceState.VOID)
    assert us.lost(void, "drop_before_commit", own=now) is None
    gone = us.lost(void, own=now)
    assert gone is not None
    assert gone.total == 0


def test_somebody_elses_change_to_a_lost_invoice_is_a_question(several: Books) -> None:
    several.push(someone(several))
    several.push(ours.service())
    record = ours.invoice()
    draft = several.build(record)
    (there,) = several.send(draft)
    assert isinstance(there, Remote)
    renumbered = {"Id": there.remote_id, "SyncToken": "0", "sparse": True, "DocNumber": "OTHER"}
    several.granted.post("invoice", renumbered)
    pusher = several.pusher(record)
    with pytest.raises(Unfit) as told:
        pusher.recognise(draft, several.ask(pusher.find(draft, SENT_AT)))
    assert told.value.problem.slug is Slug.DIFFERS_THERE


def test_a_full_page_is_followed_by_the_next(us: Books) -> None:
    for start in (0, 20):
        us.send(*[us.build(someone(us, id=uuid4(), name=f"Page {start + number:02}")) for number in range(20)])
    like = questions.where("Customer", "DisplayName LIKE 'Page %'")
    assert [len(rows) for rows in us.ask([like])] == [40]
    assert [len(rows) for rows in us.ask([like] * 31)] == [40] * 31


def test_a_long_question_travels_as_a_body(us: Books) -> None:
    name = "Ö" * 480
    us.push(ours.client(name))
    ((row,),) = us.ask([questions.where("Customer", f"DisplayName IN ('{name}', '{name} (deleted)')")])
    assert row["DisplayName"] == name
