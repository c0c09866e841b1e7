"""`python -m tests.integration.services.hammer HOLDER`: one of several processes that call one company.

Time runs sixty times as fast as it does, for all of them alike. Every line it prints is a call: when it had its slot,
when it reached the company, when it ended. It goes on until the key "stop" is in Redis. The holder "dead" takes three
slots and waits to be killed.
"""

from __future__ import annotations

import sys
import time

from kz_admin import config, create_app
from kz_admin.domain.pushing import Limits
from kz_admin.domain.status import Lane
from kz_admin.models import Connection
from kz_admin.services import bell, pace
from kz_admin.services.pace import Slot

SPEED = 60
DIES_AFTER = 90_000  # a second and a half for whoever watches
LIMITS = Limits(
    per_minute=120, per_second=6, at_once=4, bulk_items=30, bulk_per_minute=20, per_day=None, throttled_s=60
)
HELD = 3


def now() -> int:
    """Milliseconds, from the same moment in every process."""
    return time.time_ns() * SPEED // 1_000_000


COMPANY = Connection(provider="quickbooks", environment="production", company_key="hammered")


def call(holder: str, number: int) -> None:
    bulk = number % 5 == 0
    lane = Lane.BULK if number % 2 else Lane.INTERACTIVE
    moment = now()
    got = pace.take(COMPANY, LIMITS, moment, lane, bulk=bulk, holder=holder, until=moment + DIES_AFTER)
    if not isinstance(got, Slot):
        time.sleep(min(0.2, max(0.001, (got.until - now()) / SPEED / 1_000)))
        return
    began = now()
    time.sleep((number % 7) / 1_000)  # up to a third of a second of theirs
    reached = now()
    time.sleep((number % 3) / 1_000)
    ended = now()
    pace.give_back(COMPANY, got, ended)
    print("call", began, reached, ended, int(bulk), flush=True)


def hold(holder: str) -> None:
    held: list[Slot] = []
    while len(held) < HELD:
        moment = now()
        got = pace.take(COMPANY, LIMITS, moment, Lane.INTERACTIVE, bulk=False, holder=holder, until=moment + DIES_AFTER)
        if isinstance(got, Slot):
            held.append(got)
    print("holding", now(), min(slot.until for slot in held), max(slot.until for slot in held), flush=True)
    time.sleep(60)


def main(holder: str) -> None:
    with create_app(config.load()).app_context():
        print("ready", flush=True)
        if holder == "dead":
            hold(holder)
        number = 0
        while not bell.client().exists("stop"):
            number += 1
            call(holder, number)


if __name__ == "__main__":
    main(sys.argv[1])
