from __future__ import annotations

import pytest

from kz_admin.domain.plans import ACCOUNTING_INTEGRATIONS, entitlements, includes_integrations


@pytest.mark.parametrize("plan", ["standard", "", "Anything"])
def test_without_a_list_every_plan_includes_integrations(plan: str) -> None:
    assert includes_integrations(plan, ())


@pytest.mark.parametrize(
    ("plan", "included"),
    [("Business", True), ("BUSINESS", True), ("professional", True), ("Starter", False), ("", False), ("Bus", False)],
)
def test_with_a_list_only_the_named_plans_do(plan: str, included: bool) -> None:
    assert includes_integrations(plan, ("business", "Professional")) is included


def test_what_a_plan_includes_is_one_entitlement_in_words() -> None:
    (entitlement,) = entitlements("Starter", ("Business",))
    assert entitlement.key == ACCOUNTING_INTEGRATIONS
    assert not entitlement.included
    assert entitlement.label
    assert entitlement.description
