"""Where both sides have customers, presets that send much wait until these were compared, or that was skipped (C02)."""

from __future__ import annotations

import pytest
from flask import Flask

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.models import Option, SyncRecord
from kz_admin.models.session import reading, writing
from kz_admin.services import mapping_matches, records
from tests.bridge import INTEGRATIONS
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.web.conftest import books as books
from tests.integration.web.conftest import connected as connected
from tests.integration.web.conftest import desk as desk
from tests.integration.web.conftest import rung as rung
from tests.integration.web.desk import Desk, SignIn
from tests.integration.web.test_connection_settings import admin as admin
from tests.integration.web.test_connection_settings import connection_of, save
from tests.page import InspectingClient

ON_SAVE = {"preset": "on_save", "push_on": "finalised", "start_field": "created", "require_email": None}
PASS = f"{INTEGRATIONS}/quickbooks/setup/customers"


@pytest.fixture
def app(sqlite_url: str):
    from tests.conftest import kept_app

    with kept_app(sqlite_url) as app:
        yield app


@pytest.fixture
def both(desk: Desk) -> Desk:
    """They have a customer as well."""
    connection = connection_of(desk)
    own = {"tenant_id": connection.tenant_id, "connection_id": connection.id}
    with desk.app.app_context(), writing() as session:
        session.add(Option(**own, list="customers", remote_id="7", name="Tidewater", active=True, read_at=1))
    return desk


def of(desk: Desk, local_id: object) -> tuple[str, str | None]:
    with desk.app.app_context(), reading() as session:
        record = session.query(SyncRecord).filter_by(local_id=local_id).one()
        return record.state, record.reason


@pytest.mark.promise("PLAT-34")
def test_automatic_push_waits_for_the_pass(
    both: Desk, admin: InspectingClient, signed_in: SignIn, cast: Cast, rung: list[str]
) -> None:
    assert save(admin, **ON_SAVE).status_code == 303
    assert "Automatic push waits" in admin.get(f"{INTEGRATIONS}/quickbooks/setup").text
    new, asked = both.made("invoice", both.client, number="NEW-1"), both.made("invoice", both.client, number="NEW-2")
    assert of(both, new.id) == ("held", "compare")
    with both.app.app_context():
        assert Agency(cast.tenant_id).do(records.copy, Kind.INVOICE, [asked.id]) == 1
    assert of(both, asked.id) == ("due", None), "what a person copies goes at once"
    assert of(both, new.id) == ("held", "compare")

    page = admin.page(PASS).text
    assert all(label in page for label in ("Matched", "Near", "Only here", "Only there"))
    bookkeeper = signed_in(cast.bookkeeper)
    assert bookkeeper.submit(f"{PASS}/skip").status_code == 403
    assert signed_in(cast.viewer).submit(f"{PASS}/done").status_code == 403
    assert bookkeeper.submit(f"{PASS}/done").status_code == 303
    assert of(both, new.id) == ("due", None)
    later = both.made("invoice", both.client, number="NEW-3")
    assert of(both, later.id)[0] == "due"
    save(admin, push_on="paid")
    save(admin, **ON_SAVE)
    assert "Automatic push waits" not in admin.get(f"{INTEGRATIONS}/quickbooks/setup").text, "once is enough"


def test_nothing_waits_where_one_side_has_nobody(desk: Desk, admin: InspectingClient) -> None:
    save(admin, **ON_SAVE)
    new = desk.made("invoice", desk.client, number="NEW-1")
    assert of(desk, new.id)[0] == "due"


def test_nobody_is_created_while_it_waits_and_a_skip_is_the_admins(
    both: Desk, admin: InspectingClient, app: Flask
) -> None:
    save(admin, **ON_SAVE)
    stranger = both.made("client", "Somebody new", email="new@acme.example")
    new = both.made("invoice", stranger, number="NEW-1")
    with app.app_context(), reading() as session:
        assert session.query(SyncRecord).filter_by(local_id=stranger.id).count() == 0
    assert admin.submit(f"{PASS}/skip").status_code == 303
    assert of(both, new.id) == ("due", None)


@pytest.mark.promise("PLAT-35")
def test_items_are_compared_with_the_accounts_they_are_booked_to(both: Desk, admin: InspectingClient) -> None:
    connection = connection_of(both)
    design, alone = both.made("service", "Design"), both.made("service", "Zoology")
    own = {"tenant_id": connection.tenant_id, "connection_id": connection.id}
    item = {"list": "items", "remote_id": "31", "name": "Design", "active": True, "read_at": 1}
    with both.app.app_context():
        with writing() as session:
            session.add(Option(**own, **item, details='{"account": "Sales of services"}'))
        mapping_matches.run(connection.id, List.ITEMS)
    page = f"{INTEGRATIONS}/quickbooks/setup/items"
    assert "Design Design Same name Sales of services" in admin.page(page).text
    assert (
        f"{alone.name} Created with its first invoice the default income account"
        in admin.page(f"{page}?show=ours").text
    )
    assert admin.submit(f"{page}/confirm", {"count": 1}).status_code == 303
    with both.app.app_context(), reading() as session:
        assert session.query(SyncRecord).filter_by(local_id=design.id).one().remote_id == "31"
