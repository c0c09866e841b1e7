"""What a lapsed subscription and a smaller plan refuse: points 36 and 37."""

from __future__ import annotations

from typing import Any

import pytest

from .books import Books, ref, sparse

LAPSED = ["RESTRICTED", "SUSPENDED", "EXPIRED", "CANCELLED"]


@pytest.mark.parametrize("status", LAPSED)
def test_s05_36_a_lapsed_company_can_be_read_and_not_written(us: Books, status: str) -> None:
    made = us.customer()
    us.company.subscription = status
    assert us.read("customer", made["Id"])["DisplayName"] == made["DisplayName"]
    assert len(us.rows("select * from Customer")) == 1
    assert us.cdc("Customer", "2026-02-01")[0]["maxResults"] == 1
    for refused in (us.refused("customer", {"DisplayName": "Bo"}), us.refused("customer", sparse(made, Notes="x"))):
        assert (refused.code, refused.message) == ("6190", "Invalid Company Status")


def test_s05_36_the_status_is_shown_with_the_company(us: Books) -> None:
    us.company.subscription = "SUSPENDED"
    values = {each["Name"]: each["Value"] for each in us.read("companyinfo", "9130355377388383")["NameValue"]}
    assert values["SubscriptionStatus"] == "SUSPENDED"


@pytest.mark.parametrize("status", ["TRIAL", "TRIALOPTIN", "SUBSCRIBED", "PAID"])
def test_s05_36_a_running_subscription_writes(us: Books, status: str) -> None:
    us.company.subscription = status
    assert us.customer()["Id"]


def _bill(books: Books, vendor: dict[str, Any], by_item: bool) -> dict[str, Any]:
    kind = "ItemBasedExpenseLineDetail" if by_item else "AccountBasedExpenseLineDetail"
    spent = books.account("Expense")
    detail = {"ItemRef": ref(books.item(ExpenseAccountRef=spent))} if by_item else {"AccountRef": spent}
    return {"VendorRef": ref(vendor), "Line": [{"Amount": 10, "DetailType": kind, kind: detail}]}


# edition -> what it refuses, of: bill by account, bill by item, class, location, inventory item
GATES = [
    ("SimpleStart", {"bill", "bill item", "class", "department", "inventory"}),
    ("Essentials", {"bill item", "class", "department", "inventory"}),
    ("Plus", set()),
    ("Advanced", set()),
]


@pytest.mark.parametrize(("edition", "closed"), GATES)
def test_s05_37_a_plan_refuses_what_it_does_not_have(edition: str, closed: set[str]) -> None:
    books = Books(edition=edition)
    stock = {
        "Name": "Pump", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 5, "InvStartDate": "2026-01-01",
        "IncomeAccountRef": books.account("Income"), "ExpenseAccountRef": books.account("Cost of Goods Sold"),
        "AssetAccountRef": ref(books.rows("select * from Account where AccountSubType = 'Inventory'")[0]),
    }  # fmt: skip
    tries: dict[str, tuple[str, dict[str, Any]]] = {
        "class": ("class", {"Name": "North"}),
        "department": ("department", {"Name": "Oslo"}),
        "inventory": ("item", stock),
    }
    for word, (entity, body) in tries.items():
        if word in closed:
            fault = books.refused(entity, body)
            assert (fault.code, fault.message) == ("5030", "Feature Not Supported Error"), word
        else:
            assert books.write(entity, body)["Id"], word


@pytest.mark.parametrize(("edition", "closed"), GATES)
def test_s05_37_bills_by_plan(edition: str, closed: set[str]) -> None:
    books = Books(edition=edition)
    vendor = books.write("vendor", {"DisplayName": "Lumber"})
    for word, by_item in (("bill", False), ("bill item", True)):
        body = _bill(books, vendor, by_item)
        if word in closed:
            assert books.refused("bill", body).code == "5030", word
        else:
            assert books.write("bill", body)["Id"], word


@pytest.mark.parametrize("line", [5, "x", {"DetailType": 1}, [None], [5]])
def test_s05_37_a_bill_that_makes_no_sense_is_refused_in_a_small_plan_too(line: Any) -> None:
    books = Books(edition="Essentials")
    vendor = books.write("vendor", {"DisplayName": "Lumber"})
    assert books.refused("bill", {"VendorRef": ref(vendor), "Line": line}).http_status == 400


def test_s05_37_what_the_plan_lacks_cannot_be_turned_on() -> None:
    books = Books(edition="Essentials")
    held = books.read("preferences", "")
    assert books.refused("preferences", sparse(held, AccountingInfoPrefs={"TrackDepartments": True})).code == "5030"


def test_s05_37_classes_and_locations_have_to_be_turned_on(us: Books) -> None:
    off = {"ClassTrackingPerTxnLine": False, "TrackDepartments": False}
    us.write("preferences", sparse(us.read("preferences", ""), AccountingInfoPrefs=off))
    assert us.refused("class", {"Name": "North"}).code == "5030"
    assert us.refused("department", {"Name": "Oslo"}).code == "5030"


def test_s05_37_a_query_for_what_the_plan_lacks_is_refused_too() -> None:
    assert Books(edition="Essentials").not_queried("select * from Class").code == "5030"


def test_s05_37_the_plan_is_named_by_the_company() -> None:
    values = {each["Name"]: each["Value"] for each in Books(edition="Essentials").read("companyinfo", "1")["NameValue"]}
    assert values["OfferingSku"] == "QuickBooks Online Essentials"


@pytest.mark.parametrize("edition", ["SimpleStart", "Essentials", "Plus", "Advanced"])
def test_s05_37_expenses_and_sales_are_in_every_plan(edition: str) -> None:
    books = Books(edition=edition)
    kind = "AccountBasedExpenseLineDetail"
    line = {"Amount": 10, "DetailType": kind, kind: {"AccountRef": books.account("Expense")}}
    spent = {"PaymentType": "Cash", "AccountRef": books.account("Bank"), "Line": [line]}
    assert books.write("purchase", spent)["TotalAmt"] == 10
    assert books.invoice(books.customer(), books.item())["TotalAmt"] == 100
