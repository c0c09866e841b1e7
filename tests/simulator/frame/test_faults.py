"""Every fault, as a caller meets it and as the journal tells it."""

from __future__ import annotations

import time
from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest
import requests

from simulator.frame.faults import ACTIONS, Faults
from tests.simulator.machine import Access, Machine

CUT = requests.ConnectionError


def last(machine: Machine) -> dict[str, object]:
    return machine.journal()[-1]


def test_nothing_is_done_when_the_connection_is_cut_before_the_commit(machine: Machine, access: Access) -> None:
    machine.fault("drop_before_commit", path="/customer")
    with pytest.raises(CUT):
        access.customer("Ada", requestid="r-1")
    assert (last(machine)["committed"], last(machine)["status"]) == (False, None)
    assert access.customers("Ada") == 0
    assert access.customer("Ada", requestid="r-1").status_code == 200


def test_the_work_is_done_when_the_connection_is_cut_after_the_commit(machine: Machine, access: Access) -> None:
    machine.fault("commit_then_drop", path="/customer")
    with pytest.raises(CUT):
        access.customer("Ada", requestid="r-1")
    entry = last(machine)
    assert (entry["committed"], entry["status"], entry["fault"]) == (True, None, "commit_then_drop")
    assert [(each["type"], each["op"]) for each in entry["objects"]] == [("Customer", "create")]
    assert access.customer("Ada", requestid="r-1").json()["Customer"]["DisplayName"] == "Ada"
    assert access.customers("Ada") == 1


def test_a_server_error_can_come_after_the_commit(machine: Machine, access: Access) -> None:
    machine.fault("commit_then_status", 503, path="/customer")
    assert access.customer("Ada").status_code == 503
    assert last(machine)["committed"] is True
    assert access.customers("Ada") == 1


def test_a_slow_commit_happens_when_the_clock_gets_there_though_the_caller_is_gone(
    machine: Machine, access: Access
) -> None:
    machine.fault("slow_commit", 100, path="/customer")
    with pytest.raises(CUT):
        access.customer("Ada", requestid="r-1")
    assert access.customers("Ada") == 0
    machine.pass_time(99)
    assert access.customers("Ada") == 0
    machine.pass_time(2)
    assert access.customers("Ada") == 1
    entries = machine.journal(request_id="r-1")
    assert [(each["committed"], each["status"]) for each in entries] == [(True, None)]
    assert entries[0]["objects"][0]["type"] == "Customer"


def test_a_slow_commit_is_done_at_its_own_moment_in_a_long_jump(machine: Machine, access: Access) -> None:
    """Two hours later the token is dead, but a hundred seconds after the call it was not."""
    began = machine.sim("GET", "clock")["now"]
    machine.fault("slow_commit", 100, path="/customer")
    with pytest.raises(CUT):
        access.customer("Ada", requestid="r-1")
    machine.pass_time(7200)
    access.access_token = access.refresh().json()["access_token"]
    made = access.customer("Ada", requestid="r-1").json()["Customer"]
    assert access.customers("Ada") == 1
    created = datetime.fromisoformat(made["MetaData"]["CreateTime"]).timestamp()
    assert 95 <= created - began / 1000 <= 110


def test_a_slow_commit_and_a_repeat_with_the_same_request_id_make_one_object(machine: Machine, access: Access) -> None:
    machine.fault("slow_commit", 100, path="/customer")
    with pytest.raises(CUT):
        access.customer("Ada", requestid="r-1")
    assert access.customer("Ada", requestid="r-1").status_code == 200
    machine.pass_time(101)
    assert access.customers("Ada") == 1


def test_a_delay_keeps_the_caller_waiting(machine: Machine, access: Access) -> None:
    machine.fault("delay", 0.3)
    began = time.monotonic()
    assert access.get("preferences").status_code == 200
    assert time.monotonic() - began >= 0.3


def test_an_answer_can_break_off_in_the_middle(machine: Machine, access: Access) -> None:
    machine.fault("truncate", path="/customer")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError, ValueError)):
        access.customer("Ada").json()
    assert access.customers("Ada") == 1


def test_html_can_come_instead_of_json(machine: Machine, access: Access) -> None:
    machine.fault("html", 200)
    answer = access.get("preferences")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_status_brings_its_own_body_and_headers(machine: Machine, access: Access) -> None:
    arg = {"status": 429, "body": {"a": 1}, "headers": {"Retry-After": "7"}}
    machine.fault("status", arg)
    answer = access.get("preferences")
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (429, {"a": 1}, "7")


@pytest.mark.parametrize("scope", ["client", "company"])
def test_a_throttle_shuts_its_scope_for_a_while(machine: Machine, access: Access, scope: str) -> None:
    machine.fault("throttle", {"scope": scope, "seconds": 60, "retry_after": 60}, path="/customer")
    refused = access.customer("Ada")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert access.get("preferences").status_code == 429
    assert machine.grant("CA").get("preferences").status_code == 200
    machine.pass_time(61)
    assert access.customer("Ada").status_code == 200


def test_a_throttle_of_batches_leaves_single_calls_alone(machine: Machine, access: Access) -> None:
    machine.fault("throttle", {"scope": "batch"}, path="/batch")
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Item"}]}
    assert access.post("batch", body).status_code == 429
    assert access.get("preferences").status_code == 200
    assert access.post("batch", body).status_code == 429


def batch_of(count: int) -> dict[str, object]:
    items = [{"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"C{n}"}} for n in range(count)]
    return {"BatchItemRequest": items}


def test_a_partial_batch_does_its_first_items_only(machine: Machine, access: Access) -> None:
    machine.fault("partial_batch", {"commit": 2, "then": "fault"})
    items = access.post("batch", batch_of(4)).json()["BatchItemResponse"]
    assert ["Customer" in each for each in items] == [True, True, False, False]
    assert items[3]["Fault"]["Error"][0]["code"] == "3001"


def test_a_partial_batch_can_end_in_silence(machine: Machine, access: Access) -> None:
    machine.fault("partial_batch", {"commit": 2, "then": "drop"})
    with pytest.raises(CUT):
        access.post("batch", batch_of(4))
    assert len(last(machine)["objects"]) == 2  # type: ignore[arg-type]
    assert access.customers("C1") == 1
    assert access.customers("C2") == 0


def test_stale_reads_see_yesterdays_books_for_a_while(machine: Machine, access: Access) -> None:
    access.customer("Before")
    machine.fault("stale_reads", 30, None)
    made = access.customer("After").json()["Customer"]
    assert access.customers("Before") == 1
    assert access.customers("After") == 0
    assert access.get(f"customer/{made['Id']}").status_code == 400
    machine.pass_time(31)
    assert access.customers("After") == 1


def test_stale_reads_hold_for_books_nobody_had_opened_yet(machine: Machine, access: Access) -> None:
    machine.fault("stale_reads", 30, None, company="US")
    access.customer("After")
    assert access.customers("After") == 0


def test_a_wrong_server_clock_shows_in_every_date(machine: Machine, access: Access) -> None:
    machine.fault("clock_skew", 600, None, path="/customer")
    answer = access.customer("Ada")
    now = machine.sim("GET", "clock")["now"] / 1000
    assert 590 < parsedate_to_datetime(answer.headers["Date"]).timestamp() - now < 610
    assert 590 < datetime.fromisoformat(answer.json()["time"]).timestamp() - now < 610
    created = answer.json()["Customer"]["MetaData"]["CreateTime"]
    assert 590 < datetime.fromisoformat(created).timestamp() - now < 610
    assert abs(parsedate_to_datetime(access.get("preferences").headers["Date"]).timestamp() - now) < 10


def test_the_token_endpoint_can_fail_too(machine: Machine, access: Access) -> None:
    machine.fault("status", 503, path="/tokens/bearer")
    assert access.refresh().status_code == 503
    machine.fault("commit_then_drop", path="/tokens/bearer")
    with pytest.raises(CUT):
        access.refresh()
    assert last(machine)["committed"] is True
    assert access.refresh().status_code == 200


def test_a_fault_strikes_only_what_it_matches(machine: Machine, access: Access) -> None:
    other = machine.grant("CA")
    machine.fault("status", 503, None, company="CA", method="POST", path="*/customer")
    assert access.customer("Ada").status_code == 200
    assert other.get("preferences").status_code == 200
    assert other.customer("Ada").status_code == 503


def test_a_fault_can_be_aimed_at_one_document_by_its_body(machine: Machine, access: Access) -> None:
    machine.fault("status", 503, None, body='"Grace"')
    assert access.customer("Ada").status_code == 200
    assert access.customer("Grace").status_code == 503


def test_a_fault_can_be_aimed_by_pattern_and_by_query(machine: Machine, access: Access) -> None:
    machine.fault("status", 503, None, path="/v3/company/*/customer", query="requestid=r-1")
    assert access.customer("Ada", requestid="r-2").status_code == 200
    assert access.customer("Grace", requestid="r-1").status_code == 503


def test_a_fault_is_spent_after_its_count(machine: Machine, access: Access) -> None:
    fault_id = machine.fault("status", 503, 2)
    assert [access.get("preferences").status_code for _ in range(3)] == [503, 503, 200]
    assert machine.sim("DELETE", f"faults/{fault_id}") == {"id": fault_id, "fired": 2}


def test_a_lifted_fault_strikes_no_more(machine: Machine, access: Access) -> None:
    fault_id = machine.fault("status", 503, None)
    assert access.get("preferences").status_code == 503
    machine.sim("DELETE", f"faults/{fault_id}")
    assert access.get("preferences").status_code == 200


def test_probability_is_thrown_with_the_same_dice_every_time() -> None:
    class Request:
        path = "/x"

    def throws() -> list[bool]:
        faults = Faults()
        faults.add({}, "status", 500, None, 0.5)
        return [faults.trouble(Request()) is not None for _ in range(200)]

    assert throws() == throws()
    assert 60 < sum(throws()) < 140


def test_every_action_is_described_and_an_unknown_one_is_refused(machine: Machine) -> None:
    assert all(ACTIONS.values())
    body = {"match": {}, "action": "explode"}
    answer = machine.http.post(f"{machine.base}/_sim/faults", json=body, timeout=5)
    assert answer.status_code == 400
    assert "explode" in answer.json()["error"]
