"""Secrets through all flows of the house: afterwards they stand nowhere but sealed, or as a fingerprint (A61)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import logs
from kz_admin.models import Base, Mail
from kz_admin.models.sealed import sealed_columns
from kz_admin.models.session import engine, reading
from kz_admin.services import bell, keys, mails
from kz_admin.services.audit import COMMAND_LINE
from tests.cast import Cast
from tests.fixtures.smtp import SmtpSink
from tests.page import InspectingClient

PASSWORD = "canary-password one two"
LATER = "canary-password three four"


@pytest.fixture
def app(made: Callable[..., Flask], database_url: str, smtp: SmtpSink) -> Iterator[Flask]:
    url = smtp.url.replace("smtp://", "smtp://canary-smtp-user:canary-smtp-password@")
    return made(
        database_url, SMTP_URL=url, KZ_MAIL_FROM="books@kz.example", SECRET_KEY="canary-secret-0123456789-abcdefgh"
    )


def link_in(mail: Mail, part: str) -> str:
    found = re.search(rf"/kz-admin/login/{part}/([\w-]+)", mail.text or "")
    assert found
    return found.group(1)


def last_mail() -> Mail:
    with reading() as session:
        return session.scalars(select(Mail).order_by(Mail.created_at.desc(), Mail.id.desc()).limit(1)).one()


class Journey:
    """Somebody is invited, joins, signs out, fails, forgets, chooses anew; keys are made; mails are tried."""

    def __init__(self, app: Flask, admin: InspectingClient, person: InspectingClient) -> None:
        self.app, self.admin, self.person = app, admin, person
        self.secrets: dict[str, str] = {"password": PASSWORD, "later password": LATER, "smtp": "canary-smtp-password"}
        self.pages: list[str] = []

    def go(self) -> None:
        self._join()
        self._forget()
        with self.app.app_context():
            made = keys.create("Billing", None, COMMAND_LINE)
            mails.deliver_due()
        self.secrets |= {"key": made.key, "signing secret": made.signing_secret}
        for path in ("people", "activity", "mails", "settings", "billing", "activity/download", "integrations"):
            self.pages.append(self.admin.get(f"/kz-admin/{path}").text)

    def _join(self) -> None:
        self.admin.submit("/kz-admin/people/invite", {"email": "new@example.com", "role": "bookkeeper"})
        with self.app.app_context():
            self.secrets["invitation"] = link_in(last_mail(), "invitation")
        self._open(f"/kz-admin/login/invitation/{self.secrets['invitation']}")
        self._send("/kz-admin/login/invitation", name="New Person", password="short")
        self._send("/kz-admin/login/invitation", name="New Person", password=PASSWORD)
        self.secrets["first sign-in"] = self._sign_in_token()
        self._send("/kz-admin/logout")

    def _forget(self) -> None:
        self._send("/kz-admin/login", email="new@example.com", password="canary-password wrong")
        self._send("/kz-admin/login/forgot", email="new@example.com")
        with self.app.app_context():
            self.secrets["reset"] = link_in(last_mail(), "reset")
        self._open(f"/kz-admin/login/reset/{self.secrets['reset']}")
        self._send("/kz-admin/login/reset", password=LATER)
        self.secrets["second sign-in"] = self._sign_in_token()

    def _open(self, path: str) -> None:
        self.pages.append(self.person.get(path, follow_redirects=True).text)

    def _send(self, path: str, **data: str) -> None:
        self.pages.append(self.person.submit(path, data, follow_redirects=True).text)

    def _sign_in_token(self) -> str:
        with self.person.session_transaction() as browser:
            return str(browser["_user_id"])


@pytest.mark.promise("A61", "I23")
def test_no_secret_stands_anywhere_in_clear(
    app: Flask,
    cast: Cast,
    signed_in: Callable[..., InspectingClient],
    client: InspectingClient,
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure(readable=False)
    journey = Journey(app, signed_in(cast.admin), client)
    journey.go()
    written = capsys.readouterr()
    with app.app_context():
        rows = "\n".join(all_rows())
        redis = str([(key, bell.client().type(key), dump(key)) for key in bell.client().keys("*")])
    places = {"tables": rows, "log": written.out + written.err, "redis": redis, "pages": "\n".join(journey.pages)}
    secrets = {**journey.secrets, "secret key": app.config["SECRET_KEY"]}
    assert len(secrets) == 10
    for name, secret in secrets.items():
        for place, content in places.items():
            assert secret not in content, f"the {name} stands in the {place}"
    assert "canary-password" not in places["tables"] + places["log"] + places["redis"]
    # the walk itself sees what is there to be seen
    assert "new@example.com" in rows
    assert "mail_not_sent" in places["log"]
    assert "jobs.doors.deliver_mails" in redis


def all_rows() -> Iterator[str]:
    with engine().connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield f"{table.name}: {tuple(row)}"


def dump(key: bytes) -> object:
    """What a key holds, with the compressed bodies of jobs opened."""
    client = bell.client()
    if client.type(key) != b"hash":
        return key
    return {name: zlib.decompress(value) if name == b"data" else value for name, value in client.hgetall(key).items()}


def test_every_secret_column_is_sealed_or_a_fingerprint() -> None:
    """A column with a secret's name holds no secret: its name says how it is kept."""
    sealed = {(model.__tablename__, column) for model, column in sealed_columns()}
    suspicious = re.compile(r"token|secret|password|key_hash|verifier")
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if suspicious.search(column.name) and (table.name, column.name) not in sealed:
                kept_as = re.search(r"_hash$|_version$|_at$|_count$|_id$|_key$|_until$|_holder$", column.name)
                assert kept_as, f"{table.name}.{column.name} looks like a secret in clear"
