"""Every outcome of a consent lands on the card with a sentence and a next step."""

from __future__ import annotations

import re
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kz_admin import clock
from kz_admin.domain.connection import State
from kz_admin.models import Connection
from kz_admin.models.session import engine, writing
from tests import cast as people
from tests.bridge import CONNECT, INTEGRATIONS, Bridge
from tests.cast import Cast
from tests.page import InspectingClient, Page
from tests.simulator.machine import Machine

CALLBACK = f"{INTEGRATIONS}/quickbooks/callback"
SET_UP = f"{INTEGRATIONS}/quickbooks/setup"


def card(browser: InspectingClient) -> str:
    return browser.page(INTEGRATIONS).text


def landed(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.location.rstrip("/") == INTEGRATIONS


@pytest.mark.promise("K-QBO-13", "PLAT-04", "KZ-11", "KEAP-30", "KEAP-31")
def test_the_page_is_reached_by_the_settings_menu(admin: InspectingClient) -> None:
    html = admin.get(INTEGRATIONS).text
    page = Page(html)
    assert "Settings Integrations" in page.text
    assert INTEGRATIONS in [link.rstrip("/") for link in page.links]


@pytest.mark.promise("KZ-12", "K-QBO-14", "PLAT-05", "KEAP-32")
def test_the_card_leads_to_the_page_with_the_button(admin: InspectingClient) -> None:
    assert CONNECT in admin.page(INTEGRATIONS).links
    page = admin.page(CONNECT)
    assert (1, "Connect QuickBooks") in page.headings
    assert "Connect to QuickBooks" in page.text


@pytest.mark.promise("PLAT-07", "PLAT-09", "KZ-15", "KEAP-02", "KEAP-46", "XRO-5.1")
def test_before_connecting_one_reads_what_syncs_and_what_is_asked_for(admin: InspectingClient) -> None:
    page = admin.page(CONNECT)
    for words in ("Customers", "Invoices", "Items", "Accounts", "Read and write", "Direction", "When"):
        assert words in page.text
    assert "the account that owns the company file" in page.text
    assert any("support" in link for link in page.links)


@pytest.mark.promise("K-QBO-15", "KZ-13", "PLAT-06", "KEAP-33")
def test_connecting_sends_people_to_intuit_with_state_and_scope(bridge: Bridge, admin: InspectingClient) -> None:
    query = parse_qs(urlsplit(bridge.ask(admin)).query)
    assert query["scope"] == ["com.intuit.quickbooks.accounting"]
    assert query["redirect_uri"] == [f"http://localhost{CALLBACK}"]
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) >= 32


@pytest.mark.promise("K-QBO-16", "K-QBO-17", "K-QBO-19", "KZ-14", "KZ-16", "PLAT-10", "KEAP-34", "KEAP-35")
def test_consent_makes_the_connection_and_leads_to_its_set_up(
    bridge: Bridge, admin: InspectingClient, cast: Cast
) -> None:
    answer = bridge.connect(admin)
    assert (answer.status_code, answer.location) == (302, SET_UP)
    html = admin.get(SET_UP).text
    assert "Tasks" in Page(html).text
    connection = bridge.connection(cast.tenant_id)
    assert connection.as_state is State.CONNECTED
    assert connection.company_name in Page(html).text
    assert re.search(r'class="pill green">.*QuickBooks connected', html, re.DOTALL)
    assert re.search(r'class="toast".*role="status".*QuickBooks connected', html, re.DOTALL)
    for page in (SET_UP, INTEGRATIONS):
        assert "toast" not in admin.get(page).text  # said once
    assert landed(bridge.reconnect(admin))
    assert "toast" in admin.get(INTEGRATIONS).text
    admin.submit(f"{INTEGRATIONS}/quickbooks/disconnect")
    assert landed(bridge.connect(admin))  # the same company again has its choices


@pytest.mark.promise("PLAT-08")
def test_the_company_chosen_there_is_the_one_stored(
    bridge: Bridge, admin: InspectingClient, cast: Cast, app: Flask, machine: Machine
) -> None:
    bridge.connect(admin, company="CA")
    connection = bridge.connection(cast.tenant_id)
    assert (connection.company_country, connection.company_currency) == ("CA", "CAD")
    with app.app_context():
        assert connection.company == machine.grant("CA").company_id


@pytest.mark.promise("KZ-34", "KZ-35")
def test_a_sandbox_company_is_marked_as_one(bridge: Bridge, admin: InspectingClient, cast: Cast) -> None:
    bridge.connect(admin, environment="sandbox")
    assert bridge.connection(cast.tenant_id).environment == "sandbox"
    assert "Sandbox" in card(admin)
    paths = [str(entry["path"]) for entry in bridge.machine.journal(environment="sandbox")]
    assert any(path.startswith("/quickbooks-sandbox/v3/company/") for path in paths)


def test_likely_accounts_are_chosen_and_said_to_be(bridge: Bridge, admin: InspectingClient) -> None:
    bridge.connect(admin)
    text = card(admin)
    income, deposit = text.partition("Income account")[2].split("Deposit account")[:2]
    assert "chosen for you" in income.casefold()
    assert "chosen for you" not in deposit.casefold()  # two bank accounts are a question, not an answer
    assert "Choose" in deposit


@pytest.mark.promise("K-QBO-17", "A33")
@pytest.mark.parametrize("state", ["", "made-up", "x" * 5000])
def test_a_state_that_nobody_asked_with_is_refused_without_a_token_call(
    bridge: Bridge, admin: InspectingClient, state: str
) -> None:
    bridge.ask(admin)
    assert landed(admin.get(CALLBACK, query_string={"code": "c", "realmId": "1", "state": state}))
    assert "did not belong to your request" in card(admin)
    assert bridge.token_calls() == []


@pytest.mark.promise("A33", "A37")
def test_a_callback_works_once(bridge: Bridge, admin: InspectingClient) -> None:
    back = bridge.consent(bridge.ask(admin))
    admin.get(back)
    calls = len(bridge.token_calls())
    assert landed(admin.get(back))
    assert "used already" in card(admin)
    assert len(bridge.token_calls()) == calls == 1
    assert len(bridge.connections()) == 1


@pytest.mark.promise("A33")
def test_a_request_older_than_ten_minutes_is_refused(bridge: Bridge, admin: InspectingClient, at) -> None:
    back = bridge.consent(bridge.ask(admin))
    at(11 * clock.MINUTE)
    assert landed(admin.get(back))
    assert "older than ten minutes" in card(admin)
    assert bridge.token_calls() == []


@pytest.mark.promise("A34")
def test_another_browser_person_or_tenant_cannot_use_the_answer(
    bridge: Bridge, admin: InspectingClient, stranger: InspectingClient, app: Flask, cast: Cast
) -> None:
    for thief in (
        people.sign_in(app, cast.admin, cast.tenant_id),
        people.sign_in(app, cast.second_admin, cast.tenant_id),
        stranger,
    ):
        back = bridge.consent(bridge.ask(admin))
        assert landed(thief.get(back))
        assert "did not belong to your request" in card(thief)
    assert bridge.token_calls() == []
    assert bridge.connections() == []


@pytest.mark.promise("A35")
def test_a_code_at_another_providers_address_is_not_found(admin: InspectingClient) -> None:
    answer = admin.get("/kz-admin/integrations/xero/callback", query_string={"code": "c", "state": "s"})
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


@pytest.mark.promise("A36")
def test_an_altered_company_id_is_caught(bridge: Bridge, admin: InspectingClient, machine: Machine) -> None:
    back = bridge.consent(bridge.ask(admin), "US")
    other = machine.grant("CA").company_id
    assert landed(admin.get(re.sub(r"realmId=\d+", f"realmId={other}", back)))
    assert "does not let this person open" in card(admin)
    assert bridge.connections() == []


@pytest.mark.promise("A38")
def test_an_error_text_is_never_markup(bridge: Bridge, admin: InspectingClient) -> None:
    state = parse_qs(urlsplit(bridge.ask(admin)).query)["state"][0]
    admin.get(CALLBACK, query_string={"error": "<script>alert(1)</script>", "state": state})
    html = admin.get(INTEGRATIONS).text
    assert "<script>alert" not in html
    assert "gave no access" in html


def test_cancelling_changes_nothing_and_says_so(bridge: Bridge, admin: InspectingClient) -> None:
    assert landed(admin.get(bridge.consent(bridge.ask(admin), decision="cancel")))
    assert "You did not give access at Intuit" in card(admin)
    assert bridge.connections() == []


@pytest.mark.promise("K-QBO-11")
def test_somebody_without_rights_over_there_is_told(bridge: Bridge, admin: InspectingClient) -> None:
    """Marcus administers the company when he consents and no longer when we read it back."""
    back = bridge.consent(bridge.ask(admin), "US", person="marcus")
    bridge.machine.sim("POST", "rights", {"company": "US", "person": "marcus", "admin": False})
    assert landed(admin.get(back))
    text = card(admin)
    assert "does not let this person open" in text
    assert "admin of the company" in text
    assert bridge.connections() == []


@pytest.mark.promise("A40")
def test_two_tabs_make_one_connection(bridge: Bridge, admin: InspectingClient) -> None:
    first, second = bridge.consent(bridge.ask(admin)), bridge.consent(bridge.ask(admin))
    admin.get(first)
    admin.get(second)
    assert len(bridge.connections()) == 1
    assert "QuickBooks connected" in card(admin)


@pytest.mark.promise("K-QBO-02")
def test_two_callbacks_at_the_same_moment_make_one_connection(bridge: Bridge, app: Flask, cast: Cast) -> None:
    """Two admins, two companies, one moment: the database decides, and the other one is told why."""
    browsers = [people.sign_in(app, actor, cast.tenant_id) for actor in (cast.admin, cast.second_admin)]
    backs = [
        bridge.consent(bridge.ask(browser), company) for browser, company in zip(browsers, ("US", "CA"), strict=True)
    ]
    start = threading.Barrier(2)

    def come_back(browser: InspectingClient, back: str) -> None:
        start.wait()
        browser.get(back)

    threads = [threading.Thread(target=come_back, args=pair) for pair in zip(browsers, backs, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([row for row in bridge.connections() if row.is_live]) == 1
    said = [card(browser) for browser in browsers]
    assert sum("toast" in text or "is connected already" in text or "You chose another" in text for text in said) >= 1


@pytest.mark.promise("K-QBO-02")
def test_only_one_provider_at_a_time(bridge: Bridge, admin: InspectingClient, cast: Cast, app: Flask) -> None:
    """A live connection to Xero, as it will be one day, refuses QuickBooks with that sentence."""
    from kz_admin import providers

    with app.app_context(), writing() as session:
        row = Connection(
            tenant_id=cast.tenant_id,
            provider="xero",
            environment="production",
            state=State.CONNECTED.value,
            state_since=clock.now_ms(),
            company_key="x",
            key_pair="production",
            company_name="Acme Pty",
            connected_by="Ada",
            connected_at=clock.now_ms(),
        )
        row.company = "x"
        session.add(row)
    assert "xero" not in providers.PROVIDERS  # its table comes later; the rule must hold already
    answer = admin.submit(CONNECT, {"environment": "production"})
    assert answer.status_code == 409
    assert "Only one accounting integration can be active at a time" in answer.text


@pytest.mark.promise("A6")
def test_a_company_connected_elsewhere_is_refused_without_naming_where(
    bridge: Bridge, admin: InspectingClient, stranger: InspectingClient, cast: Cast
) -> None:
    bridge.connect(stranger)
    assert landed(bridge.connect(admin))
    text = card(admin)
    assert "connected to another tenant" in text
    assert "Beta" not in text
    assert len(bridge.connections()) == 1


def test_a_refused_consent_does_not_hurt_the_connection_that_holds_the_company(
    bridge: Bridge, admin: InspectingClient, stranger: InspectingClient, cast: Cast, app: Flask
) -> None:
    """A second consent replaces the grant over there; the holder is refreshed at once, nothing is revoked."""
    from kz_admin.services import tokens

    bridge.connect(stranger)
    bridge.connect(admin)
    assert not [entry for entry in bridge.machine.journal() if "revoke" in str(entry["path"])]
    holder = bridge.connection(cast.other_tenant_id)
    assert holder.as_state is State.CONNECTED
    with app.app_context():
        assert tokens.access(holder.id).token


def test_a_provider_that_is_down_is_said_to_be_down(bridge: Bridge, admin: InspectingClient) -> None:
    back = bridge.consent(bridge.ask(admin))
    bridge.machine.fault("status", {"status": 503}, count=None, path="/quickbooks/oauth2/v1/tokens/bearer")
    assert landed(admin.get(back))
    assert "not answering" in card(admin)
    assert bridge.connections() == []


@pytest.mark.promise("K-QBO-10", "PLAT-37", "PLAT-38", "K-XERO-08")
def test_without_the_entitlement_there_is_no_card_and_no_way_in(
    database_url: str, machine: Machine, cast: Cast
) -> None:
    from tests.bridge import settings
    from tests.conftest import make_app

    poor = make_app(database_url, KZ_PLANS_WITH_INTEGRATIONS="professional,business", **settings(machine))
    browser = people.sign_in(poor, cast.admin, cast.tenant_id)
    page = browser.page(INTEGRATIONS)
    assert "Your plan does not include accounting integrations" in page.text
    assert "/kz-admin/billing" in [link.rstrip("/") for link in page.links]
    assert "Connect" not in [text for _, text in page.headings]
    assert browser.get(CONNECT).status_code == 403
    assert browser.submit(CONNECT, {"environment": "production"}).status_code == 403
    with poor.app_context():
        engine().dispose()


@pytest.mark.promise("K-QBO-12", "K-XERO-10", "A8")
@pytest.mark.parametrize("role", ["bookkeeper", "viewer"])
@pytest.mark.parametrize(
    ("method", "step"),
    [
        ("GET", "connect"),
        ("POST", "connect"),
        ("GET", "callback?code=c&state=s&realmId=1"),
        ("POST", "reconnect"),
        ("GET", "reset"),
        ("POST", "reset"),
        ("GET", "disconnect"),
        ("POST", "disconnect"),
        ("POST", "pause"),
        ("POST", "resume"),
    ],
)
def test_only_admins(app: Flask, cast: Cast, role: str, method: str, step: str) -> None:
    browser = people.sign_in(app, getattr(cast, role), cast.tenant_id)
    path = f"{INTEGRATIONS}/quickbooks/{step}"
    answer = browser.get(path) if method == "GET" else browser.submit(path)
    assert answer.status_code == 403


@pytest.mark.promise("INT-S21")
def test_the_callback_never_answers_with_a_page(app: Flask, cast: Cast, client: InspectingClient) -> None:
    query = {"code": "secret-code", "realmId": "123", "state": "s"}
    for browser in (client, people.sign_in(app, cast.viewer), people.sign_in(app, cast.loner)):
        answer = browser.get(CALLBACK, query_string=query)
        assert answer.mimetype != "text/html" or answer.status_code == 302
        assert "secret-code" not in answer.headers.get("Location", "")


@pytest.mark.promise("INT-S17", "INT-S18", "INT-S19")
def test_tokens_and_company_id_stand_nowhere_in_clear(
    bridge: Bridge, admin: InspectingClient, cast: Cast, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge.connect(admin)
    connection = bridge.connection(cast.tenant_id)
    with app.app_context():
        secrets = [connection.company, connection.access, connection.refresh]
    shown = admin.get(INTEGRATIONS).text + admin.get(f"{INTEGRATIONS}/quickbooks/settings").text
    logged = capsys.readouterr().out
    columns = " ".join(str(getattr(connection, column.key)) for column in Connection.__table__.columns)
    for secret in secrets:
        assert secret
        assert secret not in shown
        assert secret not in logged
        assert secret not in columns
