"""`python -m bench.hook`: what accepting a paid hook costs, beside a bare route and a receipt alone, in one run.

The three routes stand in the same gunicorn and are called in turn over one connection; the first block is dropped and
the median of the others counts, so that whoever else is on the machine slows all of them alike.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import requests
from flask_migrate import upgrade

from kz_admin import clock, config, create_app
from kz_admin.models.session import engine, writing
from kz_admin.services import keys, tenants
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents import services
from kz_admin.services.documents.work import Work
from tests.fixtures.processes import bare_environment, free_port, http_status, python, running, wait_until
from tests.fixtures.redis import RealRedis
from tests.integration.hooks.conftest import connect
from tests.platform import body, signature

BARE, RECEIPT = 12.0, 2.5  # budgets: times a bare route, times a receipt alone
BLOCKS, IN_BLOCK = 7, 40


@dataclass(frozen=True)
class Line:
    what: str
    budget: float
    found: float
    unit: str

    @property
    def met(self) -> bool:
        return self.found <= self.budget


@dataclass(frozen=True)
class Platform:
    url: str
    key: str
    secret: str


@contextmanager
def served() -> Iterator[Platform]:
    """A migrated SQLite file, a live connection, a key, and gunicorn as in the Procfile with the bench's routes."""
    with tempfile.TemporaryDirectory() as folder, _redis(Path(folder)) as redis:
        port = free_port()
        environment = {
            "KZ_ENV": "development",
            "SECRET_KEY": "only for the bench 3f9k2m5q8x1v4b7n",
            "KZ_ENCRYPTION_KEYS": "only for the bench too 6g2h9j4k1l8p5r",
            "KZ_BASE_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": f"sqlite:///{Path(folder, 'bench.db')}",
            "REDIS_URL": redis.url,
        }
        key, secret = _prepare(environment)
        command = ["-m", "gunicorn", "-k", "gthread", "--threads", "8", "--no-control-socket"]
        with running(
            python(*command, "-b", f"127.0.0.1:{port}", "bench._hook_app:app"), bare_environment(**environment)
        ):
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: http_status(f"{url}/readyz") in (200, 503), "the server", 40)
            yield Platform(url, key, secret)


@contextmanager
def _redis(folder: Path) -> Iterator[RealRedis]:
    server = RealRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _prepare(environment: dict[str, str]) -> tuple[str, str]:
    app = create_app(config.load(environment))
    with app.app_context():
        upgrade()
        tenant = tenants.create(tenants.Description("Bench", "USD", "UTC", "US"), external_id="bench", plan="standard")
        connect(tenant.id)
        with writing() as session:
            services.built_in(Work(session, tenant.id, SYSTEM, clock.now_ms()))
        made = keys.create("Bench", tenant.id, SYSTEM)
        engine().dispose()
    return made.key, made.signing_secret


def measure() -> list[Line]:
    with served() as platform:
        session, took = requests.Session(), dict[str, list[float]]()
        for block in range(BLOCKS):
            for name, call in _calls(platform, session, block).items():
                found = median(_timed(call, number) for number in range(IN_BLOCK))
                if block:
                    took.setdefault(name, []).append(found)
        p50 = {name: median(found) for name, found in took.items()}
    return [
        Line(f"hook accepted ({p50['ours'] * 1000:.1f} ms)", BARE, p50["ours"] / p50["bare"], "times a bare route"),
        Line(
            f"hook accepted, receipt alone {p50['receipt'] * 1000:.1f} ms",
            RECEIPT,
            p50["ours"] / p50["receipt"],
            "times a route that stores the receipt alone",
        ),
    ]


def _calls(platform: Platform, session: requests.Session, block: int) -> dict[str, Callable[[int], None]]:
    def hook(number: int) -> tuple[bytes, dict[str, str]]:
        name = f"{block}-{number}"
        raw = json.dumps(body(**{"invoice.id": name, "invoice.number": name})).encode()
        now = str(int(time.time()))
        headers = {
            "Authorization": f"Bearer {platform.key}",
            "webhook-id": name,
            "webhook-timestamp": now,
            "webhook-signature": signature(platform.secret, name, now, raw),
        }
        return raw, headers

    def to(path: str, status: int) -> Callable[[int], None]:
        def call(number: int) -> None:
            raw, headers = hook(number)
            answer = session.post(platform.url + path, data=raw, headers=headers, timeout=30)
            assert answer.status_code == status, answer.text

        return call

    return {"bare": to("/bench/bare", 200), "receipt": to("/bench/receipt", 202), "ours": to("/hooks/paid", 202)}


def _timed(call: Callable[[int], None], number: int) -> float:
    began = time.perf_counter()
    call(number)
    return time.perf_counter() - began


def main() -> int:
    lines = measure()
    for line in lines:
        mark = "ok  " if line.met else "MISS"
        print(f"{mark} {line.what:45} {line.found:6.2f} (at most {line.budget:g}) {line.unit}")
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
