"""Invoices as they are built."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from kz_admin.domain.drafts import as_text, content_hash, from_text
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.problems import Rejected, Slug
from kz_admin.domain.pushing import Ref, Verb
from kz_admin.providers.quickbooks import invoices
from tests.unit.providers.quickbooks.ours import company, invoice, problem, refs, sold

OWN = Ref("266", "Invoice", "1", number="INV-104", customer="70", created_by_us=True)
DUPLICATE = Rejected("DocNumber=INV-104 is assigned to TxnType=Invoice with TxnId=266", code="6140", status=400)


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
