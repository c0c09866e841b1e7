"""A new company as it is right after sign-up: its own record, its switches, a short chart, taxes of its country."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from .company import Company, Obj
from .edition import EDITIONS
from .entities import ENTITIES

# Name, type, sub-type. The ones the books cannot do without come first.
CHART = (
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Visa", "Credit Card", "CreditCard"),
    ("Inventory Asset", "Other Current Asset", "Inventory"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Office expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Travel", "Expense", "Travel"),
    ("Interest earned", "Other Income", "InterestEarned"),
)
TERMS = (("Due on receipt", 0), ("Net 10", 10), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
OTHER_SWITCHES = (
    ("SalesFormsPrefs.DefaultCustomerMessage", "Thank you for your business."),
    ("VendorAndPurchasesPrefs.UseCustomTxnNumbers", "false"),
    ("WarnDuplicateCheckNumber", "true"),
)
METHODS = (("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD"))
# Country -> agency, then code name, description, whether it is taxable, and its rates.
TAXES: dict[str, tuple[str, tuple[tuple[str, str, bool, tuple[tuple[str, str], ...]], ...]]] = {
    "US": ("Western Sales Tax Board", (("California", "California", True, (("California", "8"),)),)),
    "CA": ("Canada Revenue Agency", (
        ("GST", "GST 5%", True, (("GST", "5"),)),
        ("HST ON", "HST Ontario 13%", True, (("HST ON", "13"),)),
        ("GST/PST BC", "GST 5% and PST 7%", True, (("GST", "5"), ("PST BC", "7"))),
        ("Zero-rated", "Zero-rated", True, (("Zero-rated", "0"),)),
        ("Exempt", "Exempt", False, (("Exempt", "0"),)),
        ("Out of Scope", "Out of Scope", False, ()),
    )),
    "GB": ("HMRC", (
        ("20.0% S", "Standard 20%", True, (("20.0% S", "20"),)),
        ("5.0% R", "Reduced 5%", True, (("5.0% R", "5"),)),
        ("0.0% Z", "Zero-rated", True, (("0.0% Z", "0"),)),
        ("Exempt", "Exempt", False, (("Exempt", "0"),)),
        ("No VAT", "No VAT", False, ()),
    )),
    "AU": ("Australian Taxation Office", (
        ("GST", "GST 10%", True, (("GST", "10"),)),
        ("GST free", "GST free", True, (("GST free", "0"),)),
        ("Out of Scope", "Out of Scope", False, ()),
    )),
}  # fmt: skip


def found(
    key: str,
    realm: str,
    world: str,
    name: str,
    country: str,
    home_currency: str,
    multicurrency: bool,
    edition: str,
    now_ms: Callable[[], int],
) -> Company:
    """An empty company that works; seeds fill it."""
    company = Company(key, realm, world, country, home_currency, edition, now_ms, multicurrency)
    with company.writing():
        company.insert("CompanyInfo", _info(company, name))
        company.insert("Preferences", _preferences(company))
        _open_lists(company)
        _open_taxes(company)
    return company


def make(company: Company, name: str, body: Obj) -> Obj:
    """A row through the entity's own rules, without the HTTP edge's."""
    create = ENTITIES[name].create
    assert create is not None, name
    return create(company, body, {})


def _open_lists(company: Company) -> None:
    for name, kind, sub_type in CHART:
        make(company, "Account", {"Name": name, "AccountType": kind, "AccountSubType": sub_type})
    for name, days in TERMS:
        make(company, "Term", {"Name": name, "DueDays": days})
    for name, kind in METHODS:
        make(company, "PaymentMethod", {"Name": name, "Type": kind})
    if company.multicurrency and EDITIONS[company.edition].multicurrency:
        for code in ("USD", "EUR", "GBP"):
            if code != company.home_currency:
                make(company, "CompanyCurrency", {"Code": code})


def _info(company: Company, name: str) -> Obj:
    address = {"Id": company.next_id("address"), "Line1": "1 High Street", "City": "Springfield"}
    return {
        "Id": "1",
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": dict(address),
        "LegalAddr": dict(address),
        "CustomerCommunicationEmailAddr": {"Address": "books@company.example"},
        "PrimaryPhone": {},
        "CompanyStartDate": company.today(),
        "FiscalYearStartMonth": "January",
        "Country": company.country,
        "Email": {"Address": "books@company.example"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IndustryType", "Value": "Consulting"},
            {"Name": "PayrollFeature", "Value": "false"},
            {"Name": "AccountantFeature", "Value": "false"},
            {"Name": "IsQbdtMigrated", "Value": "false"},
            {"Name": "ItemCategoriesFeature", "Value": "true"},
        ],
    }


def _preferences(company: Company) -> Obj:
    edition = EDITIONS[company.edition]
    taxes: Obj = {"UsingSalesTax": company.country in TAXES}
    if company.country == "US":
        taxes = {**taxes, "PartnerTaxEnabled": True, "TaxGroupCodeRef": {"value": "2"}}
    return {
        "Id": "1",
        "AccountingInfoPrefs": _accounting(edition.tracking),
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": edition.bill_items,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": edition.inventory,
        },
        "SalesFormsPrefs": _sales_forms(),
        "EmailMessagesPrefs": {},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": edition.tracking},
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": False,
        },
        "TaxPrefs": taxes,
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": company.multicurrency,
            "HomeCurrency": {"value": company.home_currency},
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": [{"Name": name, "Value": value} for name, value in OTHER_SWITCHES]},
    }


def _accounting(tracking: bool) -> Obj:
    return {
        "FirstMonthOfFiscalYear": "January",
        "UseAccountNumbers": False,
        "TaxYearMonth": "January",
        "ClassTrackingPerTxn": False,
        "TrackDepartments": tracking,
        "ClassTrackingPerTxnLine": tracking,
        "CustomerTerminology": "Customers",
        "DepartmentTerminology": "Location",
    }


def _sales_forms() -> Obj:
    return {
        "CustomTxnNumbers": False,
        "AllowDeposit": False,
        "AllowDiscount": True,
        "AllowEstimates": True,
        "ETransactionEnabledStatus": "NotApplicable",
        "ETransactionAttachPDF": False,
        "ETransactionPaymentEnabled": False,
        "IPNSupportEnabled": False,
        "AllowServiceDate": True,
        "AllowShipping": False,
        "DefaultTerms": {"value": "4"},
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
        "UsingPriceLevels": False,
    }


def _open_taxes(company: Company) -> None:
    if company.country == "US":
        company.next_id("TaxCode")  # 1 stays free: the first real code of a US company has Id 2
        for code, taxable in (("TAX", True), ("NON", False)):
            company.insert("TaxCode", {"Id": code, **_code(code, code, taxable, [])})
    if company.country not in TAXES:
        return
    agency_name, codes = TAXES[company.country]
    agency = make(company, "TaxAgency", {"DisplayName": agency_name, "TaxTrackedOnPurchases": company.country != "US"})
    rates: dict[str, str] = {}
    for name, description, taxable, parts in codes:
        for rate_name, percent in parts:
            if rate_name not in rates:
                rates[rate_name] = _open_rate(company, agency, rate_name, percent)
        ids = [rates[each] for each, _ in parts]
        company.insert("TaxCode", _code(name, description, taxable, ids, company.country != "US"), "TaxCode")


def _open_rate(company: Company, agency: Obj, name: str, percent: str) -> str:
    rate = {
        "Name": name,
        "Description": name,
        "Active": True,
        "RateValue": Decimal(percent),
        "AgencyRef": {"value": agency["Id"]},
        "EffectiveTaxRate": [{"RateValue": Decimal(percent), "EffectiveDate": "2010-01-01T00:00:00-08:00"}],
        "SpecialTaxType": "ZERO_RATE" if percent == "0" else "NONE",
        "DisplayType": "ReadOnly",
    }
    return str(company.insert("TaxRate", rate, "TaxRate")["Id"])


def _code(name: str, description: str, taxable: bool, rates: list[str], purchases: bool = False) -> Obj:
    listed = {
        "TaxRateDetail": [
            {"TaxRateRef": {"value": each}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0} for each in rates
        ]
    }
    return {
        "Name": name,
        "Description": description,
        "Active": True,
        "Hidden": False,
        "Taxable": taxable,
        "TaxGroup": bool(rates),
        "SalesTaxRateList": listed,
        "PurchaseTaxRateList": listed if purchases else {"TaxRateDetail": []},
    }
