"""The migrations have one head and agree with the models, on both databases, up and down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from kz_admin.models import Base
from kz_admin.models.session import engine
from tests.conftest import make_app
from tests.fixtures import postgres

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    if request.param == "sqlite":
        yield from _app(f"sqlite:///{tmp_path / 'empty.db'}")
        return
    with postgres.made_database() as url:
        yield from _app(url)


def _app(url: str) -> Iterator[Flask]:
    app = make_app(url)
    with app.app_context():
        yield app
        engine().dispose()


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_migrations_agree_with_the_models(empty: Flask) -> None:
    upgrade()
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_they_go_down_and_up_again(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(engine()).get_table_names()) <= {"alembic_version"}
    upgrade()
    with engine().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM installation")).scalar() == 1


@pytest.mark.promise("A72")
@pytest.mark.parametrize("statement", ["DELETE FROM audit_entry", "UPDATE audit_entry SET actor = 'nobody'"])
def test_the_database_itself_keeps_audit_rows(empty: Flask, statement: str) -> None:
    upgrade()
    with engine().begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (id, at, actor, action, subject_kind, subject_id, subject, request_id) "
                "VALUES (1, 1, 'a', 'b', 'c', 'd', 'e', 'f')"
            )
        )
    with pytest.raises(DatabaseError, match="append only"), engine().begin() as connection:
        connection.execute(text(statement))
