"""A connected company, the processes that use its access, and what may be done to both."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.domain.connection import State
from kz_admin.models import Alert, Connection, Mapping
from kz_admin.models.session import engine, reading
from kz_admin.providers import oauth
from kz_admin.providers.quickbooks import api
from kz_admin.services import passwords, tokens
from tests import cast as people
from tests.bridge import Bridge, settings
from tests.chaos.forked import Forked
from tests.chaos.mutations import WITHOUT
from tests.conftest import environment, make_app
from tests.fixtures import postgres
from tests.fixtures.processes import died_by_kill, wait_until
from tests.page import InspectingClient
from tests.simulator.machine import Machine, running

TOKEN_PATH = "/quickbooks/oauth2/v1/tokens/bearer"
LONGEST_LEASE_S, HOUR_S = 61, 3600


def simulated(machine: Machine) -> dict[str, str]:
    """Our settings beside this simulator, whose clock is ours."""
    return {"KZ_CLOCK": "simulated", **settings(machine)}


class Line:
    """Our installation on one database, with a company of the simulator connected to its first tenant."""

    def __init__(
        self, database_url: str, machine: Machine, folder: Path, app: Flask | None = None, **more: str
    ) -> None:
        self.machine, self._folder, self._database_url = machine, folder, database_url
        self._more = {**simulated(machine), **more}
        self.app: Flask = app or make_app(database_url, **self._more)
        self.bridge = Bridge(self.app, machine)
        self.cast: people.Cast
        self._running: list[Forked] = []

    def assemble(self) -> None:
        """The people of both tenants; nothing is connected yet."""
        with self.app.app_context():
            self.cast = people.assemble(passwords.hashed(people.PASSWORD))

    def connect(self) -> None:
        self.bridge.connect(self.admin())

    def admin(self) -> InspectingClient:
        return people.sign_in(self.app, self.cast.admin, self.cast.tenant_id)

    # -- processes ----------------------------------------------------------------------------------

    def start(self, verb: str, *arguments: object, armed: str = "", without: str = "", **more: str) -> Forked:
        """A process that waits for `go`; `without` names a guard that it lacks (tests/chaos/mutations.py)."""
        variables = environment(DATABASE_URL=self._database_url, KZ_FAILPOINTS=armed, **{**self._more, **more})
        process = Forked({**variables, WITHOUT: without}, self._go, verb, *map(str, arguments))
        self._running.append(process)
        return process

    def go(self, *processes: Forked) -> None:
        for process in processes:
            process.wait_for_output("ready", seconds=60)
        self._go.touch()

    def hold_back(self) -> None:
        """Those that are started from now on wait for the next `go`, so that they begin together."""
        self._go.unlink(missing_ok=True)

    def await_death(self, process: Forked) -> None:
        """The experiment is void unless it really was killed."""
        assert died_by_kill(process.exit_code(30)), process.output()

    @property
    def database_url(self) -> str:
        return self._database_url

    @property
    def _go(self) -> Path:
        return self._folder / "go"

    # -- time and trouble ---------------------------------------------------------------------------

    def let_time_pass(self, seconds: float) -> None:
        """For every process and the provider at once."""
        with self.app.app_context():
            clock.wait(seconds)

    def strict(self, *, overlap_s: int = 0) -> None:
        """Each refresh brings a new token; the one before lives this much longer, and after that kills the grant."""
        rotation = {"every_refresh": True, "replay_kills": True, "overlap_s": overlap_s}
        self.machine.fault("strict_rotation", rotation, count=None)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """The database takes no writes, as after a failover to its copy."""
        if self._database_url.startswith("sqlite"):
            with self._sqlite_read_only():
                yield
            return
        name = urlsplit(self._database_url).path.removeprefix("/")
        self._administer(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        try:
            yield
        finally:
            self._administer(f"ALTER DATABASE {name} RESET default_transaction_read_only")

    def _administer(self, statement: str) -> None:
        """And every connection that was open meanwhile is cut, as a failover does."""
        name = urlsplit(self._database_url).path.removeprefix("/")
        with psycopg.connect(postgres.server_url(), autocommit=True) as connection:
            connection.execute(statement)
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    @contextmanager
    def _sqlite_read_only(self) -> Iterator[None]:
        path = self._database_url.removeprefix("sqlite:///")
        refuse = "SELECT RAISE(ABORT, 'attempt to write a readonly database')"
        with sqlite3.connect(path, timeout=15) as connection:
            connection.execute(f"CREATE TRIGGER read_only BEFORE UPDATE ON connection BEGIN {refuse}; END")
        try:
            yield
        finally:
            with sqlite3.connect(path, timeout=15) as connection:
                connection.execute("DROP TRIGGER read_only")
            connection.close()

    # -- the judges ---------------------------------------------------------------------------------

    @property
    def row(self) -> Connection:
        return self.bridge.connection(self.cast.tenant_id)

    def refreshes(self) -> int:
        """How often the provider was asked for new tokens of this line, by its own journal.

        A call of the experiment before may be written down late, when its delay is over."""
        sent = [parse_qs(str(call["body"])).get("refresh_token", [""])[0] for call in self.bridge.token_calls()]
        return sum(self.machine.world.grants.by_refresh(token) is not None for token in sent)

    def rotations(self) -> int:
        """How many refresh tokens the provider has replaced."""
        return sum(len(grant.superseded) for grant in self.machine.world.grants.all())

    def await_rotation(self) -> None:
        wait_until(lambda: self.rotations() > 0, "the provider to rotate", 30)

    def works(self) -> bool:
        """Whether the company answers to the token we hold."""

        def name(access: Any) -> str:
            return str(api.get(access, f"companyinfo/{access.company}")["CompanyInfo"]["CompanyName"])

        with self.app.app_context():
            return tokens.call(self.row.id, name) == self.row.company_name

    def mappings(self) -> int:
        return self._count(lambda session: session.query(Mapping).count())

    def open_alerts(self) -> int:
        return self._count(lambda session: session.query(Alert).filter(Alert.closed_at.is_(None)).count())

    def _count(self, ask: Callable[[Any], int]) -> int:
        with self.app.app_context(), reading() as session:
            return ask(session)

    def came(self, *processes: Forked) -> Counter[str]:
        """What all of them printed, counted."""
        for process in processes:
            assert process.exit_code(60) == 0, process.output()
        lines = [line for process in processes for line in process.output().splitlines()]
        return Counter(line for line in lines if line.split(" ")[0] in ("token", "refused"))

    def is_connected(self) -> bool:
        return self.row.as_state is State.CONNECTED

    def clean_up(self) -> None:
        for process in self._running:
            process.clean_up()
        with self.app.app_context():
            engine().dispose()
        clock.simulate(None, None)


@pytest.fixture(scope="module")
def served() -> Iterator[Machine]:
    with running() as machine:
        yield machine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def unconnected(request: pytest.FixtureRequest, served: Machine, tmp_path: Path) -> Iterator[Line]:
    """The same experiment on both databases; nothing is connected yet."""
    served.sim("POST", "reset", {})
    served.sim("DELETE", "faults")
    oauth._discovered.clear()
    if request.param == "sqlite":
        path = tmp_path / "line.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield from _on(Line(f"sqlite:///{path}", served, tmp_path))
    else:
        with postgres.copied_database(request.getfixturevalue("migrated_postgres")) as url:
            yield from _on(Line(url, served, tmp_path))


@pytest.fixture
def line(unconnected: Line) -> Line:
    """A company connected two hours ago: its access token has expired."""
    unconnected.connect()
    unconnected.let_time_pass(2 * HOUR_S)
    return unconnected


def _on(line: Line) -> Iterator[Line]:
    try:
        line.assemble()
        yield line
    finally:
        line.clean_up()
