"""Credit memos, what applies them, and refund receipts, as they are built and found."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Rejected, Slug
from kz_admin.domain.pushing import APPLIED, Again, Go, Key, Link, LinkedBy, Ref, Refs, Verb
from kz_admin.domain.records import AllocationRecord, CreditNoteRecord, InvoiceRecord
from kz_admin.providers.quickbooks import credit_notes_there, refunds_there, writes
from tests.unit.providers.quickbooks.ours import (
    CLIENT_ID,
    company,
    invoice,
    partners,
    problem,
    refs,
    refund,
    sold,
    texts_of,
)

MEMO = Ref("301", "CreditMemo", "0", customer="70", created_by_us=True)
BILLED = Ref("266", "Invoice", "1", customer="70", balance=300_00)


def credit(*goods: Any, of: UUID | None = None, settles: tuple[tuple[UUID, int], ...] = (), **changed: Any) -> Any:
    shared = {one.name for one in fields(CreditNoteRecord)} & {one.name for one in fields(InvoiceRecord)}
    sale = invoice(*(goods or (sold("1", "30"),)), number="CN-1")
    parts = tuple(AllocationRecord(invoice_id, amount) for invoice_id, amount in settles)
    same = {name: getattr(sale, name) for name in shared}
    return replace(CreditNoteRecord(**same, invoice_id=of, voided=False, allocations=parts), **changed)


def seen(record: Any, more: dict[Key, Ref] | None = None, **changed: Any) -> Refs:
    return refs(record, partners={**partners(), **(more or {})}, names={CLIENT_ID: "Ada Lund"}, **changed)


def applied(record: CreditNoteRecord, **changed: Any) -> Refs:
    there: dict[Key, Ref] = {(Kind.CREDIT_NOTE, record.id, ""): MEMO}
    there |= {(Kind.INVOICE, part.invoice_id, ""): BILLED for part in record.allocations[:1]}
    return seen(record, there, part=APPLIED, **changed)


def test_a_credit_memo_says_what_the_credit_note_says() -> None:
    record = credit(note="Sorry!")
    draft = credit_notes_there.build(record, seen(record))
    assert (draft.entity, draft.verb, draft.expected.total) == ("CreditMemo", Verb.CREATE, 30_00)
    assert draft.body["DocNumber"] == "CN-1"
    assert draft.body["PrivateNote"] == f"kz-admin credit note CN-1, kz:{record.id}"
    assert [line["Amount"] for line in draft.body["Line"]] == [Decimal("30.00")]
    assert "DueDate" not in draft.body


def test_it_stays_with_whom_its_invoice_was_booked_to() -> None:
    of = uuid4()
    record = credit(of=of)
    there = seen(record, {(Kind.INVOICE, of, ""): replace(BILLED, customer="71")})
    assert credit_notes_there.build(record, there).body["CustomerRef"] == {"value": "71"}


def test_a_later_change_is_an_update_and_a_void_a_delete() -> None:
    record = credit()
    changed = credit_notes_there.build(record, seen(record, own=MEMO))
    assert (changed.verb, changed.body["SyncToken"]) == (Verb.UPDATE, "0")
    assert writes.as_sent(changed)["CustomerMemo"] == {"value": ""}
    gone = credit_notes_there.build(replace(record, voided=True), seen(record, own=MEMO))
    assert (gone.verb, gone.operation, gone.body) == (Verb.REMOVE, "delete", {"Id": "301", "SyncToken": "0"})


def test_it_is_applied_by_a_payment_of_nothing_to_what_is_over_there() -> None:
    first, second = uuid4(), uuid4()
    record = credit(settles=((first, 20_00), (second, 10_00)))
    draft = credit_notes_there.build(record, applied(record))
    assert (draft.entity, draft.body["TotalAmt"], draft.expected.total) == ("Payment", 0, 0)
    lines = [(line["LinkedTxn"][0]["TxnType"], line["Amount"]) for line in draft.body["Line"]]
    assert lines == [("Invoice", Decimal("20.00")), ("CreditMemo", Decimal("20.00"))]


def test_invoices_of_another_customer_are_not_settled_with_it() -> None:
    record = credit(settles=((uuid4(), 20_00),))
    there = applied(record)
    elsewhere = {key: replace(ref, customer="9") if ref is BILLED else ref for key, ref in there.partners.items()}
    told = problem(lambda: credit_notes_there.build(record, replace(there, partners=elsewhere)))
    assert told.slug is Slug.WRONG_CUSTOMER_LINK


def test_what_somebody_applied_already_is_linked_after_their_refusal() -> None:
    record = credit(settles=((uuid4(), 20_00),))
    there = applied(record)
    draft = credit_notes_there.build(record, there)
    refusal = Rejected("more than the open balance", code="6000", status=400)
    assert credit_notes_there.refused(record, there, draft, refusal) == Again(look=True)
    looking = replace(there, choices={"look": "1"})
    assert "TotalAmt = '0'" in credit_notes_there.asked(record, looking)[0].statement
    row = {"Id": "310", "SyncToken": "0", "TotalAmt": Decimal(0), "CurrencyRef": {"value": "USD"}, **draft.body}
    row["PrivateNote"] = "Created by QuickBooks Online to link credits to charges."
    found = credit_notes_there.decide(record, looking, [[row]])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("310", LinkedBy.MATCH)
    assert credit_notes_there.decide(record, looking, [[]]) == Go()
    again = credit_notes_there.refused(record, looking, draft, refusal)
    assert getattr(again, "slug", None) is Slug.UNKNOWN  # with their own words


def row_of(record: CreditNoteRecord, note: str, total: str = "30.00") -> dict[str, Any]:
    money = {"TotalAmt": Decimal(total), "CurrencyRef": {"value": "USD"}}
    return {"Id": "301", "DocNumber": "CN-1", "CustomerRef": {"value": "70"}, "PrivateNote": note, **money}


def test_a_credit_memo_that_is_there_is_found_and_another_of_its_number_is_not_taken_for_it() -> None:
    record = credit()
    looking = seen(record, look_first=True)
    assert len(credit_notes_there.asked(record, looking)) == 2
    ours = credit_notes_there.decide(record, looking, [[row_of(record, f"kz:{record.id}")], []])
    assert isinstance(ours, Link)
    assert ours.how is LinkedBy.CREATED
    same = credit_notes_there.decide(record, looking, [[row_of(record, "by hand")], []])
    assert isinstance(same, Link)
    other = row_of(record, "by hand", "31.00")
    told = problem(lambda: credit_notes_there.decide(record, looking, [[], [other]]))
    assert (told.slug, told.facts["remote_id"]) == (Slug.DUPLICATE_NUMBER, "301")
    after_restore = replace(looking, remembered=frozenset())
    forgotten = row_of(record, f"kz-admin credit note CN-1, kz:{uuid4()}")
    assert isinstance(credit_notes_there.decide(record, after_restore, [[forgotten], []]), Link)


def test_a_delete_whose_answer_was_lost_shows_in_that_nothing_is_there() -> None:
    record = credit(voided=True)
    draft = credit_notes_there.build(record, seen(record, own=MEMO))
    found = credit_notes_there.recognise(draft, [[]])
    assert found is not None
    assert (found.remote_type, found.remote_id) == ("CreditMemo", "301")
    assert credit_notes_there.recognise(draft, [[row_of(record, "kz:")]]) is None


def test_a_refund_leaves_the_account_of_its_way_of_paying() -> None:
    record = refund()
    assert problem(lambda: refunds_there.PUSHER.build(record, seen(record))).cause == "account_missing:deposit"
    accounts = {"income": "82", "deposit": "35", "deposit/card": "36"}
    body = refunds_there.PUSHER.build(record, seen(record, accounts=accounts)).body
    assert body["DepositToAccountRef"] == {"value": "36"}
    assert [(line["Amount"], line["Description"]) for line in body["Line"]] == [(Decimal("40.00"), "Refund re_8812")]
    none_on_purpose = {**accounts, "deposit/card": ""}
    body = refunds_there.PUSHER.build(record, seen(record, accounts=none_on_purpose)).body
    assert body["DepositToAccountRef"] == {"value": "35"}


def test_a_refund_outside_the_us_goes_under_the_code_for_no_tax() -> None:
    record = refund(currency="GBP")
    there = company("GB", "GBP", exempt_code="4")
    seen_there = replace(
        seen(record, accounts={"income": "82", "deposit": "35"}, there=there), partners=partners("GBP")
    )
    body = refunds_there.PUSHER.build(record, seen_there).body
    assert body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "4"}


@pytest.mark.parametrize(("note", "how"), [("kz:{}", LinkedBy.CREATED), ("by hand", LinkedBy.MATCH)])
def test_a_refund_that_is_there_is_linked(note: str, how: LinkedBy) -> None:
    record = refund()
    looking = seen(record, look_first=True)
    row = {"Id": "9", "TotalAmt": Decimal("40.00"), "CurrencyRef": {"value": "USD"}}
    found = refunds_there.decide(record, looking, [[{**row, "PrivateNote": note.format(record.id)}]])
    assert isinstance(found, Link)
    assert found.how is how
    strange = {**row, "PrivateNote": f"kz:{uuid4()}"}
    assert refunds_there.decide(record, looking, [[strange]]) == Go()


def test_after_a_restore_a_receipt_of_another_refund_is_left_alone_and_a_strangers_is_a_question() -> None:
    record, twin = refund(), f"kz:{uuid4()}"
    restored = seen(record, look_first=True, remembered=frozenset({twin}))
    row = {"Id": "9", "TotalAmt": Decimal("40.00"), "CurrencyRef": {"value": "USD"}, "PrivateNote": twin}
    assert refunds_there.decide(record, restored, [[row]]) == Go()
    forgotten = {**row, "Id": "10", "PrivateNote": f"kz:{uuid4()}"}
    for rows in ([row, forgotten], [forgotten, {**row, "Id": "11", "PrivateNote": "by hand"}]):
        told = problem(lambda rows=rows: refunds_there.decide(record, restored, [rows]))  # type: ignore[misc]
        assert told.slug is Slug.SEVERAL_MATCHES
    chosen = replace(restored, choices={"link": "10"})
    assert texts_of(refunds_there.asked(record, chosen)) == ["SELECT * FROM RefundReceipt WHERE Id = '10'"]
    linked = refunds_there.decide(record, chosen, [[forgotten]])
    assert isinstance(linked, Link)
    assert linked.how is LinkedBy.PERSON
    assert problem(lambda: refunds_there.decide(record, chosen, [[]])).slug is Slug.GONE_THERE
