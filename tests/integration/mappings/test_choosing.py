"""Choosing what ours is over there: by a person, by Auto-Match with a click, never over a person's choice."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import cast as people
from tests.cast import Cast
from tests.integration.mappings.desk import MAPPINGS, Lists, save
from tests.page import InspectingClient, Page


@pytest.mark.promise("K-QBO-22", "PLAT-12", "XRO-8.1")
def test_every_list_has_a_page_and_the_overview_says_how_far_it_is(admin: InspectingClient, lists: Lists) -> None:
    lists.made("one_of_each")
    overview = Page(admin.get(MAPPINGS).text).text
    for title in ("Items", "Customers", "Employees", "Taxes", "Tracking", "Categories", "Terms", "Payment methods"):
        assert title in overview
    for which in ("items", "customers", "projects", "vendors", "employees", "taxes", "tracking", "categories"):
        assert admin.get(lists.url(which)).status_code == 200, which
    for which in ("payment-methods", "terms"):
        assert "Not mapped" in admin.page(lists.url(which)).text, which
    assert admin.get("/kz-admin/mappings").location == MAPPINGS
    assert admin.get(lists.url("nonsense")).status_code == 404


@pytest.mark.promise("K-QBO-07", "K-QBO-23", "PLAT-17")
def test_a_service_is_linked_to_an_item_and_later_to_another(admin: InspectingClient, lists: Lists) -> None:
    service = lists.made("service", "Growth work")
    first, second = lists.options("items", active=True)[:2]
    assert save(admin, lists, "items", **{str(service.id): first.remote_id}).status_code == 303
    record = lists.record(service.id)
    assert record is not None
    assert (record.remote_type, record.remote_id, record.linked_by) == ("Item", first.remote_id, "person")
    assert save(admin, lists, "items", first.remote_id, **{str(service.id): second.remote_id}).status_code == 303
    assert lists.record(service.id).remote_id == second.remote_id
    assert len(lists.audited()) == 2
    assert second.name in (lists.audited()[-1].after or "")


@pytest.mark.promise("K-QBO-25", "K-QBO-08")
def test_members_are_mapped_to_employees(admin: InspectingClient, lists: Lists) -> None:
    lists.add_option("employees", "55", "Emi Plath")
    member = lists.made("member", "Emi Plath")
    save(admin, lists, "employees", **{str(member.id): "55"})
    mapping = lists.mapping("employees", member.id)
    assert mapping is not None
    assert (mapping.remote_id, mapping.chosen_how, mapping.chosen_by) == (
        "55",
        "person",
        "Ada Admin <ada.admin@example.com>",
    )


@pytest.mark.promise("PLAT-21")
def test_a_tax_rate_is_mapped_and_its_default_too(admin: InspectingClient, lists: Lists) -> None:
    rate, (code, *_) = lists.made("tax_rate"), lists.options("taxes", active=True)
    save(admin, lists, "taxes", **{str(rate.id): code.remote_id, "*": code.remote_id})
    assert lists.mapping("taxes", rate.id).remote_id == code.remote_id
    assert lists.mapping("taxes", "*").remote_id == code.remote_id


@pytest.mark.promise("K-QBO-26")
def test_auto_match_pairs_equal_names_and_only_suggests(admin: InspectingClient, lists: Lists) -> None:
    for remote_id, name in (("55", "Emi Plath"), ("56", "Sam Stone"), ("57", "Sam  STONE"), ("58", "Priya Shaw")):
        lists.add_option("employees", remote_id, name)
    emi, sam, priya = (lists.made("member", name) for name in ("emi  PLATH", "Sam Stone", "Priya Shah"))
    admin.submit(lists.url("employees", "auto-match"))
    assert lists.mapping("employees", emi.id) is None
    found = {one: lists.suggestion("employees", one.id) for one in (emi, sam, priya)}
    assert [one.certainty for one in found.values() if one] == ["exact", "ambiguous", "near"]
    page = admin.page(lists.url("employees")).text
    assert "Accept 1 exact" in page
    assert "Several match" in page
    save(admin, lists, "employees")  # nothing picked
    admin.submit(lists.url("employees", "save"), {"step": "accept"})
    assert (lists.mapping("employees", emi.id).remote_id, lists.mapping("employees", emi.id).chosen_how) == (
        "55",
        "exact",
    )
    assert lists.mapping("employees", sam.id) is None
    assert lists.mapping("employees", priya.id) is None


@pytest.mark.promise("K-QBO-27")
def test_a_persons_choice_survives_a_second_auto_match(admin: InspectingClient, lists: Lists) -> None:
    lists.add_option("employees", "55", "Emi Plath")
    lists.add_option("employees", "56", "Another one")
    emi = lists.made("member", "Emi Plath")
    save(admin, lists, "employees", **{str(emi.id): "56"})
    admin.submit(lists.url("employees", "auto-match"))
    admin.submit(lists.url("employees", "save"), {"step": "accept"})
    mapping = lists.mapping("employees", emi.id)
    assert (mapping.remote_id, mapping.chosen_how) == ("56", "person")


@pytest.mark.promise("PLAT-14")
def test_two_clients_with_one_customers_address_are_flagged_not_accepted(admin: InspectingClient, lists: Lists) -> None:
    customer = lists.options("customers", active=True)[0]
    one = lists.made("client", customer.name, email="one@acme.example")
    other = lists.made("client", customer.name, email="other@acme.example")
    lists.change_option("customers", customer.remote_id, details="{}")
    admin.submit(lists.url("customers", "auto-match"))
    assert "another of yours has the same" in admin.page(lists.url("customers")).text
    admin.submit(lists.url("customers", "save"), {"step": "accept"})
    assert lists.record(one.id) is None
    picks = {str(one.id): customer.remote_id, str(other.id): customer.remote_id}
    assert save(admin, lists, "customers", **picks).status_code == 303, "a person may say that both are one"
    assert lists.record(one.id).remote_id == lists.record(other.id).remote_id == customer.remote_id


def test_two_people_at_once_are_told_and_nothing_is_lost(admin: InspectingClient, lists: Lists) -> None:
    service = lists.made("service", "Growth work")
    first, second = lists.options("items", active=True)[:2]
    save(admin, lists, "items", **{str(service.id): first.remote_id})
    answer = save(admin, lists, "items", "", **{str(service.id): second.remote_id})
    assert answer.status_code == 409
    assert "Somebody else changed Growth work meanwhile" in answer.text
    assert lists.record(service.id).remote_id == first.remote_id


@pytest.mark.parametrize("value", ["99999", "'; drop table", "none"])
def test_what_is_not_on_the_list_is_refused(admin: InspectingClient, lists: Lists, value: str) -> None:
    service, other = lists.made("service", "Growth work"), lists.made("service", "Other work")
    item = lists.options("items", active=True)[0]
    answer = save(admin, lists, "items", **{str(other.id): item.remote_id, str(service.id): value})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert lists.record(other.id) is None, "all or none"


@pytest.mark.promise("XRO-8.6")
def test_an_inactive_option_is_named_and_repaired_in_place(admin: InspectingClient, lists: Lists) -> None:
    service = lists.made("service", "Growth work")
    first, second = lists.options("items", active=True)[:2]
    save(admin, lists, "items", **{str(service.id): first.remote_id})
    lists.change_option("items", first.remote_id, active=False)
    page = admin.page(f"{lists.url('items')}?show=repair").text
    assert f"{first.name}. Choose another one." in page
    assert "Needs repair" in admin.page(MAPPINGS).text
    assert save(admin, lists, "items", first.remote_id, **{str(service.id): second.remote_id}).status_code == 303
    assert "Growth work" not in admin.page(f"{lists.url('items')}?show=repair").text


def test_a_renamed_option_says_what_it_was_called(admin: InspectingClient, lists: Lists) -> None:
    service, item = lists.made("service", "Growth work"), lists.options("items", active=True)[0]
    save(admin, lists, "items", **{str(service.id): item.remote_id})
    lists.change_option("items", item.remote_id, details='{"former_name": "Consulting, old"}')
    assert "Renamed there; it was Consulting, old" in admin.page(lists.url("items")).text


@pytest.mark.promise("XRO-8.4", "XRO-8.5", "PLAT-13")
def test_create_over_there_wants_the_record_and_calls_nobody(admin: InspectingClient, lists: Lists) -> None:
    client = lists.made("client", "Quite New Ltd", email="new@quite.example")
    answer = admin.submit(lists.url("customers", "create"), {"subject": str(client.id)})
    assert answer.status_code == 303
    record = lists.record(client.id)
    assert (record.state, record.part, record.remote_id) == ("due", "USD", None)


@pytest.mark.promise("A8")
def test_bookkeepers_change_and_viewers_see(app: Flask, cast: Cast, lists: Lists) -> None:
    service, item = lists.made("service", "Growth work"), lists.options("items", active=True)[0]
    viewer = people.sign_in(app, cast.viewer, cast.tenant_id)
    page = viewer.get(lists.url("items")).text.partition("<main")[2]
    assert "Growth work" in page
    assert "<select" not in page
    for step in ("save", "auto-match", "refresh", "create", "csv"):
        assert viewer.submit(lists.url("items", step)).status_code == 403, step
    bookkeeper = people.sign_in(app, cast.bookkeeper, cast.tenant_id)
    assert save(bookkeeper, lists, "items", **{str(service.id): item.remote_id}).status_code == 303


@pytest.mark.promise("A1", "A2")
def test_another_tenant_sees_and_changes_nothing_of_it(
    app: Flask, admin: InspectingClient, stranger: InspectingClient, bridge, cast: Cast, lists: Lists
) -> None:
    service, item = lists.made("service", "Growth work"), lists.options("items", active=True)[0]
    bridge.connect(stranger, "CA")
    assert "Growth work" not in stranger.get(lists.url("items")).text
    for sent in ({str(service.id): item.remote_id}, {str(service.id): ""}):
        assert save(stranger, lists, "items", "x", **sent).status_code == 404
    assert stranger.submit(lists.url("items", "create"), {"subject": str(service.id)}).status_code == 404
    assert lists.record(service.id) is None


def test_a_long_list_is_searched_and_works_without_scripts(admin: InspectingClient, lists: Lists) -> None:
    for number in range(160):
        lists.add_option("employees", f"9{number}", f"Person {number:03}")
    member = lists.made("member", "Emi Plath")
    page = admin.get(lists.url("employees")).text
    assert page.count("<option") < 20
    picking = admin.get(f"{lists.url('employees')}?pick={member.id}&find=person 07")
    assert 'value="970"' in picking.text
    assert 'value="912"' not in picking.text
    found = admin.get(f"{lists.url('employees', 'find')}?subject={member.id}&find=07", headers={"HX-Request": "true"})
    assert "Person 070" in found.text
    assert "<html" not in found.text
    save(admin, lists, "employees", **{str(member.id): "912"})
    again = admin.get(f"{lists.url('employees', 'find')}?subject={member.id}&find=07", headers={"HX-Request": "true"})
    assert again.text.strip().startswith('<option value="912">'), "who searches and does not choose changes nothing"


def test_coverage_is_weighted_by_money(admin: InspectingClient, lists: Lists) -> None:
    large, small = lists.made("client", "Large Ltd"), lists.made("client", "Small Ltd")
    from decimal import Decimal

    from kz_admin.services.documents.sales import Line

    today = {"issued_on": "2026-11-01"}
    lists.made("invoice", large, Line("Much", Decimal(1), Decimal(900)), number="L-1", **today)
    lists.made("invoice", small, Line("Little", Decimal(1), Decimal(100)), number="S-1", **today)
    customer = lists.options("customers", active=True)[0]
    save(admin, lists, "customers", **{str(large.id): customer.remote_id})
    text = Page(admin.get(lists.url("customers")).text).text
    assert "90 % of" in text
    assert "1 mapped, 1 left" in text
