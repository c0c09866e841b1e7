"""The same option in another company: by what both call it, and only where exactly one fits."""

from __future__ import annotations

import pytest

from kz_admin.domain.carry_over import Company, Known, Same
from kz_admin.domain.lists import List


def test_number_email_and_name_each_are_evidence() -> None:
    here = [
        Known("1", "Sales", "Income", {"number": "4000"}),
        Known("2", "Other", "Income", {"number": "4100"}),
    ]
    company = Company(List.ACCOUNTS, here)
    assert company.same_as(Known("77", "SALES ", "Income", {})) == Same(here[0], "same name")
    assert company.same_as(Known("77", "Fees", "Income", {"number": "4100"})) == Same(here[1], "same number")
    both = company.same_as(Known("77", "sales", "Income", {"number": "4000"}))
    assert both == Same(here[0], "same number and same name")
    customers = Company(List.CUSTOMERS, [Known("5", "Acme Inc", "USD", {"email": "AP@acme.example"})])
    found = customers.same_as(Known("9", "Acme", "USD", {"email": "ap@acme.example"}))
    assert found is not None
    assert (found.option.remote_id, found.why) == ("5", "same e-mail")


@pytest.mark.parametrize(
    "was",
    [
        Known("1", "Fees", "Income", {"number": "9"}),  # an id of the other company says nothing
        Known("77", "Sales", "Other Income", {}),  # another type of account
        Known("77", "Other", "Income", {"number": "4000"}),  # number and name lead to two
        Known("77", "", "Income", {"number": ""}),
    ],
)
def test_nothing_is_guessed(was: Known) -> None:
    here = [Known("1", "Sales", "Income", {"number": "4000"}), Known("2", "Other", "Income", {"number": "4100"})]
    assert Company(List.ACCOUNTS, here).same_as(was) is None


def test_two_of_the_same_name_are_nobodys_and_another_rate_is_another_tax() -> None:
    twins = [Known("1", "VAT", "Sales", {"rate": "20"}), Known("2", "VAT", "Sales", {"rate": "5"})]
    company = Company(List.TAXES, twins)
    assert company.same_as(Known("9", "VAT", "Sales", {"rate": "7"})) is None
    found = company.same_as(Known("9", "VAT", "Sales", {"rate": "5"}))
    assert found is not None
    assert found.option is twins[1]
    assert Company(List.TERMS, [Known("1", "Net 30"), Known("2", "net 30")]).same_as(Known("9", "Net 30")) is None


def test_a_service_may_be_another_type_of_item() -> None:
    company = Company(List.ITEMS, [Known("1", "Design", "NonInventory")])
    assert company.same_as(Known("9", "Design", "Service")) is not None
