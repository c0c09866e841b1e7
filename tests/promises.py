"""Which promises of docs/promises.csv the passing tests show.

A test carries @pytest.mark.promise("KZ-06"). The summary stands just above pytest's closing line, and
build/promises.json holds {id: [test, …]} of passing tests only. Under xdist the marks travel in the reports.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECKLIST_ID = re.compile(r"(INT-[TSPBU]|XRO-|PG-|HX-|AX-)\d*[\w.]*")
ATTACK_ID = re.compile(r"[AKRQODPTEIL]\d{1,2}[a-d]?")


def promised() -> set[str]:
    with (ROOT / "docs" / "promises.csv").open(encoding="utf-8") as rows:
        return {row["id"] for row in csv.DictReader(rows)}


class Promises:
    def __init__(self) -> None:
        self.ids = promised()
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.failed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for mark in item.iter_markers("promise"):
                for promise in mark.args:
                    if not self._is_known(promise):
                        raise pytest.UsageError(f"{item.nodeid} names the unknown promise {promise!r}")
                    item.user_properties.append(("promise", promise))

    def _is_known(self, promise: str) -> bool:
        return promise in self.ids or bool(CHECKLIST_ID.fullmatch(promise) or ATTACK_ID.fullmatch(promise))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        marks = {value for name, value in report.user_properties if name == "promise"}
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            for promise in marks:
                self.passed[promise].add(report.nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, object, object]:
        result = yield
        shown = {promise: sorted(tests - self.failed) for promise, tests in self.passed.items()}
        shown = {promise: tests for promise, tests in sorted(shown.items()) if tests}
        target = ROOT / "build" / "promises.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")
        count = len(self.ids & set(shown))
        terminalreporter.write_line(f"promises shown: {count} of {len(self.ids)}")
        return result


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Promises(), "kz-promises")
