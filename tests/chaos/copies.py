"""A database that comes back from a copy: what happened since is forgotten here, and over there it has happened."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import text

from kz_admin.models.session import engine
from tests.chaos.books import Books
from tests.fixtures import postgres


@contextmanager
def copied(books: Books) -> Iterator[Callable[[], None]]:
    """A copy as it stands now; calling what this yields brings it back. No process may be at work meanwhile."""
    since = books.now()
    url = str(books.app.config["KZ"].database_url)
    _let_go(books)
    with _copy(url) as bring_back:

        def restore() -> None:
            until = books.now()
            _let_go(books)
            bring_back()
            _keep_time(books)
            books.lost.append((since, until))

        yield restore


def _let_go(books: Books) -> None:
    with books.app.app_context():
        engine().dispose()


def _keep_time(books: Books) -> None:
    """Time does not go back with a database, although the tests keep its offset there."""
    offset_ms = books.machine.world.clock.offset_ms
    with books.app.app_context(), engine().begin() as connection:
        connection.execute(text("UPDATE test_clock SET offset_ms = :offset_ms"), {"offset_ms": offset_ms})


@contextmanager
def _copy(url: str) -> Iterator[Callable[[], None]]:
    if url.startswith("sqlite"):
        path = Path(url.partition("///")[2])
        copy = path.with_suffix(".copy")
        shutil.copy(path, copy)
        yield lambda: _back(copy, path)
        return
    name = urlsplit(url).path.removeprefix("/")
    _throw_out(name)
    with postgres.copied_database(name) as copy_url:
        copy_name = urlsplit(copy_url).path.removeprefix("/")
        yield lambda: _replace(name, copy_name)


def _back(copy: Path, path: Path) -> None:
    for left in ("-wal", "-shm"):
        path.with_name(f"{path.name}{left}").unlink(missing_ok=True)
    shutil.copy(copy, path)


def _replace(name: str, copy: str) -> None:
    postgres.administer("DROP DATABASE {} WITH (FORCE)", name)
    with psycopg.connect(postgres.server_url(), autocommit=True) as connection:
        made = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(made.format(psycopg.sql.Identifier(name), psycopg.sql.Identifier(copy)))


def _throw_out(name: str) -> None:
    with psycopg.connect(postgres.server_url(), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
