"""The small lists, the company's own record and its switches, currencies and rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulator.quickbooks import events, ledger, operations
from simulator.quickbooks.entities import ENTITIES
from simulator.quickbooks.faults import Fault

from .books import Books, ref, sparse


def test_a_term_is_standard_or_date_driven_by_what_it_says(us: Books) -> None:
    assert us.write("term", {"Name": "Net 20", "DueDays": 20})["Type"] == "STANDARD"
    dated = us.write("term", {"Name": "25th", "DayOfMonthDue": 25, "DueNextMonthDays": 5})
    assert dated["Type"] == "DATE_DRIVEN"
    assert us.refused("term", {"Name": "both", "DueDays": 1, "DayOfMonthDue": 1}).code == "6000"
    assert us.refused("term", {"Name": "neither"}).code == "2020"


def test_a_payment_method_is_no_credit_card_unless_it_says_so(us: Books) -> None:
    assert us.write("paymentmethod", {"Name": "E-transfer"})["Type"] == "NON_CREDIT_CARD"
    assert us.write("paymentmethod", {"Name": "Amex", "Type": "CREDIT_CARD"})["Type"] == "CREDIT_CARD"


def test_classes_and_locations_nest(us: Books) -> None:
    for entity, flag in (("class", "SubClass"), ("department", "SubDepartment")):
        top = us.write(entity, {"Name": "North"})
        below = us.write(entity, {"Name": "Oslo", "ParentRef": ref(top)})
        assert (below["FullyQualifiedName"], below[flag], top[flag]) == ("North:Oslo", True, False)
        assert us.write(entity, {"Name": "Oslo"})["FullyQualifiedName"] == "Oslo"


def test_an_account_gets_its_type_or_sub_type_and_classification(us: Books) -> None:
    by_sub_type = us.write("account", {"Name": "Petty cash", "AccountSubType": "CashOnHand"})
    assert (by_sub_type["AccountType"], by_sub_type["Classification"]) == ("Bank", "Asset")
    by_type = us.write("account", {"Name": "Card two", "AccountType": "Credit Card"})
    assert (by_type["AccountSubType"], by_type["Classification"]) == ("CreditCard", "Liability")
    assert us.refused("account", {"Name": "X", "AccountType": "Bank", "AccountSubType": "Travel"}).code == "6430"


def test_account_numbers_may_be_longer_in_canada(canada: Books) -> None:
    number = "1" * 20
    assert canada.write("account", {"Name": "X", "AccountType": "Bank", "AcctNum": number})["AcctNum"] == number


def test_a_sub_account_is_of_its_parents_type(us: Books) -> None:
    top = us.write("account", {"Name": "Consulting", "AccountType": "Income"})
    below = us.write("account", {"Name": "Design", "AccountType": "Income", "ParentRef": ref(top)})
    assert (below["FullyQualifiedName"], below["SubAccount"]) == ("Consulting:Design", True)
    assert us.refused("account", {"Name": "Y", "AccountType": "Bank", "ParentRef": ref(top)}).code == "6000"


def test_the_accounts_the_books_need_stay(us: Books) -> None:
    row = us.rows("select * from Account where AccountSubType = 'UndepositedFunds'")[0]
    assert us.refused("account", sparse(row, Name=row["Name"], Active=False)).code == "6000"


def test_account_balances_follow_the_ledger(us: Books) -> None:
    us.invoice(us.customer(), us.item(), 120)
    row = us.rows("select * from Account where AccountType = 'Accounts Receivable'")[0]
    assert (row["CurrentBalance"], row["CurrentBalanceWithSubAccounts"]) == (120, 120)
    assert us.query("select count(*) from Account where CurrentBalance = 120") == {"totalCount": 1}


def _pump(us: Books) -> dict[str, Any]:
    asset = us.rows("select * from Account where AccountSubType = 'Inventory'")[0]
    return {
        "Name": "Pump", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 25, "PurchaseCost": 10.5,
        "UnitPrice": 15, "InvStartDate": "2026-01-01", "IncomeAccountRef": us.account("Income"),
        "ExpenseAccountRef": us.account("Cost of Goods Sold"), "AssetAccountRef": ref(asset),
    }  # fmt: skip


def test_opening_stock_is_an_asset_from_the_first_day(us: Books) -> None:
    made = us.write("item", _pump(us))
    assert (made["QtyOnHand"], made["TrackQtyOnHand"]) == (25, True)
    assert us.read("account", made["AssetAccountRef"]["value"])["CurrentBalance"] == Decimal("262.5")
    assert sum(ledger.trial_balance(us.company).values()) == 0


@pytest.mark.parametrize("key", ["QtyOnHand", "InvStartDate", "AssetAccountRef", "ExpenseAccountRef"])
def test_an_inventory_item_needs_all_of_its_parts(us: Books, key: str) -> None:
    body = _pump(us)
    del body[key]
    assert us.refused("item", body).code == "2020"


def test_an_inventory_adjustment_is_not_modelled_and_says_so(us: Books) -> None:
    made = us.write("item", _pump(us))
    fault = us.refused("item", sparse(made, QtyOnHand=30))
    assert fault.http_status == 501
    assert "inventory adjustment" in str(fault.detail)


def test_an_employee_needs_a_given_or_family_name(us: Books) -> None:
    assert us.refused("employee", {"DisplayName": "Emi"}).code == "2020"
    made = us.write("employee", {"GivenName": "Emi", "FamilyName": "Plath", "SSN": "123-45-6789"})
    assert (made["DisplayName"], made["SSN"]) == ("Emi Plath", "XXX-XX-XXXX")


def test_the_hidden_number_of_an_employee_may_be_sent_back(us: Books) -> None:
    made = us.write("employee", {"GivenName": "Emi", "SSN": "123-45-6789"})
    us.write("employee", {**made, "FamilyName": "Plath"})
    held = us.company.table("Employee").get(made["Id"])
    assert held is not None
    assert held["SSN"] == "123-45-6789"


def test_with_payroll_the_name_of_an_employee_is_built(us: Books) -> None:
    info = us.company.table("CompanyInfo").get("1")
    assert info is not None
    with us.company.writing():
        us.company.table("CompanyInfo").put({**info, "NameValue": [{"Name": "PayrollFeature", "Value": "true"}]})
    made = us.write("employee", {"GivenName": "Emi", "FamilyName": "Plath", "DisplayName": "Boss"})
    assert made["DisplayName"] == "Emi Plath"
    assert us.refused("employee", {"GivenName": "Bo", "BillRate": 10}).code == "6000"


def test_a_vendors_tax_number_is_masked(us: Books) -> None:
    made = us.write("vendor", {"DisplayName": "Lumber", "TaxIdentifier": "1234569875"})
    assert made["TaxIdentifier"] == "XXXXXX9875"
    assert us.write("vendor", made) == made


def test_an_address_keeps_its_id_and_its_country_becomes_three_letters(us: Books) -> None:
    made = us.customer(BillAddr={"Line1": "1 Pier", "City": "Austin", "Country": "united states", "Lat": "30.2"})
    assert made["BillAddr"] == {
        "Id": made["BillAddr"]["Id"],
        "Line1": "1 Pier",
        "City": "Austin",
        "Country": "USA",
    }
    moved = us.write("customer", sparse(made, BillAddr={"Line1": "2 Pier", "Country": "Narnia"}))
    assert moved["BillAddr"] == {"Id": made["BillAddr"]["Id"], "Line1": "2 Pier", "Country": "Narnia"}


def test_a_customers_currency_is_fixed(multi: Books) -> None:
    made = multi.customer("Ada EUR", CurrencyRef={"value": "EUR"})
    assert made["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    assert multi.refused("customer", sparse(made, CurrencyRef={"value": "USD"})).code == "6000"
    assert multi.write("customer", sparse(made, Notes="x"))["CurrencyRef"]["value"] == "EUR"


def test_a_new_currency_is_added_to_the_company(multi: Books) -> None:
    assert multi.query("select count(*) from CompanyCurrency where Code = 'NOK'") == {"totalCount": 0}
    multi.customer("Nils", CurrencyRef={"value": "NOK"})
    assert multi.rows("select * from CompanyCurrency where Code = 'NOK'")[0]["Name"] == "Norwegian Krone"
    assert multi.refused("customer", {"DisplayName": "X", "CurrencyRef": {"value": "QQQ"}}).code == "2220"


def test_a_foreign_currency_needs_multicurrency(us: Books) -> None:
    assert us.refused("customer", {"DisplayName": "Ada", "CurrencyRef": {"value": "EUR"}}).code == "6000"
    assert us.refused("companycurrency", {"Code": "EUR"}).code == "5030"


def test_exchange_rates_are_read_and_written_by_currency_and_day(multi: Books) -> None:
    body = {"SourceCurrencyCode": "EUR", "Rate": 1.25, "AsOfDate": "2026-02-20"}
    assert multi.write("exchangerate", body)["Rate"] == Decimal("1.25")
    read = multi.read("exchangerate", "", sourcecurrencycode="EUR", asofdate="2026-02-24")
    assert (read["Rate"], read["AsOfDate"], read["TargetCurrencyCode"]) == (Decimal("1.25"), "2026-02-24", "USD")
    assert multi.write("exchangerate", {**body, "Rate": 1.3})["Rate"] == Decimal("1.3")
    rows = multi.rows("select * from ExchangeRate where SourceCurrencyCode in ('EUR') and AsOfDate = '2026-02-20'")
    assert [each["Rate"] for each in rows] == [Decimal("1.3")]


def test_preferences_change_key_by_key(us: Books) -> None:
    held = us.read("preferences", "")
    forms = {"CustomTxnNumbers": True}
    changed = us.write("preferences", sparse(held, SalesFormsPrefs=forms))
    assert changed["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert changed["SalesFormsPrefs"]["AllowDiscount"] is True
    assert changed["SyncToken"] == "1"


def test_multicurrency_and_sales_tax_are_not_switched_through_the_api(us: Books) -> None:
    held = us.read("preferences", "")
    for section, body in (
        ("CurrencyPrefs", {"MultiCurrencyEnabled": True}),
        ("TaxPrefs", {"UsingSalesTax": False}),
    ):
        assert us.refused("preferences", sparse(held, **{section: body})).code == "6000"


def test_the_day_the_books_were_closed_is_missing_while_they_are_open(us: Books) -> None:
    assert "BookCloseDate" not in us.read("preferences", "")["AccountingInfoPrefs"]


def test_company_info_is_found_under_any_id_and_is_number_one(us: Books) -> None:
    info = us.read("companyinfo", us.company.realm)
    assert (info["Id"], info["Country"], info["CompanyName"]) == ("1", "US", "Nordlicht US")
    changed = us.write("companyinfo", sparse(info, CompanyName="Nordlicht Studio"))
    assert (changed["CompanyName"], changed["SyncToken"]) == ("Nordlicht Studio", "1")


@pytest.mark.parametrize("entity", ["taxcode", "taxrate"])
def test_tax_codes_and_rates_are_read_only(us: Books, entity: str) -> None:
    assert us.refused(entity, {"Name": "Mine"}).code == "500"


def test_the_pseudo_codes_of_a_us_company_can_be_read(us: Books) -> None:
    assert us.read("taxcode", "TAX")["Taxable"] is True
    assert us.read("taxcode", "NON")["Taxable"] is False


def test_a_tax_agency_can_be_made_once(us: Books) -> None:
    assert us.write("taxagency", {"DisplayName": "County"})["TaxTrackedOnSales"] is True
    assert us.refused("taxagency", {"DisplayName": "county"}).code == "6240"


@pytest.mark.parametrize(("country", "currency"), [("US", "USD"), ("CA", "CAD"), ("GB", "GBP"), ("AU", "AUD")])
def test_every_entity_can_be_queried_in_every_country(country: str, currency: str) -> None:
    books = Books(country, currency)
    for entity in ENTITIES.values():
        if entity.queryable:
            books.query(f"select * from {entity.name}")


def test_an_entity_the_simulator_does_not_model_is_refused_by_name(us: Books) -> None:
    for refusal in (us.not_read("budget", "1"), us.not_queried("select * from Budget")):
        assert refusal.http_status == 501
        assert refusal.detail == "The simulator does not model this: the entity Budget"
    fault = us.refused("customer", {"DisplayName": "Ada", "CustomerTypeRef": {"value": "1"}})
    assert "customer types" in str(fault.detail)


def test_a_default_tax_code_has_to_exist(canada: Books) -> None:
    code = canada.rows("select * from TaxCode where Name = 'GST'")[0]
    made = canada.customer("Ada", DefaultTaxCodeRef=ref(code))
    assert made["DefaultTaxCodeRef"] == ref(code)
    assert canada.refused("customer", {"DisplayName": "Bo", "DefaultTaxCodeRef": {"value": "77"}}).code == "2500"
    assert canada.refused("vendor", {"DisplayName": "Bo", "DefaultTaxCodeRef": {"value": "77"}}).code == "2500"


def test_with_automated_tax_the_default_code_is_the_systems(us: Books) -> None:
    assert us.customer("Ada")["DefaultTaxCodeRef"] == {"value": "2"}
    assert "DefaultTaxCodeRef" not in us.customer("Bo", Taxable=False)


def test_webhooks_tell_of_exactly_the_entities_that_say_so() -> None:
    told = {entity.name for entity in ENTITIES.values() if entity.webhook}
    assert told - {"CompanyCurrency"} <= events.TOLD  # it is told as Currency
    assert not {entity.name for entity in ENTITIES.values() if not entity.webhook} & events.TOLD


def test_an_unknown_address_is_unsupported_as_recorded(us: Books) -> None:
    with pytest.raises(Fault) as raised:
        operations.read(us.company, "shoe", "1")
    assert (raised.value.code, raised.value.message) == ("500", "Unsupported Operation")
    assert "Could not find resource for relative" in str(raised.value.detail)
