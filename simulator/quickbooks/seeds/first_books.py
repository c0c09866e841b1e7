"""The least a company needs before anybody can write in it: who it is, its switches, accounts, tax codes, an item."""

from __future__ import annotations

from ..company import Company, Obj
from ..entities import ENTITIES

ACCOUNTS = (
    ("Checking", "Bank", "Checking"),
    ("Mastercard", "Credit Card", "CreditCard"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Travel", "Expense", "Travel"),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
)
NO_TAX = {"US": (), "CA": ("Exempt",), "GB": ("No VAT",), "AU": ("GST free",)}


def fill(company: Company, name: str) -> None:
    company.insert("CompanyInfo", _company_info(company, name) | {"Id": "1"})
    company.insert("Preferences", _preferences(company) | {"Id": "1"})
    for each in ACCOUNTS:
        _make(company, "Account", dict(zip(("Name", "AccountType", "AccountSubType"), each, strict=True)))
    income = company.table("Account").by("Name", "Services")[0]["Id"]
    _make(company, "Item", {"Name": "Hours", "Type": "Service", "IncomeAccountRef": {"value": income}})


def _make(company: Company, name: str, body: Obj) -> None:
    create = ENTITIES[name].create
    assert create is not None
    create(company, body, {})


def _company_info(company: Company, name: str) -> Obj:
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": {},
        "LegalAddr": {},
        "Email": {"Address": "books@example.com"},
        "FiscalYearStartMonth": "January",
        "SupportedLanguages": "en",
        "CompanyStartDate": "2024-02-01",
        "NameValue": [{"Name": "PayrollFeature", "Value": "false"}],
    }


def _preferences(company: Company) -> Obj:
    return {
        "AccountingInfoPrefs": {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False},
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityOnHand": True},
        "SalesFormsPrefs": {"CustomTxnNumbers": True, "AllowDiscount": True, "AllowServiceDate": True},
        "VendorAndPurchasesPrefs": {"BillableExpenseTracking": True, "TrackingByCustomer": True},
        "TimeTrackingPrefs": {"UseServices": True, "BillCustomers": True, "WorkWeekStartDate": "Monday"},
        "TaxPrefs": {"UsingSalesTax": True} | ({"PartnerTaxEnabled": True} if company.country == "US" else {}),
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": company.multicurrency,
            "HomeCurrency": {"value": company.home_currency},
        },
        "OtherPrefs": {"NameValue": []},
    }
