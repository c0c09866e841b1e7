"""The right of one process to do something alone: one conditional update by the database's clock."""

from __future__ import annotations

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from kz_admin.models.db_clock import db_now_ms
from kz_admin.models.periodic import Lease
from kz_admin.models.session import reading, writing


def take(name: str, holder: str, lasts_ms: int) -> int | None:
    """Take or renew the lease; its fence, or None when another process holds it (a normal answer)."""
    _ensure(name)
    with writing() as session:
        mine: int | None = session.scalar(
            update(Lease)
            .where(Lease.name == name, Lease.holder == holder, Lease.until >= db_now_ms())
            .values(until=db_now_ms() + lasts_ms)
            .returning(Lease.fence)
        )
        if mine is not None:
            return mine
        taken: int | None = session.scalar(
            update(Lease)
            .where(Lease.name == name, or_(Lease.holder == "", Lease.until < db_now_ms()))
            .values(holder=holder, until=db_now_ms() + lasts_ms, fence=Lease.fence + 1)
            .returning(Lease.fence)
        )
        return taken


def release(name: str, holder: str) -> None:
    with writing() as session:
        session.execute(update(Lease).where(Lease.name == name, Lease.holder == holder).values(holder="", until=0))


def _ensure(name: str) -> None:
    with reading() as session:
        if session.scalar(select(Lease.name).where(Lease.name == name)):
            return
    try:
        with writing() as session:
            session.add(Lease(name=name, holder="", until=0, fence=0))
    except IntegrityError:
        return  # another process was first, which is as good
