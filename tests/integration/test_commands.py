"""The command line: what operators type, and how it refuses: one sentence, exit code 1, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from kz_admin.models import AuditEntry, User
from kz_admin.models.session import reading
from kz_admin.services import invitations, keys, password_links, signin, tenants

Run = Callable[..., Result]


@pytest.fixture
def kz(app: Flask) -> Run:
    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["kz", *arguments])

    return run


def refused(result: Result, words: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def within(app: Flask, work: Callable[[], Any]) -> Any:
    with app.app_context():
        return work()


def test_the_first_steps_of_an_installation_lead_to_an_admin_who_can_sign_in(app: Flask, kz: Run) -> None:
    operator = done(kz("operator", "create", "olga@example.com", "--name", "Olga"))
    assert done(kz("tenant", "create", "First customer", "--external-id", "customer-1")) == "customer-1\n"
    invited = done(kz("user", "invite", "customer-1", "ada@example.com", "--role", "admin"))

    def join() -> None:
        token = invited.strip().rpartition("/")[2]
        ada = signin.whoami(invitations.accept_as_new(token, "Ada", "a cup of tea at four"))
        assert ada is not None
        assert ada.place is not None
        assert ada.place.tenant_name == "First customer"
        olga = signin.whoami(password_links.follow(operator.strip().rpartition("/")[2], "a cup of tea at five"))
        assert olga is not None
        assert olga.is_operator

    within(app, join)


def test_what_is_done_here_is_in_the_audit(app: Flask, kz: Run) -> None:
    done(kz("tenant", "create", "Acme", "--external-id", "acme"))
    done(kz("operator", "create", "olga@example.com"))

    def entries() -> list[tuple[str, str]]:
        with reading() as session:
            found = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
            return [(entry.action, entry.actor) for entry in found]

    assert within(app, entries) == [("tenant.created", "command line"), ("operator.created", "command line")]


def test_a_tenant_has_the_description_it_was_given(app: Flask, kz: Run) -> None:
    options = ["--currency", "CAD", "--time-zone", "America/Toronto", "--country", "CA", "--plan", "business"]
    external_id = done(kz("tenant", "create", "Harbour", *options)).strip()
    made = within(app, lambda: tenants.by_external_id(external_id))
    assert (made.currency, made.time_zone, made.country, made.plan) == ("CAD", "America/Toronto", "CA", "business")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tenant", "create", ""], "Enter a name"),
        (["tenant", "create", "x" * 201], "at most 200"),
        (["tenant", "create", "Acme", "--currency", "usd"], "Choose a currency"),
        (["tenant", "create", "Acme", "--time-zone", "Mars"], "Choose a time zone"),
        (["tenant", "create", "Acme", "--country", "XX"], "Choose a country"),
        (["tenant", "create", "Acme", "--external-id", "a b"], "letters, digits"),
        (["tenant", "create", "Acme", "--external-id", "taken"], "external id taken already"),
        (["user", "invite", "nowhere", "ada@example.com"], "nowhere"),
        (["user", "invite", "taken", "ada"], "name@example.com"),
        (["operator", "create", "olga"], "name@example.com"),
        (["operator", "create", "olga@example.com"], "operator already"),
        (["key", "create", "Billing", "--tenant", "nowhere"], "nowhere"),
        (["key", "create", "x" * 101, "--platform"], "at most 100"),
        (["key", "list", "--tenant", "nowhere"], "nowhere"),
        (["key", "revoke", "kz_live_nothere"], "kz_live_nothere"),
    ],
)
def test_a_refusal_is_one_sentence(
    made: Callable[..., Flask], sqlite_url: str, arguments: list[str], words: str
) -> None:
    app = made(sqlite_url)
    runner = app.test_cli_runner()
    runner.invoke(args=["kz", "tenant", "create", "Taken", "--external-id", "taken"])
    operator = runner.invoke(args=["kz", "operator", "create", "olga@example.com"])

    def choose() -> None:
        password_links.follow(operator.output.strip().rpartition("/")[2], "a cup of tea at five")

    within(app, choose)
    refused(runner.invoke(args=["kz", *arguments]), words)


def test_a_role_that_does_not_exist_and_two_sorts_of_key_are_usage_errors(kz: Run) -> None:
    assert kz("user", "invite", "acme", "a@b.de", "--role", "owner").exit_code == 2
    for arguments in (["Billing"], ["Billing", "--tenant", "acme", "--platform"]):
        result = kz("key", "create", *arguments)
        assert result.exit_code == 2
        assert "--platform" in result.output


def test_a_key_is_printed_once_listed_by_its_beginning_and_revoked(app: Flask, kz: Run) -> None:
    done(kz("tenant", "create", "Acme", "--external-id", "acme"))
    printed = done(kz("key", "create", "Billing", "--tenant", "acme"))
    key = printed.split()[1]
    assert keys.is_well_formed(key)
    assert "whsec_" in printed
    listed = done(kz("key", "list", "--tenant", "acme"))
    assert listed.strip() == f"{key[:14]}…  Billing"
    assert done(kz("key", "list")) == ""
    done(kz("key", "revoke", f"{key[:14]}…", "--tenant", "acme"))
    assert done(kz("key", "list", "--tenant", "acme")) == ""

    def find() -> object:
        with reading() as session:
            return keys.find(session, key)

    assert within(app, find) is None


def test_the_doctor_prints_each_check_with_its_fix_and_fails_where_one_must_be_mended(app: Flask, kz: Run) -> None:
    result = kz("doctor")
    assert result.exit_code == 1
    assert "FAIL  operator: nobody operates this installation\n      → Run: flask" in result.output
    assert "warn  mail:" in result.output
    done(kz("operator", "create", "olga@example.com"))
    assert "FAIL" not in done(kz("doctor"))


def test_rotating_keys_says_what_it_did(kz: Run) -> None:
    output = done(kz("rotate-keys"))
    assert "mail.text_sealed: 0 sealed again" in output
    assert "Every value uses the newest key" in output


def test_demo_people_can_sign_in_and_loading_twice_is_loading_once(made: Callable[..., Flask], sqlite_url: str) -> None:
    app = made(sqlite_url)
    for _ in range(2):
        output = done(app.test_cli_runner().invoke(args=["kz", "demo"]))
    email, password = output.split(" as ")[1].split(" with ")[0], output.split("“")[1].split("”")[0]

    def people_there() -> int:
        assert signin.whoami(signin.log_in(email, password, ""))
        with reading() as session:
            return len(session.scalars(select(User)).all())

    assert within(app, people_there) == 4


def test_production_refuses_the_demo(production: Flask) -> None:
    refused(production.test_cli_runner().invoke(args=["kz", "demo"]), "production refuses")


def test_an_invitation_can_be_mailed_from_here(app: Flask, kz: Run) -> None:
    """The mail is rendered without any request."""
    done(kz("tenant", "create", "Acme", "--external-id", "acme"))
    done(kz("user", "invite", "acme", "ada@example.com"))
    (open_one,) = within(app, lambda: invitations.still_open(tenants.by_external_id("acme").id))
    assert (open_one.role, open_one.invited_by) == ("admin", "command line")
