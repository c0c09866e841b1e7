from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from kz_admin.models.session import engine, writing
from tests.conftest import make_app
from tests.fixtures.smtp import smtp as smtp


@pytest.fixture
def made() -> Iterator[Callable[..., Flask]]:
    """Applications with settings of their own; their connections are closed at the end."""
    apps: list[Flask] = []

    def make(database_url: str, **settings: str) -> Flask:
        apps.append(make_app(database_url, **settings))
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            engine().dispose()


@pytest.fixture
def production(made: Callable[..., Flask], sqlite_url: str) -> Flask:
    """As it runs behind https; which database does not matter for what these tests ask."""
    return made(sqlite_url, KZ_ENV="production", KZ_BASE_URL="https://books.example.com")


@pytest.fixture
def behind(app: Flask) -> Iterator[None]:
    """The database of this test is older than the code; the next test finds it as it was."""
    with app.app_context():
        with writing() as session:
            head = session.scalars(text("SELECT version_num FROM alembic_version")).one()
            session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        yield
        with writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
