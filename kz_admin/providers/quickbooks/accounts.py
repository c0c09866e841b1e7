"""The accounts list, what each account can be chosen for, and which one is likely."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.lists import Choice, Purpose
from kz_admin.domain.payments import Method
from kz_admin.providers.base import Access
from kz_admin.providers.quickbooks import api

INCOME = Purpose(
    "income",
    "Income account",
    "Invoice lines without a mapped item are booked here.",
    frozenset({"Income", "Other Income"}),
    required=True,
)
DEPOSIT = Purpose(
    "deposit",
    "Deposit account",
    "Payments are deposited here. Without a choice they wait in Undeposited Funds.",
    frozenset({"Bank", "Undeposited Funds"}),
    required=False,
)
# The row of a method goes before the default; "none" is a choice too (decision C10).
OF_METHODS = tuple(
    Purpose(
        f"deposit/{method}",
        f"Deposit account for {words}",
        "Instead of the deposit account above. None means that they wait in Undeposited Funds.",
        frozenset({"Bank", "Undeposited Funds"}),
        required=False,
    )
    for method, words in ((Method.E_TRANSFER, "e-transfers"), (Method.CHEQUE, "cheques"))
)
PURPOSES = (INCOME, DEPOSIT, *OF_METHODS)

# Sub-types in which service businesses keep their sales, the likeliest first.
LIKELY_INCOME = ("ServiceFeeIncome", "SalesOfProductIncome", "OtherPrimaryIncome")


def read_accounts(access: Access) -> Sequence[Choice]:
    rows = api.query(access, "SELECT * FROM Account WHERE Active IN (true, false)", "Account")
    return [_choice(row) for row in rows]


def _choice(row: dict[str, object]) -> Choice:
    kind, subtype = str(row.get("AccountType") or ""), str(row.get("AccountSubType") or "")
    currency = row.get("CurrencyRef")
    return Choice(
        remote_id=str(row["Id"]),
        name=str(row.get("FullyQualifiedName") or row.get("Name") or ""),
        group="Undeposited Funds" if subtype == "UndepositedFunds" else kind,
        active=bool(row.get("Active", True)),
        details={
            "subtype": subtype,
            "number": str(row.get("AcctNum") or ""),
            "currency": str(currency.get("value") or "") if isinstance(currency, dict) else "",
        },
    )


def likely(purpose: Purpose, choices: Sequence[Choice]) -> Choice | None:
    """The one account a bookkeeper would expect. Several equal candidates are a question, not an answer (C02)."""
    fitting = [choice for choice in choices if choice.active and choice.group in purpose.groups]
    if purpose in OF_METHODS:
        return None
    return _likely_income(fitting) if purpose is INCOME else _only([c for c in fitting if c.group == "Bank"])


def _likely_income(fitting: Sequence[Choice]) -> Choice | None:
    income = [choice for choice in fitting if choice.group == "Income"]
    top_level = [choice for choice in income if ":" not in choice.name]
    for subtype in LIKELY_INCOME:
        candidates = [choice for choice in top_level if choice.details.get("subtype") == subtype]
        if candidates:
            return _only(candidates) or _plainly_named(candidates)
    return _only(income)


def _plainly_named(candidates: Sequence[Choice]) -> Choice | None:
    """Among equals, the one that is called what such an account is called."""
    for name in ("services", "sales", "service income", "income", "sales of product income", "revenue"):
        if found := _only([choice for choice in candidates if choice.name.casefold() == name]):
            return found
    return None


def _only(choices: Sequence[Choice]) -> Choice | None:
    return choices[0] if len(choices) == 1 else None
