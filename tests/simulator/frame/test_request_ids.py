"""Point 12: a request id that has been seen returns the first answer and does nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.simulator.machine import Access, Machine


def test_s05_12_a_repeated_request_id_returns_the_stored_bytes_and_makes_no_second_object(
    machine: Machine, access: Access
) -> None:
    first, second = access.customer("Ada", requestid="r-1"), access.customer("Ada", requestid="r-1")
    assert second.content == first.content
    assert access.customers("Ada") == 1
    entries = machine.journal(request_id="r-1")
    assert [(each["committed"], each["replayed"]) for each in entries] == [(True, False), (False, True)]


def test_s05_12_the_first_answer_comes_back_even_for_another_body(access: Access) -> None:
    first, second = access.customer("Ada", requestid="r-1"), access.customer("Grace", requestid="r-1")
    assert second.content == first.content
    assert access.customers("Grace") == 0


def test_s05_12_request_ids_belong_to_a_company(machine: Machine, access: Access) -> None:
    other = machine.grant("CA")
    access.customer("Ada", requestid="r-1")
    other.customer("Ada", requestid="r-1")
    assert other.customers("Ada") == 1


def test_s05_12_updates_and_deletes_are_replayed_too(access: Access) -> None:
    made = access.customer("Ada").json()["Customer"]
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "x"}
    first = access.post("customer", body, params={"requestid": "u-1"})
    again = access.post("customer", body, params={"requestid": "u-1"})
    assert (first.status_code, first.content) == (200, again.content)


def test_s05_12_a_refusal_is_not_stored(access: Access) -> None:
    access.customer("Ada")
    assert access.customer("Ada", requestid="r-1").status_code == 400
    assert access.customer("Grace", requestid="r-1").status_code == 200


def test_s05_12_a_knob_stores_refusals_too(machine: Machine, access: Access) -> None:
    machine.fault("replay_errors", count=None)
    access.customer("Ada")
    refused = access.customer("Ada", requestid="r-1")
    again = access.customer("Grace", requestid="r-1")
    assert (again.status_code, again.content) == (400, refused.content)


def test_s05_12_a_stored_500_is_replayed_while_the_knob_stands(machine: Machine, access: Access) -> None:
    machine.fault("replay_errors", count=None)
    machine.fault("commit_then_status", 500)
    assert access.customer("Ada", requestid="r-1").status_code == 500
    assert access.customer("Ada", requestid="r-1").status_code == 500
    assert access.customers("Ada") == 1


def test_s05_12_a_stored_500_that_did_nothing_is_replayed_too(machine: Machine, access: Access) -> None:
    machine.fault("replay_errors", count=None)
    machine.fault("status", 500)
    answers = [access.customer("Ada", requestid="r-1") for _ in range(2)]
    assert [one.status_code for one in answers] == [500, 500]
    assert access.customers("Ada") == 0
    assert access.customer("Ada", requestid="r-2").status_code == 200


def test_s05_12_a_knob_makes_request_ids_count_for_nothing(machine: Machine, access: Access) -> None:
    machine.fault("ignore_request_ids", count=None)
    assert access.post("vendor", {"DisplayName": "V"}, params={"requestid": "r-1"}).status_code == 200
    again = access.post("vendor", {"DisplayName": "V"}, params={"requestid": "r-1"})
    assert again.json()["Fault"]["Error"][0]["code"] == "6240"


def test_s05_12_in_a_batch_the_item_ids_belong_to_the_identity(access: Access) -> None:
    def batch(item_id: str, name: str) -> bytes:
        item = {"bId": item_id, "operation": "create", "Customer": {"DisplayName": name}}
        return access.post("batch", {"BatchItemRequest": [item]}, params={"requestid": "b-1"}).content

    first = batch("1", "Ada")
    assert batch("1", "Ada") == first
    assert b'"Grace"' in batch("2", "Grace")
    assert access.customers("Ada") == access.customers("Grace") == 1


@pytest.mark.parametrize("request_id", ["x" * 51, "with space", "ä"])
def test_a_request_id_of_bad_form_is_2130(access: Access, request_id: str) -> None:
    answer = access.customer("Ada", requestid=request_id)
    assert answer.json()["Fault"]["Error"][0]["code"] == "2130"


def test_a_batch_takes_shorter_ids(access: Access) -> None:
    def code(request_id: str, item_id: str) -> str:
        item = {"bId": item_id, "operation": "create", "Customer": {"DisplayName": "Ada"}}
        body = access.post("batch", {"BatchItemRequest": [item]}, params={"requestid": request_id}).json()
        return str(body["Fault"]["Error"][0]["code"])

    assert code("x" * 37, "1") == "2130"
    assert code("b-1", "12345678901") == "2130"


def test_s05_46_the_same_request_in_parallel_is_done_once(machine: Machine, access: Access) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: access.customer("Ada", requestid="r-1"), range(8)))
    assert len({each.content for each in answers}) == 1
    assert access.customers("Ada") == 1


def test_s05_46_the_same_customer_made_in_parallel_gives_one_and_refusals(access: Access) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: access.customer("Ada"), range(8)))
    assert sorted(each.status_code for each in answers) == [200] + [400] * 7
    codes = {each.json()["Fault"]["Error"][0]["code"] for each in answers if each.status_code == 400}
    assert codes == {"6240"}
