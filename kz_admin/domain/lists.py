"""What can be mapped. These words stand in addresses and rows alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kz_admin.domain.kinds import Kind
from kz_admin.domain.names import name_key

DEFAULT = "*"  # the subject of a list's default: what holds where nothing else is chosen
UNTAXED = "untaxed"  # lines without tax, where the company's code for them is not named Exempt
LONGEST_SUBJECT = 64


class List(StrEnum):
    ITEMS = "items"
    EMPLOYEES = "employees"
    CUSTOMERS = "customers"
    PROJECTS = "projects"
    VENDORS = "vendors"
    TAXES = "taxes"
    TRACKING = "tracking"
    CATEGORIES = "categories"
    ACCOUNTS = "accounts"
    PAYMENT_METHODS = "payment-methods"
    TERMS = "terms"

    @property
    def words(self) -> Words:
        return _WORDS[self]

    @property
    def kind(self) -> Kind | None:
        """What we can create over there: there the link is the SyncRecord's remote id, not a Mapping."""
        return _KINDS.get(self)


@dataclass(frozen=True)
class Words:
    """How a list is spoken of."""

    title: str  # of its page
    ours: str  # one of our side
    ours_many: str
    theirs: str  # one of their side
    theirs_many: str
    about: str
    default: str = ""  # what the default is for; empty where a list has none


_KINDS = {
    List.ITEMS: Kind.SERVICE,
    List.CUSTOMERS: Kind.CLIENT,
    List.PROJECTS: Kind.PROJECT,
    List.VENDORS: Kind.VENDOR,
}
_WORDS = {
    List.ITEMS: Words(
        "Items",
        "service",
        "services",
        "product or service",
        "products and services",
        "Which product or service an invoice line is booked with, and so which income account.",
        "Lines without a service",
    ),
    List.CUSTOMERS: Words(
        "Customers", "client", "clients", "customer", "customers", "Which customer receives a client's invoices."
    ),
    List.PROJECTS: Words(
        "Projects",
        "project",
        "projects",
        "sub-customer",
        "sub-customers",
        "Which sub-customer a project is, where projects go over as sub-customers.",
    ),
    List.EMPLOYEES: Words(
        "Employees", "member", "members", "employee", "employees", "Whose time a member's time entries are."
    ),
    List.VENDORS: Words("Vendors", "vendor", "vendors", "vendor", "vendors", "Of whom an expense was bought."),
    List.TAXES: Words(
        "Taxes",
        "tax rate",
        "tax rates",
        "tax code",
        "tax codes",
        "Which tax code a line with one of your tax rates carries.",
        "Lines without tax",
    ),
    List.TRACKING: Words(
        "Tracking",
        "project",
        "projects",
        "class or location",
        "classes and locations",
        "Which class or location the documents of a project carry.",
        "Documents without a project",
    ),
    List.CATEGORIES: Words(
        "Categories",
        "expense category",
        "expense categories",
        "expense account",
        "expense accounts",
        "Which account an expense is booked to.",
        "Other categories",
    ),
    List.ACCOUNTS: Words(
        "Accounts",
        "purpose",
        "purposes",
        "account",
        "accounts",
        "Where invoice lines are booked and payments are deposited.",
    ),
    List.PAYMENT_METHODS: Words(
        "Payment methods",
        "way of paying",
        "ways of paying",
        "payment method",
        "payment methods",
        "Which payment method a recorded payment carries.",
        "Other ways of paying",
    ),
    List.TERMS: Words(
        "Terms",
        "payment terms",
        "payment terms",
        "term",
        "terms",
        "Which of their terms an invoice with your payment terms carries.",
        "Other payment terms",
    ),
}


def term_key(text: str) -> str:
    """The subject of our payment terms: "Net 30" and "net  30" are the same terms."""
    return name_key(text, LONGEST_SUBJECT)


@dataclass(frozen=True)
class Choice:
    """One option on their side, as a provider read it."""

    remote_id: str
    name: str
    group: str  # what kind of thing it is over there, which decides what it can be chosen for
    active: bool
    details: dict[str, str]


@dataclass(frozen=True)
class Purpose:
    """What an account is chosen for: the subject of a default."""

    subject: str
    label: str
    explanation: str
    groups: frozenset[str]  # only options of these groups fit
    required: bool
