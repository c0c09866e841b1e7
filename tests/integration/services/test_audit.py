"""The audit: added to and never changed, chained so that a missing, altered or slipped-in row shows."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kz_admin import clock
from kz_admin.models import AuditEntry, AuditSeal, AuditSealed
from kz_admin.models.session import engine, reading, writing
from kz_admin.services import audit
from kz_admin.services.audit import Actor, Filters
from tests.cast import Cast
from tests.fixtures.at_once import at_once

pytestmark = pytest.mark.usefixtures("in_app")

ADA = Actor(None, "Ada Admin")
ALL = Filters()


def note(cast: Cast, action: str = "settings.changed", subject: str = "Acme", actor: Actor = ADA) -> None:
    with writing() as session:
        audit.record(session, actor, action, ("tenant", cast.tenant_id, subject), tenant_id=cast.tenant_id)


def on_postgres() -> bool:
    return engine().dialect.name == "postgresql"


def without_guards(statement: str) -> None:
    """What somebody with rights on the server could do: take the triggers away and change a row."""
    with engine().begin() as connection:
        if on_postgres():
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for trigger in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {trigger.name}"))
        connection.execute(text(statement))


def test_an_entry_stands_and_falls_with_the_change_it_records(cast: Cast) -> None:
    def change_and_fail() -> None:
        with writing() as session:
            audit.record(session, ADA, "settings.changed", ("tenant", 1, "Acme"), tenant_id=cast.tenant_id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert audit.page(cast.tenant_id, ALL).entries == []


def test_names_of_any_length_fit(cast: Cast) -> None:
    note(cast, subject="S" * 10_000, actor=Actor(None, "N" * 10_000))
    (entry,) = audit.page(cast.tenant_id, ALL).entries
    assert (len(entry.actor), len(entry.subject)) == (300, 300)


@pytest.mark.promise("A72")
@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_sealed"])
def test_the_database_refuses_to_change_or_delete_a_row(cast: Cast, table: str) -> None:
    note(cast)
    audit.seal()
    column = {"audit_entry": "actor", "audit_seal": "hash", "audit_sealed": "seal_id"}[table]
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    if on_postgres():
        statements.append(f"TRUNCATE {table} CASCADE")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append only"), writing() as session:
            session.execute(text(statement))
    assert audit.verify() == []


@pytest.mark.promise("A72")
def test_the_chain_covers_each_entry_once(cast: Cast) -> None:
    note(cast)
    note(cast)
    assert audit.seal() == 2
    assert audit.seal() == 0
    note(cast)
    assert audit.seal() == 1
    with reading() as session:
        seals = session.scalars(select(AuditSeal).order_by(AuditSeal.id)).all()
        covered = session.scalars(select(AuditSealed.entry_id)).all()
        entries = session.scalars(select(AuditEntry.id)).all()
    assert [seal.previous for seal in seals] == [audit.GENESIS, seals[0].hash]
    assert sorted(covered) == sorted(entries)
    assert audit.verify() == []


def test_an_empty_chain_holds() -> None:
    assert audit.seal() == 0
    assert audit.verify() == []


@pytest.mark.promise("A72")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET actor = 'Somebody else' WHERE id = 1",
        "UPDATE audit_entry SET at = at + 1 WHERE id = 1",
        "UPDATE audit_entry SET after = '{}' WHERE id = 2",
        "DELETE FROM audit_sealed WHERE entry_id = 1",
        "UPDATE audit_seal SET previous = hash WHERE id = 2",
        "UPDATE audit_seal SET hash = previous WHERE id = 1",
    ],
)
def test_an_altered_row_shows_although_the_guards_were_taken_away(cast: Cast, change: str) -> None:
    note(cast)
    audit.seal()
    note(cast)
    audit.seal()
    without_guards(change)
    assert audit.verify()


@pytest.mark.promise("A72")
def test_an_entry_slipped_in_among_old_ones_shows(cast: Cast, at: Callable[[int], None]) -> None:
    note(cast)
    note(cast)
    without_guards("DELETE FROM audit_entry WHERE id = 1")
    at(2 * audit.SETTLED_AFTER)
    audit.seal()
    assert audit.verify() == []
    without_guards(
        "INSERT INTO audit_entry (id, at, actor, action, subject_kind, subject_id, subject, request_id)"
        " VALUES (1, 0, 'Nobody', 'tenant.created', 'tenant', '1', 'Never', '')"
    )
    audit.seal()
    assert audit.verify()


def test_an_entry_that_commits_late_is_still_sealed(app: Flask, cast: Cast) -> None:
    """On PostgreSQL a lower number can become visible after a higher one was sealed."""
    numbered, sealed = threading.Event(), threading.Event()

    def slow() -> None:
        with writing() as session:
            audit.record(session, ADA, "settings.changed", ("tenant", 1, "slow"), tenant_id=cast.tenant_id)
            session.flush()
            numbered.set()
            if on_postgres():  # SQLite has one writer at a time, so nobody could overtake
                sealed.wait(10)

    def quick() -> int:
        numbered.wait(10)
        note(cast, subject="quick")
        found = audit.seal()
        sealed.set()
        return found

    assert at_once(app, slow, quick) == [None, 1 if on_postgres() else 2]
    audit.seal()
    with reading() as session:
        assert len(session.scalars(select(AuditSealed)).all()) == 2
    assert audit.verify() == []


def test_two_clocks_that_seal_at_once_make_one_chain(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease keeps them apart unless one was paused; then the database has to."""
    note(cast)
    real, second = audit._unsealed, threading.Lock()
    others: list[threading.Thread] = []

    def overtaken(settled_to: int) -> object:
        if second.acquire(blocking=False):  # the first to get here is overtaken between its two looks

            def overtake() -> None:
                with app.app_context():
                    audit.seal()
                    note(cast)

            others.append(threading.Thread(target=overtake, daemon=True))
            others[0].start()
            others[0].join(0.7)  # it may have to wait for us instead
        return real(settled_to)

    monkeypatch.setattr(audit, "_unsealed", overtaken)
    audit.seal()
    others[0].join(20)
    monkeypatch.undo()
    audit.seal()
    assert audit.verify() == []
    with reading() as session:
        previous = session.scalars(select(AuditSeal.previous)).all()
    assert len(previous) == len(set(previous))


def test_what_can_no_longer_appear_is_not_looked_for_again(cast: Cast, at: Callable[[int], None]) -> None:
    note(cast)
    audit.seal()
    at(2 * audit.SETTLED_AFTER)
    note(cast)
    audit.seal()
    with reading() as session:
        settled = session.scalars(select(AuditSeal.settled_to).order_by(AuditSeal.id)).all()
    assert settled == [0, 1]
    assert audit.verify() == []


# Reading


def test_pages_are_cut_by_key_newest_first(cast: Cast) -> None:
    with writing() as session:
        for number in range(audit.PAGE + 3):
            audit.record(session, ADA, "x.y", ("tenant", number, str(number)), tenant_id=cast.tenant_id)
    first = audit.page(cast.tenant_id, ALL)
    assert len(first.entries) == audit.PAGE
    assert not first.newer
    second = audit.page(cast.tenant_id, ALL, first.older)
    assert [entry.subject for entry in second.entries] == ["2", "1", "0"]
    assert second.older is None
    assert second.newer


@pytest.mark.promise("A5")
def test_a_tenant_sees_its_own_entries_only(cast: Cast) -> None:
    note(cast, action="ours.only")
    for found in (audit.page(cast.other_tenant_id, ALL).entries, audit.actions_of(cast.other_tenant_id)):
        assert list(found) == []
    assert len(list(audit.as_csv(cast.other_tenant_id, ALL))) == 1
    assert audit.actions_of(cast.tenant_id) == ["ours.only"]


def test_filters_narrow_and_take_wildcards_as_letters(cast: Cast) -> None:
    note(cast, action="a.b", subject="100% wool")
    note(cast, action="c.d", subject="100 percent wool", actor=Actor(None, "Bea Books"))

    def found(**filters: str) -> list[str]:
        return [entry.action for entry in audit.page(cast.tenant_id, Filters(**filters)).entries]

    assert found(action="a.b") == ["a.b"]
    assert found(actor="bea") == ["c.d"]
    assert found(subject="WOOL") == ["c.d", "a.b"]
    assert found(subject="0%") == ["a.b"]
    assert found(subject="_00") == []
    assert found(subject="' OR 1=1 --") == []


def test_the_export_holds_every_entry_and_streams(cast: Cast) -> None:
    with writing() as session:
        for number in range(2 * audit.PAGE + 1):
            audit.record(session, ADA, "x.y", ("tenant", number, f"=cmd{number}"), tenant_id=cast.tenant_id)
    lines = audit.as_csv(cast.tenant_id, ALL)
    assert next(lines).startswith("When (UTC),Who,What")
    rest = list(lines)
    assert len(rest) == 2 * audit.PAGE + 1
    assert all(",'=cmd" in line for line in rest)
    assert rest[0].startswith(clock.iso(clock.now_ms())[:4])
