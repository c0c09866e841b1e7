"""Account: the chart."""

from __future__ import annotations

from .. import currency_rules, faults, hierarchy, ledger, names
from ..account_types import CLASSIFICATION, OWN_CURRENCY, settled
from ..company import Company, Obj
from ..references import parent
from ..table import Indexes, reference
from ..updates import merged
from .entity import Entity, Params

FORBIDDEN = (":", '"')
LONG_NUMBERS = frozenset(("AU", "CA"))
# The books cannot do without them.
SYSTEM = frozenset(
    ("AccountsReceivable", "AccountsPayable", "UndepositedFunds", "RetainedEarnings", "OpeningBalanceEquity")
)
INDEXES: Indexes = {
    "FullName": lambda row: row["FullyQualifiedName"],
    "Name": lambda row: row["Name"],
    "AccountType": lambda row: row["AccountType"],
    "AccountSubType": lambda row: row["AccountSubType"],
    "AcctNum": lambda row: row.get("AcctNum"),
    "ParentRef": reference("ParentRef"),
}
READ_ONLY = frozenset(
    ("AccountAlias", "AccountPurposes", "AcctNumExtn", "BankNum", "Classification", "CurrentBalance",
     "CurrentBalanceWithSubAccounts", "CustomField", "FIName", "FullyQualifiedName", "JournalCodeRef",
     "OnlineBankingEnabled", "SubAccount", "TaxAccount")
)  # fmt: skip


def create(company: Company, body: Obj, params: Params) -> Obj:
    if body.get("OpeningBalance"):
        raise faults.not_modelled("an opening balance on a new account")
    body.pop("OpeningBalance", None)
    body.pop("OpeningBalanceDate", None)
    return company.insert("Account", _complete(company, body, None), "Account")


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    kept = {key: stored[key] for key in ("AccountType", "AccountSubType")}
    fresh = {**kept, **merged(ENTITY, stored, body, sparse)}
    _check_change(stored, fresh)
    row = company.replace("Account", stored, _complete(company, fresh, stored))
    hierarchy.carry_name(company, "Account", row, "Name")
    return row


def _check_change(stored: Obj, fresh: Obj) -> None:
    if fresh["AccountType"] != stored["AccountType"]:
        raise faults.business("The type of an account that is in use cannot be changed", "AccountType")
    if stored["AccountSubType"] in SYSTEM and fresh.get("Active") is False:
        raise faults.business(f"{stored['Name']} is needed by the company and cannot be made inactive")


def _complete(company: Company, body: Obj, stored: Obj | None) -> Obj:
    kind, sub_type = settled(body.get("AccountType"), body.get("AccountSubType"))
    row = {
        **body,
        "Name": names.list_name(body, FORBIDDEN),
        "AccountType": kind,
        "AccountSubType": sub_type,
        "Classification": CLASSIFICATION[kind],
    }
    row["Active"] = row.get("Active", True)
    row = names.after_activity(stored, row, "Name", lambda name: bool(company.table("Account").by("Name", name)))
    _check_parent(company, row)
    row = hierarchy.placed(company, "Account", row, "Name", "SubAccount")
    row.pop("Level", None)
    own_id = stored["Id"] if stored else None
    names.claim_in_list(company, "Account", row["FullyQualifiedName"], own_id)
    _check_number(company, row, own_id)
    row["CurrencyRef"] = _currency(company, row, stored)
    return {key: value for key, value in row.items() if value is not None}


def _check_parent(company: Company, row: Obj) -> None:
    above = parent(company, "Account", row.get("ParentRef"))
    if above is not None and above["AccountType"] != row["AccountType"]:
        raise faults.business("A sub-account has to be of the same type as its parent", "ParentRef")


def _check_number(company: Company, row: Obj, own_id: str | None) -> None:
    number = row.get("AcctNum")
    if not number:
        return
    limit = 20 if company.country in LONG_NUMBERS else 7
    if len(number) > limit:
        raise faults.too_long("AcctNum", limit, len(number))
    if any(other["Id"] != own_id for other in company.table("Account").by("AcctNum", number)):
        raise faults.business(f"Another account is already using the number {number}", "AcctNum")


def _currency(company: Company, row: Obj, stored: Obj | None) -> Obj:
    ref = currency_rules.chosen(company, row, stored)
    if ref["value"] != company.home_currency and row["AccountType"] not in OWN_CURRENCY:
        raise faults.business(f"An account of type {row['AccountType']} is kept in the home currency", "CurrencyRef")
    return ref


def render(company: Company, row: Obj) -> Obj:
    return {
        **row,
        "CurrentBalance": ledger.shown_balance(company, row),
        "CurrentBalanceWithSubAccounts": ledger.shown_balance_with_subs(company, row),
    }


ENTITY = Entity(
    name="Account",
    path="account",
    family="Account",
    create=create,
    update=update,
    render=render,
    is_list=True,
    filterable=frozenset(
        ("Name", "AccountType", "AccountSubType", "Classification", "Active", "AcctNum", "FullyQualifiedName",
         "CurrentBalance", "SubAccount", "Description")
    ),
    indexes=INDEXES,
    required=("Name",),
    required_sparse=("Name",),
    read_only=READ_ONLY,
    lengths={"Name": 100, "Description": 100},
)  # fmt: skip
