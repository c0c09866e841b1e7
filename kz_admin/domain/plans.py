"""What a tenant's plan includes. One entitlement today (decision C13)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

ACCOUNTING_INTEGRATIONS = "accounting_integrations"


@dataclass(frozen=True)
class Entitlement:
    key: str
    label: str
    description: str
    included: bool


def includes_integrations(plan: str, plans_with_integrations: Collection[str]) -> bool:
    """No list means that every plan has them; names are compared without regard to case."""
    if not plans_with_integrations:
        return True
    return plan.casefold() in {name.casefold() for name in plans_with_integrations}


def entitlements(plan: str, plans_with_integrations: Collection[str]) -> tuple[Entitlement, ...]:
    return (
        Entitlement(
            ACCOUNTING_INTEGRATIONS,
            "Accounting integrations",
            "Connect QuickBooks Online or Xero and keep the books in step.",
            includes_integrations(plan, plans_with_integrations),
        ),
    )
