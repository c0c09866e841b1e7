"""Batch: point 42."""

from __future__ import annotations

import pytest

from simulator.quickbooks import operations
from simulator.quickbooks.faults import Fault

from .books import Books, sparse


def test_s05_42_items_fail_alone_and_the_answer_keeps_their_order(us: Books) -> None:
    made = us.customer("Ada Lund")
    answers = us.batch(
        {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "Lumber"}},
        {"bId": "2", "operation": "create", "Customer": {"DisplayName": "Lumber"}},
        {"bId": "3", "operation": "update", "Customer": {**sparse(made, Notes="x"), "SyncToken": "9"}},
        {"bId": "4", "operation": "delete", "Invoice": {"Id": "129", "SyncToken": "0"}},
        {"bId": "5", "Query": "select * from Customer"},
        {"bId": "6", "operation": "update", "Customer": sparse(made, Notes="y")},
    )
    assert [each["bId"] for each in answers] == ["1", "2", "3", "4", "5", "6"]
    assert answers[0]["Vendor"]["DisplayName"] == "Lumber"
    assert [answers[at]["Fault"]["Error"][0]["code"] for at in (1, 2, 3)] == ["6240", "5010", "610"]
    assert answers[4]["QueryResponse"]["maxResults"] == 1
    assert answers[5]["Customer"]["Notes"] == "y"


def test_s05_42_no_item_sees_what_another_made(us: Books) -> None:
    answers = us.batch(
        {"bId": "a", "operation": "create", "Customer": {"DisplayName": "Ada"}},
        {"bId": "b", "Query": "select * from Customer"},
    )
    assert answers[1]["QueryResponse"] == {}
    assert len(us.rows("select * from Customer")) == 1


def test_s05_42_thirty_one_items_are_too_many_and_none_is_done(us: Books) -> None:
    items = [
        {"bId": str(number), "operation": "create", "Customer": {"DisplayName": f"C{number}"}} for number in range(31)
    ]
    with pytest.raises(Fault) as raised:
        us.batch(*items)
    assert raised.value.code == "1040"
    assert us.rows("select * from Customer") == []
    assert all("Customer" in each for each in us.batch(*items[:30]))


def test_s05_42_a_failed_item_leaves_nothing_behind(us: Books) -> None:
    before = us.company.to_state()
    us.batch({"bId": "1", "operation": "create", "Customer": {"DisplayName": "Ada", "Shoe": 1}})
    assert us.company.to_state() == before


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"bId": "1", "operation": "revert", "Customer": {"Id": "1", "SyncToken": "0"}}, "500"),
        ({"bId": "1", "operation": "create", "Shoe": {}}, "2010"),
        ({"bId": "1", "operation": "delete", "Customer": {"Id": "1", "SyncToken": "0"}}, "500"),
        ({"bId": "1", "Query": "select"}, "4000"),
    ],
)
def test_s05_42_an_item_that_makes_no_sense_is_refused_alone(us: Books, item: dict[str, object], code: str) -> None:
    us.customer()
    answers = us.batch(item, {"bId": "2", "Query": "select * from Customer"})
    assert answers[0]["Fault"]["Error"][0]["code"] == code
    assert answers[1]["QueryResponse"]["maxResults"] == 1


def test_s05_42_a_bid_is_given_once(us: Books) -> None:
    with pytest.raises(Fault):
        us.batch({"bId": "1", "Query": "select * from Item"}, {"bId": "1", "Query": "select * from Item"})


def test_s05_42_the_edge_can_throttle_single_items(us: Books) -> None:
    """An item can fail alone with the throttle code."""
    busy = Fault("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429", None, "", 429, "SystemFault")
    items = [{"bId": str(at), "operation": "create", "Customer": {"DisplayName": f"C{at}"}} for at in range(3)]
    answers = operations.batch(us.company, items, {}, lambda index, _item: busy if index == 1 else None)
    assert ["Fault" in each for each in answers["BatchItemResponse"]] == [False, True, False]


def test_s05_42_invoices_can_be_voided_and_deleted_in_a_batch(us: Books) -> None:
    customer, item = us.customer(), us.item()
    first, second = us.invoice(customer, item), us.invoice(customer, item)
    answers = us.batch(
        {"bId": "1", "operation": "void", "Invoice": {"Id": first["Id"], "SyncToken": "0"}},
        {"bId": "2", "operation": "delete", "Invoice": {"Id": second["Id"], "SyncToken": "0"}},
    )
    assert answers[0]["Invoice"]["Balance"] == 0
    assert answers[1]["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": second["Id"]}
