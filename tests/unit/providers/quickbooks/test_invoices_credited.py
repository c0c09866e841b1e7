"""A voided invoice in closed books: whether it is credited, the credit memo, and the payment that applies it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.presets import ON_PAID, ClosedPeriod
from kz_admin.domain.problems import Rejected, Slug
from kz_admin.domain.pushing import (
    ASKED,
    CREDIT,
    CREDITED,
    CREDITED_APPLIED,
    DECIDED,
    Again,
    Go,
    Link,
    LinkedBy,
    Needless,
    Ref,
    Refs,
    Verb,
)
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.quickbooks import invoices, invoices_there
from tests.unit.providers.quickbooks.ours import company, invoice, problem, refs, sold, texts_of

CLOSED = company(closed_until="2026-03-31")
VOIDED = invoice(sold("4", "75", "10"), state=InvoiceState.VOID, voided_on="2026-03-20")  # of 2 March, over 330.00
OWN = Ref("266", "Invoice", "1", customer="70", created_by_us=True, dated="2026-03-02", total=330_00, balance=330_00)
MEMO = Ref("301", "CreditMemo", "0", customer="70", created_by_us=True)
PARTS = (CREDITED, CREDITED_APPLIED)
THERE = {"Id": "266", "SyncToken": "1", "TotalAmt": Decimal(330), "CustomerRef": {"value": "70"}}


def itself(rule: ClosedPeriod = ClosedPeriod.CREDIT_NOTE, record: Any = VOIDED, **more: Any) -> Refs:
    """The invoice's own record, on its way to be voided."""
    made = refs(record, **{"there": CLOSED, "own": OWN, **more})
    return replace(made, settings=replace(ON_PAID, closed_period=rule))


def part(name: str, record: InvoiceRecord = VOIDED, of: Ref = OWN, **more: Any) -> Refs:
    partners = {(Kind.INVOICE, record.id, ""): of, (Kind.INVOICE, record.id, CREDITED): MEMO}
    said = {"there": CLOSED, "part": name, "marker": f"kz:{record.id}/{name}", "partners": partners}
    made = refs(record, **{**said, **more})
    return replace(made, settings=replace(ON_PAID, closed_period=ClosedPeriod.CREDIT_NOTE))


def sent(record: InvoiceRecord = VOIDED, **more: Any) -> Ref:
    """With what was sent for it while it counted."""
    before = replace(record, state=InvoiceState.PAID)
    return replace(OWN, sent=invoices.build(before, refs(before)), **more)


def parts(told: Refs, *answers: Any, record: Any = VOIDED) -> Any:
    assert invoices_there.PUSHER.instead is not None
    return invoices_there.PUSHER.instead.parts(record, told, answers)


def questions(told: Refs, record: Any = VOIDED) -> list[str]:
    assert invoices_there.PUSHER.instead is not None
    return texts_of(invoices_there.PUSHER.instead.questions(record, told))


# -- whether ------------------------------------------------------------------------------------------------------


def test_by_the_rule_or_by_a_persons_word_and_only_what_is_voided_and_shut_in() -> None:
    assert parts(itself()) == PARTS
    assert parts(itself(ClosedPeriod.HOLD, choices={CREDIT: ASKED})) == PARTS
    for rule in (ClosedPeriod.HOLD, ClosedPeriod.REDATE):
        assert parts(itself(rule)) == ()
        assert questions(itself(rule)) == []
    assert parts(itself(there=company())) == ()  # the books are open: it is voided
    assert parts(itself(own=replace(OWN, dated="2026-04-01"))) == ()  # it was given an open day before
    counts = replace(VOIDED, state=InvoiceState.PAID)
    assert parts(itself(record=counts), record=counts) == ()  # a change is held
    assert invoices.build(counts, itself(record=counts)).stopped is not None


def test_what_was_decided_stays_when_the_books_are_opened() -> None:
    told = itself(ClosedPeriod.HOLD, there=company(), choices={CREDIT: DECIDED})
    assert (parts(told), questions(told)) == (PARTS, [])


def test_it_is_read_first_and_what_somebody_changed_there_is_theirs_to_say() -> None:
    assert questions(itself()) == ["SELECT * FROM Invoice WHERE Id = '266'"]
    assert parts(itself(), [THERE]) == PARTS
    for name, value, differs in (("TotalAmt", 331, "total"), ("CustomerRef", {"value": "71"}, "customer")):
        told = problem(lambda name=name, value=value: parts(itself(), [{**THERE, name: value}]))  # type: ignore[misc]
        assert (told.slug, told.facts["differs"], told.facts["remote_id"]) == (Slug.DIFFERS_THERE, differs, "266")


def test_after_a_restore_a_credit_that_was_forgotten_is_seen_before_anything_is_voided() -> None:
    told = itself(ClosedPeriod.HOLD, there=company(), remembered=frozenset())
    read, made = questions(told)
    assert read.startswith("SELECT * FROM Invoice")
    assert made == "SELECT * FROM CreditMemo WHERE CustomerRef = '70' AND TxnDate >= '2026-03-02'"
    memo = {"Id": "301", "PrivateNote": f"Credits …, kz:{VOIDED.id}/credited"}
    assert parts(told, [THERE], [memo]) == PARTS
    assert parts(told, [THERE], [{**memo, "PrivateNote": "theirs"}]) == ()


# -- the memo -----------------------------------------------------------------------------------------------------


def test_the_memo_says_what_was_sent_for_the_invoice_whatever_changed_since() -> None:
    changed = replace(VOIDED, total=500_00, lines=VOIDED.lines[:0])  # a change that was held, and then the void
    draft = invoices_there.build(changed, part(CREDITED, changed, sent()))
    before = invoices.build(replace(VOIDED, state=InvoiceState.PAID), refs(VOIDED))
    assert (draft.entity, draft.verb, draft.kind) == ("CreditMemo", Verb.CREATE, Kind.INVOICE)
    assert draft.body["Line"] == before.body["Line"]
    assert draft.body["TxnTaxDetail"] == before.body["TxnTaxDetail"]
    assert draft.body["CustomerRef"] == {"value": "70"}
    assert not {"DocNumber", "DueDate", "SalesTermRef"} & draft.body.keys()
    assert (draft.expected.total, draft.expected.tax, draft.expected.customer) == (330_00, 30_00, "70")
    assert draft.expected.marker == f"kz:{VOIDED.id}/credited"
    assert draft.body["PrivateNote"].endswith(draft.expected.marker)


def test_a_discount_is_credited_too() -> None:
    record = invoice(sold("4", "75"), discount=50_00, state=InvoiceState.VOID, voided_on="2026-03-20")
    draft = invoices_there.build(record, part(CREDITED, record, sent(record, total=250_00)))
    (off,) = [line for line in draft.body["Line"] if line["DetailType"] == "DiscountLineDetail"]
    assert (off["Amount"], draft.expected.total) == (Decimal(50), 250_00)


def test_one_that_was_only_linked_is_said_from_here_if_both_come_to_the_same() -> None:
    items = refs(VOIDED).partners
    of = replace(OWN, created_by_us=False)
    told = part(CREDITED, of=of)
    draft = invoices_there.build(VOIDED, replace(told, partners={**told.partners, **items}))
    assert [line["Amount"] for line in draft.body["Line"]] == [Decimal(300)]
    other = part(CREDITED, of=replace(of, total=331_00))
    assert problem(lambda: invoices_there.build(VOIDED, other)).slug is Slug.DIFFERS_THERE


@pytest.mark.parametrize(
    ("voided_on", "closed_until", "dated"),
    [
        ("2026-03-20", "2026-03-31", "2026-04-01"),  # voided before its first open day
        ("2026-04-17", "2026-03-31", "2026-04-17"),
        ("2026-04-17", "", "2026-04-17"),  # the books were opened since it was decided
    ],
)
def test_it_is_of_the_day_of_the_void_but_never_before_the_first_open_day(
    voided_on: str, closed_until: str, dated: str
) -> None:
    record = replace(VOIDED, voided_on=voided_on)
    told = part(CREDITED, record, sent(record), there=company(closed_until=closed_until))
    assert invoices_there.decide(record, told, []) == Go({"date": dated})
    draft = invoices_there.build(record, told)
    assert (draft.body["TxnDate"], draft.dated) == (dated, dated)


def test_the_one_who_reads_it_here_learns_when_and_why() -> None:
    draft = invoices_there.build(VOIDED, part(CREDITED, of=sent()))
    assert draft.expected.said == (
        "Voided here. Credited in QuickBooks on 1 Apr 2026, because the books are closed up to 31 Mar 2026."
    )
    assert draft.body["PrivateNote"].startswith("Credits invoice INV-104 of 2026-03-02, voided on 2026-03-20; ")


def test_a_later_closing_moves_it_on_and_an_earlier_one_leaves_it() -> None:
    told = part(CREDITED, of=sent(), choices={"date": "2026-04-01"})
    assert invoices_there.build(VOIDED, told).dated == "2026-04-01"
    later = replace(told, company=company(closed_until="2026-04-30"))
    assert invoices_there.build(VOIDED, later).dated == "2026-05-01"
    opened = replace(told, company=company())
    assert invoices_there.build(VOIDED, opened).dated == "2026-04-01"


def test_both_have_the_rate_of_the_invoice() -> None:
    record = invoice(sold("4", "75"), currency="EUR", state=InvoiceState.VOID, voided_on="2026-03-20")
    there = company(closed_until="2026-03-31", multicurrency=True)
    before = replace(record, state=InvoiceState.PAID)
    made = invoices.build(before, refs(before, there=company(multicurrency=True)))
    of = replace(OWN, sent=made, total=300_00, balance=300_00, rate=Decimal("1.25"))
    for name in PARTS:
        draft = invoices_there.build(record, part(name, record, of, there=there))
        assert (draft.body["CurrencyRef"], draft.body["ExchangeRate"]) == ({"value": "EUR"}, Decimal("1.25"))
    assert "ExchangeRate" not in made.body  # it was theirs of that day


def test_it_is_looked_for_with_a_reason_and_found_by_its_own_marker_alone() -> None:
    assert invoices_there.asked(VOIDED, part(CREDITED)) == []
    told = part(CREDITED, look_first=True)
    assert texts_of(invoices_there.asked(VOIDED, told)) == [
        "SELECT * FROM CreditMemo WHERE CustomerRef = '70' AND TxnDate >= '2026-03-02'"
    ]
    other = {"Id": "300", "PrivateNote": "kz-admin credit note CN-1, kz:0198c0de-0000-7000-8000-000000000000"}
    ours = {"Id": "301", "PrivateNote": f"x, kz:{VOIDED.id}/credited", "CustomerRef": {"value": "70"}}
    assert invoices_there.decide(VOIDED, told, [[other]]) == Go({"date": "2026-04-01"})
    found = invoices_there.decide(VOIDED, told, [[other, ours]])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("301", LinkedBy.CREATED)
    twice = problem(lambda: invoices_there.decide(VOIDED, told, [[ours, {**ours, "Id": "302"}]]))
    assert twice.slug is Slug.SEVERAL_MATCHES


# -- its use ------------------------------------------------------------------------------------------------------


def open_on(invoice_left: int, memo_left: int, **memo: Any) -> list[Any]:
    return [[{**THERE, "Balance": invoice_left}], [{"Id": "301", "Balance": memo_left, **memo}]]


def test_it_settles_what_is_open_by_a_payment_of_nothing_that_names_both() -> None:
    told = part(CREDITED_APPLIED)
    assert len(invoices_there.asked(VOIDED, told)) == 2
    answer = invoices_there.decide(VOIDED, told, open_on(330, 330, TxnDate="2026-04-03"))
    assert answer == Go({"used": "33000", "left": "0", "date": "2026-04-03"})
    draft = invoices_there.build(VOIDED, replace(told, choices=answer.choices))
    lines = [(line["Amount"], line["LinkedTxn"]) for line in draft.body["Line"]]
    assert lines == [
        (Decimal(330), [{"TxnId": "266", "TxnType": "Invoice"}]),
        (Decimal(330), [{"TxnId": "301", "TxnType": "CreditMemo"}]),
    ]
    assert (draft.entity, draft.body["TotalAmt"], draft.dated) == ("Payment", 0, "2026-04-03")
    assert (draft.expected.said, draft.expected.total) == ("", 0)


def test_of_a_partly_paid_one_what_is_open_and_the_rest_is_the_customers() -> None:
    told = part(CREDITED_APPLIED)
    answer = invoices_there.decide(VOIDED, told, open_on(130, 330))
    assert isinstance(answer, Go)
    draft = invoices_there.build(VOIDED, replace(told, choices=answer.choices))
    assert [line["Amount"] for line in draft.body["Line"]] == [Decimal(130), Decimal(130)]
    assert "200.00 USD of the credit is left for the customer" in draft.expected.said


@pytest.mark.parametrize(
    ("is_open", "credit", "words"),
    [
        (0, 330, "330.00 USD of the credit is left for the customer."),
        (0, 0, ""),  # they applied it by themselves
        (330, 0, "used the credit elsewhere: 330.00 USD of the invoice is still open there."),
    ],
)
def test_where_nothing_can_be_settled_nothing_is_sent(is_open: int, credit: int, words: str) -> None:
    answer = invoices_there.decide(VOIDED, part(CREDITED_APPLIED), open_on(is_open, credit))
    assert isinstance(answer, Needless)
    assert answer.words.endswith(words)
    assert bool(answer.words) is bool(words)


def test_its_payment_is_found_again_and_what_does_not_fit_is_looked_at_once() -> None:
    told = part(CREDITED_APPLIED, look_first=True)
    *_, asked = texts_of(invoices_there.asked(VOIDED, told))
    assert asked == "SELECT * FROM Payment WHERE CustomerRef = '70' AND TotalAmt = '0'"
    ours = {"Id": "310", "TotalAmt": 0, "PrivateNote": f"Applies …, {told.marker}"}
    found = invoices_there.decide(VOIDED, told, [*open_on(0, 0), [ours]])
    assert isinstance(found, Link)
    assert found.remote.remote_id == "310"
    draft = invoices_there.build(VOIDED, replace(told, choices={"used": "33000"}))
    assert invoices_there.refused(VOIDED, part(CREDITED_APPLIED), draft, Rejected("", code="6000")) == Again(look=True)


def test_what_is_made_stays_as_it_is() -> None:
    assert invoices_there.PUSHER.once == {CREDITED, CREDITED_APPLIED}
