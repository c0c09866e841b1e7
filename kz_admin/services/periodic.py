"""Work that comes round again: what is due, and how it went last time."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from kz_admin import clock
from kz_admin.models.periodic import PeriodicWork
from kz_admin.models.session import reading, writing

LONGEST_PROBLEM = 500


def due(names: Iterable[str]) -> set[str]:
    """Those never done, and those whose time has come."""
    now = clock.now_ms()
    with reading() as session:
        later = session.scalars(select(PeriodicWork.name).where(PeriodicWork.due_at > now)).all()
    return set(names) - set(later)


def note(name: str, again_at: int, problem: str | None) -> None:
    """How it went this time, and when it comes round again."""
    with writing() as session:
        work = session.get(PeriodicWork, name)
        if work is None:
            work = PeriodicWork(name=name)
            session.add(work)
        work.due_at = again_at
        work.last_problem = problem and problem[:LONGEST_PROBLEM]
        if problem is None:
            work.last_ok_at = clock.now_ms()
