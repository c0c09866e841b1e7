"""A job as we read it from Redis: it may open one of our doors and nothing else.

RQ would import any function or callback a job names, and call any webhook. Redis only rings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rq.job import Job

from jobs.doors import DOORS


class UnknownDoorError(Exception):
    """A job names something that is not in DOORS."""


class DoorJob(Job):
    @property
    def func(self) -> Callable[..., None]:
        door = DOORS.get(self.func_name or "")
        if door is None or self.instance is not None:
            raise UnknownDoorError(str(self.func_name)[:100])
        return door

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None

    def send_webhooks(self, *_status: Any, **_more: Any) -> None:
        """Never: an address in Redis would be called from inside our network."""
