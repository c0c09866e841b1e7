"""The examples of docs/api.md, run as they stand there against a served application, where the language is present."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from kz_admin.models import Receipt
from tests.cast import Cast
from tests.integration.hooks.conftest import Rows
from tests.platform import Platform, body
from tests.sweeps.files import ROOT

COMMANDS = {
    "bash": ["bash"],
    "python": [sys.executable],
    "javascript": ["node"],
    "php": ["php"],
    "ruby": ["ruby"],
}


def examples() -> dict[str, str]:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    return {language: code for language, code in re.findall(r"```(\w+)\n(.*?)```", text, re.S) if language != "json"}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_there_is_an_example_in_each_language() -> None:
    assert set(examples()) == set(COMMANDS)


def test_the_body_in_the_document_is_accepted(platform: Platform, rows: Rows) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"```json\n(.*?)```", text, re.S)
    assert platform.told(json.loads(said))["outcome"] == "accepted"


@pytest.mark.parametrize("language", sorted(COMMANDS))
def test_an_example_is_accepted_as_it_stands(
    language: str, platform: Platform, address: str, rows: Rows, tmp_path: Path
) -> None:
    command = COMMANDS[language]
    if shutil.which(command[0]) is None:
        return  # this machine does not have the language; where it is present it runs
    script, said = tmp_path / "example", tmp_path / "body.json"
    script.write_text(examples()[language], encoding="utf-8")
    said.write_text(json.dumps(body(**{"client.name": "Größe & Söhne"})), encoding="utf-8")
    given = {"KZ_URL": address, "KZ_KEY": platform.key, "KZ_SECRET": platform.secret, "KZ_BODY": str(said)}
    ran = subprocess.run(
        [*command, str(script)], env={**os.environ, **given}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["outcome"] == "accepted"
    assert [receipt.outcome for receipt in rows.all(Receipt)] == ["accepted"]


def test_the_command_line_sends_one_too(
    app: Flask, cast: Cast, platform: Platform, address: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    app.config["KZ"] = dataclasses.replace(app.config["KZ"], base_url=address)
    runner = app.test_cli_runner()
    sent = runner.invoke(args=["kz", "hook", "send", "--example", "--key", platform.key, "--secret", platform.secret])
    assert sent.exit_code == 0, sent.output
    assert '"outcome":"accepted"' in sent.output.replace(" ", "")
    shown = runner.invoke(args=["kz", "hook", "send", "--example"])
    assert "Nothing was sent." in shown.output
    wrong = runner.invoke(args=["kz", "hook", "send", "--example", "--key", platform.key, "--secret", "whsec_AAAA"])
    assert wrong.exit_code == 1
    assert len(rows.all(Receipt)) == 1
