"""`python -m simulator.measure [--invoices N]`: how fast the simulator is, over real HTTP, as a table.

Two figures each: calls per second of processor time that the simulator used (what one core can do, whoever
else is on the machine), and calls per second as they came.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROUND = 500  # calls per figure


class Caller:
    """One kept connection to the US company."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        self._ask("POST", "/_sim/limits", {"on": False})
        grant = self._ask("POST", "/_sim/grants", {})
        self._headers["Authorization"] = f"Bearer {grant['access_token']}"
        self._path = f"/quickbooks/v3/company/{grant['company_id']}"

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:500]!r}")
        return json.loads(content)

    def post(self, path: str, body: Any) -> Any:
        return self._ask("POST", f"{self._path}/{path}", body)

    def get(self, path: str) -> Any:
        return self._ask("GET", f"{self._path}/{path}")

    def find(self, statement: str) -> Any:
        return self.get(f"query?query={quote(statement)}")["QueryResponse"]


@contextmanager
def simulator() -> Iterator[tuple[int, int]]:
    """Port and process id of a simulator started for this."""
    command = [sys.executable, "-m", "simulator", "--port", "0"]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - a fixed command
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield int(line.split("127.0.0.1:")[1].split("/")[0]), process.pid
        finally:
            process.terminate()


class Rate:
    """Times calls: by the simulator's processor time and by the clock."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def __call__(self, call: Callable[[int], object], first: int = 0, count: int = ROUND) -> tuple[float, float]:
        began, used = time.perf_counter(), self._used()
        for number in range(first, first + count):
            call(number)
        return count / max(self._used() - used, 0.01), count / (time.perf_counter() - began)

    def _used(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def invoice(number: int, customer: str, item: str) -> dict[str, Any]:
    detail = {"ItemRef": {"value": item}, "Qty": 4, "UnitPrice": 75}
    line = {"DetailType": "SalesItemLineDetail", "Amount": 300.00, "SalesItemLineDetail": detail}
    return {"CustomerRef": {"value": customer}, "DocNumber": f"M-{number}", "Line": [line]}


def resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def row(words: str, figures: tuple[float, float]) -> None:
    sys.stdout.write(f"{words:<44} {figures[0]:>10,.0f} {figures[1]:>10,.0f}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulator.measure", description=__doc__)
    parser.add_argument("--invoices", type=int, default=5000, help="how many the books hold at the end")
    wanted = parser.parse_args().invoices
    sys.stdout.write(f"{'calls':<44} {'per core-s':>10} {'per second':>10}\n")
    with simulator() as (port, pid):
        caller, rate = Caller(port), Rate(pid)
        row("customers created", rate(lambda n: caller.post("customer", _customer(n))))
        made = caller.post("customer", {"DisplayName": "Measured"})["Customer"]["Id"]
        item = caller.find("select * from Item where Type = 'Service'")["Item"][0]["Id"]

        def create(number: int) -> Any:
            return caller.post("invoice", invoice(number, made, item))["Invoice"]["Id"]

        row("invoices created, the first", rate(create))
        first = create(ROUND)
        before = _reads(caller, rate, first, "M-0")
        rate(create, ROUND + 1, max(0, wanted - 2 * ROUND))
        row(f"invoices created, at {wanted:,}", rate(create, wanted))
        after = _reads(caller, rate, first, f"M-{wanted}")
        for words, early, late in zip(("read by id", "query by number", "query by id"), before, after, strict=True):
            row(f"{words}, at {ROUND:,} invoices", early)
            row(f"{words}, at {wanted + ROUND:,}", late)
        sys.stdout.write(f"memory at the end: {resident_mb(pid):,.0f} MB\n")
    return 0


def _customer(number: int) -> dict[str, str]:
    return {"DisplayName": f"Customer {number:06}"}


def _reads(caller: Caller, rate: Rate, row_id: str, number: str) -> list[tuple[float, float]]:
    def found(statement: str) -> Callable[[int], object]:
        def ask(_number: int) -> object:
            rows = caller.find(statement).get("Invoice", [])
            if len(rows) != 1:
                raise RuntimeError(f"{statement}: {len(rows)} rows")
            return rows

        return ask

    return [
        rate(lambda _: caller.get(f"invoice/{row_id}")),
        rate(found(f"select * from Invoice where DocNumber = '{number}'")),  # noqa: S608 - not SQL
        rate(found(f"select * from Invoice where Id = '{row_id}'")),  # noqa: S608 - their query language, and our own id
    ]


if __name__ == "__main__":
    sys.exit(main())
