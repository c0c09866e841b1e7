"""Points 13 and 47: limits per company and app, on the virtual clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import requests

from simulator.frame.limits import Limits, Rule
from tests.simulator.machine import Access, Machine

RULE = Rule("r", 3, 1000, 5000)


class Clock:
    def __init__(self) -> None:
        self.ms = 0

    def __call__(self) -> int:
        return self.ms


def is_throttled(answer: requests.Response) -> bool:
    if answer.status_code != 429:
        return False
    error = answer.json()["fault"]["error"][0]
    assert error["message"] == "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    return True


def test_a_window_slides_and_refused_calls_do_not_count() -> None:
    clock = Clock()
    limits = Limits(clock)
    assert [limits.hit([(RULE, "s")]) for _ in range(3)] == [None] * 3
    assert limits.hit([(RULE, "s")]) is RULE
    clock.ms = 4999
    assert limits.hit([(RULE, "s")]) is RULE
    clock.ms = 5000
    assert limits.hit([(RULE, "s")]) is None


def test_a_call_refused_by_one_rule_is_counted_by_none() -> None:
    limits = Limits(Clock())
    tight = Rule("tight", 1, 1000, 1000)
    assert limits.hit([(RULE, "s"), (tight, "s")]) is None
    assert limits.hit([(RULE, "s"), (tight, "s")]) is tight
    assert [limits.hit([(RULE, "s")]) for _ in range(3)] == [None, None, RULE]


def test_s05_13_more_than_ten_calls_in_a_second_are_throttled_for_a_minute(machine: Machine, access: Access) -> None:
    answers = [access.get("preferences") for _ in range(11)]
    assert [each.status_code for each in answers[:10]] == [200] * 10
    assert is_throttled(answers[10])
    machine.pass_time(55)
    assert is_throttled(access.get("preferences"))
    machine.pass_time(6)
    assert access.get("preferences").status_code == 200


def test_s05_13_the_limit_is_per_company(machine: Machine, access: Access) -> None:
    other = machine.grant("CA")
    for _ in range(11):
        last = access.get("preferences")
    assert is_throttled(last)
    assert other.get("preferences").status_code == 200


def test_s05_13_five_hundred_calls_a_minute_are_the_limit_of_a_company(machine: Machine, access: Access) -> None:
    for _ in range(50):
        answers = [access.get("preferences").status_code for _ in range(10)]
        assert answers == [200] * 10
        machine.pass_time(1)
    assert is_throttled(access.get("preferences"))
    machine.pass_time(61)
    assert access.get("preferences").status_code == 200


def test_s05_13_forty_batches_a_minute_are_the_limit_of_an_app(machine: Machine, access: Access) -> None:
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Item"}]}
    for _ in range(40):
        assert access.post("batch", body).status_code == 200
        machine.pass_time(1)
    assert is_throttled(access.post("batch", body))
    assert access.get("preferences").status_code == 200
    machine.pass_time(61)
    assert access.post("batch", body).status_code == 200


def test_more_than_ten_calls_at_once_are_throttled(machine: Machine, access: Access) -> None:
    """The older rule: ten at the same time. The virtual clock runs ahead, so the second is not the limit here."""
    machine.fault("delay", 0.4, None, path="/preferences")

    def call(_: int) -> int:
        with requests.Session() as own:
            machine.world.clock.advance(300)
            return own.get(f"{access.address}/preferences", headers=access.headers(), timeout=5).status_code

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(call, range(12)))
    assert sorted(statuses) == [200] * 10 + [429] * 2
    machine.pass_time(2)
    assert access.get("preferences").status_code == 200


def test_limits_can_be_switched_off_for_a_bench(machine: Machine, access: Access) -> None:
    machine.sim("POST", "limits", {"on": False})
    assert {access.get("preferences").status_code for _ in range(30)} == {200}


def test_s05_47_the_monthly_cap_stops_reads_while_writes_still_work(machine: Machine, access: Access) -> None:
    machine.fault("read_cap", 2, None)
    assert [access.get("preferences").status_code for _ in range(3)] == [200, 200, 429]
    refused = access.get("preferences").json()["fault"]["error"][0]
    assert refused["code"] != "3001"
    assert access.customer("Ada").status_code == 200
    assert access.get("query", params={"query": "select * from Item"}).status_code == 429
    machine.pass_time(32 * 86_400)
    access.access_token = access.refresh().json()["access_token"]
    assert access.get("preferences").status_code == 200


def test_s05_47_a_failed_read_is_not_metered(machine: Machine, access: Access) -> None:
    machine.fault("read_cap", 1, None)
    assert access.get("customer/999999").status_code == 400
    assert access.get("preferences").status_code == 200
    assert access.get("preferences").status_code == 429


def test_a_day_limit_ends_at_midnight(machine: Machine, access: Access) -> None:
    machine.fault("day_limit", 2, None)
    assert [access.customer(name).status_code for name in ("A", "B", "C")] == [200, 200, 429]
    machine.pass_time(86_400)
    access.access_token = access.refresh().json()["access_token"]
    assert access.customer("C").status_code == 200
