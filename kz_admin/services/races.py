"""Two calls about the same rows at the same moment: the one that lost begins again with what the other one left."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from kz_admin import logs
from kz_admin.domain.failures import Refused

log = logs.get(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 4
DEADLOCK = "40P01"  # PostgreSQL ended the wait of two for each other by refusing this one


class Busy(Refused):
    """Others changed the same rows again and again (503): the sender tries again."""


def until_won(deed: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The deed opens a transaction of its own, so that nothing is left of a try that was lost."""
    for _ in range(TRIES):
        try:
            return deed(*args, **kwargs)
        except (IntegrityError, StaleDataError, OperationalError) as error:
            if isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
            log.info("race_lost", deed=deed.__name__, kind=type(error).__name__)
    raise Busy("Several changes of the same thing arrived at once. Send it again in a moment.")
