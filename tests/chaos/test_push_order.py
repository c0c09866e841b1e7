"""O1 to O3: whatever comes first, twice, meanwhile, late or at the same moment, the books end the same."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.status import Lane
from kz_admin.models import Invoice, SyncRecord
from kz_admin.models.session import writing
from kz_admin.services import unplanned
from tests.chaos.books import Books
from tests.chaos.opening import in_turn, on_both
from tests.chaos.wishes import WISHES, hurt

pytestmark = pytest.mark.chaos

SHUFFLES = 20
IN_SHORT = (1,)


# -- O1 -----------------------------------------------------------------------------------------------------


def there(books: Books) -> list[tuple[Any, ...]]:
    """What a bookkeeper sees of what we made, without what the order of things decides."""
    customers = {one["Id"]: one["DisplayName"] for one in books.objects("Customer")}
    things = books.objects("Invoice") + books.objects("Payment")
    ours = [one for one in things if "kz:" in one.get("PrivateNote", "")]
    return sorted(
        (customers[one["CustomerRef"]["value"]], one["PrivateNote"].partition(", kz:")[0], *_amounts(one))
        for one in ours
    )


def _amounts(thing: dict[str, Any]) -> tuple[Decimal, Decimal]:
    return Decimal(str(thing["TotalAmt"])), Decimal(str(thing.get("Balance", thing.get("UnappliedAmt", 0))))


def shuffle_what_is_due(books: Books, dice: random.Random) -> None:
    """Any of them may be looked at first, in either lane: payments before invoices, invoices before clients."""
    now = books.now()
    with books.app.app_context(), writing() as session:
        for record in session.scalars(select(SyncRecord).where(SyncRecord.state == "due").order_by(SyncRecord.id)):
            record.due_at = now - dice.randrange(1_000_000)
            record.lane = dice.choice(list(Lane)).value


@pytest.mark.promise("O1", "I3", "I10", "L1")
@pytest.mark.parametrize(("books", "seed"), in_turn(*range(SHUFFLES), short=IN_SHORT), indirect=["books"])
def test_any_order_of_deliveries_and_of_work_ends_in_the_same_books(books: Books, seed: int) -> None:
    dice = random.Random(seed)
    told = [(f"inv-{number}", f"cus-{number % 3}") for number in range(7)] * 2
    dice.shuffle(told)
    for number, client in told:
        books.pay(number, client=client)
        if dice.random() < 0.4:
            shuffle_what_is_due(books, dice)
            books.push(dice.choice(list(Lane)))
    shuffle_what_is_due(books, dice)
    books.rest()
    books.check()
    made = books.created("Customer", "Item", "Invoice", "Payment")
    assert made == {"Customer": 3, "Item": 1, "Invoice": 7, "Payment": 7}
    paid = [(f"Client cus-{number % 3}", f"kz-admin invoice inv-{number}", Decimal(100), 0) for number in range(7)]
    payments = [(f"Client cus-{number % 3}", "kz-admin payment", Decimal(100), 0) for number in range(7)]
    assert there(books) == sorted(paid + payments)


# -- O2 -----------------------------------------------------------------------------------------------------


def rewrite(books: Books, number: str, note: str) -> None:
    """Somebody changes the invoice's note here, and the outbox sees it."""
    with books.app.app_context():
        with writing() as session:
            session.scalars(select(Invoice).where(Invoice.number == number)).one().note = note
        unplanned.sweep(books.connection_id)


def memo(books: Books, number: str) -> str:
    record = books.record_of(number)
    (row,) = [one for one in books.objects("Invoice") if one["Id"] == record.remote_id]
    return str(row.get("CustomerMemo", {}).get("value", ""))


@pytest.mark.promise("O2", "I5", "I10", "I11")
@on_both
@pytest.mark.parametrize("failpoint", ["push.committed", "push.answered"])
def test_a_change_during_the_create_follows_it(books: Books, failpoint: str) -> None:
    books.known()
    number = books.pay()
    maker = books.stopped_at(failpoint)
    rewrite(books, number, "changed while it was on its way")
    rewrite(books, number, "changed twice")
    maker.go_on()
    books.ended(maker)
    books.rest()
    assert memo(books, number) == "changed twice"
    assert verbs(books, number) == ["create", "update"]  # waiting changes are one
    books.check()


@pytest.mark.promise("O2", "I1", "I5", "I10")
@pytest.mark.parametrize("trouble", ["commit_then_drop", "drop_before_commit"])
def test_a_change_while_nobody_knows_waits_for_the_outcome(books: Books, trouble: str) -> None:
    """The frozen create is looked up, or sent again as it was; then what changed goes as a change."""
    books.machine.fault("ignore_request_ids", count=None)
    WISHES["invoice"].prepare(books)
    hurt(books, WISHES["invoice"], trouble)
    books.ended(books.worker())
    rewrite(books, "N-2", "changed in between")
    books.bring_back()
    books.rest()
    assert memo(books, "N-2") == "changed in between"
    assert verbs(books, "N-2") == ["create", "update"]
    books.check()


@pytest.mark.promise("O2", "I1", "I3", "I10")
@pytest.mark.parametrize("trouble", ["commit_then_drop", "drop_before_commit"])
def test_a_change_whose_own_answer_is_lost_is_made_once(books: Books, trouble: str) -> None:
    books.machine.fault("ignore_request_ids", count=None)
    books.known()
    rewrite(books, "N-1", "changed once")
    hurt(books, WISHES["invoice"], trouble)
    books.ended(books.worker(Lane.BULK))  # what the sweep planned is no click
    rewrite(books, "N-1", "changed again")
    books.rest()
    assert memo(books, "N-1") == "changed again"
    assert verbs(books, "N-1") == ["create", "update", "update"]
    books.check()


def verbs(books: Books, number: str) -> list[str]:
    """What was done for this invoice, in its order."""
    evidence = books.evidence()
    attempts = evidence.attempts_of[books.record_of(number).id]
    return [one.verb for one in attempts if one.outcome in ("applied", "adopted")]


# -- O3 -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("O3", "I1", "I7", "I10")
def test_what_is_equal_in_everything_but_its_id_is_not_taken_for_one_another(books: Books) -> None:
    """Same client, day, amount and moment; all answers are lost, and no number tells them apart."""
    books.machine.fault("ignore_request_ids", count=None)
    books.known()
    moment = clock.iso(books.now())
    for number in range(5):
        books.pay(f"twin-{number}", **{"payment.paid_at": moment})
    books.machine.fault("commit_then_drop", None, 2, path="/batch", body='"operation"')
    books.rest()
    assert books.created("Invoice", "Payment") == {"Invoice": 6, "Payment": 6}
    paid = Counter(
        line["LinkedTxn"][0]["TxnId"]
        for one in books.objects("Payment")
        if "kz:" in one.get("PrivateNote", "")
        for line in one["Line"]
    )
    assert set(paid.values()) == {1}
    assert len(paid) == 6
    books.check()


@pytest.mark.promise("O3", "I1", "I22")
@pytest.mark.parametrize("wrong_by_s", [pytest.param(-590, marks=pytest.mark.chaos_long), 590])
@pytest.mark.parametrize("kind", ["invoice", pytest.param("payment", marks=pytest.mark.chaos_long)])
def test_a_clock_of_theirs_that_is_wrong_hides_nothing_from_us(books: Books, wrong_by_s: int, kind: str) -> None:
    books.machine.fault("ignore_request_ids", count=None)
    books.machine.fault("clock_skew", wrong_by_s, None)
    WISHES[kind].prepare(books)
    before = books.created(WISHES[kind].entity)
    hurt(books, WISHES[kind], "commit_then_drop")
    books.ended(books.worker())
    books.bring_back()
    books.rest()
    assert books.created(WISHES[kind].entity)[WISHES[kind].entity] == before[WISHES[kind].entity] + 1
    books.check()


@pytest.mark.promise("O3", "I1")
def test_reads_that_lag_a_minute_behind_hide_nothing_from_us(books: Books) -> None:
    books.machine.fault("ignore_request_ids", count=None)
    WISHES["invoice"].prepare(books)
    books.machine.fault("stale_reads", 60, None)
    hurt(books, WISHES["invoice"], "commit_then_drop")
    books.ended(books.worker())
    books.bring_back()
    books.rest()
    assert books.created("Invoice") == {"Invoice": 2}
    books.check()


@pytest.mark.promise("O3", "I26")
def test_a_hook_that_comes_late_or_with_an_old_moment_follows_the_rules_all_the_same(books: Books) -> None:
    """Paid before the start date: it stays, and says why. Told an hour late: it goes."""
    books.let_time_pass(3600)
    books.pay("old", **{"payment.paid_at": clock.iso(books.row.start_at - clock.DAY)})
    books.pay("late", **{"payment.paid_at": clock.iso(books.now() - clock.HOUR + clock.MINUTE)})
    books.rest()
    assert (books.record_of("old").state, books.record_of("old").reason) == ("idle", "before_start")
    assert books.record_of("late").state == "done"
    books.check(done=False)
