"""Another company of the same provider starts clean; what was chosen in the one before is offered, by evidence.

Nothing is taken without a click, ids of the other company are never used, and what was chosen here already stays.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from kz_admin.domain.carry_over import Company, Known
from kz_admin.domain.connection import State
from kz_admin.domain.failures import Conflict
from kz_admin.domain.kinds import NEVER_FROZEN
from kz_admin.domain.lists import List
from kz_admin.models.connection import Connection
from kz_admin.models.option import Mapping, Option, OptionList
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import audit, defaults, mapping_subjects, mappings
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import Work, carry_out
from kz_admin.services.mapping_subjects import MODELS, Row
from kz_admin.services.mappings import EXACT, Pick

AT_ONCE = mappings.AT_ONCE
MOST_COUNTED = 3_000
CHANGED_MEANWHILE = "What fits changed since this page was loaded: it is {count:,} now. Look again, then carry it over."


@dataclass(frozen=True)
class Offer:
    """One choice of before, and what it is here."""

    subject: str
    ours: str
    was: str  # as the company before called it
    remote_id: str  # of the company that is connected now
    name: str
    why: str


@dataclass(frozen=True)
class Line:
    """One list."""

    which: List
    offers: Sequence[Offer]
    chosen: int  # there, and open here
    is_read: bool  # the options of the new company are known


@dataclass(frozen=True)
class Wanted:
    """What a person ticked; None is everything, and then how many that was when they saw it."""

    subjects: frozenset[str] | None
    seen: int = 0


def source_of(connection: Connection) -> Connection | None:
    """The company of this provider that was connected last before this one, if anything was chosen there."""
    mapped = exists().where(Mapping.connection_id == Connection.id, Mapping.chosen_how != defaults.FOR_YOU)
    kinds = [kind.value for kind in NEVER_FROZEN]
    linked = exists().where(
        SyncRecord.connection_id == Connection.id, SyncRecord.kind.in_(kinds), SyncRecord.remote_id.is_not(None)
    )
    query = select(Connection).where(
        Connection.tenant_id == connection.tenant_id,
        Connection.provider == connection.provider,
        Connection.id != connection.id,
        Connection.state == State.DISCONNECTED.value,
        or_(mapped, linked),
    )
    with reading() as session:
        return session.scalars(query.order_by(Connection.state_since.desc(), Connection.id).limit(1)).first()


def lines(connection: Connection, source: Connection) -> list[Line]:
    """Every list in which something was chosen there and is open here."""
    offered = [which for which in List if which in PROVIDERS[connection.provider].options]
    with reading() as session:
        found = [_line(session, connection, source, which) for which in offered]
    return [one for one in found if one.chosen]


def offered(connection: Connection, source: Connection) -> int | None:
    """How many choices fit, for one line of the set-up page; None where counting them would keep people waiting."""
    with reading() as session:
        options = select(Option.id).where(Option.connection_id == connection.id).limit(MOST_COUNTED + 1).subquery()
        if (session.scalar(select(func.count()).select_from(options)) or 0) > MOST_COUNTED:
            return None
    return sum(len(one.offers) for one in lines(connection, source))


def line(connection: Connection, source: Connection, which: List) -> Line:
    with reading() as session:
        return _line(session, connection, source, which)


def take(connection: Connection, source: Connection, which: List, wanted: Wanted, by: Actor) -> int:
    """Choose what is offered: all of it as it was seen, or the subjects that were ticked; returns how many."""
    offers = line(connection, source, which).offers
    if wanted.subjects is None and len(offers) != wanted.seen:
        raise Conflict(CHANGED_MEANWHILE.format(count=len(offers)))
    taken = [one for one in offers if wanted.subjects is None or one.subject in wanted.subjects]
    if which is List.ACCOUNTS:
        return _take_accounts(connection, source, taken, by)
    return sum(
        carry_out(connection.tenant_id, by, _take, connection, source, which, taken[start : start + AT_ONCE])
        for start in range(0, len(taken), AT_ONCE)
    )


def _take(work: Work, connection: Connection, source: Connection, which: List, offers: Sequence[Offer]) -> int:
    picks = [Pick(one.subject, "", one.remote_id) for one in offers]
    count = mappings.save(work, connection, which, picks, how=EXACT)
    _record(work.session, work.actor, connection, source, which, count)
    return count


def _take_accounts(connection: Connection, source: Connection, offers: Sequence[Offer], by: Actor) -> int:
    picked = {one.subject: one.remote_id for one in offers}
    now = {one.purpose.subject: one.mapping for one in defaults.of(connection).defaults}
    versions = {subject: mapping.version for subject, mapping in now.items() if mapping is not None}
    return defaults.save(connection, picked, versions, by) if picked else 0


def _record(
    session: Session, actor: Actor, connection: Connection, source: Connection, which: List, count: int
) -> None:
    if not count:
        return
    subject = ("connection", connection.id, connection.company_name)
    after = {"list": which.words.title, "from": source.company_name, "choices": count}
    audit.record(session, actor, "mappings.carried_over", subject, tenant_id=connection.tenant_id, after=after)


# -- both companies beside each other ---------------------------------------------------------------------------------


def _line(session: Session, connection: Connection, source: Connection, which: List) -> Line:
    before = _before(session, connection, source, which)
    if not before:
        return Line(which, (), 0, is_read=True)
    state = (OptionList.connection_id == connection.id, OptionList.list == which.value)
    read_at = session.scalar(select(OptionList.read_at).where(*state))
    company = Company(which, _options(session, connection, which))
    found = [(row, company.same_as(was)) for row, was in before]
    offers = [
        Offer(subject, ours, was.name, same.option.remote_id, same.option.name, same.why)
        for ((subject, ours), same), (_, was) in zip(found, before, strict=True)
        if same is not None
    ]
    return Line(which, offers, len(before), is_read=read_at is not None)


Before = list[tuple[tuple[str, str], Known]]  # (subject, what we call it) → as the other company has it


def _before(session: Session, connection: Connection, source: Connection, which: List) -> Before:
    if which is List.ACCOUNTS:
        return _accounts(session, connection, source)
    words = mapping_subjects.defaults if which in MODELS else _words
    rows = _of_words(words(session, source, which), words(session, connection, which))
    return rows + (_of_rows(session, connection, source, which) if which in MODELS else [])


def _words(session: Session, connection: Connection, which: List) -> list[Row]:
    fixed = mapping_subjects.fixed(session, connection, which)
    return [*mapping_subjects.defaults(session, connection, which), *fixed]


def _of_words(there: Sequence[Row], here: Sequence[Row]) -> Before:
    open_here = {row.subject for row in here if row.remote_id is None}
    chosen = [row for row in there if row.option is not None and row.subject in open_here]
    return [((row.subject, row.name), _known(row.option)) for row in chosen if row.option is not None]


def _of_rows(session: Session, connection: Connection, source: Connection, which: List) -> Before:
    """In plain columns: a list can have fifty thousand."""
    model, remote = MODELS[which], mapping_subjects.remote_of(which)
    chosen_here: Select[Any] = mapping_subjects.everything(connection, which).where(remote.is_not(None))
    query = (
        mapping_subjects.everything(source, which)
        .where(Option.id.is_not(None), model.id.not_in(chosen_here.with_only_columns(model.id)))
        .with_only_columns(model.id, model.name, Option.remote_id, Option.name, Option.group, Option.details)
        .order_by(model.name_key, model.id)
    )
    return [
        ((str(local_id), ours), Known(remote_id, name, group, json.loads(details)))
        for local_id, ours, remote_id, name, group, details in session.execute(query)
    ]


def _accounts(session: Session, connection: Connection, source: Connection) -> Before:
    """Default accounts: what we chose for them by ourselves may be replaced, what a person chose may not."""
    here = {one.subject: one.chosen_how for one in session.scalars(_chosen_accounts(connection))}
    options = {one.remote_id: one for one in _options(session, source, List.ACCOUNTS, active=False)}
    now = {one.subject: one.remote_id for one in session.scalars(_chosen_accounts(connection))}
    company = Company(List.ACCOUNTS, _options(session, connection, List.ACCOUNTS))
    labels = {purpose.subject: purpose.label for purpose in PROVIDERS[connection.provider].purposes}
    found: Before = []
    for one in session.scalars(_chosen_accounts(source)):
        was = options.get(one.remote_id)
        if was is None or one.subject not in labels or here.get(one.subject) == defaults.PERSON:
            continue
        same = company.same_as(was)
        if same is None or same.option.remote_id != now.get(one.subject):
            found.append(((one.subject, labels[one.subject]), was))
    return found


def _chosen_accounts(connection: Connection) -> Select[Mapping]:
    mine = (Mapping.connection_id == connection.id, Mapping.list == List.ACCOUNTS.value)
    return select(Mapping).where(*mine).order_by(Mapping.subject)


def _options(session: Session, connection: Connection, which: List, *, active: bool = True) -> list[Known]:
    columns = select(Option.remote_id, Option.name, Option.group, Option.details)
    query = columns.where(Option.connection_id == connection.id, Option.list == which.value)
    rows = session.execute(query.where(Option.active) if active else query)
    return [Known(remote_id, name, group, json.loads(details)) for remote_id, name, group, details in rows]


def _known(option: Option) -> Known:
    return Known(option.remote_id, option.name, option.group, json.loads(option.details))
