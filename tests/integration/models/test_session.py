"""The two ways into the database, on both databases."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import undefer

from kz_admin.models import Membership, Tenant, User, db_clock
from kz_admin.models.session import (
    TransactionOpen,
    WriteInGet,
    allow_writes,
    engine,
    forbid_open_transaction,
    reading,
    writing,
)
from tests.cast import Cast, tenant
from tests.fixtures.at_once import at_once

pytestmark = pytest.mark.usefixtures("in_app")


def names() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(Tenant.name)))


def test_what_is_written_is_there_afterwards() -> None:
    with writing() as session:
        session.add(tenant("acme"))
    assert names() == ["Acme"]


def test_an_exception_undoes_the_whole_block() -> None:
    def save_and_fail() -> None:
        with writing() as session:
            session.add(tenant("acme"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        save_and_fail()
    assert names() == []


def test_reading_never_writes() -> None:
    with reading() as session:
        session.add(tenant("acme"))
        session.flush()
    with reading() as session:
        session.execute(text("UPDATE test_clock SET offset_ms = 99"))
    assert names() == []
    with reading() as session:
        assert session.scalar(select(db_clock.TestClock.offset_ms)) == 0


@pytest.mark.parametrize("outer", [reading, writing])
@pytest.mark.parametrize("inner", [reading, writing])
def test_one_block_inside_another_is_refused(outer: object, inner: object) -> None:
    with outer(), pytest.raises(TransactionOpen), inner():  # type: ignore[operator]
        pass
    # the refusal leaves nothing open behind
    assert names() == []


def test_another_thread_may_have_a_block_of_its_own(app: Flask) -> None:
    with reading():
        (found,) = at_once(app, names)
    assert found == []


def test_no_provider_is_called_inside_a_transaction() -> None:
    forbid_open_transaction()
    for block in (reading, writing):
        with block(), pytest.raises(TransactionOpen):
            forbid_open_transaction()
    forbid_open_transaction()


def test_the_guard_looks_at_this_thread_only(app: Flask) -> None:
    with writing():
        (found,) = at_once(app, forbid_open_transaction)
    assert found is None


def test_rows_stay_readable_after_the_block() -> None:
    with writing() as session:
        made = tenant("acme")
        session.add(made)
    assert (made.name, made.version) == ("Acme", 1)
    with reading() as session:
        found = session.scalars(select(Tenant).options(undefer("*"))).one()
    assert found.name == "Acme"


def test_a_relation_nobody_loaded_is_not_loaded_behind_our_back(cast: Cast) -> None:
    with reading() as session:
        membership = session.get_one(Membership, cast.admin.membership_id)
    with pytest.raises(Exception, match="lazy"):
        _ = membership.user


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_request_that_only_reads_cannot_write(app: Flask, method: str) -> None:
    with app.test_request_context("/kz-admin/people", method=method), pytest.raises(WriteInGet), writing():
        pass


def test_a_request_that_reads_may_write_when_its_view_says_so(app: Flask) -> None:
    with app.test_request_context("/callback"):
        allow_writes()
        with writing() as session:
            session.add(tenant("acme"))
    assert names() == ["Acme"]


def test_a_request_that_changes_may_write(app: Flask) -> None:
    with app.test_request_context("/kz-admin/people", method="POST"), writing() as session:
        session.add(tenant("acme"))
    assert names() == ["Acme"]


def test_no_update_is_lost_between_two_writers(app: Flask) -> None:
    """Read, think, write: on SQLite the second waits from its first statement, on PostgreSQL it asks for the lock."""

    def add_one() -> None:
        for _ in range(5):
            with writing() as session:
                clock_row = session.scalars(select(db_clock.TestClock).with_for_update()).one()
                clock_row.offset_ms += 1

    assert at_once(app, add_one, add_one, add_one) == [None] * 3
    with reading() as session:
        assert session.scalar(select(db_clock.TestClock.offset_ms)) == 15


def test_two_savers_of_one_version_cannot_both_win(app: Flask, cast: Cast) -> None:
    both_have_read = threading.Barrier(2, timeout=10)
    sqlite = engine().dialect.name == "sqlite"

    def rename(name: str) -> None:
        with writing() as session:
            found = session.get_one(Tenant, cast.tenant_id)
            if not sqlite:  # there the second cannot even read before the first has committed
                both_have_read.wait()
            if found.version != 1:
                raise RuntimeError("conflict")
            found.name = name

    one, two = at_once(app, lambda: rename("One"), lambda: rename("Two"))
    assert sorted(type(result).__name__ for result in (one, two) if result) in (["RuntimeError"], ["StaleDataError"])
    with reading() as session:
        assert session.get_one(Tenant, cast.tenant_id).version == 2


def test_a_reader_sees_nothing_of_a_writer_that_has_not_committed(app: Flask) -> None:
    with writing() as session:
        session.add(tenant("acme"))
        session.flush()
        (seen,) = at_once(app, names)
    assert seen == []
    assert names() == ["Acme"]


def test_sqlite_keeps_what_it_said_it_kept(app: Flask) -> None:
    if engine().dialect.name != "sqlite":
        return
    with reading() as session:
        settings = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}


def test_who_has_little_patience_gives_up_early_and_the_next_one_waits_as_usual(app: Flask) -> None:
    if engine().dialect.name != "sqlite":
        return

    def give_up() -> None:
        with writing(patience_ms=50) as session:
            session.add(tenant("beta"))

    with writing() as session:
        session.add(tenant("acme"))
        session.flush()
        began = time.monotonic()
        (refused,) = at_once(app, give_up)
        assert time.monotonic() - began < 2
    assert isinstance(refused, OperationalError)
    with writing() as session:
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 15_000
    give_up()
    assert names() == ["Acme", "Beta"]


def test_a_failing_statement_is_told_without_its_values(cast: Cast) -> None:
    """Error messages end in logs; parameters are people's addresses and password hashes."""
    with pytest.raises(Exception, match=r"(?i)unique") as refused, writing() as session:
        session.add(User(email="x", email_key=cast.admin.email, name="canary-name", password_hash="canary-hash"))
    assert "canary" not in str(refused.value)


def test_a_rolled_back_block_releases_what_it_locked(app: Flask, cast: Cast) -> None:
    def give_up() -> None:
        with writing() as session:
            session.execute(update(Tenant).values(name="Never"))
            raise RuntimeError

    def save() -> None:
        with writing() as session:
            session.execute(update(Tenant).values(name="Saved"))

    at_once(app, give_up, save)
    assert names() == ["Saved", "Saved"]
