"""Keys and secrets are shown once; what arrived is listed, opened and worked again."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from kz_admin.models import ApiKey, Invoice, Receipt, StripeAccount
from tests import cast as people
from tests.cast import Cast
from tests.integration.hooks.conftest import Rows
from tests.page import InspectingClient, Page
from tests.platform import Platform
from tests.stripe_events import Stripe, event, invoice

ADDRESS = "/kz-admin/developer"


@pytest.fixture
def admin(app: Flask, cast: Cast) -> InspectingClient:
    return people.sign_in(app, cast.admin, cast.tenant_id)


@pytest.fixture
def rows(app: Flask) -> Rows:
    return Rows(app)


@pytest.mark.parametrize("role", ["bookkeeper", "viewer"])
def test_only_admins_open_it(app: Flask, cast: Cast, role: str) -> None:
    browser = people.sign_in(app, getattr(cast, role), cast.tenant_id)
    assert browser.get(ADDRESS).status_code == 403


def test_a_new_key_is_shown_once_and_works(app: Flask, admin: InspectingClient, rows: Rows) -> None:
    shown = admin.submit(f"{ADDRESS}/keys", {"name": "Billing"})
    text = Page(shown.text).text
    assert "Copy this key now. It is not shown again." in text
    key, secret = re.findall(r"kz_live_\w+|whsec_[\w+/=]+", text)
    assert Platform(app.test_client(), key, secret).told()["outcome"] == "accepted"
    again = admin.page(ADDRESS).text
    assert key not in again
    assert secret not in again
    assert "Billing" in again
    assert "1 live" in again


def test_a_secret_is_replaced_without_a_gap(app: Flask, cast: Cast, admin: InspectingClient, rows: Rows) -> None:
    platform = Platform.of(app, cast.tenant_id)
    key = rows.all(ApiKey)[0].id
    shown = Page(admin.submit(f"{ADDRESS}/keys/{key}/rotate").text).text
    new = Platform(platform.client, platform.key, re.findall(r"whsec_[\w+/=]+", shown)[0])
    assert [platform.post().status_code, new.post().status_code] == [202, 202]
    assert admin.submit(f"{ADDRESS}/keys/{key}/rotate").status_code == 409
    admin.submit(f"{ADDRESS}/keys/{key}/end-older")
    assert [platform.post().status_code, new.post().status_code] == [401, 202]
    admin.submit(f"{ADDRESS}/keys/{key}/revoke")
    assert new.post().status_code == 401


def test_calls_are_listed_opened_and_worked_again(app: Flask, cast: Cast, admin: InspectingClient, rows: Rows) -> None:
    Platform.of(app, cast.tenant_id).told(delivery="msg_1")
    assert "msg_1" in admin.page(ADDRESS).text
    assert "msg_1" in admin.page(f"{ADDRESS}?outcome=accepted").text
    assert "msg_1" not in admin.page(f"{ADDRESS}?outcome=failed").text
    call = rows.all(Receipt)[0].id
    assert "Nordlicht Studio" in admin.page(f"{ADDRESS}/calls/{call}").text
    assert admin.submit(f"{ADDRESS}/calls/{call}/replay").status_code == 303
    assert "Worked again: repeated." in admin.page(f"{ADDRESS}/calls/{call}").text
    assert rows.counts() == {"client": 1, "invoice": 1, "payment": 1, "receipt": 1}


def test_a_failed_stripe_call_is_replayed_after_its_cause_is_gone(
    app: Flask, cast: Cast, admin: InspectingClient, rows: Rows
) -> None:
    from kz_admin.services.documents import invoices
    from tests.integration.documents.agency import Agency

    with app.app_context():
        agency = Agency(cast.tenant_id)
        taken = agency.draft(agency.client("Else", email="else@where.example"), number="2026-0001")
    Stripe(app, cast).tell(event("invoice.paid", invoice()))
    (call,) = rows.all(Receipt)
    assert call.outcome == "failed"
    with app.app_context():
        agency.do(invoices.delete, taken.id, None)
    admin.submit(f"{ADDRESS}/calls/{call.id}/replay")
    assert [row.outcome for row in rows.all(Receipt)] == ["accepted"]
    assert [row.state for row in rows.all(Invoice)] == ["paid"]


def test_the_example_is_tried_and_nothing_is_kept(admin: InspectingClient, rows: Rows) -> None:
    admin.submit(f"{ADDRESS}/test")
    assert "It was taken back, nothing was kept." in admin.page(ADDRESS).text
    assert sum(rows.counts().values()) == 0


def test_stripes_secrets_are_sealed_checked_and_never_shown(admin: InspectingClient, rows: Rows) -> None:
    assert admin.submit(f"{ADDRESS}/stripe", {"restricted_key": "sk_live_1"}).status_code == 422
    given = {"endpoint_secret": "whsec_first", "restricted_key": "rk_live_1"}
    assert admin.submit(f"{ADDRESS}/stripe", given).status_code == 303
    admin.submit(f"{ADDRESS}/stripe", {"endpoint_secret": "whsec_second"})
    (row,) = rows.all(StripeAccount)
    assert "whsec" not in str(vars(row))
    text = admin.get(ADDRESS).text
    assert "whsec_first" not in text
    assert "whsec_second" not in text
    assert "End the previous signing secret" in text
