"""Payments: what is booked where, and never more than is open over there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from kz_admin.domain.kinds import Kind
from kz_admin.domain.payments import Method
from kz_admin.domain.problems import Problem, Rejected, Slug
from kz_admin.domain.pushing import Again, Go, Link, LinkedBy, Ref, Refs, Verb, Wait
from kz_admin.domain.records import PaymentRecord
from kz_admin.providers.quickbooks import payments, payments_there
from tests.unit.providers.quickbooks.ours import CLIENT_ID, company, payment, problem, refs, settled, texts_of

FIRST, SECOND = uuid4(), uuid4()
THERE = Ref("266", "Invoice", "0", "INV-104", customer="70", balance=30000)


def beside(record: PaymentRecord, *refs_of: tuple[UUID, Ref], **more: Any) -> Refs:
    return refs(record, partners=settled(*(refs_of or ((FIRST, THERE),))), **more)


def body(record: PaymentRecord, *refs_of: tuple[UUID, Ref], **more: Any) -> dict[str, Any]:
    return dict(payments_there.build(record, beside(record, *refs_of, **more)).body)


def applied(said: dict[str, Any]) -> dict[str, Decimal]:
    return {line["LinkedTxn"][0]["TxnId"]: line["Amount"] for line in said["Line"]}


def row(remote_id: str = "125", amount: str = "300.00", **more: Any) -> dict[str, Any]:
    return {
        "Id": remote_id,
        "SyncToken": "0",
        "CustomerRef": {"value": "70"},
        "CurrencyRef": {"value": "USD"},
        "TotalAmt": Decimal(amount),
        "TxnDate": "2026-03-05",
        "Line": [{"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": "266", "TxnType": "Invoice"}]}],
        **more,
    }


def invoice_row(balance: str = "300.00", **more: Any) -> dict[str, Any]:
    return {
        "Id": "266",
        "CustomerRef": {"value": "70"},
        "CurrencyRef": {"value": "USD"},
        "Balance": Decimal(balance),
        "MetaData": {"CreateTime": "2026-03-02T05:58:16-08:00"},
        **more,
    }


# -- building -------------------------------------------------------------------------------------------------


def test_a_full_payment_says_amount_day_reference_and_invoice() -> None:
    record = payment((FIRST, 30000), reference="ch_8812")
    assert body(record, methods={"card": "3"}) == {
        "CustomerRef": {"value": "70"},
        "TotalAmt": Decimal("300.00"),
        "TxnDate": "2026-03-05",
        "PaymentRefNum": "ch_8812",
        "PaymentMethodRef": {"value": "3"},
        "PrivateNote": f"kz-admin payment, kz:{record.id}",
        "Line": [{"Amount": Decimal("300.00"), "LinkedTxn": [{"TxnId": "266", "TxnType": "Invoice"}]}],
    }


def test_a_part_of_an_invoice_several_invoices_and_what_is_unused() -> None:
    record = payment((FIRST, 10000), (SECOND, 5000), amount=20000)
    said = body(record, (FIRST, THERE), (SECOND, replace(THERE, remote_id="267")))
    assert applied(said) == {"266": Decimal("100.00"), "267": Decimal("50.00")}
    assert said["TotalAmt"] == Decimal("200.00")


def test_what_is_not_over_there_takes_no_money_there() -> None:
    said = body(payment((FIRST, 10000), (SECOND, 5000)))
    assert said["TotalAmt"] == Decimal("100.00")
    assert applied(said) == {"266": Decimal("100.00")}


def test_never_more_than_is_open_the_rest_is_the_customers_credit() -> None:
    said = body(payment((FIRST, 30000)), (FIRST, replace(THERE, balance=29999)))
    assert applied(said) == {"266": Decimal("299.99")}
    assert said["TotalAmt"] == Decimal("300.00")


def test_a_change_is_not_clamped_by_what_it_took_itself() -> None:
    own = Ref("125", "Payment", "2", created_by_us=True)
    record = payment((FIRST, 30000))
    draft = payments_there.build(record, beside(record, (FIRST, replace(THERE, balance=0)), own=own))
    assert draft.verb is Verb.UPDATE
    assert applied(dict(draft.body)) == {"266": Decimal("300.00")}
    matched = beside(record, own=replace(own, created_by_us=False))
    assert "PrivateNote" not in payments_there.build(record, matched).body


def test_a_long_reference_is_cut_and_kept_whole_in_the_note() -> None:
    said = body(payment((FIRST, 100), reference="pi_3NxYzAbCdEfGhIjKlMnOpQr"))
    assert said["PaymentRefNum"] == "pi_3NxYzAbCdEfGhIjKlM"
    assert "pi_3NxYzAbCdEfGhIjKlMnOpQr" in said["PrivateNote"]


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ({}, None),
        ({"deposit": "35"}, "35"),
        ({"deposit": ""}, None),
        ({"deposit": "35", "deposit/cheque": "36"}, "36"),
        ({"deposit": "35", "deposit/cheque": ""}, None),
        ({"deposit": "35", "deposit/e_transfer": "36"}, "35"),
    ],
)
def test_the_row_of_the_method_goes_before_the_default_account(accounts: dict[str, str], expected: str | None) -> None:
    said = body(payment((FIRST, 100), method=Method.CHEQUE), accounts=accounts)
    assert said.get("DepositToAccountRef") == ({"value": expected} if expected else None)


def test_a_currency_is_named_where_there_are_several() -> None:
    said = body(payment((FIRST, 100), currency="EUR"), there=company(multicurrency=True))
    assert said["CurrencyRef"] == {"value": "EUR"}


def test_invoices_of_two_customers_are_two_payments_and_what_is_unused_goes_with_the_first() -> None:
    record = payment((FIRST, 100), (SECOND, 250), amount=400)
    two = ((FIRST, THERE), (SECOND, replace(THERE, remote_id="267", customer="71")))
    main = beside(record, *two)
    assert payments.further(record, main) == ["71"]
    said = payments_there.build(record, main).body
    assert (said["CustomerRef"], said["TotalAmt"]) == ({"value": "70"}, Decimal("1.50"))
    assert applied(dict(said)) == {"266": Decimal("1.00")}
    other = replace(main, part="71", marker=f"{main.marker}/71")
    said = payments_there.build(record, other).body
    assert (said["CustomerRef"], said["TotalAmt"]) == ({"value": "71"}, Decimal("2.50"))
    assert applied(dict(said)) == {"267": Decimal("2.50")}
    assert str(said["PrivateNote"]).endswith(f"kz:{record.id}/71")
    own = replace(main, own=Ref("125", "Payment", "0", customer="71", created_by_us=True))
    assert payments.further(record, own) == ["70"]  # it stays with whom it was booked to
    looking = replace(other, look_first=True)
    mine = row(PrivateNote=f"kz:{record.id}", TotalAmt=Decimal("2.50"))
    found = payments_there.decide(record, looking, [[mine], [invoice_row(Id="267")]])
    assert isinstance(found, Link)  # of one customer it is this document's, whichever part it was then
    gone = replace(other, part="72")
    assert problem(lambda: payments_there.build(record, gone)).slug is Slug.WRONG_CUSTOMER_LINK


def test_money_without_an_invoice_goes_to_the_client() -> None:
    record = payment(amount=5000)
    known = refs(record, partners={(Kind.CLIENT, CLIENT_ID, "USD"): Ref("70")})
    said = payments_there.build(record, known).body
    assert (said["CustomerRef"], said["TotalAmt"], said["Line"]) == ({"value": "70"}, Decimal("50.00"), [])
    assert problem(lambda: payments_there.build(record, refs(record))).slug is Slug.CUSTOMER_MISSING


def test_a_voided_one_is_voided() -> None:
    record = payment((FIRST, 100), voided=True)
    draft = payments_there.build(record, beside(record, own=Ref("125", version="2")))
    assert (draft.verb, draft.operation, draft.remote_id) == (Verb.REMOVE, "void", "125")
    assert problem(lambda: payments_there.build(record, beside(record))).slug is Slug.GONE_THERE


# -- looking --------------------------------------------------------------------------------------------------


def test_nothing_is_asked_without_a_reason() -> None:
    record = payment((FIRST, 30000))
    assert payments_there.asked(record, beside(record)) == []
    assert payments_there.decide(record, beside(record), []) == Go()


@pytest.mark.parametrize(
    "reason", [{"look_first": True}, {"paid_by_provider": True}, {"choices": {"look": "1"}}], ids=str
)
def test_with_a_reason_payments_and_invoice_are_asked_for(reason: dict[str, Any]) -> None:
    record = payment((FIRST, 30000))
    assert texts_of(payments_there.asked(record, beside(record, **reason))) == [
        "SELECT * FROM Payment WHERE CustomerRef = '70'",
        "SELECT * FROM Invoice WHERE Id = '266'",
    ]


def test_less_open_than_paid_is_a_reason_by_itself() -> None:
    record = payment((FIRST, 30000))
    assert len(payments_there.asked(record, beside(record, (FIRST, replace(THERE, balance=0))))) == 2


def test_the_same_amount_on_the_same_invoice_is_the_same_payment() -> None:
    record = payment((FIRST, 30000))
    looking = beside(record, paid_by_provider=True)
    found = payments_there.decide(record, looking, [[row("1", "10"), row()], [invoice_row("0")]])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("125", LinkedBy.MATCH)
    marked = payments_there.decide(record, looking, [[row(PrivateNote=f"kz:{record.id}")], [invoice_row("0")]])
    assert isinstance(marked, Link)
    assert marked.how is LinkedBy.CREATED


def test_another_documents_payment_is_not_taken() -> None:
    record = payment((FIRST, 30000))
    looking = beside(record, look_first=True)
    other = row(PrivateNote="kz:00000000-0000-0000-0000-000000000000")
    assert isinstance(payments_there.decide(record, looking, [[other], [invoice_row()]]), Go)


def test_after_a_restore_a_payment_under_a_marker_nobody_knows_is_the_forgotten_one() -> None:
    record, beside_it = payment((FIRST, 30000)), f"kz:{uuid4()}"
    restored = beside(record, look_first=True, remembered=frozenset({beside_it}))
    rows = [row("1", PrivateNote=beside_it), row("2", PrivateNote=f"kz:{uuid4()}")]
    found = payments_there.decide(record, restored, [rows, [invoice_row("0")]])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("2", LinkedBy.MATCH)


def test_of_two_equal_ones_the_day_decides_else_a_person() -> None:
    record = payment((FIRST, 30000))
    looking = beside(record, look_first=True)
    rows = [row("1", TxnDate="2026-03-01"), row("2")]
    found = payments_there.decide(record, looking, [rows, [invoice_row("0")]])
    assert isinstance(found, Link)
    assert found.remote.remote_id == "2"
    same_day = [row("1"), row("2")]
    told = problem(lambda: payments_there.decide(record, looking, [same_day, [invoice_row("0")]]))
    assert told.slug is Slug.SEVERAL_MATCHES
    chosen = beside(record, choices={"link": "2"})
    linked = payments_there.decide(record, chosen, [[row("2")]])
    assert isinstance(linked, Link)
    assert linked.how is LinkedBy.PERSON


def test_quickbooks_payments_is_waited_for_only_if_it_knew_the_invoice_before() -> None:
    paid_at = 1_772_460_000_000  # after the invoice of the row was made over there
    record = payment((FIRST, 30000), created_at=paid_at, method=Method.QUICKBOOKS_PAYMENTS)
    looking = beside(record, paid_by_provider=True)
    assert isinstance(payments_there.decide(record, looking, [[], [invoice_row()]]), Wait)
    later = {"MetaData": {"CreateTime": "2026-03-02T08:00:00-08:00"}}
    assert isinstance(payments_there.decide(record, looking, [[], [invoice_row(**later)]]), Go)
    together = {"MetaData": {"CreateTime": "2026-03-02T05:59:59-08:00"}}  # a second before, by another clock
    assert isinstance(payments_there.decide(record, looking, [[], [invoice_row(**together)]]), Go)


def test_what_was_just_read_clamps_what_is_sent() -> None:
    record = payment((FIRST, 30000))
    looking = beside(record, choices={"look": "1"})
    go = payments_there.decide(record, looking, [[], [invoice_row("120.50")]])
    assert isinstance(go, Go)
    seen = beside(record, choices={"look": "1", **go.choices})
    assert applied(dict(payments_there.build(record, seen).body)) == {"266": Decimal("120.50")}
    long_ago = beside(record, choices=go.choices)
    assert applied(dict(payments_there.build(record, long_ago).body)) == {"266": Decimal("300.00")}


@pytest.mark.parametrize(
    ("rows", "slug"),
    [
        ([], Slug.INVOICE_GONE),
        ([invoice_row("0")], Slug.DIFFERS_THERE),
        ([invoice_row(CustomerRef={"value": "99"})], Slug.WRONG_CUSTOMER_LINK),
    ],
)
def test_an_invoice_that_takes_no_money_from_us_is_a_question(rows: list[dict[str, Any]], slug: Slug) -> None:
    record = payment((FIRST, 30000))
    looking = beside(record, choices={"look": "1"})
    told = problem(lambda: payments_there.decide(record, looking, [[], rows]))
    assert (told.slug, told.facts["number"], told.facts["remote_id"]) == (slug, "INV-104", "266")


# -- refused and lost -------------------------------------------------------------------------------------------


def test_a_refusal_is_a_reason_to_read_and_the_second_one_is_told() -> None:
    record = payment((FIRST, 30000))
    draft = payments_there.build(record, beside(record))
    failure = Rejected("Business Validation Error: more than the open balance", code="6000", reference="tid-1")
    assert payments_there.refused(record, beside(record), draft, failure) == Again(look=True)
    looked = beside(record, choices={"look": "1"})
    told = payments_there.refused(record, looked, draft, failure)
    assert isinstance(told, Problem)
    assert (told.slug, told.facts["words"], told.facts["reference"]) == (Slug.PAYMENT_TOO_BIG, failure.words, "tid-1")


def test_after_a_lost_answer_its_marker_makes_it_ours() -> None:
    record = payment((FIRST, 30000))
    draft = payments_there.build(record, beside(record))
    assert texts_of(payments_there.find(draft, 0))[0].startswith("SELECT * FROM Payment WHERE CustomerRef = '70' AND ")
    assert payments_there.recognise(draft, [[row(), row("2", PrivateNote=f"kz:{record.id}")]]) is not None
    assert payments_there.recognise(draft, [[row()]]) is None
    less = row(PrivateNote=f"kz:{record.id}", TotalAmt=Decimal(1))
    assert problem(lambda: payments_there.recognise(draft, [[less]])).slug is Slug.DIFFERS_THERE
