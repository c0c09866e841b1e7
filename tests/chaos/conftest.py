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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process is left alone with it at the end, and may take its time."""
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
