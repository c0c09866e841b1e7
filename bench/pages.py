"""`python -m bench.pages [--invoices N]`: pages of a tenant with a million invoices beside one with a thousand.

Both databases are asked in turns in one process, so that a machine that becomes slower meanwhile slows both; what
counts is the median of each. Budget: at most 1.25 times the time, the same number of statements, at most six for a
list and ten for the overview. `--invoices 200000` is for a quick look.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import Engine, event

from bench._many_invoices import loaded
from kz_admin.models.session import engine
from tests.cast import Cast, sign_in

FEW, MANY = 1_000, 1_000_000
SLOWER = 1.25
TURNS = 41
NOT_ASKED = ("BEGIN", "PRAGMA", "ROLLBACK")

MIDDLE = "2022-09-27~1{n:011x}70008000{n:012x}"
PAGES = {
    "overview": ("/kz-admin/integrations", 10),
    "invoices": ("/kz-admin/invoices", 6),
    "… in the middle": ("/kz-admin/invoices?after={middle}", 6),
    "… open": ("/kz-admin/invoices?state=open", 6),
    "… paid": ("/kz-admin/invoices?state=paid", 6),
    "… drafts": ("/kz-admin/invoices?state=draft", 6),
    "… a number": ("/kz-admin/invoices?q=N-000042", 6),
    "… numbers of all": ("/kz-admin/invoices?q=N-", 6),
    "… a client": ("/kz-admin/invoices?client=nordlicht+000004", 6),
    "… a quarter of clients": ("/kz-admin/invoices?client=nord", 6),
    "… a client's paid ones": ("/kz-admin/invoices?client=nord&state=paid", 6),
    "… of some months": ("/kz-admin/invoices?since=2021-01-01&until=2021-06-30", 6),
    "payments": ("/kz-admin/payments", 6),
    "… of a client": ("/kz-admin/payments?client=nordlicht+000004", 6),
    "… of many clients": ("/kz-admin/payments?client=nord", 6),
    "clients": ("/kz-admin/clients", 6),
    "… by name": ("/kz-admin/clients?q=nord", 6),
}


@dataclass(frozen=True)
class Line:
    what: str
    few_ms: float
    many_ms: float
    statements: tuple[int, int]
    most_statements: int

    @property
    def times(self) -> float:
        return self.many_ms / self.few_ms

    @property
    def met(self) -> bool:
        few, many = self.statements
        return self.times <= SLOWER and few == many <= self.most_statements


class Site:
    """One database behind the application, and somebody signed in."""

    def __init__(self, app: Flask, cast: Cast, invoices: int) -> None:
        self.app, self.client = app, sign_in(app, cast.bookkeeper)
        self.middle = MIDDLE.format(n=invoices // 2)
        with app.app_context():
            self.engine = engine()

    def get(self, address: str) -> float:
        """How long it took, in milliseconds."""
        began = time.perf_counter()
        answer = self.client.get(address.format(middle=self.middle))
        took = time.perf_counter() - began
        assert answer.status_code == 200, answer.text
        return took * 1000

    def statements(self, address: str) -> int:
        with counted(self.engine) as seen:
            self.get(address)
        return len(seen)


@contextmanager
def counted(bind: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(NOT_ASKED):
            seen.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(bind, "before_cursor_execute", note)


def measure(invoices: int) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        few, many = (Site(*loaded(Path(folder), size), size) for size in (FEW, invoices))
        for what, (address, most) in PAGES.items():
            statements = (few.statements(address), many.statements(address))
            took: tuple[list[float], list[float]] = ([], [])
            for _ in range(TURNS):
                for site, times in zip((few, many), took, strict=True):
                    times.append(site.get(address))
            yield Line(what, median(took[0]), median(took[1]), statements, most)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pages")
    parser.add_argument("--invoices", type=int, default=MANY)
    invoices = parser.parse_args(arguments).invoices
    print(f"     {'page':24} {FEW:>9,} {invoices:>12,}   times (at most {SLOWER}), statements")
    met = True
    for line in measure(invoices):
        met &= line.met
        figures = f"{line.few_ms:6.1f} ms {line.many_ms:9.1f} ms {line.times:7.2f}"
        asked = f"{line.statements[1]} of {line.most_statements}"
        print(f"{'ok  ' if line.met else 'MISS'} {line.what:24} {figures}   {asked}", flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
