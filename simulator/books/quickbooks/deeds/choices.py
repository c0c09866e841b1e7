"""What a person can choose from in a form: rows of a list, active ones first of all."""

from __future__ import annotations

from collections.abc import Callable

from simulator.quickbooks.company import Company, Obj

from ...shapes import Option
from .. import cells

NONE = Option("", "None")


def rows(company: Company, entity: str, keep: Callable[[Obj], bool] = lambda row: True, held: str = "") -> list[Option]:
    """Active rows by name, and the one that is chosen now even if it is inactive."""
    found = [
        row
        for row in company.table(entity).all()
        if row["Id"] == held or (row.get("Active") is not False and keep(row))
    ]
    return [
        Option(row["Id"], cells.full_name(row))
        for row in sorted(found, key=lambda row: cells.full_name(row).casefold())
    ]


def accounts(company: Company, *types: str, held: str = "") -> list[Option]:
    return rows(company, "Account", lambda row: row["AccountType"] in types, held)


def usual_bank(company: Company) -> str:
    """The oldest checking account, which people mean when they say the bank."""
    return _oldest(company, "Checking")


def usual_income(company: Company) -> str:
    return _oldest(company, "ServiceFeeIncome")


def _oldest(company: Company, sub_type: str) -> str:
    rows = company.table("Account").by("AccountSubType", sub_type)
    found = next((row for row in rows if row.get("Active") is not False), None)
    return str(found["Id"]) if found else ""


def sellable(company: Company) -> list[Option]:
    return rows(company, "Item", lambda row: row["Type"] != "Category")


def tax_codes(company: Company) -> list[Option]:
    if company.country == "US":
        return [Option("NON", "Not taxed"), Option("TAX", "Taxable")]
    return [Option("", "Choose a code"), *rows(company, "TaxCode")]


def optional(options: list[Option]) -> list[Option]:
    return [NONE, *options]


def of(*pairs: tuple[str, str]) -> list[Option]:
    return [Option(value, label) for value, label in pairs]
