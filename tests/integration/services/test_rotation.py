"""New keys while everything keeps running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from kz_admin import clock, crypto
from kz_admin.domain.failures import Refused
from kz_admin.models import ApiKey, Mail, SigningSecret
from kz_admin.models.session import engine, reading, writing
from kz_admin.services import audit, doctor, keys, rotation
from tests.conftest import ENVIRONMENT, make_app
from tests.fixtures.at_once import at_once

OLD = ENVIRONMENT["KZ_ENCRYPTION_KEYS"]
NEW = "a newer one for tests: 9q8w7e6r5t4y3u2i1o"


def add_mail(words: str) -> None:
    with writing() as session:
        made = Mail(tenant_id=None, to="x@y.de", subject="s", purpose="p", state="kept", due_at=clock.now_ms())
        made.text = words
        session.add(made)


def texts() -> list[str | None]:
    with reading() as session:
        return sorted(mail.text or "" for mail in session.scalars(select(Mail)))


@contextmanager
def with_keys(database_url: str, *newest_first: str) -> Iterator[Flask]:
    """An installation that has these keys."""
    app = make_app(database_url, KZ_ENCRYPTION_KEYS=",".join(newest_first))
    with app.app_context():
        yield app
        engine().dispose()


def test_every_value_gets_the_newest_key_and_the_old_one_can_go(database_url: str) -> None:
    with with_keys(database_url, OLD):
        for number in range(5):
            add_mail(f"mail {number}")
        made = keys.create("Billing", None, audit.COMMAND_LINE)
    with with_keys(database_url, NEW, OLD):
        assert rotation.older_values() == 6
        assert rotation.rotate()["mail.text_sealed"] == 5
        assert rotation.older_values() == 0
        assert rotation.rotate()["mail.text_sealed"] == 0
    with with_keys(database_url, NEW):
        assert texts() == [f"mail {number}" for number in range(5)]
        with reading() as session:
            assert session.scalars(select(SigningSecret)).one().secret == made.signing_secret
        assert rotation.key_ids() == {crypto.Keyring([NEW]).newest_id}


@pytest.mark.promise("A64")
def test_what_is_written_meanwhile_is_neither_lost_nor_undone(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading a value and replacing it, somebody else writes a newer one, and adds another."""
    with with_keys(database_url, OLD):
        add_mail("before")
    with with_keys(database_url, NEW, OLD):
        real = rotation._reseal

        def changed_meanwhile(model: type[Any], name: str, row: Any) -> int:
            monkeypatch.setattr(rotation, "_reseal", real)
            with writing() as session:
                session.get_one(Mail, row.id).text = "changed meanwhile"
            add_mail("added meanwhile")
            return real(model, name, row)

        monkeypatch.setattr(rotation, "_reseal", changed_meanwhile)
        rotation.rotate()
        assert texts() == ["added meanwhile", "changed meanwhile"]
        assert rotation.older_values() == 0


def test_more_values_than_one_round_holds_are_all_done(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "AT_A_TIME", 2)
    with with_keys(database_url, OLD):
        for number in range(5):
            add_mail(str(number))
    with with_keys(database_url, NEW, OLD):
        rounds: list[str] = []
        event.listen(engine(), "before_cursor_execute", lambda *args: rounds.append(args[2]))
        assert rotation.rotate()["mail.text_sealed"] == 5


def test_a_missing_key_is_told_and_leaves_everything_as_it_was(database_url: str) -> None:
    with with_keys(database_url, OLD):
        add_mail("before")
        missing = crypto.Keyring([OLD]).newest_id
    with with_keys(database_url, NEW) as app:
        with pytest.raises(Refused, match=missing):
            rotation.rotate()
        (finding,) = doctor.findings((doctor.key,))
        assert not finding.ok
        assert missing in finding.what
        result = app.test_cli_runner().invoke(args=["kz", "rotate-keys"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert missing in result.output
    with with_keys(database_url, OLD):
        assert texts() == ["before"]


def test_keys_never_stand_in_a_column_in_clear(app: Flask) -> None:
    with app.app_context():
        made = keys.create("Billing", None, audit.COMMAND_LINE)
        with reading() as session:
            row = session.scalars(select(ApiKey)).one()
            secret = session.scalars(select(SigningSecret)).one()
    stored = str({**vars(row), **vars(secret)})
    assert made.key not in stored
    assert made.signing_secret not in stored


@pytest.mark.promise("A64")
def test_readers_and_writers_notice_nothing_of_a_rotation(database_url: str) -> None:
    with with_keys(database_url, OLD):
        for number in range(12):
            add_mail(f"old {number:02}")
    with with_keys(database_url, NEW, OLD) as app:

        def write() -> None:
            for number in range(6):
                add_mail(f"new {number:02}")

        def read() -> int:
            return min(len([text for text in texts() if text and text.startswith("old")]) for _ in range(6))

        results = at_once(app, rotation.rotate, write, read, read)
        assert results[0]["mail.text_sealed"] == 12
        assert results[1:] == [None, 12, 12]
        assert rotation.older_values() == 0
        assert len(texts()) == 18
