"""Customer: clients, and jobs or projects as sub-customers."""

from __future__ import annotations

from decimal import Decimal

from .. import addresses, currency_rules, faults, hierarchy
from ..company import Company, Obj
from ..preferences_lookup import preference
from ..updates import merged
from . import people
from .entity import Entity, Params

READ_ONLY = people.IGNORED | frozenset(
    ("AcctNum", "AltContactName", "BalanceWithJobs", "ClientCompanyId", "ClientEntityId", "ContactName",
     "CreditLimit", "CustomField", "IsProject", "JobInfo", "Level", "OverDueBalance", "PriceLevelRef",
     "RootCustomerRef", "SalesRepRef", "Source", "TaxGroupCodeRef", "TaxRateRef", "TotalExpense", "TotalRevenue")
)  # fmt: skip
DELIVERY = frozenset(("Print", "Email", "None"))
ZERO = Decimal(0)


def create(company: Company, body: Obj, params: Params) -> Obj:
    if body.get("Balance"):
        raise faults.not_modelled("an opening balance on a new customer")
    return company.insert("Customer", _complete(company, {**body, "Balance": ZERO}, None), "name")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    body.pop("Balance", None)
    body.pop("OpenBalanceDate", None)
    fresh = merged(ENTITY, stored, body, sparse)
    fresh["Balance"] = stored["Balance"]
    fresh["BalanceWithJobs"] = stored["BalanceWithJobs"]
    row = company.replace("Customer", stored, _complete(company, fresh, stored))
    hierarchy.carry_name(company, "Customer", row, "DisplayName")
    return row


def _complete(company: Company, body: Obj, stored: Obj | None) -> Obj:
    _refuse_unmodelled(body)
    row = people.named(company, "Customer", body, stored)
    _check_job(row, stored)
    row = hierarchy.placed(company, "Customer", row, "DisplayName", "Job")
    people.claim(company, "Customer", row, stored)
    people.refuse_leaving_with_balance(row, stored, "Customer")
    _refuse_leaving_unbilled(company, row, stored)
    _settle_addresses(company, row, stored)
    row["CurrencyRef"] = _currency(company, row, stored)
    row["PreferredDeliveryMethod"] = _delivery(row.get("PreferredDeliveryMethod"))
    row["BillWithParent"] = bool(row.get("BillWithParent")) and bool(row.get("ParentRef"))
    row.setdefault("BalanceWithJobs", row["Balance"])
    row.setdefault("IsProject", False)
    row.setdefault("Taxable", company.country == "US")
    _settle_tax(company, row)
    return {key: value for key, value in row.items() if value is not None}


def _refuse_unmodelled(body: Obj) -> None:
    if body.get("CustomerTypeRef"):
        raise faults.not_modelled("customer types")


def _check_job(row: Obj, stored: Obj | None) -> None:
    if row.get("Job") and not row.get("ParentRef"):
        raise faults.Fault("6150", "ParentRef required", "A job needs the ParentRef of its customer.", "ParentRef")
    if stored and stored.get("Active", True) and not row["Active"] and stored.get("IsProject"):
        raise faults.not_modelled("making a project inactive through the Customer address")


def _refuse_leaving_unbilled(company: Company, row: Obj, stored: Obj | None) -> None:
    if not stored or not stored.get("Active", True) or row["Active"]:
        return
    for time in company.table("TimeActivity").all():
        customer = (time.get("CustomerRef") or {}).get("value")
        if customer == stored["Id"] and time.get("BillableStatus") == "Billable":
            raise faults.Fault(
                "6280",
                "Delete Failed, has unbilled charges",
                f"Customer {stored['DisplayName']} has unbilled time and cannot be made inactive.",
            )


def _currency(company: Company, row: Obj, stored: Obj | None) -> Obj:
    """A sub-customer has the currency of its parent, sent or not."""
    parent = company.table("Customer").get(row["ParentRef"]["value"]) if row.get("ParentRef") else None
    if parent is None:
        return currency_rules.chosen(company, row, stored)
    chosen = currency_rules.chosen(company, {"CurrencyRef": parent["CurrencyRef"], **row}, stored)
    if chosen != parent["CurrencyRef"]:
        raise faults.business("A sub-customer has the currency of its parent", "CurrencyRef")
    return chosen


def _settle_addresses(company: Company, row: Obj, stored: Obj | None) -> None:
    for field in ("BillAddr", "ShipAddr"):
        row[field] = addresses.kept(company, row.get(field), (stored or {}).get(field))


def _delivery(sent: str | None) -> str:
    method = sent or "Print"
    if method not in DELIVERY:
        raise faults.bad_enumeration("PreferredDeliveryMethod", method)
    return method


def _settle_tax(company: Company, row: Obj) -> None:
    """With automated sales tax the default code is the system's, whatever was sent."""
    people.check_tax_code(company, row)
    if company.country != "US" or not row["Taxable"]:
        return
    if preference(company, "TaxPrefs", "PartnerTaxEnabled"):
        system = preference(company, "TaxPrefs", "TaxGroupCodeRef", "value")
        row["DefaultTaxCodeRef"] = {"value": system} if system else None


ENTITY = Entity(
    name="Customer",
    path="customer",
    family="name",
    create=create,
    update=update,
    is_list=True,
    filterable=people.FILTERABLE | {"Job", "Taxable", "Notes", "BalanceWithJobs"},
    indexes=people.INDEXES,
    read_only=READ_ONLY,
    lengths={
        **people.LENGTHS,
        **people.phone_lengths(30),
        **people.address_lengths("BillAddr", "ShipAddr"),
        "CompanyName": 100,
        "Notes": 2000,
        "ResaleNum": 16,
        "WebAddr.URI": 1000,
    },
    unnamed=frozenset(("SalesTermRef", "PaymentMethodRef")),
)
