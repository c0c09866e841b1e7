"""Who may read outgoing mail: everybody in development, admins without the text in production."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from kz_admin import config
from kz_admin.models.session import writing
from kz_admin.services import mails
from tests.cast import Actor, Cast
from tests.page import InspectingClient


def write(app: Flask, tenant_id: UUID | None, subject: str) -> None:
    with app.app_context(), writing() as session:
        mails.write(
            session,
            "password_reset",
            to="someone@example.com",
            tenant_id=tenant_id,
            subject=subject,
            name="Someone",
            link="https://kz.example/secret-link",
        )


@pytest.fixture
def in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.Config, "development", property(lambda _self: False))


def test_development_shows_every_mail_and_its_link_to_whoever_looks(app: Flask, client: InspectingClient) -> None:
    write(app, None, "Choose a new password")
    overview = client.page("/kz-admin/mails")
    assert "Choose a new password" in overview.text
    shown = next(link for link in overview.links if link.startswith("/kz-admin/mails/"))
    assert "https://kz.example/secret-link" in client.page(shown).text


@pytest.mark.usefixtures("in_production")
def test_production_sends_strangers_to_sign_in_and_refuses_bookkeepers(
    client: InspectingClient, signed_in: Callable[[Actor], InspectingClient], cast: Cast
) -> None:
    assert client.get("/kz-admin/mails").status_code == 302
    assert signed_in(cast.bookkeeper).get("/kz-admin/mails").status_code == 403
    assert "Outgoing mail" not in signed_in(cast.bookkeeper).page("/kz-admin/integrations").text


@pytest.mark.usefixtures("in_production")
def test_production_shows_admins_their_tenants_mail_without_its_text(
    app: Flask, signed_in: Callable[[Actor], InspectingClient], cast: Cast
) -> None:
    write(app, cast.tenant_id, "Ours")
    write(app, cast.other_tenant_id, "Theirs")
    write(app, None, "Nobody's")
    browser = signed_in(cast.admin)
    overview = browser.page("/kz-admin/mails")
    assert "Ours" in overview.text
    assert "Theirs" not in overview.text
    assert "Nobody" not in overview.text
    shown = next(link for link in overview.links if link.startswith("/kz-admin/mails/"))
    assert "secret-link" not in browser.page(shown).text
