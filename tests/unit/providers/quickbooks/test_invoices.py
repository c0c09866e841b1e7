"""Invoices as they are built, looked for, recognised and refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kz_admin.domain.drafts import as_text, content_hash, from_text
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.problems import Problem, Rejected, Slug, Unfit
from kz_admin.domain.pushing import Again, Go, Link, LinkedBy, Ref, Verb
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.quickbooks import invoices, invoices_there
from tests.unit.providers.quickbooks.ours import company, invoice, refs, sold, texts_of

OWN = Ref("266", "Invoice", "1", number="INV-104", customer="70", created_by_us=True)
DUPLICATE = Rejected("DocNumber=INV-104 is assigned to TxnType=Invoice with TxnId=266", code="6140", status=400)


def problem(run: Any) -> Problem:
    with pytest.raises(Unfit) as told:
        run()
    return told.value.problem


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


# -- building -------------------------------------------------------------------------------------------------


def test_an_invoice_says_what_it_says_here() -> None:
    record = invoice(sold("4", "75", words="Design, 4 h"), note="Thank you!")
    draft = invoices.build(record, refs(record))
    assert draft.body == {
        "CustomerRef": {"value": "70"},
        "DocNumber": "INV-104",
        "TxnDate": "2026-03-02",
        "DueDate": "2026-04-01",
        "PrivateNote": f"kz-admin invoice INV-104, kz:{record.id}",
        "CustomerMemo": {"value": "Thank you!"},
        "Line": [
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": Decimal("300.00"),
                "Description": "Design, 4 h",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "31"},
                    "Qty": Decimal(4),
                    "UnitPrice": Decimal(75),
                    "TaxCodeRef": {"value": "NON"},
                },
            }
        ],
    }
    expected = draft.expected
    assert (expected.marker, expected.number, expected.customer) == (f"kz:{record.id}", "INV-104", "70")
    assert (expected.currency, expected.total) == ("USD", 30000)
    assert from_text(as_text(draft)) == draft


def test_a_company_that_numbers_by_itself_gets_no_number() -> None:
    record = replace(invoice(), number="X" * 30)
    draft = invoices.build(record, refs(record, there=company(own_numbers=False)))
    assert "DocNumber" not in draft.body
    assert draft.expected.number == ""
    assert record.number in draft.body["PrivateNote"]


def test_a_number_that_is_too_long_is_told_and_another_one_goes() -> None:
    record = replace(invoice(), number="X" * 22)
    told = problem(lambda: invoices.build(record, refs(record)))
    assert told.slug is Slug.NUMBER_TOO_LONG
    assert (told.facts["limit"], told.facts["length"]) == ("21", "22")
    assert invoices.build(record, refs(record, choices={"number": "X1"})).body["DocNumber"] == "X1"


def test_a_foreign_currency_is_refused_where_there_is_only_one() -> None:
    record = invoice(currency="EUR")
    told = problem(lambda: invoices.build(record, refs(record)))
    assert (told.slug, told.subject) == (Slug.CURRENCY_OFF, "EUR")
    facts = (told.facts["document"], told.facts["currency"], told.facts["company_currency"])
    assert facts == ("INV-104", "EUR", "USD")
    several = refs(record, there=company(multicurrency=True))
    assert invoices.build(record, several).body["CurrencyRef"] == {"value": "EUR"}


def test_long_words_are_cut_and_the_note_never_asks_to_send_mail() -> None:
    record = invoice(sold("1", "1", words="w" * 5000), note="n" * 2000)
    body = invoices.build(record, refs(record)).body
    assert len(body["Line"][0]["Description"]) == 4000
    assert len(body["CustomerMemo"]["value"]) == 1000
    assert "EmailStatus" not in body


def test_us_tax_is_taxed_or_not_by_line_and_ours_in_total() -> None:
    record = invoice(sold("1", "100", "8.25"), sold("1", "50"))
    body = invoices.build(record, refs(record)).body
    assert [line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in body["Line"]] == ["TAX", "NON"]
    assert body["TxnTaxDetail"] == {"TotalTax": Decimal("8.25")}
    discounted = invoice(sold("1", "100", "8"), discount=1000)
    assert invoices.build(discounted, refs(discounted)).body["ApplyTaxAfterDiscount"] is True


def test_tax_where_sales_tax_is_off_is_a_problem() -> None:
    record = invoice(sold("1", "100", "8"))
    off = company(taxes=False)
    assert problem(lambda: invoices.build(record, refs(record, there=off))).slug is Slug.TAX_OFF
    untaxed = invoice()
    body = invoices.build(untaxed, refs(untaxed, there=off)).body
    assert "TaxCodeRef" not in body["Line"][0]["SalesItemLineDetail"]


def test_outside_the_us_untaxed_lines_are_exempt_and_taxed_ones_need_a_mapping() -> None:
    record = invoice(currency="CAD")
    canada = company("CA", "CAD", exempt_code="5")
    body = invoices.build(record, refs(record, there=canada)).body
    assert body["GlobalTaxCalculation"] == "TaxExcluded"
    assert body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "5"}
    none = problem(lambda: invoices.build(record, refs(record, there=company("CA", "CAD", exempt_code=""))))
    assert (none.slug, none.facts["tax"]) == (Slug.TAX_UNMAPPED, "Exempt")
    taxed = invoice(sold("1", "100", "13"), currency="CAD")
    told = problem(lambda: invoices.build(taxed, refs(taxed, there=canada)))
    assert (told.slug, told.facts["tax"]) == (Slug.TAX_UNMAPPED, "Sales tax")


def test_a_change_says_the_same_as_the_create_so_equal_content_is_not_sent() -> None:
    record = invoice(note="x")
    created = invoices.build(record, refs(record))
    changed = invoices.build(record, refs(record, own=OWN))
    assert (changed.verb, changed.remote_id) == (Verb.UPDATE, "266")
    assert changed.body == {"Id": "266", "SyncToken": "1", **created.body}
    assert content_hash(changed) == content_hash(created)


def test_a_change_stays_with_whom_it_was_booked_to_and_leaves_a_matched_ones_note() -> None:
    record = invoice()
    matched = replace(OWN, customer="71", created_by_us=False)
    draft = invoices.build(record, refs(record, own=matched))
    assert draft.body["CustomerRef"] == {"value": "71"}
    assert not {"PrivateNote", "DocNumber"} & draft.body.keys()
    assert draft.expected.marker == ""


def test_a_voided_one_is_voided() -> None:
    record = replace(invoice(), state=InvoiceState.VOID)
    draft = invoices.build(record, refs(record, own=OWN))
    assert (draft.verb, draft.operation) == (Verb.REMOVE, "void")
    assert draft.body == {"Id": "266", "SyncToken": "1"}
    assert problem(lambda: invoices.build(record, refs(record))).slug is Slug.GONE_THERE


def test_without_its_customer_or_item_it_is_not_built() -> None:
    record = invoice()
    assert problem(lambda: invoices.build(record, refs(record, partners={}))).slug is Slug.CUSTOMER_MISSING
    only_client = {key: ref for key, ref in refs(record).partners.items() if key[0] == "client"}
    assert problem(lambda: invoices.build(record, refs(record, partners=only_client))).slug is Slug.ACCOUNT_MISSING


# -- looking --------------------------------------------------------------------------------------------------


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
