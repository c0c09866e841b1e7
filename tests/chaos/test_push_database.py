"""D1: the database is restarted at random under workers that push."""

from __future__ import annotations

import random
from urllib.parse import urlsplit

import pytest

from kz_admin.domain.status import Lane
from kz_admin.models.session import engine
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.test_hooks_without_database import terminate

pytestmark = [pytest.mark.chaos, pytest.mark.chaos_long, pytest.mark.slow, pytest.mark.timeout(300)]

ROUNDS = 8


@pytest.mark.promise("D1", "I1", "I2", "I4", "I11", "I26", "L1")
@pytest.mark.parametrize("books", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("ignored", [True, False])
def test_a_database_restarted_at_random_under_pushes_loses_nothing_and_makes_nothing_twice(
    books: Books, ignored: bool
) -> None:
    dice = random.Random(29)
    if ignored:
        books.machine.fault("ignore_request_ids", count=None)
    books.machine.fault("delay", {"seconds": 0.03, "when": "after"}, None, path="/v3/company/")
    for number in range(ROUNDS):
        books.pay_many(4, client=f"cus-{number % 3}")
        worker = books.worker(dice.choice(list(Lane)))
        enough = books.arrived() + dice.randrange(6)
        worker.after(lambda enough=enough: books.arrived() >= enough)
        restart(books)
        assert worker.exit_code(60) in (0, 1), "it ends as a job that failed, or never noticed"
        books.let_time_pass(61)
    books.machine.sim("DELETE", "faults")
    if ignored:
        books.machine.fault("ignore_request_ids", count=None)
    books.rest()
    while Desk(books).retry_parked():
        books.rest()
    books.check()
    assert books.created("Invoice", "Payment") == {"Invoice": 4 * ROUNDS, "Payment": 4 * ROUNDS}


def restart(books: Books) -> None:
    """Whoever is connected is thrown out. Ours here had let go before."""
    with books.app.app_context():
        engine().dispose()
    terminate(urlsplit(books.database_url).path.removeprefix("/"))
