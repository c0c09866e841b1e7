"""SQLite finds fifty rows among a tenant's million only if it knows which index tells them apart."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from kz_admin.models import SyncRecord, statistics
from kz_admin.models.new_rows import write_new
from kz_admin.models.session import engine, reading, writing
from kz_admin.services import housekeeping
from tests.cast import Cast
from tests.integration.hooks.conftest import connect

pytestmark = pytest.mark.usefixtures("in_app")
BY_DOCUMENT = "SELECT * FROM sync_record WHERE tenant_id = '1' AND connection_id = '1' AND local_id IN ('1', '2', '3')"


def plan() -> str:
    with reading() as session:
        return " ".join(row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {BY_DOCUMENT}")))


def records(tenant: Cast, number: int) -> None:
    connection_id = connect(tenant.tenant_id)
    with writing() as session:
        rows = [
            SyncRecord(
                tenant_id=tenant.tenant_id,
                connection_id=connection_id,
                kind="invoice",
                local_id=tenant.tenant_id,
                part=str(one),
                state="idle",
                lane="bulk",
            )
            for one in range(number)
        ]
        for row in rows:
            row.local_id = row.id
        write_new(session, rows)


def test_records_are_found_by_their_documents_and_not_by_reading_the_whole_connection(cast: Cast) -> None:
    records(cast, 50)
    statistics.refresh()
    if engine().dialect.name == "sqlite":
        assert "ix_sync_record_local_id" in plan()


def test_the_hourly_clean_up_keeps_them_fresh(cast: Cast) -> None:
    records(cast, 5)
    housekeeping.sweep()
    if engine().dialect.name == "sqlite":
        with reading() as session:
            assert session.execute(text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'sync_record'")).scalar()
