"""Services as items: one for each income account, never pointed at another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kz_admin.domain.problems import Problem, Rejected, Slug, Unfit
from kz_admin.domain.pushing import Again, Go, Link, LinkedBy, Ref
from kz_admin.providers.quickbooks import items
from tests.unit.providers.quickbooks.ours import INCOME, company, refs, service, texts_of

DUPLICATE = Rejected("The name supplied already exists. : Id=9", code="6240", status=400)
ACCOUNT = [{"Id": INCOME, "Name": "Consulting income"}]


def row(remote_id: str = "9", **more: Any) -> dict[str, Any]:
    return {
        "Id": remote_id,
        "SyncToken": "0",
        "Name": "Services",
        "FullyQualifiedName": "Services",
        "Type": "Service",
        "IncomeAccountRef": {"value": INCOME},
        "Active": True,
        **more,
    }


def test_the_built_in_service_is_bound_to_the_account_of_its_part() -> None:
    record = service()
    assert items.build(record, refs(record, part="99")).body == {
        "Name": "Services",
        "Type": "Service",
        "IncomeAccountRef": {"value": "99"},
    }


def test_another_service_goes_to_the_default_account_with_its_price() -> None:
    record = service("Design: web", built_in=False, description="By the hour", unit_price=Decimal("75.50"))
    assert items.build(record, refs(record)).body == {
        "Name": "Design - web",
        "Type": "Service",
        "Description": "By the hour",
        "UnitPrice": Decimal("75.50"),
        "IncomeAccountRef": {"value": INCOME},
    }


def test_without_an_income_account_it_stays_here() -> None:
    record = service(built_in=False)
    with pytest.raises(Unfit) as told:
        items.asked(record, refs(record, accounts={}))
    assert told.value.problem.cause == "account_missing:income"


def test_where_items_are_bought_too_it_names_the_account_for_that() -> None:
    record = service()
    body = items.build(record, refs(record, there=company("CA", "CAD", expense_account="13"))).body
    assert body["ExpenseAccountRef"] == {"value": "13"}
    with pytest.raises(Unfit):
        items.build(record, refs(record, there=company("GB", "GBP")))


def test_a_change_never_points_it_at_another_account() -> None:
    record = service(unit_price=Decimal(80))
    own = Ref("9", version="2", created_by_us=True)
    assert items.build(record, refs(record, own=own)).body == {
        "Id": "9",
        "SyncToken": "2",
        "Name": "Services",
        "UnitPrice": Decimal(80),
    }


def test_nothing_is_asked_before_the_name_was_refused() -> None:
    record = service()
    assert items.asked(record, refs(record, part=INCOME)) == []
    assert items.decide(record, refs(record, part=INCOME), []) == Go()
    draft = items.build(record, refs(record, part=INCOME))
    again = items.PUSHER.refused(record, refs(record), draft, DUPLICATE)
    assert again == Again({"taken": "Services", "suffix": ""}, look=True)


def test_a_taken_name_is_ours_only_if_it_can_carry_our_lines() -> None:
    record = service()
    taken = refs(record, part=INCOME, choices={"taken": "Services", "look": "1"})
    assert texts_of(items.asked(record, taken)) == [
        "SELECT * FROM Item WHERE Name = 'Services' AND Active IN (true, false)",
        f"SELECT * FROM Account WHERE Id = '{INCOME}' AND Active IN (true, false)",
    ]
    found = items.decide(record, taken, [[row(Type="NonInventory")], ACCOUNT])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("9", LinkedBy.MATCH)
    for other in (
        row(Active=False),
        row(Type="Category"),
        row(Type="Inventory"),
        row(IncomeAccountRef={"value": "1"}),
        row(FullyQualifiedName="Studio:Services"),
    ):
        assert items.decide(record, taken, [[other], ACCOUNT]) == Go({"suffix": " (Consulting income)"})


def test_the_longer_name_can_be_taken_as_well() -> None:
    record = service()
    taken = refs(
        record, part=INCOME, choices={"taken": "Services (Consulting income)", "suffix": " (Consulting income)"}
    )
    draft = items.build(record, taken)
    assert draft.body["Name"] == "Services (Consulting income)"
    looked = refs(record, part=INCOME, choices={**taken.choices, "look": "1"})
    assert items.decide(record, looked, [[], ACCOUNT]) == Go({"suffix": " (Consulting income) (2)"})
    assert isinstance(items.PUSHER.refused(record, taken, draft, DUPLICATE), Problem)


def test_a_person_chooses_an_item() -> None:
    record = service()
    chosen = refs(record, choices={"link": "9"})
    assert texts_of(items.asked(record, chosen)) == ["SELECT * FROM Item WHERE Id = '9' AND Active IN (true, false)"]
    found = items.decide(record, chosen, [[row()]])
    assert isinstance(found, Link)
    assert found.how is LinkedBy.PERSON
    with pytest.raises(Unfit) as told:
        items.decide(record, chosen, [[]])
    assert told.value.problem.slug is Slug.GONE_THERE


def test_after_a_lost_answer_the_new_one_under_our_account_is_ours() -> None:
    record = service()
    draft = items.build(record, refs(record))
    assert "MetaData.CreateTime >= " in texts_of(items.PUSHER.find(draft, 0))[0]
    assert items.PUSHER.recognise(draft, [[row()]]) is not None
    assert items.PUSHER.recognise(draft, [[row(IncomeAccountRef={"value": "1"})]]) is None
