"""Clients as customers, without a company to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kz_admin.domain.presets import COPY_ON_DEMAND, ON_PAID
from kz_admin.domain.problems import Problem, Rejected, Slug
from kz_admin.domain.pushing import Again, Go, Link, LinkedBy, Ref, Verb
from kz_admin.domain.records import Address
from kz_admin.providers.quickbooks import customers
from tests.unit.providers.quickbooks.ours import client, company, problem, refs, texts_of

DUPLICATE = Rejected("The name supplied already exists. : Id=7", code="6240", status=400)


def row(remote_id: str = "7", name: str = "Ada Lund", email: str = "ada@lund.example", **more: Any) -> dict[str, Any]:
    return {
        "Id": remote_id,
        "SyncToken": "3",
        "DisplayName": name,
        "PrimaryEmailAddr": {"Address": email},
        "CurrencyRef": {"value": "USD"},
        "Active": True,
        **more,
    }


def test_everything_we_know_of_a_client_goes_over() -> None:
    record = client(
        company="Lund & Co.",
        middle_name="M.",
        phone="+1 (512) 555-0110",
        address=Address("1 Pier", "Door 2", "Austin", "TX", "78701", "US"),
    )
    body = customers.build(record, refs(record)).body
    assert body == {
        "DisplayName": "Ada Lund",
        "GivenName": "Ada",
        "MiddleName": "M.",
        "FamilyName": "Lund",
        "CompanyName": "Lund & Co.",
        "PrimaryEmailAddr": {"Address": "ada@lund.example"},
        "PrimaryPhone": {"FreeFormNumber": "+1 (512) 555-0110"},
        "BillAddr": {
            "Line1": "1 Pier",
            "Line2": "Door 2",
            "City": "Austin",
            "CountrySubDivisionCode": "TX",
            "PostalCode": "78701",
            "Country": "US",
        },
    }


def test_names_are_fitted_to_what_they_take() -> None:
    record = client("  Ada:\tLund\nLtd " + "x" * 600, given_name="y" * 300, phone="1" * 50)
    body = customers.build(record, refs(record)).body
    assert body["DisplayName"].startswith("Ada - Lund Ltd xxx")
    assert (len(body["DisplayName"]), len(body["GivenName"])) == (500, 100)
    assert len(body["PrimaryPhone"]["FreeFormNumber"]) == 30
    suffixed = customers.build(record, refs(record, choices={"suffix": " (EUR)"})).body["DisplayName"]
    assert len(suffixed) == 500
    assert suffixed.endswith("x (EUR)")


def test_a_currency_is_named_where_there_are_several() -> None:
    record, several = client(), company(multicurrency=True)
    assert customers.build(record, refs(record, there=several, part="EUR")).body["CurrencyRef"] == {"value": "EUR"}
    assert "CurrencyRef" not in customers.build(record, refs(record, part="USD")).body


def test_a_foreign_currency_is_refused_where_there_is_one() -> None:
    record = client()
    told = problem(lambda: customers.asked(record, refs(record, part="EUR")))
    assert (told.slug, told.subject) == (Slug.CURRENCY_OFF, "EUR")
    assert (told.facts["currency"], told.facts["company_currency"]) == ("EUR", "USD")


def test_without_an_address_nothing_is_asked() -> None:
    record = client(email=" ")
    told = problem(lambda: customers.asked(record, refs(record)))
    assert (told.slug, told.subject) == (Slug.EMAIL_MISSING, str(record.id))
    assert told.facts["name"] == "Ada Lund"
    by_name = refs(record, settings=COPY_ON_DEMAND)
    assert texts_of(customers.asked(record, by_name)) == [
        "SELECT * FROM Customer WHERE DisplayName IN ('Ada Lund', 'Ada Lund (deleted)') AND Active IN (true, false)"
    ]


@pytest.mark.parametrize(
    ("email", "slug"),
    [
        ("ada@lund", Slug.EMAIL_FORMAT),
        ("ada lund@x.example", Slug.EMAIL_FORMAT),
        ("a" * 100 + "@x.example", Slug.TEXT_TOO_LONG),
    ],
)
def test_an_address_they_refuse_is_told_before_anything_is_asked(email: str, slug: Slug) -> None:
    record = client(email=email)
    told = problem(lambda: customers.asked(record, refs(record)))
    assert told.slug is slug
    assert told.facts["email"] == email


def test_the_address_is_asked_for_and_cannot_leave_its_quotes() -> None:
    record = client(email="o'ha\\nlon@x.example")
    assert texts_of(customers.asked(record, refs(record))) == [
        "SELECT * FROM Customer WHERE PrimaryEmailAddr LIKE '%o\\'ha\\\\nlon@x.example%' AND Active IN (true, false)"
    ]


def test_who_is_found_is_linked() -> None:
    record = client()
    found = customers.decide(record, refs(record), [[row(email="x@y.example, ADA@lund.example")]])
    assert isinstance(found, Link)
    assert (found.remote.remote_id, found.how) == ("7", LinkedBy.MATCH)
    assert customers.decide(record, refs(record), [[]]) == Go()


def test_an_inactive_twin_is_a_problem_that_says_whom() -> None:
    record, rows = client(), [row(name="Ada Lund (deleted)", Active=False)]
    told = problem(lambda: customers.decide(record, refs(record), [rows]))
    assert told.slug is Slug.INACTIVE_TWIN
    assert {key: told.facts[key] for key in ("remote_type", "remote_id", "suggestion")} == {
        "remote_type": "Customer",
        "remote_id": "7",
        "suggestion": "Ada Lund",
    }


def test_a_person_brings_it_back_or_names_another() -> None:
    record, rows = client(), [row(name="Ada Lund (deleted)", Active=False)]
    back = refs(record, choices={"reactivate": "7"})
    assert texts_of(customers.asked(record, back))[0].endswith("Id = '7' AND Active IN (true, false)")
    decided = customers.decide(record, back, [rows])
    assert decided == Go({"version": "3"})
    draft = customers.build(record, refs(record, choices={"reactivate": "7", "version": "3"}))
    assert (draft.verb, draft.remote_id) == (Verb.UPDATE, "7")
    assert draft.body == {"Id": "7", "SyncToken": "3", "Active": True, "DisplayName": "Ada Lund"}

    named = refs(record, choices={"name": "Ada Lund the Second"})
    assert customers.decide(record, named, [rows]) == Go()
    assert customers.build(record, named).body["DisplayName"] == "Ada Lund the Second"


def test_a_person_links_anybody_even_without_an_address() -> None:
    record = client(email="")
    chosen = refs(record, choices={"link": "12"})
    customers.asked(record, chosen)
    found = customers.decide(record, chosen, [[row("12", "Lund", "")]])
    assert isinstance(found, Link)
    assert found.how is LinkedBy.PERSON
    assert problem(lambda: customers.decide(record, chosen, [[]])).slug is Slug.GONE_THERE


def test_a_taken_name_is_looked_up_and_gets_an_ending() -> None:
    record = client()
    draft = customers.build(record, refs(record))
    assert customers.refused(record, refs(record), draft, DUPLICATE) == Again({"taken": "Ada Lund"}, look=True)
    taken = refs(record, choices={"taken": "Ada Lund", "look": "1"})
    assert len(customers.asked(record, taken)) == 2
    held = row("9", email="other@x.example")
    assert customers.decide(record, taken, [[], [held]]) == Go({"suffix": " (ada@lund.example)"})
    assert customers.decide(record, taken, [[], []]) == Go({"suffix": " (customer)"})


def test_an_ending_that_is_taken_too_is_counted_up() -> None:
    record = client()
    tried = refs(record, choices={"taken": "Ada Lund", "suffix": " (customer)", "look": "1"})
    draft = customers.build(record, tried)
    assert customers.refused(record, tried, draft, DUPLICATE) == Again({"suffix": " (customer) (2)"})


def test_a_name_a_person_chose_is_not_changed_for_them() -> None:
    record = client()
    named = refs(record, choices={"name": "Ada"})
    told = customers.refused(record, named, customers.build(record, named), DUPLICATE)
    assert isinstance(told, Problem)
    assert (told.slug, told.facts["name"]) == (Slug.DUPLICATE_NAME, "Ada")


def test_a_change_keeps_the_ending_and_says_the_same_as_the_create() -> None:
    record = client()
    created = customers.build(record, refs(record, choices={"suffix": " (EUR)"}))
    own = Ref("7", "Customer", "4", created_by_us=True)
    changed = customers.build(record, refs(record, choices={"suffix": " (EUR)"}, own=own))
    assert changed.body == {"Id": "7", "SyncToken": "4", **created.body}
    renamed = customers.build(replace(record, name="Ada Berg"), refs(record, choices={"suffix": " (EUR)"}, own=own))
    assert renamed.body["DisplayName"] == "Ada Berg (EUR)"
    again = customers.refused(record, refs(record, own=own), changed, DUPLICATE)
    assert again == Again({"suffix": " (EUR) (2)"})


def test_after_a_lost_answer_only_a_new_one_with_name_and_address_is_ours() -> None:
    record = client()
    draft = customers.build(record, refs(record))
    asked = texts_of(customers.PUSHER.find(draft, 1_772_459_896_187))
    assert asked == [
        "SELECT * FROM Customer WHERE DisplayName = 'Ada Lund' AND MetaData.CreateTime >= '2026-03-02T13:48:16+00:00' "
        "AND Active IN (true, false)"
    ]
    found = customers.PUSHER.recognise(draft, [[row()]])
    assert found is not None
    assert found.remote_id == "7"
    assert customers.PUSHER.recognise(draft, [[row(email="b@b.example")]]) is None
    assert customers.PUSHER.recognise(draft, [[row(ParentRef={"value": "1"})]]) is None
    assert customers.PUSHER.recognise(draft, [[]]) is None


def test_after_a_lost_answer_a_change_is_recognised_by_what_it_says() -> None:
    record = client(phone="123")
    draft = customers.build(record, refs(record, own=Ref("7", version="3")))
    shown = {**row(), "GivenName": "Ada", "FamilyName": "Lund", "PrimaryPhone": {"FreeFormNumber": "123"}}
    assert customers.PUSHER.recognise(draft, [[shown]]) is not None
    assert customers.PUSHER.recognise(draft, [[{**shown, "PrimaryPhone": {}}]]) is None


@pytest.mark.promise("PLAT-13")
def test_where_the_settings_create_no_customer_a_missing_one_is_told() -> None:
    record = client()
    never = refs(record, settings=replace(ON_PAID, create_clients=False))
    told = problem(lambda: customers.decide(record, never, [[]]))
    assert told.slug is Slug.CUSTOMER_NOT_MADE
    assert customers.decide(record, refs(record), [[]]) == Go()
