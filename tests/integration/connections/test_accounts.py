"""Default accounts: live lists, fitting types only, nothing typed, nothing overwritten."""

from __future__ import annotations

import pytest
from flask import Flask

from kz_admin.models import AuditEntry, Connection, Mapping, Option
from kz_admin.models.session import reading, writing
from tests import cast as people
from tests.bridge import INTEGRATIONS, Bridge
from tests.cast import Cast
from tests.page import InspectingClient, Page
from tests.simulator.machine import Machine

ACCOUNTS = f"{INTEGRATIONS}/quickbooks/mappings/accounts"


@pytest.fixture
def connection(bridge: Bridge, admin: InspectingClient, cast: Cast) -> Connection:
    bridge.connect(admin)
    return bridge.connection(cast.tenant_id)


def options(app: Flask, **wanted: str) -> list[Option]:
    with app.app_context(), reading() as session:
        return session.query(Option).filter_by(**wanted).order_by(Option.name).all()


def chosen(app: Flask) -> dict[str, Mapping]:
    with app.app_context(), reading() as session:
        return {mapping.subject: mapping for mapping in session.query(Mapping)}


def save(browser: InspectingClient, app: Flask, **picked: str):
    versions = {f"{subject}_version": mapping.version for subject, mapping in chosen(app).items()}
    return browser.submit(ACCOUNTS, {**versions, **picked})


@pytest.mark.promise("K-QBO-20", "XRO-8.1", "XRO-8.2", "XRO-8.6")
def test_only_active_income_accounts_are_offered_for_income(
    connection: Connection, admin: InspectingClient, app: Flask
) -> None:
    html = admin.get(ACCOUNTS).text
    income = html[html.index('id="income"') : html.index("</select>", html.index('id="income"'))]
    for option in options(app):
        fits = option.active and option.group in ("Income", "Other Income")
        assert (f'value="{option.remote_id}"' in income) == fits, option.name


@pytest.mark.promise("K-QBO-21")
def test_bank_accounts_and_undeposited_funds_are_offered_for_deposits(
    connection: Connection, admin: InspectingClient, app: Flask
) -> None:
    html = admin.get(ACCOUNTS).text
    deposit = html[html.index('id="deposit"') : html.index("</select>", html.index('id="deposit"'))]
    assert "None: Undeposited Funds" in deposit
    for option in options(app):
        fits = option.active and option.group in ("Bank", "Undeposited Funds")
        assert (f'value="{option.remote_id}"' in deposit) == fits, option.name
    bank = options(app, group="Bank")[0]
    save(admin, app, income=chosen(app)["income"].remote_id, deposit=bank.remote_id)
    assert chosen(app)["deposit"].remote_id == bank.remote_id


@pytest.mark.promise("XRO-8.3")
def test_the_likely_account_is_preselected_and_saving_confirms_it(
    connection: Connection, admin: InspectingClient, app: Flask
) -> None:
    likely = chosen(app)["income"]
    assert likely.chosen_how == "for_you"
    assert "Chosen for you" in admin.page(ACCOUNTS).text
    others = {"deposit/e_transfer": "none", "deposit/cheque": "none"}
    save(admin, app, income=likely.remote_id, deposit="none", **others)
    assert chosen(app)["income"].chosen_how == "person"
    assert chosen(app)["deposit"].remote_id == ""
    assert "Chosen for you" not in admin.page(ACCOUNTS).text


def test_the_page_sends_the_word_for_no_account(connection: Connection, admin: InspectingClient) -> None:
    """In a template "none" is a value of its own: written by that name it would arrive as None."""
    assert admin.get(ACCOUNTS).text.count('<option value="none"') == 3


def test_a_persons_choice_survives_a_refresh_of_the_list(
    connection: Connection, admin: InspectingClient, app: Flask
) -> None:
    other = next(o for o in options(app, group="Income") if o.remote_id != chosen(app)["income"].remote_id)
    save(admin, app, income=other.remote_id)
    admin.submit(f"{ACCOUNTS}/refresh")
    assert chosen(app)["income"].remote_id == other.remote_id


def test_a_bookkeeper_changes_accounts_and_a_viewer_reads_them(connection: Connection, app: Flask, cast: Cast) -> None:
    other = options(app, group="Income")[-1]
    bookkeeper = people.sign_in(app, cast.bookkeeper, cast.tenant_id)
    assert save(bookkeeper, app, income=other.remote_id).status_code == 303
    viewer = people.sign_in(app, cast.viewer, cast.tenant_id)
    assert "<select" not in viewer.get(ACCOUNTS).text.partition("<main")[2]
    assert viewer.submit(ACCOUNTS, {"income": other.remote_id}).status_code == 403


@pytest.mark.parametrize("value", ["99999", "'; drop table", ""])
def test_what_is_not_on_the_list_is_refused_and_nothing_is_saved(
    connection: Connection, admin: InspectingClient, app: Flask, value: str
) -> None:
    before = {subject: mapping.remote_id for subject, mapping in chosen(app).items()}
    bank = options(app, group="Bank")[0].remote_id
    answer = save(admin, app, income=value or "none", deposit=bank)
    assert answer.status_code == 422
    assert "There is a problem" in Page(answer.text).text
    assert {subject: mapping.remote_id for subject, mapping in chosen(app).items()} == before


def test_an_account_of_the_wrong_type_is_refused(connection: Connection, admin: InspectingClient, app: Flask) -> None:
    expense = options(app, group="Expense")[0]
    assert save(admin, app, income=expense.remote_id).status_code == 422


def test_two_people_saving_at_once_are_told(connection: Connection, admin: InspectingClient, app: Flask) -> None:
    stale = {f"{subject}_version": mapping.version for subject, mapping in chosen(app).items()}
    first, second = options(app, group="Income")[:2]
    assert save(admin, app, income=first.remote_id).status_code == 303
    assert save(admin, app, income=second.remote_id).status_code == 303
    answer = admin.submit(ACCOUNTS, {**stale, "income": first.remote_id})
    assert answer.status_code == 409
    assert "Somebody else changed these accounts" in answer.text
    assert chosen(app)["income"].remote_id == second.remote_id


def test_an_account_made_inactive_over_there_needs_attention(
    connection: Connection, admin: InspectingClient, app: Flask, machine: Machine
) -> None:
    remote_id = chosen(app)["income"].remote_id
    with app.app_context(), writing() as session:
        session.query(Option).filter_by(remote_id=remote_id).update({"active": False})
    assert "Needs attention" in admin.page(INTEGRATIONS).text
    assert "Configure" in admin.page(INTEGRATIONS).text
    assert "is inactive over there" in admin.page(ACCOUNTS).text


def test_a_list_that_cannot_be_read_stays_and_says_it_is_old(
    connection: Connection, admin: InspectingClient, app: Flask, machine: Machine
) -> None:
    machine.fault("status", {"status": 503}, count=None, path="/quickbooks/v3/*")
    count = len(options(app))
    admin.submit(f"{ACCOUNTS}/refresh")
    text = admin.page(ACCOUNTS).text
    assert "This is the one read before" in text
    assert len(options(app)) == count > 0


def test_changes_are_in_the_audit_log_with_names(connection: Connection, admin: InspectingClient, app: Flask) -> None:
    other = next(o for o in options(app, group="Income") if o.remote_id != chosen(app)["income"].remote_id)
    save(admin, app, income=other.remote_id)
    with app.app_context(), reading() as session:
        entry = session.query(AuditEntry).filter_by(action="default.changed").one()
    assert other.name in (entry.after or "")


def test_set_up_is_ready_with_the_defaults_alone(connection: Connection, admin: InspectingClient) -> None:
    page = admin.page(f"{INTEGRATIONS}/quickbooks/setup").text
    assert "Ready. Automatic push is on (when it is paid)." in page
    assert "(chosen for you)" in page
