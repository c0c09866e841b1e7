"""The plugin that says which promises are shown: a run of pytest inside this one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import promises

ROOT = Path(__file__).parents[2]


def run(folder: Path, program: str, *arguments: str) -> tuple[str, dict[str, list[str]]]:
    """Output and build/promises.json of a suite that uses a copy of the plugin."""
    (folder / "docs").mkdir()
    (folder / "docs" / "promises.csv").write_text("id,promise,shown_by\nKZ-01,a,b\nKZ-02,a,b\nKZ-03,a,b\n")
    (folder / "tests").mkdir()
    (folder / "tests" / "__init__.py").touch()
    (folder / "tests" / "promises.py").write_text((ROOT / "tests" / "promises.py").read_text())
    (folder / "tests" / "conftest.py").write_text('pytest_plugins = ["tests.promises"]\n')
    (folder / "tests" / "test_it.py").write_text("import pytest\npromise = pytest.mark.promise\n" + program)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    promise(*ids): shown\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    written = folder / "build" / "promises.json"
    return done.stdout + done.stderr, json.loads(written.read_text()) if written.exists() else {}


def test_only_passing_tests_show_a_promise(tmp_path: Path) -> None:
    output, shown = run(
        tmp_path,
        """
@promise("KZ-01", "A26")
def test_passes(): pass

@promise("KZ-02")
def test_fails(): assert False

@promise("KZ-03")
@pytest.mark.skip
def test_is_skipped(): pass

@promise("KZ-01")
@pytest.mark.parametrize("n", [1, 2])
def test_twice(n): pass
""",
    )
    assert set(shown) == {"KZ-01", "A26"}
    assert len(shown["KZ-01"]) == 3
    assert all(name.startswith("tests/test_it.py::") for name in shown["KZ-01"])
    lines = [line for line in output.splitlines() if line.strip()]
    assert lines[-2] == "promises shown: 1 of 3"
    assert "1 failed, 3 passed, 1 skipped" in lines[-1]


def test_a_test_that_fails_while_cleaning_up_shows_nothing(tmp_path: Path) -> None:
    _, shown = run(
        tmp_path,
        """
@pytest.fixture
def breaks():
    yield
    assert False

@promise("KZ-01")
def test_passes(breaks): pass
""",
    )
    assert shown == {}


def test_an_unknown_promise_stops_the_run(tmp_path: Path) -> None:
    output, shown = run(tmp_path, '@promise("KZ-99")\ndef test_it(): pass\n')
    assert "names the unknown promise 'KZ-99'" in output
    assert shown == {}


def test_the_marks_travel_when_several_processes_share_the_tests(tmp_path: Path) -> None:
    program = '@promise("KZ-01")\ndef test_one(): pass\n@promise("KZ-02")\ndef test_two(): pass\n'
    output, shown = run(tmp_path, program, "-n", "2")
    assert set(shown) == {"KZ-01", "KZ-02"}
    assert "promises shown: 2 of 3" in output


def test_our_own_list_has_238_promises() -> None:
    assert len(promises.promised()) == 238


@pytest.mark.parametrize("known", ["KZ-06", "A61", "A8", "K8b", "I23", "L1", "AX-15", "PG-07", "INT-S21", "HX-3"])
def test_checklists_and_attacks_may_be_named_too(known: str) -> None:
    assert promises.Promises()._is_known(known)


@pytest.mark.parametrize("unknown", ["KZ-99", "A", "A999", "B3", "", "kz-06"])
def test_other_names_may_not(unknown: str) -> None:
    assert not promises.Promises()._is_known(unknown)
