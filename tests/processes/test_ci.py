"""What continuous integration adds to `make check test`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.processes import ROOT, bare_environment

SKIPPING = "import pytest\n\ndef test_one(): pass\n\n@pytest.mark.skip\ndef test_two(): pass\n"


@pytest.mark.parametrize(("environment", "code"), [({"CI": "true"}, 1), ({}, 0)])
def test_a_skipped_test_is_a_failure_in_ci_and_only_there(
    tmp_path: Path, environment: dict[str, str], code: int
) -> None:
    (tmp_path / "test_it.py").write_text(SKIPPING)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.fixtures.no_skips", "-p", "no:cacheprovider", str(tmp_path)],
        env=bare_environment(PYTHONPATH=str(ROOT), **environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert "1 passed, 1 skipped" in done.stdout.splitlines()[-1]
    assert ("that counts as a failure" in done.stdout) == bool(code)


def test_the_script_runs_both_verbs_and_asks_nothing() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make check test </dev/null" in script.read_text(encoding="utf-8")


def test_help_lists_every_verb() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    verbs = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("  make ")]
    assert verbs == ["help", "run", "test", "check", "bench", "chaos", "browser", "screenshots"]
