from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kz_admin import clock
from kz_admin.models import PeriodicWork
from kz_admin.models.session import reading
from kz_admin.services import periodic

pytestmark = pytest.mark.usefixtures("in_app")


def work() -> PeriodicWork:
    with reading() as session:
        return session.scalars(select(PeriodicWork)).one()


def test_what_was_never_done_is_due() -> None:
    assert periodic.due(["a", "b"]) == {"a", "b"}
    assert periodic.due([]) == set()


def test_what_was_done_is_due_again_at_its_time(at: Callable[[int], None]) -> None:
    periodic.note("a", clock.now_ms() + clock.MINUTE, None)
    assert periodic.due(["a", "b"]) == {"b"}
    at(clock.MINUTE + 1)
    assert periodic.due(["a"]) == {"a"}


def test_a_failure_is_kept_until_the_next_success() -> None:
    periodic.note("a", 0, None)
    well = work().last_ok_at
    periodic.note("a", 0, "x" * 10_000)
    assert work().last_problem == "x" * periodic.LONGEST_PROBLEM
    assert work().last_ok_at == well
    periodic.note("a", 0, None)
    assert work().last_problem is None
