"""Clients, projects, services, vendors, members and tax rates: named once, archived and restored, never another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.models import AuditEntry
from kz_admin.models.session import reading
from kz_admin.services.documents import clients, members, projects, services, tax_rates, vendors
from tests.integration.documents.agency import Agency

Make = Callable[[Agency], Any]
NOUNS: tuple[tuple[Any, Any, Make], ...] = (
    (clients, clients.list_clients, lambda agency: agency.client()),
    (services, services.list_services, lambda agency: agency.service()),
    (members, members.list_members, lambda agency: agency.member()),
    (tax_rates, tax_rates.list_tax_rates, lambda agency: agency.tax_rate()),
    (vendors, vendors.list_vendors, lambda agency: agency.do(vendors.create, vendors.Details("Paper Mill"))),
    (
        projects,
        projects.list_projects,
        lambda agency: agency.do(projects.create, projects.Details(agency.client().id, "Website")),
    ),
)


@pytest.mark.parametrize(("noun", "listed", "make"), NOUNS, ids=lambda value: getattr(value, "__name__", ""))
def test_it_is_archived_restored_and_both_are_written_down(
    agency: Agency, stranger: Agency, noun: Any, listed: Any, make: Make
) -> None:
    row = make(agency)
    with pytest.raises(NotFound):
        stranger.do(noun.archive, row.id, None)
    agency.do(noun.archive, row.id, row.version)
    assert row.id not in [one.id for one in listed(agency.tenant_id, noun.Filters()).rows]
    assert [one.id for one in listed(agency.tenant_id, noun.Filters(archived=True)).rows] == [row.id]
    with pytest.raises(Conflict, match="Somebody else changed this"):
        agency.do(noun.archive, row.id, row.version, archived=False)
    agency.do(noun.archive, row.id, None, archived=False)
    assert row.id in [one.id for one in listed(agency.tenant_id, noun.Filters()).rows]
    with reading() as session:
        actions = [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.id)]
    table = type(row).__tablename__
    assert actions[-2:] == [f"{table}.archived", f"{table}.restored"]


@pytest.mark.parametrize(
    ("make", "again"),
    [
        (lambda agency: agency.service("Design"), lambda agency: agency.service(" DESIGN ")),
        (lambda agency: agency.tax_rate("VAT"), lambda agency: agency.tax_rate("vat")),
        (NOUNS[4][2], lambda agency: agency.do(vendors.create, vendors.Details("paper  mill"))),
    ],
    ids=["service", "tax rate", "vendor"],
)
def test_a_name_is_given_once_without_regard_to_case_and_space(agency: Agency, make: Make, again: Make) -> None:
    make(agency)
    with pytest.raises(Wrong, match="already"):
        again(agency)


def test_two_clients_may_share_a_name_and_are_told_apart_by_their_address(agency: Agency) -> None:
    first = agency.client("Acme Ltd", email="one@acme.example")
    second = agency.client("ACME LTD", email="two@acme.example")
    assert len(clients.named(agency.tenant_id, "acme ltd")) == 2
    assert [row.id for row in clients.named(agency.tenant_id, "Acme Ltd <TWO@acme.example>")] == [second.id]
    assert [row.id for row in clients.named(agency.tenant_id, "one@acme.example")] == [first.id]


def test_the_built_in_service_is_made_once_and_stays(agency: Agency) -> None:
    agency.service("Services")
    made = agency.do(services.built_in)
    assert (made.name, made.built_in) == ("Services 2", True)
    assert agency.do(services.built_in).id == made.id
    with pytest.raises(Wrong, match="so it stays"):
        agency.do(services.archive, made.id, None)
