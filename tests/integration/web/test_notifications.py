"""The notifications page, the one banner, and health: who may do what, what is shown, and what never is."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import AuditEntry, ChatChannel, Membership
from kz_admin.models.session import reading, writing
from kz_admin.services import alerts, cause_alerts, outbound
from kz_admin.services.outbound import Answer, NotDelivered
from tests.cast import Cast
from tests.integration.documents.test_pages import statements
from tests.integration.web.desk import Change, Desk, SignIn
from tests.integration.web.failing import Failures
from tests.page import InspectingClient

PAGE = "/kz-admin/settings/notifications"
ADDRESS = "https://hooks.slack.com/services/T0/B0/never-said"


def test_people_choose_for_themselves_and_admins_for_all(
    app: Flask, cast: Cast, signed_in: SignIn, connected: UUID
) -> None:
    bea, ada = str(cast.bookkeeper.membership_id), str(cast.admin.membership_id)
    books, admin = signed_in(cast.bookkeeper), signed_in(cast.admin)
    assert books.page(PAGE).text.count("Digest for") == 1
    assert books.submit(f"{PAGE}/people", {"person": [bea], f"alerts-{bea}": "1"}).status_code == 303
    assert books.submit(f"{PAGE}/people", {"person": [ada]}).status_code == 403
    assert admin.page(PAGE).text.count("Digest for") == 3
    assert admin.submit(f"{PAGE}/people", {"person": [ada, bea], f"digest-{bea}": "1"}).status_code == 303
    assert signed_in(cast.stranger).submit(f"{PAGE}/people", {"person": [ada]}).status_code == 404
    viewer = signed_in(cast.viewer)
    assert "Digest for" not in viewer.page(PAGE).text
    assert viewer.submit(f"{PAGE}/people", {"person": [bea]}).status_code == 403
    with app.app_context(), reading() as session:
        chosen = {str(row.id): (row.wants_digest, row.wants_alerts) for row in session.scalars(select(Membership))}
        log = session.scalars(select(AuditEntry).where(AuditEntry.action == "notifications.changed")).all()
    assert (chosen[bea], chosen[ada]) == ((True, False), (False, False))
    assert len(log) == 3


def test_the_chat_is_set_tried_and_removed_and_its_address_never_shown(
    app: Flask, cast: Cast, signed_in: SignIn, connected: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, heard = signed_in(cast.admin), []

    def post(address: str, body: dict[str, str]) -> Answer:
        heard.append(address)
        if len(heard) > 1:
            raise NotDelivered("hooks.slack.com answered 404: “no_service”.")
        return Answer(200, "ok")

    monkeypatch.setattr(outbound, "post_json", post)
    wrong = admin.submit(f"{PAGE}/chat", {"address": "https://169.254.169.254/never-said"})
    assert wrong.status_code == 422
    assert "not a number" in wrong.text
    assert "never-said" not in wrong.text
    assert signed_in(cast.bookkeeper).submit(f"{PAGE}/chat", {"address": ADDRESS}).status_code == 403
    assert admin.submit(f"{PAGE}/chat", {"address": ADDRESS}).status_code == 303
    page = admin.page(PAGE)
    assert "hooks.slack.com" in page.text
    for answer in ("Delivered. hooks.slack.com answered 200 “ok”.", "no_service"):
        said = admin.submit(f"{PAGE}/chat/test", follow_redirects=True)
        assert answer in said.text
        assert "never-said" not in said.text
    assert "never-said" not in admin.get("/kz-admin/activity").text
    with app.app_context(), reading() as session:
        row = session.scalars(select(ChatChannel)).one()
        assert row.address == ADDRESS
        assert "never-said" not in row.address_sealed
    assert admin.submit(f"{PAGE}/chat/remove").status_code == 303
    assert "address hidden" not in admin.get(PAGE).text


def banners(text: str) -> int:
    """In the slot for it; a page carries more as templates, for requests that fail."""
    return text.partition('<div id="banner">')[2].partition("<h1")[0].count('class="banner')


def test_one_banner_says_the_gravest_and_the_result_of_a_click_comes_first(
    app: Flask, desk: Desk, change: Change, cast: Cast, books: InspectingClient, connected: UUID
) -> None:
    assert banners(books.get("/kz-admin/invoices").text) == 0
    failures = Failures(app, cast.tenant_id)
    failures.invoices(2, Problem(Slug.ACCOUNT_MISSING, "income"), failures.client())
    with app.app_context():
        cause_alerts.look()
        assert statements(lambda: books.get("/kz-admin/invoices")) <= 6
    page = books.get("/kz-admin/invoices").text
    assert banners(page) == 1
    assert "Ensure your default income account is configured" in page
    assert 'href="/kz-admin/problems"' in page
    with app.app_context(), writing() as session:
        alerts.raise_alert(session, cast.tenant_id, "reconnect", connected, "QuickBooks token expired. Reconnect.")
    page = books.get("/kz-admin/payments").text
    assert banners(page) == 1
    assert "QuickBooks token expired. Reconnect." in page
    assert banners(books.get("/kz-admin/integrations/quickbooks/problems").text) == 0
    told = books.submit("/kz-admin/invoices/bulk", {"step": "retry"}, follow_redirects=True).text
    assert banners(told) == 1
    assert "Select invoices first." in told


@pytest.mark.promise("PG-17")
def test_health_shows_what_waits_what_went_and_what_is_kept(
    desk: Desk, change: Change, cast: Cast, signed_in: SignIn, books: InspectingClient
) -> None:
    now = clock.now_ms()
    change(refresh_expires_at=now + 40 * clock.DAY, last_success_at=now)
    desk.put(state="due", due_at=now - clock.HOUR)
    for outcome, days in (("applied", 1), ("applied", 2), ("refused", 2), ("adopted", 29), ("applied", 45)):
        desk.tried(outcome=outcome, closed_at=now - days * clock.DAY)
    page = books.page("/kz-admin/health")
    for words in (
        "3 documents went over in the last 30 days; 1 try refused, on 1 day.",
        "1 went over, 1 refused",
        "Oldest pending",
        "INV-104",
        "Access ends",
        "Calls this minute",
        "of 500",
        "Calls to the provider",
        "145 bytes",
    ):
        assert words in page.text, words
    lines = books.get("/kz-admin/health/download").text.splitlines()
    assert lines[0] == "Day,Went over,Refused,Per cent"
    assert len(lines) == 31
    assert sum(line.endswith(",1,1,50") for line in lines) == 1
    with desk.app.app_context():
        assert statements(lambda: books.get("/kz-admin/health")) <= 10
    assert "never-on-a-page" not in page.text
    assert "Nothing is connected" in signed_in(cast.stranger).page("/kz-admin/health").text
