"""The store itself: whole writes or none, indexes that follow, a state that comes back, many hands at once (46)."""

from __future__ import annotations

import pickle
import threading
import time

import pytest

from simulator.quickbooks import operations
from simulator.quickbooks.company import Company
from simulator.quickbooks.faults import Fault

from .books import Books, sparse


def test_a_write_that_fails_half_way_leaves_no_trace(us: Books) -> None:
    us.customer("Ada")
    before, told = us.company.to_state(), len(us.events)

    def fail_half_way() -> None:
        with us.company.writing():
            us.company.insert("Customer", {"DisplayName": "Bo"}, "name")
            us.company.refresh("Customer", "1", Notes="changed")
            us.company.remove("Term", "1")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert us.company.to_state() == before
    assert len(us.events) == told
    assert us.company.table("Customer").by("DisplayName", "Bo") == []
    assert us.company.table("Term").first("Name", "Due on receipt") is not None


def test_an_inner_write_that_fails_does_not_take_the_outer_one_along(us: Books) -> None:
    company = us.company
    with company.writing():
        company.insert("Customer", {"DisplayName": "Ada"}, "name")
        with pytest.raises(RuntimeError):
            _fail_inside(company)
    assert [row["DisplayName"] for row in company.table("Customer").all()] == ["Ada"]


def _fail_inside(company: Company) -> None:
    with company.writing():
        company.insert("Customer", {"DisplayName": "Bo"}, "name")
        raise RuntimeError


def test_writing_outside_a_write_is_a_defect(us: Books) -> None:
    with pytest.raises(RuntimeError):
        us.company.insert("Customer", {"DisplayName": "Ada"}, "name")


def test_an_index_follows_the_row(us: Books) -> None:
    made = us.customer("Ada")
    us.write("customer", sparse(made, DisplayName="Bo"))
    table = us.company.table("Customer")
    assert table.by("DisplayName", "ada") == []
    assert table.by("DisplayName", "BO")[0]["Id"] == made["Id"]


def test_a_saved_state_comes_back_with_indexes_ids_and_stubs(us: Books) -> None:
    invoice = us.invoice(us.customer("Ada"), us.item())
    us.write("invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="delete")
    us.company.subscription = "SUSPENDED"
    state = pickle.loads(pickle.dumps(us.company.to_state()))
    again = Company.from_state(state, us.company.now_ms)
    assert again.to_state() == us.company.to_state()
    assert again.subscription == "SUSPENDED"
    again.subscription = "SUBSCRIBED"
    assert again.table("Customer").by("DisplayName", "ada")[0]["Id"] == "1"
    with pytest.raises(Fault, match="Another user has deleted"):
        operations.read(again, "invoice", invoice["Id"])
    made = operations.create(again, "customer", {"DisplayName": "Bo"}, {})["Customer"]
    assert made["Id"] == "2"


def test_s05_46_of_two_parallel_creations_of_one_customer_one_fails_with_the_name(us: Books) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def create() -> None:
        start.wait()
        try:
            operations.create(us.company, "customer", {"DisplayName": "Ada Lund"}, {})
            outcomes.append("made")
        except Fault as fault:
            outcomes.append(fault.code)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["6240"] * 7 + ["made"]
    assert us.query("select count(*) from Customer") == {"totalCount": 1}


def test_s05_46_parallel_writers_of_one_row_do_not_overwrite_one_another(us: Books) -> None:
    made = us.customer()
    outcomes: list[str] = []

    def change(number: int) -> None:
        try:
            operations.write(us.company, "customer", sparse(made, Notes=f"n{number}"), {})
            outcomes.append("changed")
        except Fault as fault:
            outcomes.append(fault.code)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["5010"] * 7 + ["changed"]


def test_three_hundred_simple_creates_take_less_than_a_second(us: Books) -> None:
    item = us.item()
    started = time.process_time()
    for number in range(150):
        body = {"DisplayName": f"C{number}", "PrimaryEmailAddr": {"Address": "a@b.example"}}
        row = operations.create(us.company, "customer", body, {})["Customer"]
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": 10,
            "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}},
        }
        operations.create(us.company, "invoice", {"CustomerRef": {"value": row["Id"]}, "Line": [line]}, {})
    assert time.process_time() - started < 1
