"""The lists of the other side, cached here: read with a token, shown without one, stale rather than empty."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, ids, logs
from kz_admin.domain.connection import USABLE, State
from kz_admin.domain.failures import Refused
from kz_admin.domain.lists import Choice, List
from kz_admin.domain.problems import ProviderFailure
from kz_admin.models.connection import Connection
from kz_admin.models.option import Mapping, Option, OptionList
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS
from kz_admin.services import paced, tokens

log = logs.get(__name__)

REFRESHED_EVERY = clock.DAY
# Lists nobody has chosen from are read seldom: an idle connection may cost 24 metered reads a day.
UNUSED_EVERY = 7 * clock.DAY
FORMER_NAME = "former_name"
ALWAYS_USED = (List.ACCOUNTS.value, List.PAYMENT_METHODS.value)


def refresh(connection_id: UUID, which: List) -> bool:
    """Read the list over there and store it; on failure the old list stays and says why it is old."""
    with reading() as session:
        connection = session.get(Connection, connection_id)
    if connection is None or connection.as_state not in USABLE:
        return False
    provider = PROVIDERS[connection.provider]
    try:
        choices = tokens.call(connection_id, paced.read(connection, provider.options[which]))
    except (ProviderFailure, Refused) as failure:
        log.warning("list_not_read", list=which.value, kind=type(failure).__name__)
        _note(connection, which, f"{provider.label} did not give the list. This is the one read before.")
        return False
    _store(connection, which, choices)
    return True


def refresh_due() -> int:
    """Lists that were never read, failed, or are a day old; the clock calls this. A paused connection reads nothing."""
    now = clock.now_ms()
    chosen = exists().where(Mapping.connection_id == OptionList.connection_id, Mapping.list == OptionList.list)
    old = case((or_(OptionList.list.in_(ALWAYS_USED), chosen), now - REFRESHED_EVERY), else_=now - UNUSED_EVERY)
    with reading() as session:
        due = session.execute(
            select(Connection.id, OptionList.list)
            .join(OptionList, OptionList.connection_id == Connection.id)
            .where(Connection.state == State.CONNECTED.value, func.coalesce(OptionList.read_at, 0) < old)
        ).all()
    return sum(refresh(connection_id, List(which)) for connection_id, which in due)


def refresh_new(connection_id: UUID) -> int:
    """Read the lists of one connection that never came."""
    query = select(OptionList.list).where(OptionList.connection_id == connection_id, OptionList.read_at.is_(None))
    with reading() as session:
        missing = session.scalars(query).all()
    return sum(refresh(connection_id, List(which)) for which in missing)


def never_read(which: List) -> Sequence[UUID]:
    """The connections for which this list never came: a callback that died, or a provider that was away."""
    query = (
        select(Connection.id)
        .join(OptionList, OptionList.connection_id == Connection.id)
        .where(Connection.state == State.CONNECTED.value, OptionList.list == which.value, OptionList.read_at.is_(None))
    )
    with reading() as session:
        return session.scalars(query).all()


def of(tenant_id: UUID, connection_id: UUID, which: List) -> Sequence[Option]:
    query = select(Option).where(
        Option.tenant_id == tenant_id, Option.connection_id == connection_id, Option.list == which.value
    )
    with reading() as session:
        return session.scalars(query.order_by(Option.group, func.lower(Option.name), Option.id)).all()


def count(connection_id: UUID, which: List) -> int:
    """The inactive ones included."""
    query = select(func.count(Option.id)).where(Option.connection_id == connection_id, Option.list == which.value)
    with reading() as session:
        return session.scalar(query) or 0


def state_of(tenant_id: UUID, connection_id: UUID, which: List) -> OptionList | None:
    """When the list was read, and what is the matter with it."""
    query = select(OptionList).where(
        OptionList.tenant_id == tenant_id, OptionList.connection_id == connection_id, OptionList.list == which.value
    )
    with reading() as session:
        return session.scalar(query)


def count_mappings(connection_id: UUID) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(Mapping.connection_id == connection_id)) or 0


def expect(session: Session, connection: Connection, which: List) -> None:
    """Note that a list will be needed, so that the clock reads it even if nobody else does."""
    if _state(session, connection.id, which) is None:
        session.add(OptionList(tenant_id=connection.tenant_id, connection_id=connection.id, list=which.value))


def as_choice(option: Option) -> Choice:
    return Choice(option.remote_id, option.name, option.group, option.active, json.loads(option.details))


def _store(connection: Connection, which: List, choices: Sequence[Choice]) -> None:
    """Update what is there, add what is new, and mark as inactive what is gone: mappings may still name it."""
    now = clock.now_ms()
    with writing() as session:
        known = {
            option.remote_id: option
            for option in session.scalars(
                select(Option).where(Option.connection_id == connection.id, Option.list == which.value)
            )
        }
        for choice in choices:
            option = known.pop(choice.remote_id, None)
            if option is None:
                option = Option(
                    id=ids.uuid7(),
                    tenant_id=connection.tenant_id,
                    connection_id=connection.id,
                    list=which.value,
                    remote_id=choice.remote_id,
                )
                session.add(option)
            details = _with_former_name(option, choice)
            option.name, option.group, option.active = choice.name[:500], choice.group[:60], choice.active
            option.details, option.read_at = json.dumps(details, sort_keys=True), now
        for gone in known.values():
            gone.active, gone.read_at = False, now
        expect(session, connection, which)
        session.flush()
        session.execute(
            update(OptionList)
            .where(OptionList.connection_id == connection.id, OptionList.list == which.value)
            .values(read_at=now, problem=None)
        )


def _with_former_name(option: Option, choice: Choice) -> dict[str, str]:
    """A mapping follows an option that is renamed over there; people are told what it was called before."""
    before = json.loads(option.details) if option.details else {}
    if option.name and option.name != choice.name[:500]:
        return {**choice.details, FORMER_NAME: option.name}
    return {**choice.details, **({FORMER_NAME: before[FORMER_NAME]} if FORMER_NAME in before else {})}


def _note(connection: Connection, which: List, problem: str) -> None:
    with writing() as session:
        expect(session, connection, which)
        session.flush()
        session.execute(
            update(OptionList)
            .where(OptionList.connection_id == connection.id, OptionList.list == which.value)
            .values(problem=problem)
        )


def _state(session: Session, connection_id: UUID, which: List) -> OptionList | None:
    query = select(OptionList).where(OptionList.connection_id == connection_id, OptionList.list == which.value)
    return session.scalar(query)
