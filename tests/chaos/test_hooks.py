"""A 2xx is a promise: whatever is killed, emptied or frozen meanwhile, what was accepted is there, once, and due.

K1 to K3 kill the web process before the commit, after it, and before the bell; the platform sends again, as platforms
do. Q5 and the outages of D2 happen under five hundred hooks.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
import requests
from sqlalchemy import func, select

from kz_admin import clock
from kz_admin.models import Client, Invoice, Payment, Receipt, SyncRecord
from kz_admin.models.session import reading
from kz_admin.services import keys, tenants
from kz_admin.services.audit import SYSTEM
from kz_admin.services.bell import LANES, queue
from tests.chaos.experiment import Experiment, failpoints_in
from tests.chaos.opening import in_turn, mostly_sqlite
from tests.fixtures.processes import ROOT
from tests.integration.hooks.conftest import connect
from tests.platform import body, signature

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

KILLED_AT = {
    "K1 before the commit": "hook.booked=kill",
    "K2 after the commit": "hook.committed=kill",
    "K3 before the bell": "bell.before=kill",
}
MANY, AT_ONCE = 500, 4


class Sender:
    """A platform over real HTTP that tries again until it has a 2xx."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        with experiment.dyno.inside():
            tenants.create(tenants.Description("Acme", "USD", "UTC", "US"), external_id="acme", plan="standard")
            tenant_id = tenants.by_external_id("acme").id
            made = keys.create("Billing", tenant_id, SYSTEM)
            connect(tenant_id)
        self.key, self.secret = made.key, made.signing_secret

    def post(self, number: int, delivery: str) -> int:
        return self.send(number, delivery).status_code

    def send(self, number: int, delivery: str) -> requests.Response:
        said = body(**{"invoice.id": f"inv-{number}", "invoice.number": f"N-{number}"})
        raw = json.dumps(said).encode()
        timestamp = str(self._now() // 1000)
        headers = {
            "Authorization": f"Bearer {self.key}",
            "webhook-id": delivery,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self.secret, delivery, timestamp, raw),
        }
        url = f"http://127.0.0.1:{self.experiment.dyno.port}/hooks/paid"
        return requests.post(url, data=raw, headers=headers, timeout=30)

    def _now(self) -> int:
        with self.experiment.dyno.inside():
            return clock.now_ms()

    def until_accepted(self, number: int, delivery: str = "") -> None:
        delivery = delivery or f"msg_{uuid4().hex}"
        for _ in range(20):
            try:
                if self.post(number, delivery) == 202:
                    return
            except requests.RequestException:
                continue
        raise AssertionError(f"hook {number} was never accepted")


def count(experiment: Experiment) -> dict[str, int]:
    with experiment.dyno.inside(), reading() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Client, Invoice, Payment, Receipt)
        }


def due(experiment: Experiment) -> dict[tuple[str, str], int]:
    with experiment.dyno.inside(), reading() as session:
        rows = session.execute(select(SyncRecord.kind, SyncRecord.state, func.count()).group_by("kind", "state"))
        return {(kind, state): number for kind, state, number in rows}


def test_every_failpoint_of_the_hook_is_tried_here() -> None:
    there = set(failpoints_in(ROOT / "kz_admin" / "services" / "hooks.py"))
    assert there | {"bell.before"} == {spec.partition("=")[0] for spec in KILLED_AT.values()}


@mostly_sqlite
@pytest.mark.parametrize("killed_at", KILLED_AT.values(), ids=KILLED_AT.keys())
def test_a_killed_web_process_loses_no_hook_and_makes_no_second_invoice(experiment: Experiment, killed_at: str) -> None:
    sender = Sender(experiment)
    experiment.start("web", armed=killed_at)
    with pytest.raises(requests.ConnectionError):
        sender.post(1, "msg_1")
    experiment.await_death("web")
    experiment.heal("web")
    for _ in range(3):
        sender.until_accepted(1, "msg_1")
    assert count(experiment) == {"client": 1, "invoice": 1, "payment": 1, "receipt": 1}
    assert due(experiment) == {("client", "due"): 1, ("invoice", "due"): 1, ("payment", "due"): 1}


def outages(experiment: Experiment) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """What happens to Redis, and how it ends."""
    redis = experiment.dyno.redis

    def full() -> None:
        with redis.client() as client:
            client.config_set("maxmemory", "1")

    def roomy() -> None:
        with redis.client() as client:
            client.config_set("maxmemory", "0")

    def flushed() -> None:
        with redis.client() as client:
            client.flushall()

    return {
        "killed": (redis.kill, redis.start),
        "flushed": (flushed, lambda: None),
        "full": (full, roomy),
        "paused": (redis.freeze, redis.thaw),
    }


@pytest.mark.parametrize(
    ("experiment", "outage"),
    in_turn("killed", "flushed", "full", "paused", short=("killed",)),
    indirect=["experiment"],
)
def test_five_hundred_hooks_survive_any_outage_of_redis(experiment: Experiment, outage: str) -> None:
    sender = Sender(experiment)
    experiment.start("web")
    begin, end = outages(experiment)[outage]
    numbers = iter(range(MANY))
    lock, failures = threading.Lock(), []

    def send() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            if number == MANY // 4:
                begin()
            if number == 3 * MANY // 4:
                end()
            try:
                sender.until_accepted(number)
            except AssertionError as failure:
                failures.append(failure)

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(experiment) == {"client": 1, "invoice": MANY, "payment": MANY, "receipt": MANY}
    waiting = due(experiment)
    assert (waiting["invoice", "due"], waiting["payment", "due"]) == (MANY, MANY)


@mostly_sqlite
def test_what_nobody_planned_is_planned_within_thirty_seconds_of_redis_return(experiment: Experiment) -> None:
    """The bell was lost and even the plan is missing: the clock's next looks find both."""
    sender = Sender(experiment)
    experiment.start("web")
    sender.until_accepted(1)
    with experiment.dyno.inside():
        from sqlalchemy import delete

        from kz_admin.models.session import writing

        with writing() as session:
            session.execute(delete(SyncRecord))
    experiment.dyno.redis.kill()
    experiment.dyno.redis.forget()
    experiment.dyno.redis.start()
    experiment.start("worker", "clock")
    experiment.rest(lambda: due(experiment).get(("payment", "due")) == 1, seconds=30)
    with experiment.dyno.inside():
        assert all(queue(lane).count < 100 for lane in LANES)
