"""In which order lists go: newest first; by the number or the client's name when that is what was searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kz_admin.models import Invoice
from kz_admin.services.documents import clients, credit_notes, invoices, payments, refunds
from kz_admin.services.documents.invoices import Filters
from kz_admin.services.documents.listing import PAGE
from tests.cast import Actor, Cast
from tests.integration.documents.agency import Agency
from tests.page import InspectingClient

SignIn = Callable[[Actor], InspectingClient]


def walked(agency: Agency, filters: Filters) -> list[list[Invoice]]:
    """Every page, as somebody sees them who goes on and on."""
    pages, after = [], ""
    while True:
        page, _ = invoices.list_invoices(agency.tenant_id, filters, after, counts=False)
        pages.append(list(page.rows))
        if page.next is None:
            return pages
        after = page.next


def all_of(pages: list[list[Invoice]]) -> list[Invoice]:
    return [row for page in pages for row in page]


def test_a_name_is_walked_client_by_client_and_misses_and_repeats_nothing(agency: Agency) -> None:
    nord, other, north = agency.client("Nord"), agency.client("Quay"), agency.client("North")
    agency.client("Norge")  # has none
    made: dict[Any, list[Invoice]] = {one.id: [] for one in (nord, north, other)}
    for number in range(40):
        day = f"2026-07-{1 + number % 9:02}"
        for client in (north, other, nord):
            made[client.id].append(agency.draft(client, issued_on=day))
    pages = walked(agency, Filters(client="nor"))
    expected = [
        row.id
        for client in (nord, north)
        for row in sorted(made[client.id], key=lambda one: (one.issued_on, one.id.hex), reverse=True)
    ]
    assert [row.id for row in all_of(pages)] == expected
    assert [len(page) for page in pages] == [PAGE, 30]


def test_clients_of_the_same_name_stay_apart(agency: Agency) -> None:
    one, two = agency.client("Nord"), agency.client("Nord")
    for _ in range(30):
        agency.draft(one)
        agency.draft(two)
    rows = all_of(walked(agency, Filters(client="nord")))
    assert len({row.id for row in rows}) == 60
    owners = [row.client_id for row in rows]
    assert owners == sorted(owners, key=owners.index)


def test_other_filters_narrow_a_name_further(agency: Agency) -> None:
    nord, north = agency.client("Nord"), agency.client("North")
    agency.draft(nord)
    kept = [agency.invoice(north, issued_on="2026-07-09"), agency.invoice(nord, issued_on="2026-07-02")]
    found = all_of(walked(agency, Filters(client="nor", state="open", since="2026-07-02")))
    assert [row.id for row in found] == [kept[1].id, kept[0].id]
    assert all_of(walked(agency, Filters(client="nor", state="void"))) == []
    assert all_of(walked(agency, Filters(client="x"))) == []


def test_numbers_go_by_number(agency: Agency) -> None:
    client, other = agency.client("Nord"), agency.client("Quay")
    for number in ("A-3", "A-1", "B-1", "A-2"):
        agency.draft(client, number=number)
    agency.draft(other, number="A-0")
    assert [row.number for row in all_of(walked(agency, Filters(q="a-")))] == ["A-0", "A-1", "A-2", "A-3"]
    assert [row.number for row in all_of(walked(agency, Filters(q="a-", client="nord")))] == ["A-1", "A-2", "A-3"]


def test_another_tenants_client_of_that_name_brings_nothing(agency: Agency, stranger: Agency) -> None:
    stranger.draft(stranger.client("Nord"))
    assert all_of(walked(agency, Filters(client="nord"))) == []


@pytest.mark.parametrize("after", ["x", "~~~", "nord~~2026~", "a~b~c~d", "nord\x00~1~2~3"])
def test_a_key_that_makes_no_sense_begins_at_the_beginning(agency: Agency, after: str) -> None:
    agency.draft(agency.client("Nord"))
    page, _ = invoices.list_invoices(agency.tenant_id, Filters(client="nord"), after)
    assert (len(page.rows), page.first) == (1, True)


def test_the_download_and_the_whole_filter_go_the_same_way(agency: Agency) -> None:
    north, nord = agency.client("North"), agency.client("Nord")
    made = [agency.draft(north, number="1"), agency.draft(nord, number="2")]
    agency.draft(agency.client("Quay"), number="3")
    filters = Filters(client="nor")
    assert invoices.matching(agency.tenant_id, filters).ids == [made[1].id, made[0].id]
    lines = "".join(invoices.as_csv(agency.tenant_id, filters)).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["2", "1"]


def test_payments_credits_and_refunds_are_found_by_name_too(agency: Agency) -> None:
    for name in ("North", "Quay", "Nord"):
        client = agency.client(name)
        agency.pay(agency.invoice(client))
        agency.credit(agency.invoice(client))
    lists: list[Callable[[str], Any]] = [
        lambda name: payments.list_payments(agency.tenant_id, payments.Filters(client=name)),
        lambda name: credit_notes.list_credit_notes(agency.tenant_id, credit_notes.Filters(client=name)),
    ]
    for listed in lists:
        assert [row.client.name for row in listed("nor").rows] == ["Nord", "North"]
    assert refunds.list_refunds(agency.tenant_id, refunds.Filters(client="nor")).rows == ()
    assert len(clients.list_clients(agency.tenant_id, clients.Filters("nor")).rows) == 2


def test_a_page_of_a_name_leads_to_its_next_one(agency: Agency, signed_in: SignIn, cast: Cast) -> None:
    books = signed_in(cast.bookkeeper)
    client = agency.client("Nord & Söhne ~ 1")
    for _ in range(PAGE + 1):
        agency.draft(client)
    first = books.page("/kz-admin/invoices?client=nord")
    further = next(link for link in first.links if "after=" in link)
    assert books.page(further).text.count("Nord & Söhne ~ 1") == 1
