"""CompanyCurrency: the currencies a company uses; ExchangeRate: home units per one foreign unit, by day."""

from __future__ import annotations

from decimal import Decimal

from .. import exchange, faults
from ..company import Company, Obj
from ..currencies import NAMES
from ..money import plain
from ..times import is_date
from ..updates import merged
from .entity import Entity, Params


def create_currency(company: Company, body: Obj, params: Params) -> Obj:
    code = body["Code"].upper()
    if not company.multicurrency:
        raise faults.not_in_plan("Multicurrency is not turned on in this company.")
    if code not in NAMES:
        raise faults.bad_currency(code)
    if code == company.home_currency or company.table("CompanyCurrency").first("Code", code):
        raise faults.duplicate_name(f"The name supplied already exists. : {code}")
    row = {"Code": code, "Name": body.get("Name") or NAMES[code], "Active": body.get("Active", True)}
    return company.insert("CompanyCurrency", row, "CompanyCurrency")


def update_currency(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    fresh = merged(CURRENCY, stored, body, sparse)
    if str(fresh.get("Code") or stored["Code"]).upper() != stored["Code"]:
        raise faults.business("The code of a currency cannot be changed", "Code")
    fresh = {"Name": stored["Name"], "Active": True, **fresh, "Code": stored["Code"]}
    return company.replace("CompanyCurrency", stored, fresh)


def read_rate(company: Company, row_id: str, params: Params) -> Obj:
    """`GET exchangerate?sourcecurrencycode=EUR&asofdate=2026-03-02`: the rate that holds on that day."""
    code = params.get("sourcecurrencycode", "").upper()
    if not code:
        raise faults.missing("sourcecurrencycode")
    if code not in NAMES:
        raise faults.bad_currency(code)
    day = params.get("asofdate") or company.today()
    if not is_date(day):
        raise faults.bad_date("asofdate", day)
    held = company.table("ExchangeRate").first("Key", f"{code}/{day}")
    return held or _daily(company, code, day)


def _daily(company: Company, code: str, day: str) -> Obj:
    rate = Decimal(1) if code == company.home_currency else exchange.daily_rate(company, code, day)
    return {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": company.home_currency,
        "Rate": rate,
        "AsOfDate": day,
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"LastUpdatedTime": company.stamp()},
    }


def set_rate(company: Company, body: Obj, params: Params) -> Obj:
    """Rates are written by currency and day; the one that is there is taken over."""
    code = body["SourceCurrencyCode"].upper()
    if not company.multicurrency:
        raise faults.not_in_plan("Multicurrency is not turned on in this company.")
    if code not in NAMES or code == company.home_currency:
        raise faults.bad_currency(code)
    target = body.get("TargetCurrencyCode") or company.home_currency
    if target != company.home_currency:
        raise faults.bad_currency(target)
    if body["Rate"] <= 0:
        raise faults.bad_number("Rate", body["Rate"])
    row = {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": company.home_currency,
        "Rate": plain(body["Rate"]),
        "AsOfDate": body.get("AsOfDate") or company.today(),
    }
    held = company.table("ExchangeRate").first("Key", f"{code}/{row['AsOfDate']}")
    if held is None:
        return company.insert("ExchangeRate", row, "ExchangeRate")
    return company.replace("ExchangeRate", held, {**held, **row})


def render_rate(company: Company, row: Obj) -> Obj:
    return {key: value for key, value in row.items() if key not in ("Id", "SyncToken")}


CURRENCY = Entity(
    name="CompanyCurrency",
    path="companycurrency",
    family="CompanyCurrency",
    create=create_currency,
    update=update_currency,
    is_list=True,
    filterable=frozenset(("Code", "Name", "Active")),
    indexes={"Code": lambda row: row["Code"]},
    required=("Code",),
    read_only=frozenset(("CustomField",)),
)
RATE = Entity(
    name="ExchangeRate",
    path="exchangerate",
    family="ExchangeRate",
    create=set_rate,
    read=read_rate,
    render=render_rate,
    cdc=False,
    webhook=False,
    filterable=frozenset(("SourceCurrencyCode", "AsOfDate")),
    indexes={
        "Key": lambda row: f"{row['SourceCurrencyCode']}/{row['AsOfDate']}",
        "SourceCurrencyCode": lambda row: row["SourceCurrencyCode"],
    },
    required=("SourceCurrencyCode", "Rate"),
    read_only=frozenset(("CustomField", "Id", "SyncToken")),
)
ENTITIES = (CURRENCY, RATE)
