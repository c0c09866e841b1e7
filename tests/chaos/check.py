"""Judge an installation beside its simulator: `python -m tests.chaos.check --database URL --simulator URL`.

Prints one line for each broken invariant and ends with 1, or says what it looked at and ends with 0. It looks at
invoices, payments, credit notes and their use, refunds, and at what was voided: gone there, once, and only then.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from tests.chaos.judge import Rows, Violation, judge
from tests.chaos.judge.evidence import Entry

__all__ = ["judge", "main", "their_side"]
TIMEOUT_S = 60


def their_side(simulator: str) -> tuple[Sequence[Entry], Mapping[str, Any]]:
    """The whole journal, and the state with the objects of every company that somebody called."""
    control = f"{simulator.rstrip('/')}/_sim"
    journal = _get(f"{control}/journal")["entries"]
    state = _get(f"{control}/state")
    touched = {(one["environment"], one["company"]) for one in journal if one["company"]}
    seen = {(one["environment"], one["company"]): place for place, one in enumerate(state["companies"])}
    for environment, company in touched & set(seen):
        whole = _get(f"{control}/state", environment=environment, company=company)
        state["companies"][seen[environment, company]] = whole["companies"][0]
    return journal, state


def _get(address: str, **query: str) -> Any:
    answer = requests.get(address, params=query, timeout=TIMEOUT_S)
    answer.raise_for_status()
    return answer.json()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.check", description=__doc__)
    parser.add_argument("--database", required=True, help="the address in DATABASE_URL")
    parser.add_argument("--simulator", required=True, help="where the simulator answers, such as http://127.0.0.1:8100")
    parser.add_argument("--running", action="store_true", help="work may still be under way: L1 is not judged")
    parser.add_argument("--log", action="append", default=[], type=Path, help="a log to search for secrets")
    asked = parser.parse_args(arguments)
    rows = Rows.read(asked.database)
    journal, state = their_side(asked.simulator)
    texts = {str(path): path.read_text(encoding="utf-8", errors="replace") for path in asked.log}
    found: list[Violation] = judge(rows, journal, state, at_rest=not asked.running, texts=texts)
    for violation in found:
        print(violation)
    seen = f"{len(rows.records)} records, {len(rows.calls)} calls and {len(journal)} requests"
    print(f"{len(found)} violations in {seen}" if found else f"All holds: {seen}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
