"""Each check alone, failing, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from kz_admin import clock
from kz_admin.models.session import engine
from kz_admin.services import audit, bell, doctor, installation, periodic
from kz_admin.services.doctor import Finding
from tests.conftest import make_app
from tests.integration.services.test_rotation import NEW, OLD, add_mail, with_keys


def finding(check: Callable[[], str]) -> Finding:
    (found,) = doctor.findings((check,))
    return found


@pytest.fixture
def well(in_app: Flask) -> Flask:
    installation.create_operator("olga@example.com", "Olga")
    periodic.note("deliver_mails", clock.now_ms(), None)
    audit.seal()
    return in_app


def failing() -> set[str]:
    return {found.name for found in doctor.findings() if not found.ok}


@pytest.mark.usefixtures("well")
def test_a_well_installation_has_nothing_to_mend() -> None:
    assert failing() == set()
    assert all(found.what for found in doctor.findings())


@pytest.mark.usefixtures("well")
def test_every_warning_says_what_to_do() -> None:
    warnings = {found.name: found.fix for found in doctor.findings() if found.warning}
    assert set(warnings) == {"mail", "QuickBooks app"}
    assert all(warnings.values())


def test_nobody_who_operates(in_app: Flask) -> None:
    assert not finding(doctor.operator).ok
    assert "operator create" in finding(doctor.operator).fix


def test_redis_away(well: Flask) -> None:
    bell.init_app(well)  # the real client again, whose address nobody answers
    found = finding(doctor.redis_server)
    assert not found.ok
    assert "Start Redis" in found.fix
    assert failing() == {"redis"}


@pytest.mark.usefixtures("well", "behind")
def test_a_database_behind_the_code() -> None:
    found = finding(doctor.migrations)
    assert "at 0000" in found.what
    assert found.fix == "Run: flask --app app db upgrade"
    assert failing() == {"migrations"}


@pytest.mark.postgres
def test_a_database_without_tables(made: Callable[..., Flask], postgres_url: str) -> None:
    with made(postgres_url).app_context():
        assert failing() >= {"migrations", "key", "operator", "clock", "audit chain"}
        for found in doctor.findings():
            assert found.ok or "db upgrade" in found.fix


def test_no_database_at_all() -> None:
    app = make_app("postgresql://nobody:canary@127.0.0.1:1/nowhere")
    with app.app_context():
        found = finding(doctor.database)
    assert not found.ok
    assert "DATABASE_URL" in found.fix
    assert "canary" not in str(found)


def test_a_key_that_is_needed_and_missing(database_url: str) -> None:
    with with_keys(database_url, OLD):
        add_mail("sealed with the old key")
    with with_keys(database_url, NEW):
        found = finding(doctor.key)
    assert not found.ok
    assert "KZ_ENCRYPTION_KEYS" in found.fix


def test_values_that_wait_for_rotation_are_a_warning(database_url: str) -> None:
    with with_keys(database_url, OLD):
        add_mail("sealed with the old key")
    with with_keys(database_url, NEW, OLD):
        found = finding(doctor.old_keys)
        assert finding(doctor.key).ok
    assert (found.ok, found.warning) == (True, True)
    assert "1 values" in found.what
    assert "rotate-keys" in found.fix


def test_a_clock_that_never_ran_and_one_that_stopped(in_app: Flask, at: Callable[[int], None]) -> None:
    assert finding(doctor.clock_process).warning
    periodic.note("deliver_mails", clock.now_ms(), None)
    assert finding(doctor.clock_process).what == "runs"
    at(doctor.CLOCK_IS_LATE + clock.MINUTE)
    found = finding(doctor.clock_process)
    assert not found.ok
    assert "6 minutes ago" in found.what
    assert "jobs.clock" in found.fix


@pytest.mark.promise("A72")
def test_a_broken_audit_chain(well: Flask) -> None:
    with engine().begin() as connection:
        if engine().dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET actor = 'Nobody'"))
    found = finding(doctor.audit_chain)
    assert not found.ok
    assert "backup" in found.fix
    assert failing() == {"audit chain"}


def test_sqlite_in_production_is_a_warning(production: Flask) -> None:
    with production.app_context():
        found = finding(doctor.database)
    assert (found.ok, found.warning) == (True, True)
    assert "PostgreSQL" in found.fix
