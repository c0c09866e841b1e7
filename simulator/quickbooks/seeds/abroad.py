"""Smaller companies elsewhere: one table each of whom they trade with, what they sell and under which tax codes."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..company import Obj
from ..countries import ALPHA3
from .clerk import Clerk


@dataclass(frozen=True)
class Client:
    name: str
    email: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    terms: str = ""
    currency: str = ""
    parent: str = ""  # then it is a job


@dataclass(frozen=True)
class Good:
    name: str
    price: str
    tax: str = ""  # tax code's name; none in the US
    kind: str = "Service"
    words: str = ""


@dataclass(frozen=True)
class Firm:
    """The lists of one company. The first employee and vendor are the ones that do most."""

    place: tuple[str, str, str, str]  # street, city, region, postal code
    mail: str
    clients: tuple[Client, ...]
    goods: tuple[Good, ...]
    vendors: tuple[tuple[str, str, str], ...]  # name, e-mail, currency
    employees: tuple[tuple[str, str, str], ...] = ()  # given, family, e-mail
    accounts: tuple[tuple[str, str, str], ...] = ()  # name, type, sub-type
    currencies: tuple[str, ...] = ()
    rates: tuple[tuple[str, int, str], ...] = ()  # currency, days ago, rate
    bank_accounts: tuple[tuple[str, str], ...] = ()  # name, currency
    preferences: dict[str, Obj] = field(default_factory=dict)


def open_lists(clerk: Clerk, firm: Firm) -> None:
    _settle(clerk, firm)
    for name, kind, sub_type in firm.accounts:
        clerk.add("Account", {"Name": name, "AccountType": kind, "AccountSubType": sub_type})
    for name, currency in firm.bank_accounts:
        clerk.add("Account", {"Name": name, "AccountType": "Bank", "AccountSubType": "Checking", **_currency(currency)})
    for good in firm.goods:
        _good(clerk, good)
    for client in firm.clients:
        _client(clerk, client)
    for name, email, currency in firm.vendors:
        clerk.add("Vendor", {"DisplayName": name, "PrimaryEmailAddr": _email(email), **_currency(currency)})
    for given, family, email in firm.employees:
        clerk.add("Employee", {"GivenName": given, "FamilyName": family, "PrimaryEmailAddr": _email(email)})


def _settle(clerk: Clerk, firm: Firm) -> None:
    """Where the company is, its switches, and the currencies it uses."""
    info = clerk.row("CompanyInfo", "1")
    parts = dict(zip(("Line1", "City", "CountrySubDivisionCode", "PostalCode"), firm.place, strict=True))
    country = ALPHA3[clerk.company.country.casefold()]
    address = {**info["CompanyAddr"], **{key: each for key, each in parts.items() if each}, "Country": country}
    clerk.set(
        "CompanyInfo",
        CompanyAddr=address,
        LegalAddr=dict(address),
        CustomerCommunicationAddr=dict(address),
        Email={"Address": firm.mail},
        CustomerCommunicationEmailAddr={"Address": firm.mail},
    )
    held = clerk.row("Preferences", "1")
    clerk.set("Preferences", **{name: {**held.get(name, {}), **more} for name, more in firm.preferences.items()})
    for code in firm.currencies:
        if not clerk.company.table("CompanyCurrency").first("Code", code):
            clerk.add("CompanyCurrency", {"Code": code})
    for code, ago, rate in firm.rates:
        clerk.add("ExchangeRate", {"SourceCurrencyCode": code, "Rate": rate, "AsOfDate": clerk.day(ago)})


def _good(clerk: Clerk, good: Good) -> None:
    income = "Sales of Product Income" if good.kind == "NonInventory" else "Services"
    clerk.add("Item", {
        "Name": good.name, "Type": good.kind, "Description": good.words or good.name, "UnitPrice": good.price,
        "IncomeAccountRef": clerk.ref("Account", income),
        "ExpenseAccountRef": clerk.ref("Account", "Cost of Goods Sold"),
    })  # fmt: skip


def _client(clerk: Clerk, client: Client) -> None:
    address = {"Line1": "Main Road 12", "City": client.city, "CountrySubDivisionCode": client.region,
               "Country": client.country}  # fmt: skip
    clerk.add("Customer", {
        "DisplayName": client.name, "PrimaryEmailAddr": _email(client.email),
        "BillAddr": address if client.city else None, "SalesTermRef": clerk.ref("Term", client.terms),
        "ParentRef": clerk.ref("Customer", client.parent), "Job": bool(client.parent), **_currency(client.currency),
    })  # fmt: skip


def _email(address: str) -> dict[str, str] | None:
    return {"Address": address} if address else None


def _currency(code: str) -> dict[str, dict[str, str]]:
    return {"CurrencyRef": {"value": code}} if code else {}
