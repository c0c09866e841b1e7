"""Documents dated where the books are closed: held, dated on the first open day, or stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kz_admin.domain.catalogue import card_of
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.presets import ON_PAID, ClosedPeriod
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import Go, Ref
from kz_admin.providers.quickbooks import closed_books, invoices, invoices_there, payments
from tests.unit.providers.quickbooks.ours import company, invoice, payment, problem, refs, texts_of

CLOSED = company(closed_until="2026-03-31")
OWN = Ref("266", "Invoice", "1", number="INV-104", customer="70", created_by_us=True)
RECORD = invoice()  # of 2 March


def ruled(rule: ClosedPeriod = ClosedPeriod.HOLD, record: Any = RECORD, **more: Any) -> Any:
    made = refs(record, **{"there": CLOSED, **more})
    return replace(made, settings=replace(ON_PAID, closed_period=rule))


def test_it_is_held_without_a_call_and_the_card_offers_the_first_open_day() -> None:
    told = problem(lambda: invoices_there.decide(RECORD, ruled(), []))
    assert told == problem(lambda: invoices.build(RECORD, ruled()))
    assert (told.cause, told.facts["open_from"]) == ("period_closed", "2026-04-01")
    card = card_of(told, "QuickBooks")
    assert card.headline == "The books are closed up to 31 Mar 2026; INV-104 is dated 2 Mar 2026."
    assert (card.actions, card.facts["open_day"]) == ((Do.OTHER_DATE, Do.RETRY, Do.EDIT), "1 Apr 2026")


def test_by_the_rule_it_gets_the_first_open_day_and_says_so_on_both_sides() -> None:
    told = ruled(ClosedPeriod.REDATE)
    assert invoices_there.decide(RECORD, told, []) == Go({"date": "2026-04-01"})
    draft = invoices.build(RECORD, told)
    assert (draft.body["TxnDate"], draft.body["DueDate"], draft.dated) == ("2026-04-01", "2026-04-01", "2026-04-01")
    assert draft.body["PrivateNote"].startswith("Dated 2026-03-02 where it was made; kz-admin invoice INV-104, kz:")
    assert draft.expected.said == "Dated 1 Apr 2026 in QuickBooks, where the books are closed for 2 Mar 2026."


def test_a_persons_choice_for_this_one_is_the_same_and_is_outgrown_by_a_later_closing() -> None:
    chosen = ruled(choices={"date": "2026-04-01"})
    assert invoices.build(RECORD, chosen).dated == "2026-04-01"
    later = ruled(choices={"date": "2026-04-01"}, there=company(closed_until="2026-04-30"))
    assert problem(lambda: invoices.build(RECORD, later)).facts["open_from"] == "2026-05-01"


def test_later_changes_keep_the_day_it_got_also_when_the_books_are_open_again() -> None:
    own = replace(OWN, dated="2026-04-01")
    for there in (CLOSED, company()):
        draft = invoices.build(RECORD, ruled(own=own, there=there, choices={"date": "2026-04-01"}))
        assert (draft.dated, draft.stopped) == ("2026-04-01", None)


@pytest.mark.parametrize("rule", list(ClosedPeriod))
def test_what_lies_in_the_closed_period_is_neither_changed_nor_taken_back(rule: ClosedPeriod) -> None:
    """Its content stays as it was sent, so that a revision that changes nothing over there is still done."""
    told = ruled(rule, own=replace(OWN, dated="2026-03-02"))
    for record, deed in ((RECORD, "changed"), (replace(RECORD, state=InvoiceState.VOID), "taken back")):
        draft = invoices.build(record, told)
        assert draft.stopped is not None
        card = card_of(draft.stopped, "QuickBooks", over_there=True)
        offered = (Do.CREDIT_INSTEAD, Do.RETRY) if deed == "taken back" else (Do.RETRY,)
        assert (draft.stopped.slug, card.actions) == (Slug.PERIOD_CLOSED, offered)
        assert f"can be {deed}" in card.why
    assert invoices.build(RECORD, told).body["TxnDate"] == "2026-03-02"


def test_it_is_looked_for_on_both_days() -> None:
    (first, _) = texts_of(invoices_there.asked(RECORD, ruled(look_first=True)))
    assert first.endswith("TxnDate IN ('2026-03-02', '2026-04-01')")
    assert closed_books.days("2026-03-02", ruled(remembered=frozenset())) == "TxnDate >= '2026-03-02'"
    assert closed_books.days("2026-04-02", ruled(remembered=frozenset(), there=company())) == "TxnDate >= '2026-04-02'"
    assert closed_books.days("2026-04-02", ruled()) == "TxnDate = '2026-04-02'"


def test_money_of_a_closed_period_follows_the_same_rule() -> None:
    from kz_admin.domain.kinds import Kind

    paid = payment((RECORD.id, 30_000))
    partners = {(Kind.INVOICE, RECORD.id, ""): replace(OWN, balance=30_000)}
    told = replace(ruled(ClosedPeriod.REDATE, paid), partners=partners)
    draft = payments.build(paid, told)
    assert draft.dated == "2026-04-01"
    assert draft.body["PrivateNote"].startswith("Dated 2026-03-05 where it was made; kz-admin payment")
    held = replace(ruled(record=paid), partners=partners)
    assert problem(lambda: payments.build(paid, held)).facts["document"] == "the payment of 300.00 USD"
