"""What SQLite's planner knows of our tables. Without it every index looks alike, and a tenant's million rows are read
to find fifty. PostgreSQL keeps its own knowledge fresh.
"""

from __future__ import annotations

from sqlalchemy import text

from kz_admin.models.session import engine, writing

ROWS_LOOKED_AT = 1_000  # of each index: enough to tell one from another, and a matter of milliseconds


def refresh() -> None:
    if engine().dialect.name != "sqlite":
        return
    with writing() as session:
        session.execute(text(f"PRAGMA analysis_limit={ROWS_LOOKED_AT}"))
        session.execute(text("ANALYZE"))
