"""One question to every route: who may do what, and does it hold? (reliability.md section 5, attacks A1 to A16)"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from kz_admin import ids
from kz_admin.domain.roles import Role
from kz_admin.models import Base
from kz_admin.models.session import reading
from kz_admin.web.access import ROLES, policy_of
from tests import cast as people
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.page import InspectingClient

# Addresses of the outside contract (DESIGN section 9) that exist so far: they do not move.
FIXED = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/kz-admin/login",
    "/kz-admin/integrations",
    "/kz-admin/settings",
    "/kz-admin/people",
    "/kz-admin/billing",
    "/kz-admin/developer",
    "/kz-admin/activity",
    "/kz-admin/mails",
    "/kz-admin/platform",
    "/kz-admin/health",
    "/kz-admin/problems",
    "/kz-admin/settings/notifications",
    "/kz-admin/invoices",
    "/kz-admin/clients",
    "/kz-admin/services",
    "/kz-admin/members",
    "/kz-admin/projects",
    "/kz-admin/time",
    "/kz-admin/expenses",
    "/kz-admin/tax-rates",
    "/kz-admin/payments",
    "/kz-admin/credit-notes",
)
# Arguments that are words, not ids.
DEFAULTS = {"provider": "quickbooks", "which": "customers", "slug": "unknown"}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")


def address(app: Flask, rule: Rule, **known: object) -> str:
    """A path for the rule, with ids that nobody has unless the test knows better."""
    values = {name: known.get(name, DEFAULTS.get(name) or ids.uuid7()) for name in rule.arguments}
    with app.test_request_context():
        built = rule.build(values, append_unknown=False)
    assert built is not None, rule
    return built[1]


def policy(app: Flask, rule: Rule):
    found = policy_of(app.view_functions[rule.endpoint])
    assert found is not None, f"{rule.endpoint} declares no policy"
    return found


def is_tenant_role(who: str | None) -> bool:
    return who in ROLES


def everything(app: Flask) -> str:
    """A fingerprint of all rows, to show that nothing changed."""
    digest = hashlib.sha256()
    with app.app_context(), reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in ("failed_sign_in", "lease"):
                continue  # refused tries are counted on purpose, and a download takes its turn
            rows = session.execute(text(f'SELECT * FROM "{table.name}" ORDER BY 1')).all()
            digest.update(repr((table.name, [tuple(row) for row in rows])).encode())
    return digest.hexdigest()


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    from tests.conftest import kept_app

    with kept_app(sqlite_url) as app:
        yield app


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    undeclared = [rule.endpoint for rule in rules(app) if policy_of(app.view_functions[rule.endpoint]) is None]
    assert undeclared == []


@pytest.mark.promise("A8")
def test_no_tenant_route_lets_a_viewer_change_anything(app: Flask) -> None:
    """Decision C28: a viewer only reads."""
    open_ones = []
    for rule in rules(app):
        found = policy(app, rule)
        needed = found.needs("POST")
        changes = set(UNSAFE) & (rule.methods or set())
        if changes and is_tenant_role(needed) and not ROLES[needed].covers(Role.BOOKKEEPER):
            open_ones.append(rule.endpoint)
    assert open_ones == []


def test_the_fixed_addresses_are_there(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    assert [path for path in FIXED if not adapter.test(path, "GET")] == []


def test_strangers_are_sent_to_the_sign_in(app: Flask, cast: Cast, client: InspectingClient) -> None:
    for rule in rules(app):
        for method in ("GET", "POST"):
            if method not in (rule.methods or ()) or policy(app, rule).needs(method) in ("public", "machine"):
                continue
            with app.test_request_context():
                path = address(app, rule)
            answer = client.get(path) if method == "GET" else client.submit(path)
            assert answer.status_code in (302, 303), f"{method} {path}: {answer.status}"
            assert answer.location.startswith("/kz-admin/login"), f"{method} {path}: {answer.location}"


@pytest.mark.promise("A16")
def test_an_expired_session_in_htmx_is_sent_on_without_a_login_page_in_a_fragment(
    app: Flask, cast: Cast, client: InspectingClient
) -> None:
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and policy(app, rule).read not in ("public", "machine"):
            answer = client.get(address(app, rule), headers={"HX-Request": "true"})
            assert (answer.status_code, answer.text) == (401, ""), rule
            assert answer.headers["HX-Redirect"].startswith("/kz-admin/login")


@pytest.mark.promise("A8")
@pytest.mark.parametrize("role", ["viewer", "bookkeeper"])
def test_roles_open_what_they_may_and_nothing_else(app: Flask, cast: Cast, role: str) -> None:
    browser = people.sign_in(app, getattr(cast, role))
    before = everything(app)
    for rule in rules(app):
        for method in ("GET", "POST"):
            needed = policy(app, rule).needs(method)
            if method not in (rule.methods or ()) or not is_tenant_role(needed):
                continue
            path = address(app, rule)
            allowed = ROLES[role].covers(ROLES[needed])
            if allowed and method == "POST":
                continue  # what it does is its own test's business
            answer = browser.get(path) if method == "GET" else browser.submit(path)
            expected = (200, 302, 404) if allowed else (403,)
            assert answer.status_code in expected, f"{role} {method} {path}: {answer.status}"
    assert everything(app) == before


def test_operators_pages_are_closed_to_everybody_else(app: Flask, cast: Cast) -> None:
    browser = people.sign_in(app, cast.admin)
    for rule in rules(app):
        for method in ("GET", "POST"):
            if method in (rule.methods or ()) and policy(app, rule).needs(method) == "operator":
                answer = browser.get(address(app, rule)) if method == "GET" else browser.submit(address(app, rule))
                assert answer.status_code == 403, rule


@pytest.mark.parametrize("actor", ["disabled", "loner", "operator"])
def test_people_who_do_not_belong_here_open_no_tenants_page(app: Flask, cast: Cast, actor: str) -> None:
    browser = people.sign_in(app, getattr(cast, actor), cast.tenant_id)
    for rule in rules(app):
        for method in ("GET", "POST"):
            if method in (rule.methods or ()) and is_tenant_role(policy(app, rule).needs(method)):
                answer = browser.get(address(app, rule)) if method == "GET" else browser.submit(address(app, rule))
                assert answer.status_code == 403, f"{actor} {method} {rule}: {answer.status}"


@pytest.mark.promise("A9")
def test_a_disabled_person_is_out_with_the_next_request(app: Flask, cast: Cast) -> None:
    from sqlalchemy import update

    from kz_admin.models import User
    from kz_admin.models.session import writing

    browser = people.sign_in(app, cast.admin)
    assert browser.get("/kz-admin/people").status_code == 200
    with app.app_context(), writing() as session:
        session.execute(update(User).where(User.id == cast.admin.user_id).values(disabled_at=1))
    assert browser.get("/kz-admin/people").status_code == 302


@pytest.mark.promise("A11", "INT-S7")
def test_nothing_is_done_without_a_token(app: Flask, cast: Cast) -> None:
    browser = people.sign_in(app, cast.admin, cast.tenant_id)
    foreign = people.sign_in(app, cast.stranger).csrf_token()
    before = everything(app)
    for rule in rules(app):
        needed = policy(app, rule).needs("POST")
        if "POST" not in (rule.methods or ()) or needed in ("machine", "operator"):
            continue
        path = address(app, rule, member=cast.second_admin.membership_id, tenant=cast.tenant_id)
        assert browser.post(path).status_code == 403, path
        assert browser.post(path, headers={"HX-Request": "true"}).status_code == 403, f"{path} (A12)"
        assert browser.post(path, data={"csrf_token": "made.up.token"}).status_code in (403, 419), path
        assert browser.post(path, data={"csrf_token": foreign}).status_code in (403, 419), path
    assert everything(app) == before


@pytest.mark.promise("A15")
def test_another_sites_form_changes_nothing(app: Flask, cast: Cast) -> None:
    browser = people.sign_in(app, cast.admin)
    before = everything(app)
    for rule in rules(app):
        if "POST" in (rule.methods or ()) and policy(app, rule).read != "machine":
            answer = browser.submit(address(app, rule), headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, rule
    assert everything(app) == before


@pytest.mark.promise("A14", "INT-S5")
def test_wrong_methods_are_refused(app: Flask, cast: Cast) -> None:
    browser = people.sign_in(app, cast.admin)
    for rule in rules(app):
        siblings = {m for r in rules(app) if r.rule == rule.rule for m in r.methods or ()}
        for method in {"GET", *UNSAFE, "TRACE"} - siblings:
            answer = browser.open(address(app, rule), method=method)
            assert answer.status_code in (404, 405), f"{method} {rule}: {answer.status}"


@pytest.mark.promise("A1", "A2", "A10")
def test_foreign_ids_are_not_found_and_unchanged(app: Flask, cast: Cast) -> None:
    browser = people.sign_in(app, cast.stranger)
    with app.app_context():
        from kz_admin.services import invitations
        from kz_admin.services.audit import SYSTEM

        invitations.invite(cast.tenant_id, "new@example.com", Role.VIEWER, SYSTEM)
        invitation = invitations.still_open(cast.tenant_id)[0].id
        mail = _first_mail(cast.tenant_id)
        more = _keys_and_calls(cast.tenant_id)
        documents = Agency(cast.tenant_id).one_of_each()
        more["past_invoice"] = _past_invoice(cast.tenant_id)
    foreign: dict[str, UUID | None] = {
        **documents,
        "member": cast.admin.membership_id,
        "invitation": invitation,
        "mail": mail,
        "tenant": cast.tenant_id,
        **more,
    }
    before, seen = everything(app), set()
    for rule in rules(app):
        found = policy(app, rule)
        if not rule.arguments - set(DEFAULTS) or found.read in ("public", "machine", "operator"):
            continue
        assert rule.arguments <= set(foreign) | set(DEFAULTS), (
            f"{rule}: tell this sweep which foreign id {rule.arguments} can be"
        )
        seen |= rule.arguments
        path = address(app, rule, **foreign)
        for method in {"GET", "POST"} & (rule.methods or set()):
            data = {"version": 1, "role": "viewer"}
            answer = browser.get(path) if method == "GET" else browser.submit(path, data)
            assert answer.status_code in (302, 404), f"{method} {path}: {answer.status}"
            if answer.status_code == 302:
                # A row's address without scripts leads to the list of one's own rows.
                assert "example.com" not in browser.get(answer.location).text.replace("sid.stranger@example.com", "")
    assert everything(app) == before
    assert "member" in seen


def _first_mail(tenant_id: UUID) -> UUID:
    from kz_admin.services import mails

    return mails.list_mails(tenant_id)[0].id


def _keys_and_calls(tenant_id: UUID) -> dict[str, UUID | None]:
    from kz_admin.models import Receipt
    from kz_admin.models.session import writing
    from kz_admin.services import keys
    from kz_admin.services.audit import SYSTEM

    with writing() as session:
        call = Receipt(tenant_id=tenant_id, source="platform", scope="acme", delivery_id="1", what="paid")
        call.body_hash, call.outcome = "0", "accepted"
        session.add(call)
    return {"key": keys.create("Billing", tenant_id, SYSTEM).row.id, "receipt": call.id}


def _past_invoice(tenant_id: UUID) -> UUID:
    from kz_admin.models.past_invoice import PastInvoice
    from kz_admin.models.session import writing
    from tests.integration.hooks.conftest import connect

    connection_id = connect(tenant_id, state="disconnected")
    with writing() as session:
        row = PastInvoice(tenant_id=tenant_id, connection_id=connection_id, remote_id="266", verdict="differs")
        session.add(row)
    return row.id
