"""The accounts QuickBooks keeps for itself: found by what they are, made when first needed."""

from __future__ import annotations

from .account_types import CLASSIFICATION
from .company import Company, Obj
from .exchange import currency_of
from .ledger import PROFIT_AND_LOSS

RECEIVABLE = "Accounts Receivable"
PAYABLE = "Accounts Payable"
TAX_ACCOUNT = {"CA": "GST/HST Payable", "GB": "VAT Control", "AU": "GST Liabilities Payable"}


def account(company: Company, account_id: str) -> Obj:
    row = company.table("Account").get(account_id)
    assert row is not None, f"account {account_id}"
    return row


def is_profit_and_loss(row: Obj) -> bool:
    return row["AccountType"] in PROFIT_AND_LOSS


def receivable(company: Company, currency: str) -> str:
    return _in_currency(company, "Accounts Receivable (A/R)", RECEIVABLE, "AccountsReceivable", currency)


def payable(company: Company, currency: str) -> str:
    return _in_currency(company, "Accounts Payable (A/P)", PAYABLE, "AccountsPayable", currency)


def undeposited_funds(company: Company) -> str:
    return _kept(company, "Undeposited Funds", "Other Current Asset", "UndepositedFunds")


def discounts_given(company: Company) -> str:
    return _kept(company, "Discounts given", "Income", "DiscountsRefundsGiven")


def exchange_gain_or_loss(company: Company) -> str:
    return _kept(company, "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")


def inventory_asset(company: Company) -> str:
    return _kept(company, "Inventory Asset", "Other Current Asset", "Inventory")


def cost_of_goods_sold(company: Company) -> str:
    return _kept(company, "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs")


def opening_balance_equity(company: Company) -> str:
    return _kept(company, "Opening Balance Equity", "Equity", "OpeningBalanceEquity")


def tax_payable(company: Company, agency: str) -> str:
    """One account per tax agency in the US, one for all sales tax elsewhere."""
    if company.country != "US":
        name = TAX_ACCOUNT.get(company.country, "Sales Tax Payable")
        return _kept(company, name, "Other Current Liability", "GlobalTaxPayable")
    row = company.table("TaxAgency").get(agency) or {}
    name = f"{row.get('DisplayName', 'Sales Tax Agency')} Payable"
    found = company.table("Account").by("Name", name)
    return found[0]["Id"] if found else _make(company, name, "Other Current Liability", "SalesTaxPayable")


def _kept(company: Company, name: str, account_type: str, sub_type: str) -> str:
    for row in company.table("Account").by("AccountSubType", sub_type):
        if row["AccountType"] == account_type and row.get("Active", True):
            return str(row["Id"])
    return _make(company, name, account_type, sub_type)


def _in_currency(company: Company, name: str, account_type: str, sub_type: str, currency: str) -> str:
    for row in company.table("Account").by("AccountType", account_type):
        if currency_of(company, row) == currency and row.get("Active", True):
            return str(row["Id"])
    title = name if currency == company.home_currency else f"{name} - {currency}"
    return _make(company, title, account_type, sub_type, currency)


def _make(company: Company, name: str, account_type: str, sub_type: str, currency: str | None = None) -> str:
    row = {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": CLASSIFICATION[account_type],
        "AccountType": account_type,
        "AccountSubType": sub_type,
        "CurrencyRef": {"value": currency or company.home_currency},
    }
    return str(company.insert("Account", row, family="Account")["Id"])
