"""A trigger that writes down every change of a record's state: nobody else remembers them (I25)."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.chaos.judge.rows import MOVES

_SQLITE = (
    f"CREATE TABLE {MOVES} (number INTEGER PRIMARY KEY, record TEXT, before TEXT, after TEXT)",
    f"""CREATE TRIGGER kz_test_move AFTER UPDATE OF state ON sync_record WHEN OLD.state <> NEW.state
        BEGIN INSERT INTO {MOVES} (record, before, after) VALUES (OLD.id, OLD.state, NEW.state); END""",
)
_POSTGRES = (
    f"CREATE TABLE IF NOT EXISTS {MOVES} (number BIGSERIAL PRIMARY KEY, record TEXT, before TEXT, after TEXT)",
    f"""CREATE OR REPLACE FUNCTION kz_test_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO {MOVES} (record, before, after) VALUES (OLD.id, OLD.state, NEW.state); RETURN NEW; END $$""",
    """CREATE OR REPLACE TRIGGER kz_test_move AFTER UPDATE ON sync_record FOR EACH ROW
        WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION kz_test_move()""",
)


def write_down(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in _SQLITE if engine.dialect.name == "sqlite" else _POSTGRES:
            connection.exec_driver_sql(statement)
