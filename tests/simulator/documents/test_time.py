"""Point 38: time."""

from __future__ import annotations

from typing import Any

import pytest

from .desk import Desk, Doc, sold


@pytest.fixture
def time(us: Desk) -> Doc:
    """A valid entry that is not billable."""
    return {
        "NameOf": "Employee",
        "EmployeeRef": {"value": us.employee()["Id"]},
        "ItemRef": {"value": us.item()["Id"]},
        "TxnDate": "2026-02-20",
        "Hours": 1,
        "Minutes": 30,
    }


def test_s05_38_billed_is_what_an_invoice_makes_it_never_what_is_sent(us: Desk, time: Doc) -> None:
    fault = us.refused("TimeActivity", {**time, "BillableStatus": "HasBeenBilled"})
    assert fault.code == "2170"
    assert "HAS_BEEN_BILLED" in str(fault.detail)


def test_s05_38_billable_time_needs_a_customer_and_a_rate(us: Desk, time: Doc) -> None:
    ada = {"value": us.customer()["Id"]}
    assert us.refused("TimeActivity", {**time, "BillableStatus": "Billable", "HourlyRate": 75}).code == "6310"
    assert us.refused("TimeActivity", {**time, "BillableStatus": "Billable", "CustomerRef": ada}).code == "6330"
    made = us.write("TimeActivity", {**time, "BillableStatus": "Billable", "CustomerRef": ada, "HourlyRate": 75})
    assert (made["BillableStatus"], made["HourlyRate"], made["Taxable"]) == ("Billable", 75, False)


def test_s05_38_time_is_said_in_one_form_only(us: Desk, time: Doc) -> None:
    span = {"StartTime": "2026-02-20T09:00:00-08:00", "EndTime": "2026-02-20T10:30:00-08:00"}
    assert us.refused("TimeActivity", {**time, **span}).code == "6390"
    bare = {key: value for key, value in time.items() if key not in ("Hours", "Minutes")}
    assert us.refused("TimeActivity", bare).code == "6350"
    assert us.write("TimeActivity", {**bare, **span})["StartTime"].startswith("2026-02-20T")


@pytest.mark.parametrize(
    ("wrong", "code"), [({"Minutes": 60}, "6340"), ({"Hours": -1}, "6340"), ({"Hours": 8761}, "6380")]
)
def test_s05_38_hours_and_minutes_stay_in_their_bounds(us: Desk, time: Doc, wrong: dict[str, Any], code: str) -> None:
    assert us.refused("TimeActivity", {**time, **wrong}).code == code


def test_s05_38_a_start_after_the_end_is_refused(us: Desk, time: Doc) -> None:
    bare = {key: value for key, value in time.items() if key not in ("Hours", "Minutes")}
    span = {"StartTime": "2026-02-20T11:00:00-08:00", "EndTime": "2026-02-20T10:30:00-08:00"}
    assert us.refused("TimeActivity", {**bare, **span}).code == "6370"


def test_s05_38_the_name_has_to_be_of_the_kind_that_is_said(us: Desk, time: Doc) -> None:
    vendor = {"value": us.vendor()["Id"]}
    assert us.refused("TimeActivity", {**time, "NameOf": "Vendor"}).code == "6300"
    assert us.refused("TimeActivity", {**time, "VendorRef": vendor}).code == "6290"
    bare = {key: value for key, value in time.items() if key != "EmployeeRef"}
    assert us.write("TimeActivity", {**bare, "NameOf": "Vendor", "VendorRef": vendor})["VendorRef"]["name"]


def test_s05_38_an_invoice_bills_the_time_and_gives_it_back_when_it_goes(us: Desk, time: Doc) -> None:
    ada = us.customer()
    billable = {"BillableStatus": "Billable", "CustomerRef": {"value": ada["Id"]}, "HourlyRate": 75}
    entry = us.write("TimeActivity", {**time, **billable})
    link = [{"TxnId": entry["Id"], "TxnType": "TimeActivity"}]
    made = us.sell(ada, sold(us.item("Hours"), "112.50"), LinkedTxn=link)
    assert us.read("TimeActivity", entry["Id"])["BillableStatus"] == "HasBeenBilled"
    assert us.cannot("TimeActivity", entry, "delete").code == "800"
    us.void("Invoice", made)
    assert us.read("TimeActivity", entry["Id"])["BillableStatus"] == "Billable"
    us.delete("TimeActivity", entry)
    assert us.not_read("TimeActivity", entry["Id"]).code == "610"


def test_time_that_is_not_billable_or_anothers_cannot_be_invoiced(us: Desk, time: Doc) -> None:
    ada, bob = us.customer(), us.customer("Bob")
    entry = us.write("TimeActivity", {**time, "CustomerRef": {"value": ada["Id"]}, "BillableStatus": "NotBillable"})
    line = sold(us.item("Hours"), 10)
    for customer in (ada, bob):
        body = {
            "CustomerRef": {"value": customer["Id"]},
            "Line": [line],
            "LinkedTxn": [{"TxnId": entry["Id"], "TxnType": "TimeActivity"}],
        }
        assert us.refused("Invoice", body).code == "620"


def test_time_on_goods_is_refused(us: Desk, time: Doc) -> None:
    goods = us.item("Wood", Type="NonInventory")
    assert us.refused("TimeActivity", {**time, "ItemRef": {"value": goods["Id"]}}).code == "2500"


def test_time_is_changed_sparsely_and_cannot_be_voided(us: Desk, time: Doc) -> None:
    entry = us.write("TimeActivity", time)
    changed = us.again("TimeActivity", entry, Hours=2, NameOf="Employee")
    assert (changed["Hours"], changed["Minutes"], changed["SyncToken"]) == (2, 30, "1")
    assert us.cannot("TimeActivity", entry, "void").code == "500"
