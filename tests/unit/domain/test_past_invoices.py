"""Which of theirs is one of ours: the same answer as a push gives, and several are nobody's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kz_admin.domain.past_invoices import (
    Differs,
    Finding,
    Ours,
    Theirs,
    Verdict,
    Whom,
    judge,
    may_be_linked,
    same_customer,
)

LINKED = Whom(frozenset({"7"}), "Acme Ltd", "ap@acme.example")
UNKNOWN = replace(LINKED, ids=frozenset())
OURS = Ours("a" * 36, 100_00, "USD", LINKED)
THEIRS = Theirs("266", 100_00, "USD", Whom(frozenset({"7"}), "Acme Limited"))
OTHER = Whom(frozenset({"8"}), "Beta", "beta@beta.example")


def test_all_that_agrees_is_the_same() -> None:
    assert judge(OURS, [THEIRS]) == {"266": Finding(Verdict.SAME)}
    assert judge(OURS, [replace(THEIRS, currency="")])["266"].verdict is Verdict.SAME  # a company of one currency
    assert judge(OURS, []) == {}


def test_what_a_person_unlinked_is_only_a_persons_to_link_unless_we_made_it() -> None:
    said = replace(OURS, unlinked=frozenset({"266"}))
    assert judge(said, [THEIRS])["266"] == Finding(Verdict.DIFFERS, (Differs.UNLINKED,))
    assert may_be_linked((Differs.UNLINKED,))
    assert judge(said, [THEIRS, replace(THEIRS, remote_id="267")])["267"].verdict is Verdict.SAME
    assert judge(said, [replace(THEIRS, mark=OURS.local_id)])["266"] == Finding(Verdict.SAME, by_mark=True)


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"total": 100_01}, (Differs.TOTAL,)),
        ({"total": None}, (Differs.TOTAL,)),
        ({"currency": "CAD"}, (Differs.CURRENCY,)),
        ({"customer": OTHER}, (Differs.CUSTOMER,)),
        ({"total": 0, "voided": True}, (Differs.VOIDED,)),
        ({"total": 1, "currency": "CAD", "customer": OTHER}, (Differs.CURRENCY, Differs.TOTAL, Differs.CUSTOMER)),
    ],
)
def test_what_differs_is_named(changes: dict[str, object], differs: tuple[Differs, ...]) -> None:
    assert judge(OURS, [replace(THEIRS, **changes)]) == {"266": Finding(Verdict.DIFFERS, differs)}


def test_only_the_customer_can_be_overruled() -> None:
    assert may_be_linked([Differs.CUSTOMER])
    assert may_be_linked([Differs.SEVERAL, Differs.CUSTOMER])
    for never in (Differs.TOTAL, Differs.CURRENCY, Differs.VOIDED):
        assert not may_be_linked([Differs.CUSTOMER, never])


def test_several_that_agree_are_nobodys() -> None:
    twin = replace(THEIRS, remote_id="267")
    found = judge(OURS, [THEIRS, twin])
    assert found == {one: Finding(Verdict.DIFFERS, (Differs.SEVERAL,)) for one in ("266", "267")}
    found = judge(OURS, [THEIRS, replace(twin, total=1)])
    assert found == {"266": Finding(Verdict.SAME), "267": Finding(Verdict.ONLY_THERE)}


def test_our_own_mark_decides_and_a_foreign_one_is_left_alone() -> None:
    mine, foreign = replace(THEIRS, mark=OURS.local_id), replace(THEIRS, remote_id="267", mark="b" * 36)
    assert judge(OURS, [mine, replace(THEIRS, remote_id="268")])["266"] == Finding(Verdict.SAME, by_mark=True)
    assert judge(OURS, [foreign])["267"].verdict is Verdict.ONLY_THERE
    assert judge(OURS, [replace(mine, total=1)])["266"].differs == (Differs.TOTAL,)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (LINKED, Whom(frozenset({"8"}), "Acme Ltd", "ap@acme.example"), False),  # the link is stronger than its words
        (UNKNOWN, Whom(frozenset({"8"}), "Somebody", "AP@acme.example, x@y.example"), True),
        (UNKNOWN, Whom(frozenset({"8"}), "ACME  ltd"), True),
        (UNKNOWN, Whom(frozenset({"8"}), "Acme Ltd", "other@acme.example"), False),
        (UNKNOWN, Whom(frozenset({"8"}), "Acme"), False),
        (Whom(frozenset(), ""), Whom(frozenset({"8"}), ""), False),
    ],
)
def test_whom_it_was_for(ours: Whom, theirs: Whom, *, same: bool) -> None:
    assert same_customer(ours, theirs) is same
