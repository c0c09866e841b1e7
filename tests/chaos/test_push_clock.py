"""D3: a worker whose own clock is ten minutes off. Leases, quiet times and silences go by the database's clock."""

from __future__ import annotations

import pytest

from kz_admin.services.push.lease import QUIET
from tests.chaos.books import Books
from tests.chaos.wishes import WISHES, hurt

pytestmark = pytest.mark.chaos

RIGHT = ""


@pytest.mark.promise("D3", "I1", "I5", "L1")
@pytest.mark.parametrize(
    ("sends", "looks"),
    [(RIGHT, "clock_fast"), pytest.param("clock_slow", RIGHT, marks=pytest.mark.chaos_long)],
)
def test_nobody_looks_up_a_call_that_may_still_be_on_its_way(books: Books, sends: str, looks: str) -> None:
    """A hundred seconds after the connection was cut the invoice is there, and no request id tells it from a twin."""
    books.machine.fault("ignore_request_ids", count=None)
    WISHES["invoice"].prepare(books)
    hurt(books, WISHES["invoice"], "slow_commit", 100)
    books.ended(books.worker(without=sends))
    books.let_time_pass(10)
    books.ended(books.worker(without=looks))
    books.let_time_pass(QUIET / 1000)
    books.bring_back()
    books.rest()
    assert books.created("Invoice") == {"Invoice": 2}
    books.check()


@pytest.mark.promise("D3", "I1", "I8", "I10", "I11")
@pytest.mark.chaos_long
def test_clocks_that_disagree_refresh_no_more_often_and_push_everything_once(books: Books) -> None:
    """Four hours in which three workers take turns: one is fast, one slow, one right."""
    books.known()
    for number in range(12):
        books.pay()
        books.ended(books.worker(without=("clock_fast", "clock_slow", RIGHT)[number % 3]))
        books.let_time_pass(20 * 60)
    books.rest()
    assert books.created("Invoice", "Payment") == {"Invoice": 13, "Payment": 13}
    books.check()
