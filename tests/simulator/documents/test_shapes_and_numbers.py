"""Points 16, 19, 25, 26 and 27: what a sales document looks like and what it is called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from simulator.quickbooks import operations, wire

from .desk import US_HOME, Desk, sold

D = Decimal


def raw(desk: Desk, name: str, body: dict) -> str:
    return wire.dumps(operations.write(desk.company, name, body, {}))


def test_s05_16_amounts_have_decimals_nought_has_none_ids_are_text_and_a_subtotal_line_is_added(us: Desk) -> None:
    line = sold(us.item(), 300, Qty=4, UnitPrice="75.00")
    text = raw(us, "Invoice", {"CustomerRef": {"value": us.customer()["Id"]}, "Line": [line]})
    assert '"Amount":300.00,' in text
    assert '"UnitPrice":75,"Qty":4,' in text
    assert '"TxnTaxDetail":{"TotalTax":0}' in text
    assert '"TotalAmt":300.00,' in text
    assert '{"Amount":300.00,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}' in text
    assert '"SyncToken":"0"' in text
    assert '"LinkedTxn":[]' in text
    assert "PrivateNote" not in text
    assert "null" not in text


def test_s05_16_an_echoed_subtotal_line_is_not_added_twice(us: Desk) -> None:
    made = us.sell(us.customer(), sold(us.item(), 300))
    us.later()
    body = {
        key: made[key]
        for key in ("Id", "SyncToken", "CustomerRef", "Line", "TxnDate", "DueDate", "BillEmail")
        if key in made
    }
    again = us.write("Invoice", body)
    assert [line["DetailType"] for line in again["Line"]] == ["SalesItemLineDetail", "SubTotalLineDetail"]
    assert again["TotalAmt"] == 300


def test_s05_19_a_full_update_nulls_what_was_left_out_and_replaces_the_lines(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    made = us.sell(customer, sold(item, 100), sold(item, 50), PrivateNote="kept?", CustomerMemo={"value": "hello"})
    again = us.write(
        "Invoice",
        {"Id": made["Id"], "SyncToken": "0", "CustomerRef": made["CustomerRef"], "Line": [sold(item, 70)]},
    )
    assert "PrivateNote" not in again
    assert "CustomerMemo" not in again
    assert again["TotalAmt"] == again["Balance"] == 70
    assert again["Line"][0]["Id"] == "3", "a line without an id is a new one"
    assert again["SyncToken"] == "1"


def test_s05_19_a_sparse_update_keeps_what_was_left_out_but_lines_are_still_replaced_whole(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    made = us.sell(customer, sold(item, 100), sold(item, 50), PrivateNote="kept", DueDate="2026-12-31")
    noted = us.again("Invoice", made, CustomerMemo={"value": "hello"})
    assert (noted["PrivateNote"], noted["TotalAmt"], len(noted["Line"])) == ("kept", 150, 3)
    cut = us.again("Invoice", made, Line=[{**sold(item, 55), "Id": "2"}])
    assert [(line.get("Id"), line["Amount"]) for line in cut["Line"]] == [("2", 55), (None, 55)]
    assert (cut["PrivateNote"], cut["DueDate"]) == ("kept", "2026-12-31")


def test_s05_19_a_full_update_that_changes_nothing_leaves_the_sync_token(us: Desk) -> None:
    made = us.sell(us.customer(), sold(us.item(), 100))
    same = {
        key: made[key] for key in ("CustomerRef", "Line", "TxnDate", "DueDate", "BillAddr", "ShipAddr") if key in made
    }
    assert us.write("Invoice", {"Id": made["Id"], "SyncToken": "0", **same})["SyncToken"] == "0"


def test_s05_25_an_amount_that_is_not_quantity_times_price_is_refused(us: Desk) -> None:
    body = {"CustomerRef": {"value": us.customer()["Id"]}}
    item = us.item()
    fault = us.refused("Invoice", {**body, "Line": [sold(item, 100, Qty=3, UnitPrice="33.33")]})
    assert fault.code == "6070"
    assert "UnitPrice * Qty" in str(fault.detail)
    assert us.write("Invoice", {**body, "Line": [sold(item, 100, Qty=3, UnitPrice="33.333333")]})["TotalAmt"] == 100


def test_s05_25_purchases_are_held_to_the_product_too(us: Desk) -> None:
    item = us.item("Wood", ExpenseAccountRef=us.named_account("Travel"))
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": 3, "UnitPrice": 10}
    line = {"DetailType": "ItemBasedExpenseLineDetail", "Amount": 31, "ItemBasedExpenseLineDetail": detail}
    assert us.refused("Bill", {"VendorRef": {"value": us.vendor()["Id"]}, "Line": [line]}).code == "6070"


def test_s05_26_quickbooks_counts_when_custom_numbers_are_off(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    numbers = [us.sell(customer, sold(item, 1))["DocNumber"] for _ in range(2)]
    receipt = us.sell(customer, sold(item, 1), name="SalesReceipt")
    ours = us.sell(customer, sold(item, 1), DocNumber="2000")
    after = us.sell(customer, sold(item, 1))
    assert [*numbers, receipt["DocNumber"], ours["DocNumber"], after["DocNumber"]] == [
        "1001",
        "1002",
        "1003",
        "2000",
        "2001",
    ]


def test_s05_26_a_full_update_without_number_keeps_the_counted_one(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    made = us.sell(customer, sold(item, 1))
    body = {"Id": made["Id"], "SyncToken": "0", "CustomerRef": made["CustomerRef"], "Line": [sold(item, 2)]}
    assert us.write("Invoice", body)["DocNumber"] == "1001"


def test_s05_26_with_custom_numbers_none_sent_stays_none_unless_asked_for(us: Desk) -> None:
    us.prefer("SalesFormsPrefs", CustomTxnNumbers=True)
    customer, item = us.customer(), us.item()
    assert "DocNumber" not in us.sell(customer, sold(item, 1))
    assert us.sell(customer, sold(item, 1), DocNumber="AUTO_GENERATE")["DocNumber"] == "1001"


def test_s05_26_a_number_in_use_is_refused_naming_its_holder_unless_duplicates_are_allowed(us: Desk) -> None:
    us.prefer("SalesFormsPrefs", CustomTxnNumbers=True)
    customer, item = us.customer(), us.item()
    first = us.sell(customer, sold(item, 1), DocNumber="KZ-1042")
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [sold(item, 1)], "DocNumber": "KZ-1042"}
    fault = us.refused("Invoice", body)
    assert fault.code == "6140"
    assert f"DocNumber=KZ-1042 is assigned to TxnType=Invoice with TxnId={first['Id']}" in str(fault.detail)
    assert us.write("Invoice", body, include="allowduplicatedocnum")["DocNumber"] == "KZ-1042"
    us.prefer("named", SalesFormsPrefs__WarnDuplicateTxnNumber="false")
    assert us.write("Invoice", body)["DocNumber"] == "KZ-1042"


def test_s05_26_an_update_may_keep_its_own_number(us: Desk) -> None:
    us.prefer("SalesFormsPrefs", CustomTxnNumbers=True)
    made = us.sell(us.customer(), sold(us.item(), 1), DocNumber="KZ-1042")
    assert us.again("Invoice", made, DocNumber="KZ-1042", PrivateNote="x")["DocNumber"] == "KZ-1042"


def test_s05_26_numbers_have_at_most_21_characters(us: Desk) -> None:
    body = {"CustomerRef": {"value": us.customer()["Id"]}, "Line": [sold(us.item(), 1)], "DocNumber": "K" * 25}
    fault = us.refused("Invoice", body)
    assert fault.code == "2050"
    assert "Max:21 supported. Supplied length:25" in str(fault.detail)


def test_s05_26_a_refused_document_uses_up_no_number(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    us.refused("Invoice", {"CustomerRef": {"value": customer["Id"]}, "Line": [sold(item, 100, Qty=3, UnitPrice=1)]})
    assert us.sell(customer, sold(item, 1))["DocNumber"] == "1001"


def test_s05_27_addresses_are_copied_from_the_customer(us: Desk) -> None:
    customer = us.customer(BillAddr=US_HOME, ShipAddr={**US_HOME, "Line1": "Dock 4"})
    made = us.sell(customer, sold(us.item(), 1))
    assert made["BillAddr"] == customer["BillAddr"]
    assert made["ShipAddr"]["Line1"] == "Dock 4"
    assert made["BillAddr"]["Country"] == "USA"


def test_s05_27_an_address_that_was_written_comes_back_squeezed_into_lines(us: Desk) -> None:
    customer = us.customer(BillAddr=US_HOME)
    written = {"Line1": "Kathy Paulsen", "Line2": "900 Main St.", "City": "Middlefield", "CountrySubDivisionCode": "CA"}
    made = us.sell(
        customer, sold(us.item(), 1), BillAddr={**written, "PostalCode": "94303", "Country": "United States"}
    )
    lines = {key: value for key, value in made["BillAddr"].items() if key != "Id"}
    assert lines == {"Line1": "Kathy Paulsen", "Line2": "900 Main St.", "Line3": "Middlefield, CA  94303 USA"}
    assert made["BillAddr"]["Id"] != customer["BillAddr"]["Id"]


def test_s05_27_echoing_an_address_changes_nothing(us: Desk) -> None:
    customer = us.customer(BillAddr=US_HOME)
    made = us.sell(customer, sold(us.item(), 1))
    assert us.again("Invoice", made, BillAddr=made["BillAddr"])["SyncToken"] == "0"
    assert us.again("Invoice", made, BillAddr=US_HOME)["SyncToken"] == "0", "the customer's own, as it was sent"


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ({"DueDays": 10}, "2026-03-12"),
        ({"DayOfMonthDue": 15, "DueNextMonthDays": 5}, "2026-03-15"),
        ({"DayOfMonthDue": 5, "DueNextMonthDays": 10}, "2026-04-05"),
    ],
)
def test_the_due_date_follows_from_the_terms(us: Desk, terms: dict, due: str) -> None:
    term = us.write("Term", {"Name": "Ours", **terms})
    made = us.sell(us.customer(), sold(us.item(), 1), TxnDate="2026-03-02", SalesTermRef={"value": term["Id"]})
    assert made["DueDate"] == due


def test_the_date_of_a_document_is_the_servers_today_unless_sent(us: Desk) -> None:
    customer, item = us.customer(), us.item()
    assert us.sell(customer, sold(item, 1))["TxnDate"] == "2026-02-24", "Pacific, though it is the 25th in UTC"
    assert us.sell(customer, sold(item, 1), TxnDate="2026-01-05")["TxnDate"] == "2026-01-05"


def test_a_line_without_an_item_is_a_remark_and_its_amount_does_not_count(us: Desk) -> None:
    line = {"DetailType": "SalesItemLineDetail", "Amount": 40, "Description": "as agreed", "SalesItemLineDetail": {}}
    made = us.sell(us.customer(), sold(us.item(), 100), line)
    assert made["TotalAmt"] == 100
    assert made["Line"][1]["DetailType"] == "DescriptionOnly"
    assert "Amount" not in made["Line"][1]


def test_a_category_cannot_stand_on_a_line(us: Desk) -> None:
    folder = us.write("Item", {"Name": "Landscaping", "Type": "Category"})
    fault = us.refused("Invoice", {"CustomerRef": {"value": us.customer()["Id"]}, "Line": [sold(folder, 1)]})
    assert fault.code == "2500"


@pytest.mark.parametrize(
    ("missing", "body"), [("CustomerRef", {"Line": []}), ("Line", {"CustomerRef": {"value": "1"}})]
)
def test_what_is_required_is_named_when_it_is_missing(us: Desk, missing: str, body: dict) -> None:
    us.customer()
    if missing == "CustomerRef":
        body = {"Line": [sold(us.item(), 1)]}
    fault = us.refused("Invoice", body)
    assert (fault.code, fault.element) == ("2020", missing)


def test_a_total_below_nought_is_refused(us: Desk) -> None:
    body = {"CustomerRef": {"value": us.customer()["Id"]}, "Line": [sold(us.item(), -5)]}
    fault = us.refused("Invoice", body)
    assert fault.code == "6000"
    assert "Transaction amount must be 0 or greater" in str(fault.detail)


def test_s05_16_what_a_client_echoes_with_empty_keys_changes_nothing(us: Desk) -> None:
    customer = us.customer(BillAddr=US_HOME, ShipAddr=US_HOME)
    made = us.sell(customer, sold(us.item(), 100, TaxInclusiveAmt=0))
    assert "TaxInclusiveAmt" not in made["Line"][0]["SalesItemLineDetail"]
    echo = {
        **made,
        "ShipAddr": {**made["ShipAddr"], "Line2": None, "Note": None},
        "TrackingNum": "",
        "BillEmailCc": None,
    }
    assert us.write("Invoice", echo)["SyncToken"] == "0"


def test_references_are_answered_with_the_name_of_today(us: Desk) -> None:
    customer = us.customer()
    made = us.sell(customer, sold(us.item(), 100))
    us.again("Customer", customer, DisplayName="Ada Berg")
    assert us.read("Invoice", made["Id"])["CustomerRef"]["name"] == "Ada Berg"


@pytest.mark.parametrize("name", ["Estimate", "CreditMemo", "SalesReceipt"])
def test_other_sales_documents_are_echoed_without_change(us: Desk, name: str) -> None:
    made = us.sell(us.customer(BillAddr=US_HOME), sold(us.item(), 100), name=name)
    assert us.write(name, made)["SyncToken"] == "0"


def test_s05_26_a_switch_lets_quickbooks_ignore_the_number_that_is_sent(us: Desk) -> None:
    us.prefer("named", SalesFormsPrefs__TakeSentTxnNumbers="false")
    made = us.sell(us.customer(), sold(us.item(), 1), DocNumber="KZ-1")
    assert made["DocNumber"] == "1001"
    assert us.again("Invoice", made, DocNumber="KZ-1", PrivateNote="x")["DocNumber"] == "1001"


def test_s05_16_keys_stand_in_the_order_of_the_server(us: Desk) -> None:
    customer, item = us.customer(BillAddr=US_HOME), us.item()
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [sold(item, 300)], "PrivateNote": "x"}
    keys = list(wire.loads(raw(us, "Invoice", body))["Invoice"])
    recorded = ["AllowIPNPayment", "domain", "sparse", "Id", "SyncToken", "MetaData", "CustomField", "DocNumber"]
    recorded += [
        "TxnDate",
        "CurrencyRef",
        "PrivateNote",
        "LinkedTxn",
        "Line",
        "TxnTaxDetail",
        "CustomerRef",
        "BillAddr",
    ]
    recorded += ["DueDate", "TotalAmt", "ApplyTaxAfterDiscount", "PrintStatus", "EmailStatus", "Balance"]
    assert [key for key in keys if key in recorded] == recorded


def test_s05_24_an_invoice_line_cannot_name_an_account(us: Desk) -> None:
    elsewhere = us.named_account("Sales of Product Income")
    made = us.sell(us.customer(), sold(us.item(), 100, ItemAccountRef=elsewhere))
    assert "ItemAccountRef" not in made["Line"][0]["SalesItemLineDetail"]
    assert (us.balance("Services"), us.balance("Sales of Product Income")) == (-100, 0), "where the item points"
