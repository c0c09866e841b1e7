"""Names across lists, hierarchy, inactive rows and references to them: points 20 to 24."""

from __future__ import annotations

from typing import Any

import pytest

from .books import Books, ref, sparse


@pytest.mark.parametrize("holder", ["vendor", "employee"])
def test_s05_20_a_customer_cannot_take_the_name_of_a_vendor_or_employee(us: Books, holder: str) -> None:
    us.write(holder, {"DisplayName": "Emi Plath", "GivenName": "Emi"})
    fault = us.refused("customer", {"DisplayName": "emi plath"})
    assert (fault.code, fault.message) == ("6240", "Duplicate Name Exists Error")
    assert "Another customer, vendor or employee is already using this name" in str(fault.detail)


def test_s05_20_the_detail_carries_the_id_of_a_customer_that_has_the_name(us: Books) -> None:
    made = us.customer("Ada Lund")
    fault = us.refused("customer", {"DisplayName": "Ada Lund"})
    assert fault.detail == f"The name supplied already exists. : Id={made['Id']}"
    assert "element" not in fault.body()["Error"][0]


def test_s05_20_the_detail_is_null_when_a_sub_customer_has_the_name(us: Books) -> None:
    parent = us.customer("Ada Lund")
    us.customer("Website", ParentRef=ref(parent), Job=True)
    fault = us.refused("customer", {"DisplayName": "Website", "ParentRef": ref(parent), "Job": True})
    assert fault.detail == "The name supplied already exists. : null"


def test_s05_20_an_update_to_a_taken_name_is_refused_and_to_its_own_is_not(us: Books) -> None:
    us.customer("Ada Lund")
    other = us.customer("Bo Ek")
    assert us.refused("customer", sparse(other, DisplayName="ADA LUND")).code == "6240"
    assert us.write("customer", sparse(other, DisplayName="BO EK"))["DisplayName"] == "BO EK"


def test_s05_20_a_sub_customer_may_be_called_like_a_customer_elsewhere(us: Books) -> None:
    """As recorded: what has to be unique is the whole path."""
    us.customer("Jack Doe")
    parent = us.customer("Doe, Jack")
    assert us.customer("Jack Doe", ParentRef=ref(parent), Job=True)["FullyQualifiedName"] == "Doe, Jack:Jack Doe"


@pytest.mark.parametrize("entity", ["class", "department", "term", "paymentmethod", "account", "item"])
def test_s05_20_a_name_is_unique_in_its_own_list(us: Books, entity: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "term": {"Name": "Net 7", "DueDays": 7},
        "account": {"Name": "Net 7", "AccountType": "Bank"},
        "item": {"Name": "Net 7", "Type": "Service", "IncomeAccountRef": us.account("Income")},
    }
    body = bodies.get(entity, {"Name": "Net 7"})
    us.write(entity, body)
    assert us.refused(entity, {**body, "Name": "net 7"}).code == "6240"


def test_s05_21_deactivation_appends_deleted_and_frees_the_name(us: Books) -> None:
    made = us.customer("Ada Lund")
    gone = us.write("customer", sparse(made, Active=False))
    assert (gone["DisplayName"], gone["Active"]) == ("Ada Lund (deleted)", False)
    assert gone["PrintOnCheckName"] == "Ada Lund"
    assert us.customer("Ada Lund")["Id"] != made["Id"]


def test_s05_21_a_second_row_of_the_name_gets_a_number(us: Books) -> None:
    us.write("customer", sparse(us.customer("Ada"), Active=False))
    assert us.write("customer", sparse(us.customer("Ada"), Active=False))["DisplayName"] == "Ada (deleted-1)"


def test_s05_21_queries_hide_inactive_rows_unless_active_is_asked_for(us: Books) -> None:
    us.write("customer", sparse(us.customer("Ada"), Active=False))
    us.customer("Bo")
    assert [each["DisplayName"] for each in us.rows("select * from Customer")] == ["Bo"]
    both = us.rows("select * from Customer where Active in (true, false)")
    assert [each["DisplayName"] for each in both] == ["Ada (deleted)", "Bo"]
    assert us.rows("select * from Customer where DisplayName = 'Ada (deleted)'") == []
    assert len(us.rows("select * from Customer where DisplayName = 'Ada (deleted)' and Active = false")) == 1


def test_s05_21_deactivating_again_changes_nothing(us: Books) -> None:
    gone = us.write("customer", sparse(us.customer("Ada"), Active=False))
    assert us.write("customer", sparse(gone, Active=False)) == gone


def test_s05_21_reactivating_takes_the_ending_off_unless_the_name_is_taken(us: Books) -> None:
    gone = us.write("customer", sparse(us.customer("Ada"), Active=False))
    back = us.write("customer", sparse(gone, Active=True))
    assert back["DisplayName"] == "Ada"
    gone = us.write("customer", sparse(back, Active=False))
    us.customer("Ada")
    assert us.refused("customer", sparse(gone, Active=True)).code == "6240"


def test_s05_21_an_inactive_row_can_still_be_read(us: Books) -> None:
    gone = us.write("customer", sparse(us.customer("Ada"), Active=False))
    assert us.read("customer", gone["Id"])["Active"] is False


def test_s05_21_account_and_class_want_their_name_to_be_deactivated(us: Books) -> None:
    account = us.write("account", {"Name": "Fees Billed", "AccountType": "Income"})
    assert us.refused("account", sparse(account, Active=False)).code == "2020"
    gone = us.write("account", sparse(account, Active=False, Name="Fees Billed"))
    assert (gone["Name"], gone["FullyQualifiedName"]) == ("Fees Billed (deleted)", "Fees Billed (deleted)")
    assert us.write("account", sparse(gone, Active=False, Name="Fees Billed (deleted)"))["SyncToken"] == "1"


def test_a_customer_with_a_balance_cannot_be_made_inactive(us: Books) -> None:
    customer = us.customer()
    us.invoice(customer, us.item())
    assert us.refused("customer", sparse(us.read("customer", customer["Id"]), Active=False)).code == "6220"


def test_a_customer_with_unbilled_time_cannot_be_made_inactive(us: Books) -> None:
    customer, employee = us.customer(), us.write("employee", {"GivenName": "Emi"})
    body = {
        "NameOf": "Employee", "EmployeeRef": ref(employee), "CustomerRef": ref(customer), "ItemRef": ref(us.item()),
        "Hours": 1, "Minutes": 0, "BillableStatus": "Billable", "HourlyRate": 75, "TxnDate": "2026-02-24",
    }  # fmt: skip
    time = us.write("timeactivity", body)
    held = us.read("customer", customer["Id"])
    assert us.refused("customer", sparse(held, Active=False)).code == "6280"
    us.write("timeactivity", {"Id": time["Id"], "SyncToken": "0"}, operation="delete")
    assert us.write("customer", sparse(held, Active=False))["Active"] is False


def test_spaces_around_a_name_are_taken_off(us: Books) -> None:
    assert us.item("  Design ")["Name"] == "Design"
    assert us.customer(" Ada ")["DisplayName"] == "Ada"
    assert us.refused("term", {"Name": "  ", "DueDays": 1}).code == "2020"


def test_a_sub_customer_has_its_parents_currency(multi: Books) -> None:
    parent = multi.customer("Ada EUR", CurrencyRef={"value": "EUR"})
    body = {"DisplayName": "Website", "Job": True, "ParentRef": ref(parent)}
    assert multi.refused("customer", {**body, "CurrencyRef": {"value": "USD"}}).code == "6000"
    assert multi.write("customer", body)["CurrencyRef"] == {"value": "EUR", "name": "Euro"}


def test_s05_22_a_reference_to_an_inactive_item_or_account_names_the_table(us: Books) -> None:
    account = us.write("account", {"Name": "Old income", "AccountType": "Income"})
    us.write("account", sparse(account, Active=False, Name="Old income"))
    body = {"Name": "New", "Type": "Service", "IncomeAccountRef": ref(account)}
    fault = us.refused("item", body)
    assert fault.code == "2500"
    assert "made inactive" in str(fault.detail)
    assert f"Accounts element id {account['Id']}" in str(fault.detail)


def test_s05_22_a_reference_to_an_inactive_customer_is_not_found(us: Books) -> None:
    gone = us.write("customer", sparse(us.customer("Ada"), Active=False))
    fault = us.refused("customer", {"DisplayName": "Job", "Job": True, "ParentRef": ref(gone)})
    assert fault.code == "610"
    assert "Check the fields with accounts, customers, items, vendors or employees" in str(fault.detail)


def test_s05_22_a_reference_to_nothing_names_the_table_and_the_id(us: Books) -> None:
    fault = us.refused("item", {"Name": "New", "Type": "Service", "IncomeAccountRef": {"value": "777"}})
    assert (fault.code, fault.detail) == ("2500", "Invalid Reference Id : Accounts element id 777 not found")


def test_s05_22_what_was_referred_to_before_may_stay_though_inactive(us: Books) -> None:
    account = us.write("account", {"Name": "Old income", "AccountType": "Income"})
    item = us.item("Design", IncomeAccountRef=ref(account))
    us.write("account", sparse(account, Active=False, Name="Old income"))
    assert us.write("item", sparse(item, Description="still sold"))["Description"] == "still sold"


def test_s05_23_a_sub_customer_has_path_level_and_job(us: Books) -> None:
    parent = us.customer("Ada Lund")
    child = us.customer("Website", ParentRef=ref(parent), Job=True)
    assert child["FullyQualifiedName"] == "Ada Lund:Website"
    assert (child["Level"], child["Job"], child["ParentRef"]) == (1, True, ref(parent))
    assert parent["Job"] is False


def test_s05_23_the_sixth_level_is_refused(us: Books) -> None:
    row = us.customer("L0")
    for level in range(1, 5):
        row = us.customer(f"L{level}", ParentRef=ref(row), Job=True)
    assert row["FullyQualifiedName"] == "L0:L1:L2:L3:L4"
    fault = us.refused("customer", {"DisplayName": "L5", "Job": True, "ParentRef": ref(row)})
    assert fault.code == "6180"


def test_s05_23_a_job_needs_its_parent(us: Books) -> None:
    assert us.refused("customer", {"DisplayName": "Website", "Job": True}).code == "6150"


def test_s05_23_nobody_is_their_own_parent(us: Books) -> None:
    parent = us.customer("Ada")
    child = us.customer("Website", ParentRef=ref(parent), Job=True)
    assert us.refused("customer", sparse(parent, Job=True, ParentRef=ref(child))).code == "6000"


def test_s05_23_the_parents_balance_with_jobs_holds_the_jobs_balance(us: Books) -> None:
    parent = us.customer("Ada")
    child = us.customer("Website", ParentRef=ref(parent), Job=True)
    us.invoice(child, us.item(), 85)
    above = us.read("customer", parent["Id"])
    assert (above["Balance"], above["BalanceWithJobs"]) == (0, 85)


def test_s05_24_an_item_without_income_account_is_refused(us: Books) -> None:
    fault = us.refused("item", {"Name": "Design", "Type": "Service"})
    assert (fault.code, fault.detail) == ("2020", "Required parameter IncomeAccountRef is missing in the request")


def test_s05_24_an_item_sold_on_a_bank_account_is_refused(us: Books) -> None:
    body = {"Name": "Design", "Type": "Service", "IncomeAccountRef": us.account("Bank")}
    assert us.refused("item", body).code == "6430"


def test_s05_24_a_category_is_refused_on_a_line(us: Books) -> None:
    category = us.write("item", {"Name": "Work", "Type": "Category"})
    assert "IncomeAccountRef" not in category
    line = {"DetailType": "SalesItemLineDetail", "Amount": 10, "SalesItemLineDetail": {"ItemRef": ref(category)}}
    fault = us.refused("invoice", {"CustomerRef": ref(us.customer()), "Line": [line]})
    assert fault.http_status == 400


def test_s05_24_an_invoice_line_has_no_writable_account(us: Books) -> None:
    detail = {"ItemRef": ref(us.item()), "AccountRef": us.account("Income")}
    line = {"DetailType": "SalesItemLineDetail", "Amount": 10, "SalesItemLineDetail": detail}
    assert us.refused("invoice", {"CustomerRef": ref(us.customer()), "Line": [line]}).code == "2010"


def test_s05_24_items_in_a_category_carry_its_path(us: Books) -> None:
    category = us.write("item", {"Name": "Work", "Type": "Category"})
    item = us.item("Design", ParentRef=ref(category), SubItem=True)
    assert (item["FullyQualifiedName"], item["SubItem"], item["Level"]) == ("Work:Design", True, 1)


def test_s05_24_items_in_canada_and_the_united_kingdom_need_an_expense_account(canada: Books) -> None:
    body = {"Name": "Design", "Type": "Service", "IncomeAccountRef": canada.account("Income")}
    fault = canada.refused("item", body)
    assert "ExpenseAccountRef" in str(fault.detail)
    assert canada.write("item", {**body, "ExpenseAccountRef": canada.account("Expense")})["Id"]
