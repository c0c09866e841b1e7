"""Fixtures of the whole suite. Databases are real: a fresh SQLite file, and a fresh PostgreSQL database."""

from __future__ import annotations

import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import fakeredis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade

from kz_admin import clock, config, create_app, failpoints
from kz_admin.models.session import engine
from kz_admin.services import checkup, passwords
from tests import cast as people
from tests.cast import Actor, Cast
from tests.page import InspectingClient

pytest_plugins = ["tests.promises", "tests.fixtures.postgres", "tests.fixtures.redis", "tests.fixtures.browser"]

ENVIRONMENT = {
    "KZ_ENV": "development",
    "SECRET_KEY": "tests only: 7f3k9q2m8x4v6b1n5c0z",
    "KZ_ENCRYPTION_KEYS": "tests only too: 1a2s3d4f5g6h7j8k9l0p",
    "KZ_BASE_URL": "http://localhost",
    "DATABASE_URL": "sqlite://",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}

# A run keeps most of the millions of objects that it makes; looking through them so often took a tenth of it.
gc.set_threshold(100_000, 50, 100)

# Cheap hashing: what the suite shows about passwords does not depend on their cost.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def environment(**more: str) -> dict[str, str]:
    return {**ENVIRONMENT, **more}


def make_app(database_url: str, **more: str) -> Flask:
    app = create_app(config.load(environment(DATABASE_URL=database_url, **more)))
    app.testing = True
    app.test_client_class = InspectingClient
    app.extensions["kz_redis"] = fakeredis.FakeRedis()
    return app


_kept: dict[tuple[str, ...], Flask] = {}


@contextmanager
def kept_app(database_url: str, **more: str) -> Iterator[Flask]:
    """The application for this address, built once per worker: routes and templates cost more than most tests."""
    key = (database_url, *(f"{name}={value}" for name, value in sorted(more.items())))
    app = _kept.get(key) or _kept.setdefault(key, make_app(database_url, **more))
    config_before, extensions_before = dict(app.config), dict(app.extensions)
    app.extensions["kz_redis"] = fakeredis.FakeRedis()
    clock.simulate(None, None)
    try:
        yield app
    finally:
        # A check that hangs goes on in its thread; what it still does must not meet the next test's database.
        for thread in threading.enumerate():
            if thread.name == checkup.THREAD:
                thread.join(20)
        with app.app_context():
            engine().dispose()
        # A test may have changed either; the next one finds them as they were.
        app.config.clear()
        app.config.update(config_before)
        app.extensions.clear()
        app.extensions.update(extensions_before)


def migrate(database_url: str) -> None:
    app = make_app(database_url)
    with app.app_context():
        upgrade()
        engine().dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once, copied for every test: a copy takes a millisecond, the migrations half a second."""
    path = tmp_path_factory.mktemp("template") / "kz.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    from tests.fixtures import postgres

    with postgres.made_database() as url:
        migrate(url)
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture(scope="session")
def shared_postgres(migrated_postgres: str) -> Iterator[str]:
    """One database for all tests of this worker, emptied before each; the template itself stays without visitors."""
    from tests.fixtures import postgres

    with postgres.copied_database(migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same test on both databases: SQLite's serial writes hide what PostgreSQL shows."""
    if request.param == "sqlite":
        yield fresh_sqlite(request.getfixturevalue("migrated_sqlite"))
        return
    from tests.fixtures import postgres  # not above: pytest has to load this plugin itself

    url = request.getfixturevalue("shared_postgres")
    postgres.empty_again(url)
    yield url


def fresh_sqlite(template: Path) -> str:
    """The same address for every test of this worker, a new file each time."""
    path = template.with_name("shared.db")
    for old in (path, path.with_name("shared.db-wal"), path.with_name("shared.db-shm")):
        old.unlink(missing_ok=True)
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--each-database", action="store_true", help="every test on both databases, not in turns")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The databases take turns, so that the whole stays under 25 minutes on a slow machine. Both for what races or asks
    the tables themselves: there they differ."""
    if config.getoption("--each-database"):
        return
    left_out = set(_other_turn(items))
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def _other_turn(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    twins: dict[str, list[pytest.Item]] = {}
    for item in items:
        case = getattr(item, "callspec", None)
        on = case.params.get("database_url") if case else None
        races = hasattr(getattr(item, "module", None), "at_once") or "models" in item.path.parts
        if on and not races:
            twins.setdefault(item.nodeid.replace(on, ""), []).append(item)
    for place, (_, both) in enumerate(sorted(twins.items())):
        if len(both) == 2:
            yield both[place % 2]


@pytest.fixture
def sqlite_url(migrated_sqlite: Path) -> str:
    return fresh_sqlite(migrated_sqlite)


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    with kept_app(database_url) as app:
        yield app


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    """For tests that call services: the application context is open."""
    with app.app_context():
        yield app


@pytest.fixture
def cast(app: Flask) -> Cast:
    with app.app_context():
        return people.assemble(passwords.hashed(people.PASSWORD))


@pytest.fixture
def client(app: Flask) -> InspectingClient:
    """A browser in which nobody is signed in."""
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    return client


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Actor], InspectingClient]:
    return lambda actor: people.sign_in(app, actor)


@pytest.fixture(autouse=True)
def _as_found() -> Iterator[None]:
    """A test may move the clock or arm failpoints; the next one finds neither."""
    yield
    clock.simulate(None, None)
    failpoints.arm("")


@pytest.fixture
def at() -> Callable[[int], None]:
    """Move the clock of this process forward by milliseconds, without letting time pass."""
    moved = 0

    def forward(ms: int) -> None:
        nonlocal moved
        moved += ms
        clock.simulate(lambda: moved, None)

    return forward
