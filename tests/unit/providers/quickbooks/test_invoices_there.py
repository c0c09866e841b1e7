"""Invoices as they are looked for, recognised and refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.problems import Problem, Rejected, Slug
from kz_admin.domain.pushing import Again, Go, Link, LinkedBy, Ref
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.quickbooks import invoices, invoices_there
from tests.unit.providers.quickbooks.ours import company, invoice, problem, refs, sold, texts_of

OWN = Ref("266", "Invoice", "1", number="INV-104", customer="70", created_by_us=True)
DUPLICATE = Rejected("DocNumber=INV-104 is assigned to TxnType=Invoice with TxnId=266", code="6140", status=400)


def row(record: InvoiceRecord, remote_id: str = "266", **more: Any) -> dict[str, Any]:
    return {
        "Id": remote_id,
        "SyncToken": "0",
        "DocNumber": record.number,
        "CustomerRef": {"value": "70", "name": "Ada Lund"},
        "CurrencyRef": {"value": record.currency},
        "TotalAmt": Decimal(record.total).scaleb(-2),
        "Balance": Decimal(record.total).scaleb(-2),
        "PrivateNote": "",
        **more,
    }


def test_nothing_is_asked_without_a_reason() -> None:
    record = invoice()
    assert invoices_there.asked(record, refs(record)) == []
    assert invoices_there.decide(record, refs(record), []) == Go()


@pytest.mark.parametrize("reason", [{"look_first": True}, {"paid_by_provider": True}, {"choices": {"look": "1"}}])
def test_with_a_reason_number_and_customer_are_asked_for(reason: dict[str, Any]) -> None:
    record = replace(invoice(), number="O'Neil-1")
    assert texts_of(invoices_there.asked(record, refs(record, **reason))) == [
        "SELECT * FROM Invoice WHERE CustomerRef = '70' AND TxnDate = '2026-03-02'",
        "SELECT * FROM Invoice WHERE DocNumber = 'O\\'Neil-1'",
    ]


def test_what_was_unlinked_is_never_found_to_be_it_again_unless_it_carries_our_marker() -> None:
    record = invoice()
    looking = refs(record, look_first=True, choices={"unlinked": "266,9"})
    taken = problem(lambda: invoices_there.decide(record, looking, [[row(record)], []]))
    assert taken.slug is Slug.DUPLICATE_NUMBER  # its number is taken all the same
    other = invoices_there.decide(record, looking, [[row(record), row(record, "267")], []])
    assert isinstance(other, Link)
    assert other.remote.remote_id == "267"
    ours = invoices_there.decide(record, looking, [[row(record, PrivateNote=f"kz:{record.id}")], []])
    assert isinstance(ours, Link)
    assert ours.how is LinkedBy.CREATED


def test_what_a_person_names_is_found_by_number_before_id_and_compared() -> None:
    record = invoice()
    named = refs(record, choices={"sought": "204"})
    assert texts_of(invoices_there.asked(record, named)) == [
        "SELECT * FROM Invoice WHERE DocNumber = '204'",
        "SELECT * FROM Invoice WHERE Id = '204'",
    ]
    numbered, by_id = row(record, "31", DocNumber="204"), row(record, "204", DocNumber="7")
    found = invoices_there.decide(record, named, [[numbered], [by_id]])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("31", LinkedBy.PERSON)
    missing = problem(lambda: invoices_there.decide(record, named, [[], []]))
    assert (missing.slug, missing.facts["sought"]) == (Slug.NOT_FOUND_THERE, "204")
    dearer = row(record, "31", DocNumber="204", TotalAmt=Decimal(7))
    assert problem(lambda: invoices_there.decide(record, named, [[dearer], []])).slug is Slug.DIFFERS_THERE


def test_ours_is_known_by_its_marker() -> None:
    record = invoice()
    looking = refs(record, look_first=True)
    found = invoices_there.decide(record, looking, [[row(record, PrivateNote=f"Voided - kz:{record.id}")], []])
    assert isinstance(found, Link)
    assert found.how is LinkedBy.CREATED
    moved = row(record, PrivateNote=f"kz:{record.id}", CustomerRef={"value": "99"})
    assert problem(lambda: invoices_there.decide(record, looking, [[moved]])).slug is Slug.DIFFERS_THERE
    twice = [row(record, one, PrivateNote=f"kz:{record.id}") for one in ("1", "2")]
    assert problem(lambda: invoices_there.decide(record, looking, [twice])).slug is Slug.SEVERAL_MATCHES


def test_anothers_is_it_when_number_total_and_customer_agree() -> None:
    record = invoice()
    looking = refs(record, look_first=True)
    found = invoices_there.decide(record, looking, [[row(record)], [row(record)]])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("266", LinkedBy.MATCH)
    several = [row(record), row(record, "267")]
    assert problem(lambda: invoices_there.decide(record, looking, [several])).slug is Slug.SEVERAL_MATCHES


@pytest.mark.parametrize(
    "other",
    [
        {"TotalAmt": Decimal("299.99")},
        {"CustomerRef": {"value": "99"}},
        {"CurrencyRef": {"value": "EUR"}},
        {"PrivateNote": "kz:00000000-0000-0000-0000-000000000000"},
    ],
)
def test_an_equal_number_alone_is_a_collision(other: dict[str, Any]) -> None:
    record = invoice()
    looking = refs(record, look_first=True)
    told = problem(lambda: invoices_there.decide(record, looking, [[], [row(record, **other)]]))
    assert (told.slug, told.facts["suggestion"], told.facts["remote_id"]) == (
        Slug.DUPLICATE_NUMBER,
        "INV-104-1",
        "266",
    )
    counts_itself = refs(record, look_first=True, there=company(own_numbers=False))
    assert invoices_there.decide(record, counts_itself, [[], [row(record, **other)]]) == Go()


def test_after_a_restore_what_we_made_and_forgot_is_found_by_its_note() -> None:
    """The document was told again and has another marker now; companies that number by themselves say no number."""
    record = invoice()
    for there in (company(), company(own_numbers=False)):
        restored = refs(record, look_first=True, there=there, remembered=frozenset())
        forgotten = row(record, DocNumber="1071", PrivateNote=f"kz-admin invoice {record.number}, kz:{uuid4()}")
        found = invoices_there.decide(record, restored, [[forgotten], []])
        assert isinstance(found, Link)
        assert found.how is LinkedBy.MATCH
        forgotten["TotalAmt"] = Decimal("299.99")
        told = problem(lambda restored=restored, row=forgotten: invoices_there.decide(record, restored, [[row], []]))
        assert told.slug is Slug.DIFFERS_THERE


def test_a_person_says_which_one_it_is() -> None:
    record = invoice()
    chosen = refs(record, choices={"link": "266"})
    assert texts_of(invoices_there.asked(record, chosen)) == ["SELECT * FROM Invoice WHERE Id = '266'"]
    found = invoices_there.decide(record, chosen, [[row(record)]])
    assert isinstance(found, Link)
    assert found.how is LinkedBy.PERSON
    assert problem(lambda: invoices_there.decide(record, chosen, [[]])).slug is Slug.GONE_THERE


# -- refused and lost -------------------------------------------------------------------------------------------


def test_a_taken_number_is_looked_up_before_a_person_hears_of_it() -> None:
    record = invoice()
    draft = invoices.build(record, refs(record))
    assert invoices_there.refused(record, refs(record), draft, DUPLICATE) == Again({"taken": "INV-104"}, look=True)
    told = invoices_there.refused(record, refs(record, choices={"taken": "INV-104"}), draft, DUPLICATE)
    assert isinstance(told, Problem)
    assert (told.slug, told.facts["suggestion"], told.facts["code"]) == (Slug.DUPLICATE_NUMBER, "INV-104-1", "6140")
    other = refs(record, choices={"taken": "INV-104", "number": "INV-104-1"})
    renumbered = invoices.build(record, other)
    assert invoices_there.refused(record, other, renumbered, DUPLICATE) == Again({"taken": "INV-104-1"}, look=True)


def test_after_a_lost_answer_the_marker_and_what_it_says_make_it_ours() -> None:
    record = invoice(sold("1", "100", "8"))
    draft = invoices.build(record, refs(record))
    assert texts_of(invoices_there.find(draft, 0)) == [
        "SELECT * FROM Invoice WHERE CustomerRef = '70' AND MetaData.CreateTime >= '1969-12-31T23:50:00+00:00'",
        "SELECT * FROM Invoice WHERE DocNumber = 'INV-104'",
    ]
    ours = row(record, PrivateNote=f"x kz:{record.id}", TxnTaxDetail={"TotalTax": Decimal(8)})
    found = invoices_there.recognise(draft, [[row(record, "1"), ours], [ours]])
    assert found is not None
    assert found.remote_id == "266"
    their_tax = {"TxnTaxDetail": {"TotalTax": Decimal("8.10")}, "TotalAmt": Decimal("108.10")}
    assert invoices_there.recognise(draft, [[{**ours, **their_tax}]]) is not None
    assert invoices_there.recognise(draft, [[row(record)]]) is None


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"TotalAmt": Decimal(301)}, "total"),
        ({"CustomerRef": {"value": "9"}}, "customer"),
        ({"DocNumber": "INV-105"}, "number"),
        ({"CurrencyRef": {"value": "EUR"}}, "currency"),
    ],
)
def test_what_carries_our_marker_and_differs_is_nobodys_to_adopt(changed: dict[str, Any], word: str) -> None:
    record = invoice()
    draft = invoices.build(record, refs(record))
    ours = row(record, PrivateNote=f"kz:{record.id}", **changed)
    told = problem(lambda: invoices_there.recognise(draft, [[ours]]))
    assert (told.slug, told.subject) == (Slug.DIFFERS_THERE, str(record.id))
    assert word in told.facts["differs"]


def test_after_a_lost_answer_a_change_is_done_when_it_shows() -> None:
    record = invoice(sold("4", "75"), note="New")
    draft = invoices.build(record, refs(record, own=OWN))
    shown = {**draft.body, "SyncToken": "2", "CurrencyRef": {"value": "USD"}, "TotalAmt": 300}
    shown["Line"] = [*draft.body["Line"], {"DetailType": "SubTotalLineDetail", "Amount": 300}]
    assert invoices_there.recognise(draft, [[shown]]) is not None
    assert invoices_there.recognise(draft, [[{**shown, "CustomerMemo": {"value": "Old"}}]]) is None
    assert invoices_there.recognise(draft, [[{**shown, "Line": []}]]) is None


def test_after_a_lost_answer_a_void_is_done_when_nothing_is_left_of_it() -> None:
    record = replace(invoice(), state=InvoiceState.VOID)
    draft = invoices.build(record, refs(record, own=OWN))
    assert texts_of(invoices_there.find(draft, 0)) == ["SELECT * FROM Invoice WHERE Id = '266'"]
    gone = row(record, SyncToken="2", TotalAmt=0, Balance=0, PrivateNote="Voided")
    assert invoices_there.recognise(draft, [[gone]]) is not None
    assert invoices_there.recognise(draft, [[row(record, SyncToken="1")]]) is None
