"""Our side of the evidence: the rows of one database, as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.orm import Session

from kz_admin.models import (
    Attempt,
    Base,
    Call,
    Client,
    Connection,
    CreditAllocation,
    CreditNote,
    Installation,
    Invoice,
    Payment,
    PaymentAllocation,
    Receipt,
    Refund,
    Service,
    SyncRecord,
)

MOVES = "kz_test_moves"  # tests/chaos/moves.py writes it


@dataclass
class Rows:
    """What the judge looks at; a test may put it together by hand."""

    installation: UUID = field(default_factory=uuid4)
    connections: list[Connection] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    allocations: list[PaymentAllocation] = field(default_factory=list)
    credit_notes: list[CreditNote] = field(default_factory=list)
    credit_allocations: list[CreditAllocation] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    records: list[SyncRecord] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    moves: list[tuple[str, str, str]] = field(default_factory=list)  # record, state before, state after
    text: str = ""  # every value of every table, to search in

    @classmethod
    def read(cls, database_url: str) -> Rows:
        engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
        try:
            return cls.of(engine)
        finally:
            engine.dispose()

    @classmethod
    def of(cls, engine: Engine) -> Rows:
        with Session(engine) as session:
            return cls(
                session.scalars(select(Installation.uuid)).one(),
                *(list(session.scalars(select(model))) for model in MODELS),
                moves=_moves(session),
                text="\n".join(_texts(session)),
            )


MODELS = (
    Connection,
    Receipt,
    Client,
    Service,
    Invoice,
    Payment,
    PaymentAllocation,
    CreditNote,
    CreditAllocation,
    Refund,
    SyncRecord,
    Call,
    Attempt,
)


def _moves(session: Session) -> list[tuple[str, str, str]]:
    if not inspect(session.connection()).has_table(MOVES):
        return []
    return [tuple(row) for row in session.execute(text(f"SELECT record, before, after FROM {MOVES} ORDER BY number"))]


def _texts(session: Session) -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            yield " ".join([table.name, *(_as_text(value) for value in row)])


def _as_text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
