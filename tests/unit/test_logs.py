"""Logs: one line an event, ids on each, no secret on any."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from kz_admin import logs

KEY = "kz_live_" + "a1B2" * 8 + "Chk123"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging is the process's own; leave it as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logs.unbind()
    root.handlers, root.level = handlers, level


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def only(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    (line,) = lines(capsys)
    found: dict[str, object] = json.loads(line)
    return found


def test_production_writes_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(readable=False)
    logs.get("kz_admin.somewhere").info("mail_sent", tries=2)
    line = only(capsys)
    assert line["event"] == "mail_sent"
    assert line["tries"] == 2
    assert line["level"] == "info"
    assert line["logger"] == "kz_admin.somewhere"
    assert str(line["at"]).endswith("Z")


def test_the_standard_librarys_lines_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(readable=False)
    logging.getLogger("some.library").warning("retrying %s with %s", "x", KEY)
    line = only(capsys)
    assert line["event"] == f"retrying x with {logs.HIDDEN}"
    assert line["level"] == "warning"


def test_bound_ids_stand_on_every_line_until_they_are_let_go(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(readable=False)
    logs.bind(request_id="r-1", tenant_id=UUID(int=7), user_id=None)
    logs.get("x").info("one")
    logging.getLogger("y").info("two")
    assert logs.bound("request_id") == "r-1"
    logs.unbind()
    logs.get("x").info("three")
    one, two, three = (json.loads(line) for line in lines(capsys))
    assert one["request_id"] == two["request_id"] == "r-1"
    assert one["tenant_id"] == str(UUID(int=7))
    assert "user_id" not in one
    assert "request_id" not in three


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "SECRET_KEY",
        "password",
        "Authorization",
        "set_cookie",
        "intuit-signature",
        "api_key",
        "realm_id",
    ],
)
def test_a_value_is_hidden_by_the_name_it_has(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(readable=False)
    logs.get("x").info("called", **{name: "canary"}, headers={name: "canary"}, items=[{name: "canary"}])
    assert "canary" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "secret",
    [
        KEY,
        "kz_platform_" + "x" * 38,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "Bearer abcdefgh.ijkl",
        "bearer abcdefgh.ijkl",
        "Basic dXNlcjpwYXNz",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "kz1.0a1b2c3d.AAAABBBBCCCC",
    ],
)
@pytest.mark.parametrize("readable", [True, False])
def test_a_value_is_hidden_by_its_shape(secret: str, readable: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(readable=readable)
    log = logs.get("x")
    log.info(f"event with {secret} in it", note=f"and {secret} here", more=[(secret,), {"deep": {secret}}])
    log.info("bytes", sent=secret.encode(), cause=ValueError(secret), where=Path(secret))
    try:
        raise ValueError(f"cannot use {secret}")
    except ValueError:
        log.exception("failed")
    written = capsys.readouterr().out
    assert secret not in written
    assert logs.HIDDEN in written


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://kz:canary@db/kz", "postgresql://[redacted]@db/kz"),
        ("rediss://:canary@cache:6380", "rediss://[redacted]@cache:6380"),
        ("smtps://user:canary@mail", "smtps://[redacted]@mail"),
        ("https://x.test/login/reset/canarycanarycanary_", "https://x.test/login/reset/[redacted]"),
        ("/kz-admin/login/invitation/canarycanarycanary_", "/kz-admin/login/invitation/[redacted]"),
    ],
)
def test_an_address_keeps_its_host_and_loses_its_secret(address: str, shown: str) -> None:
    assert logs.redact(address) == shown


def test_what_is_no_secret_is_left_as_it_is() -> None:
    plain = {"count": 3, "ok": True, "none": None, "text": "a plain sentence", "list": [1, "two"], "share": 0.5}
    assert logs.redact(plain) == plain


def test_other_things_are_written_as_their_text() -> None:
    assert logs.redact({"price": Decimal("1.50"), "id": UUID(int=1)}) == {"price": "1.50", "id": str(UUID(int=1))}


@pytest.mark.promise("A66")
@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"])
@pytest.mark.parametrize("readable", [True, False])
def test_a_line_break_in_a_name_cannot_forge_a_line(
    break_: str, readable: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(readable=readable)
    forged = f'Acme{break_}{{"event": "operator_created"}}'
    logs.get("x").info("tenant_renamed", name=forged)
    logs.get("x").info(forged)
    logging.getLogger("library").info("%s", forged)
    written = capsys.readouterr().out
    assert written.count("\n") == 3
    assert len(written.splitlines()) == 3


def test_a_traceback_keeps_its_lines_for_people_and_is_one_line_for_machines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for readable in (True, False):
        logs.configure(readable=readable)
        try:
            raise RuntimeError("it broke")
        except RuntimeError:
            logs.get("x").exception("unforeseen")
    written = capsys.readouterr().out.splitlines()
    assert any(line.startswith("Traceback") for line in written[:-1])
    assert "Traceback" in json.loads(written[-1])["exception"]
