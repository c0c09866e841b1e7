"""Numbers that are taken over there: the rule decides, and what is given is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kz_admin.domain.names import number_endings
from kz_admin.domain.presets import ON_PAID, NumberClash
from kz_admin.domain.problems import Rejected, Slug
from kz_admin.domain.pushing import Again, Go, Ref
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.quickbooks import invoices, invoices_there, numbering
from tests.unit.providers.quickbooks.ours import company, invoice, problem, refs, texts_of
from tests.unit.providers.quickbooks.test_invoices_there import row

OTHERS = {"CustomerRef": {"value": "99", "name": "Bo Berg"}}


def ruled(record: InvoiceRecord, rule: NumberClash, **more: Any) -> Any:
    choices = {"taken": record.number, "look": "1", **more.pop("choices", {})}
    return replace(refs(record, choices=choices, **more), settings=replace(ON_PAID, number_clash=rule))


def test_endings_count_up_and_stay_short_enough() -> None:
    assert number_endings("INV-104", 21)[:2] == ["INV-104-1", "INV-104-2"]
    assert number_endings("X" * 21, 21)[9] == "X" * 18 + "-10"
    assert max(map(len, number_endings("X" * 30, 21))) == 21


def test_the_next_free_ending_is_looked_up_before_anything_is_sent() -> None:
    record = invoice()
    told = ruled(record, NumberClash.NEXT_FREE, our_numbers=frozenset({"inv-104-2"}))
    (_, asked) = texts_of(invoices_there.asked(record, told))
    assert asked.startswith("SELECT * FROM Invoice WHERE DocNumber IN ('INV-104', 'INV-104-1', 'INV-104-2', ")
    there = [row(record, **OTHERS), row(record, "9", **OTHERS, DocNumber="inv-104-1")]
    assert invoices_there.decide(record, told, [[], there]) == Go({"number": "INV-104-3"})


def test_their_word_counts_although_nothing_is_found() -> None:
    """Another kind of document may have it, and other letters may be the same number to them."""
    record = invoice()
    assert invoices_there.decide(record, ruled(record, NumberClash.NEXT_FREE), [[], []]) == Go({"number": "INV-104-1"})
    assert invoices_there.decide(record, ruled(record, NumberClash.ASK), [[], []]) == Go()


def test_a_number_taken_at_the_same_moment_is_passed_over() -> None:
    record = invoice()
    raced = ruled(record, NumberClash.NEXT_FREE, choices={"number": "INV-104-1"})
    draft = invoices.build(record, raced)
    refused = Rejected(code="6140", status=400)
    assert invoices_there.refused(record, raced, draft, refused) == Again({"taken": "INV-104-1"}, look=True)
    told = ruled(record, NumberClash.NEXT_FREE, choices={"number": "INV-104-1", "taken": "INV-104-1"})
    assert invoices_there.decide(record, told, [[], []]) == Go({"number": "INV-104-2"})


def test_they_number_it_where_the_rule_says_so() -> None:
    record = invoice()
    told = ruled(record, NumberClash.THEIRS)
    assert invoices_there.decide(record, told, [[], [row(record, **OTHERS)]]) == Go({"number": numbering.AUTO})
    draft = invoices.build(record, ruled(record, NumberClash.THEIRS, choices={"number": numbering.AUTO}))
    assert (draft.body["DocNumber"], draft.expected.number) == (numbering.AUTO, "")
    own = Ref("266", "Invoice", "1", number="1071", customer="70", created_by_us=True)
    later = invoices.build(record, ruled(record, NumberClash.THEIRS, own=own, choices={"number": numbering.AUTO}))
    assert later.body["DocNumber"] == "1071"


@pytest.mark.parametrize("rule", list(NumberClash))
def test_what_may_be_the_same_invoice_entered_by_hand_is_asked_about(rule: NumberClash) -> None:
    """Looked for since it is older than the connection: same number, same customer, another total."""
    record = invoice()
    older = replace(refs(record, look_first=True), settings=replace(ON_PAID, number_clash=rule))
    told = problem(lambda: invoices_there.decide(record, older, [[], [row(record, TotalAmt=299)]]))
    assert (told.slug, told.facts["differs"]) == (
        Slug.DUPLICATE_NUMBER,
        "its total is 299.00 USD, ours 300.00 USD",
    )


def test_a_person_hears_who_has_it_and_what_is_free() -> None:
    record = invoice()
    told = ruled(record, NumberClash.ASK)
    there = [row(record, **OTHERS), row(record, "9", **OTHERS, DocNumber="INV-104-1")]
    asked = problem(lambda: invoices_there.decide(record, told, [[], there]))
    assert (asked.facts["suggestion"], asked.facts["differs"]) == ("INV-104-2", "it is of Bo Berg")


def test_linking_says_no_where_both_sides_differ() -> None:
    record = invoice()
    chosen = refs(record, choices={"link": "266"})
    other = row(record, TotalAmt=299)
    assert problem(lambda: invoices_there.decide(record, chosen, [[other]])).slug is Slug.DUPLICATE_NUMBER
    other["DocNumber"] = "X-1"
    assert problem(lambda: invoices_there.decide(record, chosen, [[other]])).slug is Slug.DIFFERS_THERE


def test_what_was_given_is_kept_even_when_the_choice_was_forgotten() -> None:
    record = invoice()
    own = Ref("266", "Invoice", "1", number="INV-104-1", customer="70", created_by_us=True)
    draft = invoices.build(record, refs(record, own=own))
    assert draft.body["DocNumber"] == "INV-104-1"
    assert draft.expected.said == "Numbered INV-104-1 in QuickBooks, where INV-104 was taken."


def test_where_they_count_no_number_is_taken() -> None:
    record = invoice()
    told = ruled(record, NumberClash.NEXT_FREE, there=company(own_numbers=False))
    assert invoices_there.decide(record, told, [[], [row(record, **OTHERS)]]) == Go()
    assert not isinstance(numbering.sent(record, told), str)
