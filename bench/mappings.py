"""`python -m bench.mappings [--subjects N]`: mapping pages and Auto-Match with 50,000 clients and as many customers.

A tenth of them begins with "Smith", as in any long list of people; four of ten are mapped already. The pages of a
tenant with 1,000 stand beside: the same statements, and no more time than counting so many rows takes. Auto-Match
runs as its job does, in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select

from bench._syllables import names
from bench.pages import counted
from kz_admin import clock, config, create_app, ids
from kz_admin.domain.lists import List
from kz_admin.domain.names import name_key
from kz_admin.models import Client, Connection, Invoice, Option, SyncRecord, statistics
from kz_admin.models.session import engine, reading, writing
from kz_admin.services import mapping_matches, passwords
from tests.cast import PASSWORD, Cast, assemble, sign_in
from tests.integration.hooks.conftest import connect
from tests.page import InspectingClient

FEW, MANY = 1_000, 50_000
TURNS = 5
INVOICED = 20_000  # as many as coverage looks at
PAGE_MS, FIND_MS, MATCH_S, MATCH_MB = 400, 100, 25.0, 150
MOST_STATEMENTS, MOST_OF_OVERVIEW = 10, 45
AT = "/kz-admin/integrations/quickbooks/mappings"
PAGES = {
    "overview": (AT, MOST_OF_OVERVIEW, PAGE_MS),
    "customers": (f"{AT}/customers", MOST_STATEMENTS, PAGE_MS),
    "… in the middle": (f"{AT}/customers?after={{middle}}", MOST_STATEMENTS, PAGE_MS),
    "… not mapped": (f"{AT}/customers?show=unmapped", MOST_STATEMENTS, PAGE_MS),
    "… suggested": (f"{AT}/customers?show=suggested", MOST_STATEMENTS, PAGE_MS),
    "… to repair": (f"{AT}/customers?show=repair", MOST_STATEMENTS, PAGE_MS),
    "… by name": (f"{AT}/customers?q=smith", MOST_STATEMENTS, PAGE_MS),
    "options that fit": (f"{AT}/customers/find?subject={{subject}}&find=smith", MOST_STATEMENTS, FIND_MS),
}


@dataclass(frozen=True)
class Site:
    app: Flask
    client: InspectingClient
    connection_id: UUID
    middle: str
    subject: str

    def get(self, address: str) -> float:
        """Processor time in milliseconds: SQLite works in this process, and what else runs here is not its time."""
        headers = {"HX-Request": "true"} if "/find" in address else {}
        began = time.process_time()
        answer = self.client.get(address.format(middle=self.middle, subject=self.subject), headers=headers)
        took = time.process_time() - began
        assert answer.status_code == 200, answer.text
        return took * 1000

    def statements(self, address: str) -> int:
        with self.app.app_context():
            bind = engine()
        with counted(bind) as seen:
            self.get(address)
        return len(seen)


def environment(folder: Path, size: int) -> dict[str, str]:
    return {
        "KZ_ENV": "development",
        "SECRET_KEY": "only for the bench 3f9k2m5q8x1v4b7n",
        "KZ_ENCRYPTION_KEYS": "only for the bench too 6g2h9j4k1l8p5r",
        "KZ_BASE_URL": "http://localhost",
        "DATABASE_URL": f"sqlite:///{folder / f'{size}.db'}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def loaded(folder: Path, size: int) -> Site:
    app = create_app(config.load(environment(folder, size)))
    app.test_client_class = InspectingClient
    with app.app_context():
        upgrade()
        cast = assemble(passwords.hashed(PASSWORD))
        connection_id = connect(cast.tenant_id)
        clients = fill(cast, connection_id, size)
        statistics.refresh()  # as the clock does
    client = sign_in(app, cast.bookkeeper)
    client.inspects = False
    middle, subject = clients[size // 2], clients[size // 3]
    return Site(app, client, connection_id, f"{middle[1]}~{middle[0]}", str(subject[0]))


def fill(cast: Cast, connection_id: UUID, size: int) -> list[tuple[UUID, str]]:
    """Returns our clients, id and name, in the order of the page."""
    own: dict[str, object] = {"tenant_id": cast.tenant_id, "connection_id": connection_id, "created_at": 1}
    both = list(names(size))
    rows = [(ids.uuid7(), ours) for ours, _ in both]
    document = {"tenant_id": cast.tenant_id, "revision": 1, "origin": "ours", "version": 1, "currency": "USD"}
    moment = {"created_at": 1, "changed_at": 1}
    with writing() as session:
        session.execute(
            insert(Client),
            [{**document, **moment, "id": one, "name": name, "name_key": name_key(name)} for one, name in rows],
        )
        option = {
            **own,
            "created_at": 1,
            "list": "customers",
            "group": "USD",
            "active": True,
            "read_at": 1,
            "details": "{}",
        }
        session.execute(
            insert(Option),
            [{**option, "id": ids.uuid7(), "remote_id": str(n), "name": name} for n, (_, name) in enumerate(both)],
        )
        record = {
            **own,
            "created_at": 1,
            "kind": "client",
            "part": "USD",
            "state": "done",
            "lane": "bulk",
            "linked_by": "match",
        }
        linked = [(n, row) for n, row in enumerate(rows) if n % 10 < 4]
        session.execute(
            insert(SyncRecord),
            [{**record, "id": ids.uuid7(), "local_id": row[0], "remote_id": str(n)} for n, row in linked],
        )
        session.execute(insert(Invoice), [_invoice(cast, n, row[0]) for n, row in enumerate(rows[:INVOICED])])
    return sorted(((one, name_key(name)) for one, name in rows), key=lambda row: (row[1], row[0]))


def _invoice(cast: Cast, n: int, client_id: UUID) -> dict[str, object]:
    """Money hangs on the list, so that its coverage is reckoned."""
    figures = {"subtotal_minor": 10_000, "tax_minor": 0, "total_minor": 10_000, "paid_minor": 10_000, "open_minor": 0}
    moments = {"created_at": 1, "changed_at": 1, "finalised_at": 1, "paid_at": 1}
    own = {"id": ids.uuid7(), "tenant_id": cast.tenant_id, "client_id": client_id, "revision": 1, "version": 1}
    told = {
        "number": f"N-{n}",
        "number_key": f"n-{n}",
        "issued_on": clock.local_date(clock.now_ms(), "UTC").isoformat(),
        "currency": "USD",
    }
    return {**own, **figures, **moments, **told, "origin": "ours", "prices": "exclusive", "state": "paid"}


def pages(few: Site, many: Site) -> Iterator[tuple[str, bool]]:
    print(f"     {'page':20} {'few':>8} {'many':>8}  statements")
    for what, (address, most, budget) in PAGES.items():
        statements = (few.statements(address), many.statements(address))
        took = [median(site.get(address) for _ in range(TURNS)) for site in (few, many)]
        met = statements[0] == statements[1] <= most and took[1] <= budget
        line = f"{what:20} {took[0]:5.0f} ms {took[1]:5.0f} ms  {statements[1]} of {most} (budget {budget} ms)"
        yield line, met


def matched(site: Site) -> Iterator[tuple[str, bool]]:
    """The job alone; what the pages needed before is not counted."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    with site.app.app_context():
        found = mapping_matches.run(site.connection_id, List.CUSTOMERS)
        took = time.process_time() - began
        with reading() as session:
            assert session.scalar(select(Connection.id)) is not None
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    words = ", ".join(f"{n:,} {certainty}" for certainty, n in sorted(found.items()))
    yield f"Auto-Match: {words}", found["exact"] > 0
    yield f"Auto-Match: {took:.1f} s of processor time (budget {MATCH_S:.0f} s)", took <= MATCH_S
    yield f"Auto-Match: {more:.0f} MB more at its peak (budget {MATCH_MB} MB)", more <= MATCH_MB


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--subjects", type=int, default=MANY)
    size = parser.parse_args().subjects
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        few, many = loaded(Path(folder), FEW), loaded(Path(folder), size)
        print(f"     loaded {size:,} clients and customers in {time.perf_counter() - began:.0f} s", flush=True)
        with few.app.app_context():
            mapping_matches.run(few.connection_id, List.CUSTOMERS)
        results = []
        for lines in (matched(many), pages(few, many)):
            for line, met in lines:
                print(f"{'ok  ' if met else 'MISS'} {line}", flush=True)
                results.append(met)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
