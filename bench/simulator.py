"""`python -m bench.simulator [--invoices N]`: the simulator's budgets over real HTTP, as a table.

Budgets: 300 simple creates a second on one core; with 100,000 invoices in the books a read or query by id or number
is not slower than with a few hundred. Rates are per second of the simulator's own processor time, so that whoever
else is on the machine does not count; reads are held against a call that books of any size answer alike (the
preferences), made between them, so that a machine that has become slower meanwhile does not count either.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from simulator.measure import ROUND, Caller, Rate, invoice, simulator

CREATES = 300.0  # a second on one core
KEEPS = 0.6  # what has to be left of a query's rate in large books; timing itself wavers by a quarter
TURNS = 4  # reads and the call they are held against take turns
BATCH = 30


@dataclass(frozen=True)
class Line:
    what: str
    budget: float
    found: float
    unit: str

    @property
    def met(self) -> bool:
        return self.found >= self.budget


def measure(invoices: int) -> list[Line]:
    with simulator() as (port, pid):
        caller, rate = Caller(port), Rate(pid)
        lines = [_creates(caller, rate)]
        customer = caller.post("customer", {"DisplayName": "Measured"})["Customer"]["Id"]
        item = caller.find("select * from Item where Type = 'Service'")["Item"][0]["Id"]

        def create(number: int) -> Any:
            return caller.post("invoice", invoice(number, customer, item))["Invoice"]["Id"]

        lines.append(Line("invoices created", CREATES, rate(create)[0], "a second"))
        row_id = create(ROUND)
        small = _reads(caller, rate, row_id, "M-0")
        _fill(caller, customer, item, ROUND + 1, invoices)
        lines.append(Line(f"invoices created, at {invoices:,}", CREATES, rate(create, invoices)[0], "a second"))
        large = _reads(caller, rate, row_id, f"M-{invoices}")
        for what, early in small.items():
            lines.append(
                Line(f"{what}, at {invoices:,} against {ROUND:,}", KEEPS, large[what] / early, "times the rate")
            )
        return lines


def _creates(caller: Caller, rate: Rate) -> Line:
    rates = rate(lambda number: caller.post("customer", {"DisplayName": f"Customer {number:06}"}))
    return Line("customers created", CREATES, rates[0], "a second")


def _fill(caller: Caller, customer: str, item: str, first: int, last: int) -> None:
    """In batches: how fast they come is not measured here."""
    for start in range(first, last, BATCH):
        numbers = range(start, min(start + BATCH, last))
        items = [{"bId": str(n), "operation": "create", "Invoice": invoice(n, customer, item)} for n in numbers]
        answer = caller.post("batch", {"BatchItemRequest": items})
        if any("Fault" in each for each in answer["BatchItemResponse"]):
            raise RuntimeError(answer)


def _reads(caller: Caller, rate: Rate, row_id: str, number: str) -> dict[str, float]:
    def found(statement: str) -> Callable[[int], object]:
        def ask(_number: int) -> object:
            if len(caller.find(statement).get("Invoice", [])) != 1:
                raise RuntimeError(statement)
            return None

        return ask

    calls: dict[str, Callable[[int], object]] = {
        "read by id": lambda _: caller.get(f"invoice/{row_id}"),
        "query by number": found(f"select * from Invoice where DocNumber = '{number}'"),
        "query by id": found(f"select * from Invoice where Id = '{row_id}'"),
    }
    return {what: _against_alike(caller, rate, call) for what, call in calls.items()}


def _against_alike(caller: Caller, rate: Rate, call: Callable[[int], object]) -> float:
    """How much faster than the call that is always alike: the middle of several turns."""
    turns = [rate(call)[0] / rate(lambda _: caller.get("preferences"))[0] for _ in range(TURNS)]
    return median(turns)


def show(lines: list[Line]) -> None:
    print(f"{'simulator':<46} {'budget':>8} {'found':>9}  unit")
    for line in lines:
        mark = "" if line.met else "  missed"
        print(f"{line.what:<46} {line.budget:>8,.1f} {line.found:>9,.1f}  {line.unit}{mark}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.simulator", description=__doc__)
    parser.add_argument("--invoices", type=int, default=100_000, help="how many the books hold for the second half")
    lines = measure(parser.parse_args().invoices)
    show(lines)
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
