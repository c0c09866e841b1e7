from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.experiment import Experiment
from tests.chaos.opening import books as books
from tests.chaos.opening import books_postgres as books_postgres
from tests.chaos.opening import far_side as far_side
from tests.chaos.opening import shared_redis as shared_redis
from tests.fixtures import postgres
from tests.fixtures.dyno import Dyno
from tests.fixtures.redis import RealRedis
from tests.fixtures.smtp import smtp as smtp

LONG_TIMEOUT_S = 300  # on a machine that others use as well


# Of each experiment the short form makes one case, of these some more: they are the tables of what can happen.
SHORT_CASES = {
    "test_a_worker_killed_anywhere_makes_nothing_twice": 8,
    "test_an_answer_that_does_not_come_makes_nothing_twice": 5,
    "test_whatever_is_done_later_is_done_once": 5,
    "test_without_the_guard_the_judge_sees_what_breaks": 3,
}


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is marked as long
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    _keep_short(items)
    _longest_first(items)


def _keep_short(items: list[pytest.Item]) -> None:
    by_experiment: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.path.parent == Path(__file__).parent and item.get_closest_marker("chaos_long") is None:
            by_experiment.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for place, (experiment, cases) in enumerate(by_experiment.items()):
        number = SHORT_CASES.get(experiment.rpartition("::")[2], 1)
        # Evenly out of the table, and of one that has each database not always the same.
        first = place % len(cases) if number == 1 else 0
        kept = {(first + step * len(cases) // number) % len(cases) for step in range(number)}
        for case in (one for at, one in enumerate(cases) if at not in kept):
            case.add_marker(pytest.mark.chaos_long)


def _longest_first(items: list[pytest.Item]) -> None:
    """So that no process is left alone with it at the end; and it may take its time."""
    takes_long = [item for item in items if {"chaos_long", "slow"} <= {mark.name for mark in item.iter_markers()}]
    for item in takes_long:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT_S))
    first = {item.nodeid for item in takes_long}
    items.sort(key=lambda item: item.nodeid not in first)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def experiment(
    request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path, real_redis: RealRedis
) -> Iterator[Experiment]:
    """The same experiment on both databases."""
    if request.param == "sqlite":
        path = tmp_path / "chaos.sqlite"
        shutil.copy(migrated_sqlite, path)
        yield from _on(Dyno(f"sqlite:///{path}", real_redis))
    else:
        with postgres.copied_database(request.getfixturevalue("migrated_postgres")) as url:
            yield from _on(Dyno(url, real_redis))


def _on(dyno: Dyno) -> Iterator[Experiment]:
    try:
        yield Experiment(dyno)
    finally:
        dyno.clean_up()
