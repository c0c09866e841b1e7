"""Account types, the sub-types they have (the first is the default), and what they may be used for."""

from __future__ import annotations

from . import faults
from .company import Company, Obj

SUB_TYPES: dict[str, tuple[str, ...]] = {
    "Bank": ("CashOnHand", "Checking", "MoneyMarket", "RentsHeldInTrust", "Savings", "TrustAccounts",
             "CashAndCashEquivalents", "OtherEarmarkedBankAccounts"),
    "Accounts Receivable": ("AccountsReceivable",),
    "Other Current Asset": ("OtherCurrentAssets", "AllowanceForBadDebts", "DevelopmentCosts", "EmployeeCashAdvances",
                            "Inventory", "Investment_MortgageRealEstateLoans", "Investment_Other",
                            "Investment_TaxExemptSecurities", "Investment_USGovernmentObligations",
                            "LoansToOfficers", "LoansToOthers", "LoansToStockholders", "PrepaidExpenses",
                            "Retainage", "UndepositedFunds", "GlobalTaxRefund", "GlobalTaxDeferred"),
    "Fixed Asset": ("FurnitureAndFixtures", "AccumulatedAmortization", "AccumulatedDepletion",
                    "AccumulatedDepreciation", "Buildings", "DepletableAssets", "FixedAssetComputers",
                    "FixedAssetCopiers", "FixedAssetFurniture", "FixedAssetPhone", "FixedAssetPhotoVideo",
                    "FixedAssetSoftware", "FixedAssetOtherToolsEquipment", "IntangibleAssets", "Land",
                    "LeaseholdImprovements", "MachineryAndEquipment", "OtherFixedAssets", "Vehicles"),
    "Other Asset": ("OtherLongTermAssets", "AccumulatedAmortizationOfOtherAssets", "Goodwill", "LeaseBuyout",
                    "Licenses", "OrganizationalCosts", "SecurityDeposits"),
    "Accounts Payable": ("AccountsPayable",),
    "Credit Card": ("CreditCard",),
    "Other Current Liability": ("OtherCurrentLiabilities", "DirectDepositPayable", "FederalIncomeTaxPayable",
                                "GlobalTaxPayable", "GlobalTaxSuspense", "InsurancePayable", "LineOfCredit",
                                "LoanPayable", "PayrollClearing", "PayrollTaxPayable", "PrepaidExpensesPayable",
                                "RentsInTrustLiability", "SalesTaxPayable", "StateLocalIncomeTaxPayable",
                                "TrustAccountsLiabilities"),
    "Long Term Liability": ("OtherLongTermLiabilities", "NotesPayable", "ShareholderNotesPayable"),
    "Equity": ("OpeningBalanceEquity", "AccumulatedAdjustment", "CommonStock", "EstimatedTaxes", "Healthcare",
               "OwnersEquity", "PaidInCapitalOrSurplus", "PartnerContributions", "PartnerDistributions",
               "PartnersEquity", "PersonalExpense", "PersonalIncome", "PreferredStock", "RetainedEarnings",
               "TreasuryStock"),
    "Income": ("ServiceFeeIncome", "DiscountsRefundsGiven", "NonProfitIncome", "OtherPrimaryIncome",
               "SalesOfProductIncome", "UnappliedCashPaymentIncome", "SalesRetail", "SalesWholesale",
               "RevenueGeneral"),
    "Cost of Goods Sold": ("SuppliesMaterialsCogs", "CostOfLaborCos", "EquipmentRentalCos",
                           "OtherCostsOfServiceCos", "ShippingFreightDeliveryCos", "FreightAndDeliveryCos"),
    "Expense": ("OtherMiscellaneousServiceCost", "AdvertisingPromotional", "Auto", "BadDebts", "BankCharges",
                "CharitableContributions", "CostOfLabor", "DuesSubscriptions", "Entertainment",
                "EntertainmentMeals", "EquipmentRental", "FinanceCosts", "GasAndFuel", "GlobalTaxExpense",
                "Insurance", "InterestPaid", "LegalProfessionalFees", "OfficeGeneralAdministrativeExpenses",
                "OtherBusinessExpenses", "PayrollExpenses", "PayrollTaxExpenses", "PayrollWageExpenses",
                "PromotionalMeals", "RentOrLeaseOfBuildings", "RepairMaintenance", "ShippingFreightDelivery",
                "SuppliesMaterials", "TaxesPaid", "Travel", "TravelMeals", "UnappliedCashBillPaymentExpense",
                "Utilities", "Communications"),
    "Other Income": ("OtherMiscellaneousIncome", "DividendIncome", "InterestEarned", "OtherInvestmentIncome",
                     "TaxExemptInterest"),
    "Other Expense": ("OtherMiscellaneousExpense", "Amortization", "Depreciation", "ExchangeGainOrLoss",
                      "GasAndFuel", "HomeOffice", "ParkingAndTolls", "PenaltiesSettlements", "Vehicle"),
}  # fmt: skip
CLASSIFICATION = {
    **dict.fromkeys(("Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"), "Asset"),
    **dict.fromkeys(("Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability"), "Liability"),
    "Equity": "Equity",
    **dict.fromkeys(("Income", "Other Income"), "Revenue"),
    **dict.fromkeys(("Cost of Goods Sold", "Expense", "Other Expense"), "Expense"),
}
INCOME = frozenset(("Income", "Other Income"))
EXPENSE = frozenset(("Expense", "Other Expense", "Cost of Goods Sold"))
# Which keep their balance in a currency of their own.
OWN_CURRENCY = frozenset(("Bank", "Credit Card", "Accounts Receivable", "Accounts Payable"))


def settled(account_type: str | None, sub_type: str | None) -> tuple[str, str]:
    """Both, from one or both; 6010 when neither is given, 6430 when they do not belong together."""
    if account_type is None and sub_type is None:
        raise faults.Fault("6010", "Account type or sub-type missing", "AccountType or AccountSubType has to be given.")
    if account_type is None:
        account_type = next((kind for kind, subs in SUB_TYPES.items() if sub_type in subs), None)
        if account_type is None:
            raise faults.bad_enumeration("AccountSubType", sub_type)
    if account_type not in SUB_TYPES:
        raise faults.bad_enumeration("AccountType", account_type)
    sub_type = sub_type or SUB_TYPES[account_type][0]
    if sub_type not in SUB_TYPES[account_type]:
        raise wrong_type(f"{sub_type} is no sub-type of {account_type}")
    return account_type, sub_type


def wrong_type(detail: str) -> faults.Fault:
    return faults.Fault(
        "6430", "Invalid account type used", f"You need to select a different type of account : {detail}"
    )


def require_type(company: Company, body: Obj, field: str, allowed: frozenset[str]) -> None:
    """6430 unless the account in this field is of one of these types."""
    ref = body.get(field)
    row = company.table("Account").get(ref["value"]) if ref else None
    if row is not None and row["AccountType"] not in allowed:
        raise wrong_type(f"{field} {row['Name']} is {row['AccountType']}, not {' or '.join(sorted(allowed))}")
