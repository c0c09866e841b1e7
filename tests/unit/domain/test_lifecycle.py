"""An invoice's state follows from what happened to it, in whatever order it happened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain.lifecycle import Facts, InvoiceState, Step, refusal, state_of, steps
from kz_admin.domain.payments import split
from kz_admin.domain.terms import due_on, is_date

FACTS = st.builds(
    Facts,
    total=st.integers(0, 1000),
    settled=st.integers(0, 1000),
    finalised=st.booleans(),
    sent=st.booleans(),
    voided=st.booleans(),
    written_off=st.booleans(),
)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(100, 0), InvoiceState.DRAFT),
        (Facts(100, 0, finalised=True), InvoiceState.FINALISED),
        (Facts(100, 0, finalised=True, sent=True), InvoiceState.SENT),
        (Facts(100, 40, finalised=True), InvoiceState.PARTLY_PAID),
        (Facts(100, 100, finalised=True), InvoiceState.PAID),
        (Facts(0, 0, finalised=True), InvoiceState.PAID),
        (Facts(100, 40, finalised=True, written_off=True), InvoiceState.WRITTEN_OFF),
        (Facts(100, 0, finalised=True, sent=True, voided=True), InvoiceState.VOID),
    ],
)
def test_each_state_has_its_facts(facts: Facts, state: InvoiceState) -> None:
    assert state_of(facts) is state


@given(FACTS)
def test_nothing_is_open_on_what_is_over(facts: Facts) -> None:
    if state_of(facts).over:
        assert facts.open == 0


@given(FACTS)
def test_a_draft_can_neither_be_sent_nor_paid(facts: Facts) -> None:
    if state_of(facts) is InvoiceState.DRAFT:
        assert refusal(Step.PAY, InvoiceState.DRAFT) == "This invoice is still a draft. Finalise it first."
        assert Step.SEND not in steps(InvoiceState.DRAFT)


def test_what_was_paid_is_not_voided() -> None:
    assert refusal(Step.VOID, InvoiceState.PARTLY_PAID, settled=1)
    assert refusal(Step.VOID, InvoiceState.SENT) is None


@pytest.mark.parametrize("state", InvoiceState)
@pytest.mark.parametrize("step", Step)
def test_every_refusal_is_a_whole_sentence(step: Step, state: InvoiceState) -> None:
    words = refusal(step, state)
    assert words is None or (words.endswith(".") and "{" not in words)
    assert (step in steps(state)) is (words is None)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), max_size=8))
def test_a_payment_never_pays_more_than_is_open(amount: int, open_amounts: list[int]) -> None:
    found = split(amount, open_amounts)
    assert all(0 <= part <= still for part, still in zip(found.parts, open_amounts, strict=True))
    assert sum(found.parts) + found.rest == amount
    assert found.rest == max(0, amount - sum(open_amounts))


def test_terms_lead_to_a_date() -> None:
    assert due_on("2026-01-31", "Net 30") == "2026-03-02"
    assert due_on("2026-01-31", "When the moon is full") is None


@pytest.mark.parametrize("text", ["", "2026-13-01", "20260101", "2026-W01-1", "0001-01-01", "9999-12-31", "tomorrow"])
def test_what_is_not_a_calendar_date_is_not_a_date(text: str) -> None:
    assert not is_date(text)
