"""Changing the settings of a connection: checked against what its provider can do, audited, and never retroactive.

What is due is laid aside and looked at anew under the new settings; what rested before stays here and is offered, so
that a saved page never sends the past (decision C11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain import presets
from kz_admin.domain.connection import State
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.presets import ClosedPeriod, Direction, NumberClash, PushOn, Setting, Settings, StartField
from kz_admin.domain.problems import Slug
from kz_admin.domain.rules import Reason
from kz_admin.domain.terms import is_date
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.session import reading, writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Provider
from kz_admin.services import audit, bell, connections, first_pass, holds, records, settings
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import Work

CHANGED_MEANWHILE = "Somebody else changed these settings meanwhile. Compare and save again."
APPLIES = "to documents changed from now on"
COUNTED_AT_MOST = 2_000


@dataclass(frozen=True)
class Wanted:
    """What a person chose. `start_on` is a date in the tenant's time zone; the moment behind it stays while it does."""

    settings: Settings
    start_on: str


@dataclass(frozen=True)
class Changed:
    names: tuple[str, ...]  # of the settings that differ now
    backlog: int = (
        0  # invoices the new settings would send, had they been made from now on; at most one more than shown
    )
    compares_first: bool = False  # automatic push waits for the pass over customers


def directions_of(provider: Provider) -> Mapping[Kind, tuple[Direction, ...]]:
    """By kind, what can be chosen: what is in the provider's table is what it can do."""
    if Setting.DIRECTIONS not in provider.settings:
        return {}
    return {kind: (Direction.OFF, Direction.PUSH) for kind in Kind if kind in provider.pushers}


def chosen_direction(provider: Provider, now: Direction, pushes: bool) -> Direction:
    """The half that cannot be chosen here yet stays as it is stored."""
    return Direction.of(pushes=pushes, pulls=now.pulls)


def change(tenant_id: UUID, provider: str, wanted: Wanted, version: str, actor: Actor) -> Changed:
    """Save all of it or nothing; returns what changed and how much of the past the new settings would concern."""
    with writing() as session:
        connection = _locked(session, tenant_id, provider)
        zone = session.scalars(select(Tenant.time_zone).where(Tenant.id == tenant_id)).one()
        if version != settings.version_of(connection):
            raise Conflict(CHANGED_MEANWHILE)
        was, was_start = settings.of(connection), connection.start_at
        now, start = _checked(connection, wanted, zone)
        now = replace(now, pass_first=first_pass.comes_first(session, connection, was, now))
        names = tuple(_differing(was, was_start, now, start))
        if not names:
            return Changed(())
        connection.settings, connection.start_at = now.as_json(), start
        session.flush()
        _look_again(session, connection, was, now, started_at=was_start, actor=actor)
        _record(session, connection, actor, (was, was_start), (now, start))
    bell.ring("plan_again", str(connection.id))
    return Changed(names, backlog(connection), now.pass_first)


def _locked(session: Session, tenant_id: UUID, provider: str) -> Connection:
    live = connections.live_in(session, tenant_id)
    if live is None or live.provider != provider or live.as_state is State.DISCONNECTING:
        raise NotFound(f"{connections.provider_of(provider).label} is not connected.")
    return session.get_one(Connection, live.id, with_for_update=True, populate_existing=True)


def _checked(connection: Connection, wanted: Wanted, zone: str) -> tuple[Settings, int | None]:
    """Only what the provider declares may differ."""
    provider, was = PROVIDERS[connection.provider], settings.of(connection)
    allowed = {setting.value for setting in provider.settings} | {"preset"}
    for one in fields(Settings):
        if one.name not in allowed and getattr(wanted.settings, one.name) != getattr(was, one.name):
            raise Wrong(one.name, f"{provider.label} has no such setting.")
    for kind, direction in wanted.settings.directions.items():
        if direction is not was.directions[kind] and kind not in directions_of(provider):
            raise Wrong("directions", f"{provider.label} does not take {kind.plural} yet.")
    start = connection.start_at
    if start is None or wanted.start_on != start_on(connection, zone):
        start = _midnight(wanted.start_on, zone)
    return replace(wanted.settings, backlog_until=_backlog_until(was, connection.start_at, start)), start


def _backlog_until(was: Settings, before: int | None, start: int) -> int:
    """What changed until now has been looked at; what has not is from before, and an earlier start does not send it."""
    return clock.now_ms() if before is None or start < before else was.backlog_until


def start_on(connection: Connection, zone: str) -> str:
    return "" if connection.start_at is None else clock.local_date(connection.start_at, zone).isoformat()


def _midnight(day: str, zone: str) -> int:
    if not is_date(day) or not "2000-01-01" <= day <= "2100-01-01":
        raise Wrong("start_on", "Enter a date such as 2026-07-31.")
    return int(datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone)).timestamp()) * 1000


# -- what a change means for documents ----------------------------------------------------------------------------


def _look_again(
    session: Session, connection: Connection, was: Settings, now: Settings, *, started_at: int | None, actor: Actor
) -> None:
    moved = connection.start_at != started_at
    reasons, kinds = _outdated(was, now, moved=moved)
    if reasons:
        holds.outdate(session, connection.id, reasons, list(Kind))
    if kinds:
        holds.outdate(session, connection.id, [Reason.DIRECTION], kinds)
    if reasons or kinds or was.pass_first != now.pass_first:
        holds.look_again(session, connection.id)
    work = Work(session, connection.tenant_id, actor, clock.now_ms())
    for slug in () if now.shadow else _answered(was, now):
        records.retry_problem(work, connection.id, slug)


def _answered(was: Settings, now: Settings) -> list[Slug]:
    """What waited for a person because the old settings asked for one, and the new ones do not."""
    eased = {
        Slug.EMAIL_MISSING: was.require_email and not now.require_email,
        Slug.CUSTOMER_NOT_MADE: now.create_clients and not was.create_clients,
        Slug.DUPLICATE_NUMBER: now.number_clash not in (was.number_clash, NumberClash.ASK),
        Slug.PERIOD_CLOSED: now.closed_period not in (was.closed_period, ClosedPeriod.HOLD),
    }
    return [slug for slug, is_so in eased.items() if is_so]


def _outdated(was: Settings, now: Settings, *, moved: bool) -> tuple[list[Reason], list[Kind]]:
    """Which reasons no longer say the truth, and of which kinds the direction changed."""
    reasons: list[Reason] = []
    if was.push_on is not now.push_on:
        reasons += [Reason.MANUAL, Reason.NOT_SENT, Reason.NOT_PAID]
    if moved or was.start_field is not now.start_field:
        reasons.append(Reason.BEFORE_START)
    kinds = [kind for kind in Kind if was.pushes(kind) != now.pushes(kind)]
    return reasons, kinds


def backlog(connection: Connection) -> int:
    """Invoices that the settings would send had they changed after them; they stay until somebody copies them."""
    chosen = settings.of(connection)
    if chosen.shadow or chosen.push_on is PushOn.MANUAL or not chosen.pushes(Kind.INVOICE):
        return 0
    here = and_(
        SyncRecord.connection_id == connection.id,
        SyncRecord.kind == Kind.INVOICE.value,
        SyncRecord.local_id == Invoice.id,
    )
    query = (
        select(Invoice.id)
        .outerjoin(SyncRecord, here)
        .where(Invoice.tenant_id == connection.tenant_id, Invoice.origin == Origin.OURS.value)
        .where(SyncRecord.id.is_(None) | (SyncRecord.reason == Reason.BEFORE_CHANGE.value))
        .where(_moment(chosen.start_field) >= (connection.start_at or 0), *_trigger(chosen.push_on))
    )
    with reading() as session:
        found = session.scalar(select(func.count()).select_from(query.limit(COUNTED_AT_MOST + 1).subquery()))
    return found or 0


def _moment(field: StartField) -> Any:
    """Close enough to count with: the date of a document is compared by when the document was made."""
    return Invoice.paid_at if field is StartField.PAID else Invoice.created_at


def _trigger(push_on: PushOn) -> list[Any]:
    paid = Invoice.state == InvoiceState.PAID.value
    if push_on is PushOn.PAID:
        return [paid]
    if push_on is PushOn.SENT:
        return [paid | Invoice.sent_at.is_not(None), Invoice.state != InvoiceState.VOID.value]
    return [Invoice.state.not_in([InvoiceState.DRAFT.value, InvoiceState.VOID.value])]


# -- what a change was --------------------------------------------------------------------------------------------


def plain(chosen: Settings, start_at: int | None) -> dict[str, Any]:
    """Flat, as people compare it: each kind's direction is a setting of its own."""
    values = {one.name: getattr(chosen, one.name) for one in fields(Settings) if one.name not in presets.NOT_CHOSEN}
    directions: Mapping[Kind, Direction] = values.pop("directions")
    named = {kind.plural: direction.value for kind, direction in directions.items()}
    return {**values, **named, "start_at": None if start_at is None else clock.iso(start_at)}


def _differing(was: Settings, was_start: int | None, now: Settings, start: int | None) -> list[str]:
    before, after = plain(was, was_start), plain(now, start)
    return [name for name in after if before[name] != after[name]]


def _record(
    session: Session,
    connection: Connection,
    actor: Actor,
    was: tuple[Settings, int | None],
    now: tuple[Settings, int | None],
) -> None:
    before, after = audit.changes(plain(*was), plain(*now))
    subject = ("connection", connection.id, connection.company_name)
    audit.record(
        session,
        actor,
        "settings.changed",
        subject,
        tenant_id=connection.tenant_id,
        before=before,
        after={**after, "applies": APPLIES},
    )
