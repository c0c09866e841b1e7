from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.fixtures.processes import ROOT, bare_environment


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder like ours that needs no package, so that nothing has to be downloaded."""
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (tmp_path / name).write_text("# nothing\n", encoding="utf-8")
    return tmp_path


def bootstrap(house: Path, wanted: str = "run", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(house / "bootstrap.py"), wanted],
        env=bare_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def loaded(house: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", house / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_installs_once_and_again_only_when_a_requirement_file_changes(house: Path) -> None:
    first = bootstrap(house)
    assert first.returncode == 0, first.stderr
    assert "installing requirements.txt" in first.stderr
    assert (house / ".venv" / "bin" / "python").exists()

    assert bootstrap(house).stderr == ""

    (house / "requirements.txt").write_text("# still nothing\n", encoding="utf-8")
    assert "installing requirements.txt" in bootstrap(house).stderr


def test_what_checks_includes_what_runs(house: Path) -> None:
    assert bootstrap(house, "check").returncode == 0
    assert bootstrap(house, "run").stderr == ""


def test_without_a_network_it_says_so_in_one_sentence(house: Path) -> None:
    (house / "requirements.txt").write_text("a-package-that-is-not-here==1.0\n", encoding="utf-8")
    done = bootstrap(
        house, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0", UV_INDEX_URL="http://127.0.0.1:9"
    )
    assert done.returncode == 1
    assert "the package index cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_uv_that_cannot_install_leaves_it_to_pip(house: Path, tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "uv"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 2\n", encoding="utf-8")
    broken.chmod(0o755)
    done = bootstrap(house, PATH=f"{broken.parent}:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert "uv could not do it, so pip does" in done.stderr
    assert (house / ".venv" / "bin" / "pip").exists()


def test_a_package_that_cannot_be_installed_shows_the_installers_last_words(
    house: Path,
) -> None:
    (house / "requirements.txt").write_text("not a requirement at all\n", encoding="utf-8")
    done = bootstrap(house)
    assert done.returncode == 1
    assert "installing requirements.txt failed; its last lines were:" in done.stderr


def test_an_old_python_is_refused_with_its_version(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = loaded(house)
    monkeypatch.setattr(module.sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(module.shutil, "which", lambda _name: None)
    assert module.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "this needs Python 3.11 or newer" in said
    assert "is 3.9.2" in said


def test_a_python_without_venv_names_the_package_to_install(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = loaded(house)
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(module.shutil, "which", lambda _name: None)
    assert module.main(["run"]) == 1
    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_refused(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = loaded(house)
    monkeypatch.setattr(module.os, "access", lambda *_: False)  # root may write anywhere
    assert module.main(["run"]) == 1
    assert "cannot be written to" in capsys.readouterr().err
