"""The settings of a connection: what a saved page means for documents that wait, that rest, and that come."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain import presets
from kz_admin.domain.kinds import Kind
from kz_admin.domain.presets import Direction, PushOn
from kz_admin.domain.problems import Slug
from kz_admin.models import AuditEntry, Connection
from kz_admin.models.session import reading
from kz_admin.providers import PROVIDERS
from kz_admin.services import settings, unplanned
from tests.cast import Cast
from tests.integration.web.desk import Change, Desk, SignIn
from tests.page import InspectingClient

PAGE = "/kz-admin/integrations/quickbooks/settings"
ON_PAID: dict[str, Any] = {
    "preset": "on_paid",
    "push_on": "paid",
    "start_field": "paid",
    "require_email": "y",
    "create_clients": "y",
    "frequency": "real_time",
    "tax_mode": "our_total",
    "number_clash": "ask",
    "closed_period": "hold",
    **{f"direction_{kind.value}": "push" for kind in PROVIDERS["quickbooks"].pushers},
}


@pytest.fixture
def admin(signed_in: SignIn, cast: Cast) -> InspectingClient:
    return signed_in(cast.admin)


def version_on(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="([0-9a-f]{16})"', page)
    assert found is not None
    return found[1]


def start_on(page: str) -> str:
    found = re.search(r'name="start_on"[^>]*value="([\d-]{10})"', page)
    assert found is not None
    return found[1]


def save(client: InspectingClient, *, seen: str = "", **changes: Any) -> Any:
    """What a browser sends; None leaves a box unticked."""
    page = seen or client.get(PAGE).text
    sent = {**ON_PAID, "version": version_on(page), "start_on": start_on(page), **changes}
    return client.submit(PAGE, {name: value for name, value in sent.items() if value is not None})


def connection_of(desk: Desk) -> Connection:
    with desk.app.app_context(), reading() as session:
        return session.scalars(select(Connection)).one()


def chosen(desk: Desk) -> presets.Settings:
    return settings.of(connection_of(desk))


def look_again(desk: Desk) -> None:
    with desk.app.app_context():
        unplanned.plan_again(connection_of(desk).id)
        unplanned.sweep()


@pytest.mark.promise("PLAT-15")
def test_the_trigger_is_chosen_and_applies_from_now_on(desk: Desk, admin: InspectingClient) -> None:
    answer = save(admin, push_on="manual")
    assert answer.status_code == 303
    assert "Applies to documents changed from now on." in admin.get(PAGE).text
    assert chosen(desk).push_on is PushOn.MANUAL
    assert chosen(desk).directions == presets.ON_PAID.directions  # "both" of payments keeps the half nobody sees yet


def test_saving_what_is_saved_changes_nothing(desk: Desk, admin: InspectingClient) -> None:
    before = connection_of(desk)
    save(admin)
    assert "Nothing was changed." in admin.get(PAGE).text
    assert (connection_of(desk).settings, connection_of(desk).start_at) == (before.settings, before.start_at)


def test_what_waits_is_looked_at_anew_and_rests_when_its_kind_stays_here(desk: Desk, admin: InspectingClient) -> None:
    desk.put(state="due", due_at=1)
    save(admin, direction_invoice="off")
    assert desk.record().as_state.value == "idle"  # at once: no worker may take it meanwhile
    look_again(desk)
    assert (desk.record().state, desk.record().reason) == ("idle", "direction")


def test_what_waits_goes_on_when_the_new_settings_want_it_too(desk: Desk, admin: InspectingClient) -> None:
    desk.put(state="due", due_at=1, asked_at=clock.now_ms())
    save(admin, push_on="manual")
    look_again(desk)
    assert desk.record().state == "due"  # a person asked for it, which crosses the trigger


@pytest.mark.promise("KZ-22")
def test_what_rests_is_never_sent_by_a_saved_page(desk: Desk, admin: InspectingClient) -> None:
    desk.put(state="idle", reason="not_paid")
    save(admin, push_on="finalised", start_field="created")
    look_again(desk)
    assert (desk.record().state, desk.record().reason) == ("idle", "before_change")


def test_an_earlier_start_date_offers_and_never_sends(desk: Desk, admin: InspectingClient, change: Change) -> None:
    change(start_at=clock.now_ms() + clock.DAY, settings=presets.ON_SAVE.as_json())
    desk.put(state="idle", reason="before_start")
    desk.made("invoice", desk.client, number="INV-105")  # without a record
    on_save = {"preset": "on_save", "push_on": "finalised", "start_field": "created", "require_email": None}
    answer = save(admin, start_on="2026-01-01", **on_save)
    assert answer.status_code == 303
    page = admin.get(PAGE).text
    assert "2 invoices of before would fit and stay here: nothing was sent." in page
    look_again(desk)
    assert (desk.record().state, desk.record().reason) == ("idle", "before_change")
    assert "2 invoices of before would fit" in " ".join(page.split())


@pytest.mark.promise("PLAT-13", "PLAT-14")
def test_matching_by_name_and_creating_are_switches(desk: Desk, admin: InspectingClient) -> None:
    desk.fail_for_client(Slug.EMAIL_MISSING)
    save(admin, require_email=None, create_clients=None)
    assert (chosen(desk).require_email, chosen(desk).create_clients) == (False, False)
    assert desk.record("client").state == "due"  # what failed for want of an address goes again


@pytest.mark.parametrize(
    ("slug", "eased"),
    [
        (Slug.DUPLICATE_NUMBER, {"number_clash": "next_free"}),
        (Slug.PERIOD_CLOSED, {"closed_period": "redate"}),
        (Slug.PERIOD_CLOSED, {"closed_period": "credit_note"}),
    ],
)
def test_a_rule_that_answers_the_question_sets_free_what_waited_for_a_person(
    desk: Desk, admin: InspectingClient, slug: Slug, eased: dict[str, str]
) -> None:
    desk.fail(slug)
    save(admin, frequency="hourly")
    assert desk.record().state == "failed"
    save(admin, frequency="hourly", **eased)
    assert desk.record().state == "due"
    (name, value) = next(iter(eased.items()))
    assert getattr(chosen(desk), name) == value


def test_two_admins_compare_before_one_wins(desk: Desk, admin: InspectingClient, signed_in: SignIn, cast: Cast) -> None:
    other = signed_in(cast.second_admin)
    seen = other.get(PAGE).text
    save(admin, frequency="hourly")
    answer = save(other, seen=seen, push_on="manual")
    assert answer.status_code == 409
    assert "Somebody else saved these settings meanwhile" in answer.text
    assert chosen(desk).push_on is PushOn.PAID
    assert save(other, seen=answer.text, push_on="manual").status_code == 303
    assert chosen(desk).push_on is PushOn.MANUAL


def test_changes_are_audited_with_before_and_after(desk: Desk, admin: InspectingClient) -> None:
    save(admin, direction_payment="off", frequency="daily")
    with desk.app.app_context(), reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.changed")).one()
    assert json.loads(entry.before or "") == {"payments": "both", "frequency": "real_time"}
    after = {"payments": "pull", "frequency": "daily", "applies": "to documents changed from now on"}
    assert json.loads(entry.after or "") == after


def test_a_preset_shows_what_it_changes_and_saves_nothing(desk: Desk, admin: InspectingClient) -> None:
    page = admin.page(f"{PAGE}?preset=copy_on_demand").text
    assert "Starting from “Copy on demand” changes this" in page
    assert "Only when somebody copies it" in page
    assert chosen(desk) == presets.ON_PAID


def test_only_what_has_an_effect_is_offered(desk: Desk, admin: InspectingClient) -> None:
    page = admin.get(PAGE).text
    fields = set(re.findall(r'name="direction_(\w+)"', page))
    assert fields == {kind.value for kind in PROVIDERS["quickbooks"].pushers}
    for absent in ("import_on_connect", "background_hours"):
        assert absent not in page


def test_a_kind_that_the_provider_does_not_take_cannot_be_forged(desk: Desk, admin: InspectingClient) -> None:
    save(admin, direction_expense="push")
    assert chosen(desk).directions[Kind.EXPENSE] is Direction.OFF
    assert save(admin, push_on="whenever").status_code == 422
    assert save(admin, start_on="31/12/2026").status_code == 422


@pytest.mark.promise("K-QBO-12")
def test_others_read_and_only_admins_change(desk: Desk, signed_in: SignIn, cast: Cast) -> None:
    for person in (cast.bookkeeper, cast.viewer):
        client = signed_in(person)
        assert "When it is paid" in client.page(PAGE).text
        assert client.submit(PAGE, ON_PAID).status_code == 403


def test_another_tenant_reaches_nothing(desk: Desk, app: Flask, admin: InspectingClient, connected: UUID) -> None:
    assert admin.get("/kz-admin/integrations/xero/settings").status_code == 404
