"""Books opened on either database, with a company of the simulator as it is at its seed.

Redis, simulator, databases and the application are made once per test run; each experiment finds them empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kz_admin import simulated_time
from kz_admin.providers import oauth
from tests.chaos.books import Books
from tests.chaos.line import simulated
from tests.conftest import fresh_sqlite, kept_app
from tests.fixtures import postgres
from tests.fixtures.redis import RealRedis
from tests.simulator.machine import Machine, running


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRedis]:
    server = RealRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def far_side() -> Iterator[Machine]:
    with running() as machine:
        yield machine


@pytest.fixture(scope="session")
def books_postgres(migrated_postgres: str) -> Iterator[str]:
    with postgres.copied_database(migrated_postgres) as url:
        yield url


DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@contextmanager
def opened(
    request: pytest.FixtureRequest,
    database: str,
    company: str = "US",
    *,
    own: bool = False,
    before: Callable[[Books], object] | None = None,
) -> Iterator[Books]:
    """`own`: a database that this experiment may drop or alter; `before`: what stood on both sides before they met."""
    machine: Machine = request.getfixturevalue("far_side")
    redis_url = request.getfixturevalue("shared_redis").url
    machine.sim("POST", "reset", {})
    oauth._discovered.clear()
    with _database(request, database, own) as url, kept_app(url, **simulated(machine), REDIS_URL=redis_url) as app:
        simulated_time.init_app(app)
        books = Books(app, url, machine, request.getfixturevalue("tmp_path"), redis_url, company)
        if own and database != "sqlite":
            books.story.leave()  # nobody comes to this database again
        try:
            books.begin(before)
            yield books
        finally:
            books.clean_up()


@contextmanager
def _database(request: pytest.FixtureRequest, kind: str, own: bool) -> Iterator[str]:
    if kind == "sqlite":
        yield fresh_sqlite(request.getfixturevalue("migrated_sqlite"))
    elif own:
        with postgres.copied_database(request.getfixturevalue("migrated_postgres")) as url:
            yield url
    else:
        url = request.getfixturevalue("books_postgres")
        postgres.empty_again(url)
        yield url


# Where the other database decides something of its own: leases, locks, lost rows.
on_both = pytest.mark.parametrize("books", DATABASES, indirect=True)


def in_turn(*cases: Any, short: Collection[Any] = ()) -> list[Any]:
    """Database and case, for what needs many cases more than it needs each of them twice.

    A case of several values is a tuple, known by its first one."""
    found = []
    for place, case in enumerate(cases):
        values = case if isinstance(case, tuple) else (case,)
        is_short = values[0] in short
        database = "postgresql" if place % 2 and not is_short else "sqlite"
        marks = [] if is_short else [pytest.mark.chaos_long]
        marks += [pytest.mark.postgres] if database == "postgresql" else []
        found.append(pytest.param(database, *values, marks=marks, id="-".join(map(str, (database, *values)))))
    return found


MOSTLY_SQLITE = ("sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.chaos_long]))
# The same for experiments on a whole dyno, which wait in real time.
mostly_sqlite = pytest.mark.parametrize("experiment", MOSTLY_SQLITE, indirect=True)


@pytest.fixture(params=MOSTLY_SQLITE)
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    """A US company, which numbers invoices by itself; the short form is on SQLite but for what is marked `on_both`."""
    with opened(request, request.param) as made:
        yield made
