"""O2: what is changed, voided, credited or refunded while it is on its way, in any order, ends in the same books."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from kz_admin import clock
from kz_admin.domain.status import Lane
from kz_admin.models import CreditNote, Refund
from kz_admin.services.push.lease import QUIET
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.opening import in_turn, on_both
from tests.chaos.test_push_order import IN_SHORT, SHUFFLES, shuffle_what_is_due, verbs
from tests.chaos.wishes import WISHES, hurt

pytestmark = pytest.mark.chaos

HOUR_S = 3600


# -- while it is being made -----------------------------------------------------------------------------------


def take_back(books: Books, number: str) -> None:
    desk = Desk(books)
    desk.change(number, note="changed first")
    desk.unpay(number)
    desk.void(number)


def standing(books: Books, kind: str) -> tuple[str, str | None]:
    record = books.records(kind)[-1]
    return record.state, record.reason


@pytest.mark.promise("O2", "I1", "I5", "I10", "I11")
@on_both
@pytest.mark.parametrize("failpoint", ["push.committed", pytest.param("push.answered", marks=pytest.mark.chaos_long)])
@pytest.mark.parametrize("kind", ["invoice", pytest.param("payment", marks=pytest.mark.chaos_long)])
def test_what_is_voided_during_its_create_is_taken_back_once_it_is_there(
    books: Books, failpoint: str, kind: str
) -> None:
    WISHES[kind].prepare(books)
    maker = books.stopped_at(failpoint)
    take_back(books, "N-2")
    maker.go_on()
    books.ended(maker)
    books.rest()
    assert verbs(books, "N-2")[-1] == "remove"
    assert standing(books, "payment") == (("idle", "voided_unsent") if kind == "invoice" else ("done", None))
    books.check(done=False)


@pytest.mark.promise("O2", "I1", "I5", "I10")
@pytest.mark.parametrize(
    "trouble", ["commit_then_drop", pytest.param("drop_before_commit", marks=pytest.mark.chaos_long)]
)
@pytest.mark.parametrize("kind", ["payment", pytest.param("invoice", marks=pytest.mark.chaos_long)])
def test_what_is_voided_while_nobody_knows_waits_for_the_outcome(books: Books, trouble: str, kind: str) -> None:
    """It is not said to be gone before it is known whether it was there."""
    books.machine.fault("ignore_request_ids", count=None)
    WISHES[kind].prepare(books)
    hurt(books, WISHES[kind], trouble)
    books.ended(books.worker())
    take_back(books, "N-2")
    books.bring_back()
    books.look()
    assert books.records(kind)[-1].state == "unknown"
    books.rest()
    assert verbs(books, "N-2")[-1] == "remove"
    books.check(done=False)


# -- in any order ---------------------------------------------------------------------------------------------


@dataclass
class Story:
    """What happens to one invoice, in this order; told over the hook, or done on our pages."""

    books: Books
    number: str
    steps: list[str]
    paid_at: str
    credit: CreditNote | None = None
    refund: Refund | None = None
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.books)

    def go_on(self) -> None:
        deeds: dict[str, Callable[[], None]] = {
            "paid": self._told,
            "change": lambda: self.desk.change(self.number),
            "unpay": lambda: self.desk.unpay(self.number),
            "mark paid": lambda: self.desk.pay(self.number),
            "void": lambda: self.desk.void(self.number),
            "credit": self._credit,
            "uncredit": self._uncredit,
            "refund": self._refund,
            "unrefund": self._unrefund,
        }
        deeds[self.steps.pop(0)]()

    def _told(self) -> None:
        """Once, or once more: what was changed here meanwhile is a disagreement, said and not booked."""
        said = self.books.said(self.number, f"cus-{self.number.replace(' ', '-')}", **{"payment.paid_at": self.paid_at})
        assert self.books.platform.post(said).status_code in (202, 409)

    def _credit(self) -> None:
        self.credit = self.desk.credit(self.number)

    def _uncredit(self) -> None:
        assert self.credit
        self.desk.void_credit(self.credit)

    def _refund(self) -> None:
        self.refund = self.desk.refund(self.number)

    def _unrefund(self) -> None:
        assert self.refund
        self.desk.void_refund(self.refund)


# What happens → total and open amount over there in the end; None: nothing of it is left.
STORIES: dict[str, tuple[str, tuple[int, int] | None]] = {
    "voided": ("paid, paid, change, unpay, void, paid", None),
    "paid otherwise": ("paid, unpay, mark paid, paid", (100, 0)),
    "grown": ("paid, paid, change, mark paid", (120, 0)),
    "grown and voided": ("paid, unpay, change, void", None),
    "credited": ("paid, unpay, credit, mark paid", (100, 0)),
    "credited and voided": ("paid, unpay, credit, uncredit, void, paid", None),
    "refunded": ("paid, refund, paid", (100, 0)),
    "refunded and voided": ("paid, refund, unrefund, unpay, void", None),
}


def push_with_trouble(books: Books, dice: random.Random) -> None:
    action = dice.choice(["", "", "commit_then_drop", "drop_before_commit"])
    if action:
        books.machine.fault(action, None, 1, path="/v3/company/", method="POST")
    shuffle_what_is_due(books, dice)
    books.push(dice.choice(list(Lane)))
    if dice.random() < 0.3:
        books.let_time_pass(QUIET / 1000 + 1)


@pytest.mark.promise("O2", "I1", "I3", "I7", "I10", "I24", "L1")
@pytest.mark.parametrize(("books", "seed"), in_turn(*range(SHUFFLES), short=IN_SHORT), indirect=["books"])
def test_any_order_of_what_people_and_platforms_do_ends_in_the_same_books(books: Books, seed: int) -> None:
    """Half of them are told late, the others all of the same moment; half without request ids."""
    dice = random.Random(seed)
    Desk(books).choose_account()
    books.let_time_pass(HOUR_S)
    moment = clock.iso(books.now() - (clock.HOUR - clock.MINUTE if seed % 4 < 2 else 0))
    if seed % 2:
        books.machine.fault("ignore_request_ids", count=None)
    stories = [Story(books, name, steps.split(", "), moment) for name, (steps, _) in STORIES.items()]
    while left := [one for one in stories if one.steps]:
        dice.choice(left).go_on()
        if dice.random() < 0.5:
            push_with_trouble(books, dice)
    books.rest()
    assert live_invoices(books) == {name: end for name, (_, end) in STORIES.items() if end}
    assert {(one.state, one.reason) for one in books.records()} <= {("done", None), ("idle", "voided_unsent")}
    books.check(done=False)


def live_invoices(books: Books) -> dict[str, tuple[int, int]]:
    """By the number in their note: this company numbers by itself."""
    found: dict[str, tuple[int, int]] = {}
    for one in books.objects("Invoice"):
        note = str(one.get("PrivateNote", ""))
        if "kz:" in note and not note.startswith("Voided"):
            number = note.partition("invoice ")[2].partition(",")[0]
            found[number] = int(Decimal(str(one["TotalAmt"]))), int(Decimal(str(one["Balance"])))
    return found
