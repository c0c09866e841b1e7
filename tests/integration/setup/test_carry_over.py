"""Another company starts clean: its own ids, and what was chosen before only after a click."""

from __future__ import annotations

import re

import pytest

from kz_admin import clock
from kz_admin.models import Mapping, SyncRecord
from kz_admin.models.session import reading
from kz_admin.services import options
from tests.bridge import INTEGRATIONS
from tests.integration.mappings.conftest import app as app
from tests.integration.mappings.conftest import connection as connection
from tests.integration.mappings.conftest import lists as lists
from tests.integration.mappings.desk import Lists, save
from tests.integration.setup.conftest import admin as admin
from tests.integration.setup.conftest import bridge as bridge
from tests.integration.setup.conftest import machine as machine
from tests.integration.setup.conftest import served as served
from tests.page import InspectingClient

SETUP = f"{INTEGRATIONS}/quickbooks/setup"
CARRY = f"{SETUP}/carry-over"


@pytest.mark.promise("PLAT-33")
def test_choices_are_offered_by_what_both_companies_call_them(
    lists: Lists, bridge: object, admin: InspectingClient
) -> None:
    client, service = lists.made("client", "Copperline", currency="USD"), lists.made("service", "Hours")
    before = {one.name: one.remote_id for which in ("customers", "items") for one in lists.options(which)}
    save(admin, lists, "customers", **{str(client.id): before["Copperline Brewing"]})
    save(admin, lists, "items", **{str(service.id): before["Hours"]})
    assert "/carry-over" not in admin.get(SETUP).text, "there is no other company yet"
    admin.submit(f"{INTEGRATIONS}/quickbooks/disconnect")
    lists.connection = second(lists, bridge, admin)

    new = lists.options("customers", name="Copperline Brewing")
    assert lists.record(client.id).connection_id != lists.connection.id, "nothing was taken by itself"
    offered = admin.page(CARRY).text
    assert "Copperline: Copperline Brewing Same e-mail and same name" in offered
    assert "fit here too" in admin.page(SETUP).text

    assert admin.submit(f"{CARRY}/customers", {"step": "all", "count": 9}).status_code == 409
    assert admin.submit(f"{CARRY}/customers", {"step": "ticked"}).status_code == 303
    assert records(lists) == {}
    assert admin.submit(f"{CARRY}/customers", {"step": "all", "count": 1}).status_code == 303
    assert records(lists) == {client.id: new[0].remote_id}
    assert new[0].remote_id in {one.remote_id for one in lists.options("customers")}
    items = {"step": "ticked", "selected": str(service.id)}
    assert admin.submit(f"{CARRY}/items", items).status_code == 303
    assert service.id in records(lists)
    assert not re.search(r"Copperline: ", admin.page(CARRY).text), "what is taken is not offered again"


def second(lists: Lists, bridge: object, admin: InspectingClient) -> object:
    """The sandbox company of the same name: other ids, the same customers."""
    clock.wait(0)
    bridge.connect(admin, environment="sandbox")
    found = bridge.connection(lists.connection.tenant_id)
    assert found.id != lists.connection.id
    with lists.app.app_context():
        options.refresh_new(found.id)
    return found


def records(lists: Lists) -> dict[object, str | None]:
    with lists.app.app_context(), reading() as session:
        rows = session.query(SyncRecord).filter_by(connection_id=lists.connection.id)
        assert session.query(Mapping).filter_by(connection_id=lists.connection.id, chosen_how="exact").count() == 0
        return {row.local_id: row.remote_id for row in rows if row.remote_id}
