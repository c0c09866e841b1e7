"""The reconciliation pass: customers, and items, of both sides beside each other before anything is linked (C02).

A view on the mapping board: Auto-Match's suggestions, its exact acceptance and its rules, with the other direction
added, what stands only there. Nothing here calls a provider, and nothing changes before a person confirms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from kz_admin.domain.failures import Conflict
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.domain.names import name_key
from kz_admin.domain.presets import PASS_FIRST, Settings
from kz_admin.domain.status import Hold
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.option import Option, OptionList, Suggestion
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import audit, holds, links, mapping_subjects, mappings, settings
from kz_admin.services.documents.listing import PAGE, Order, Page, name_begins, page, page_of
from kz_admin.services.documents.work import Work
from kz_admin.services.mapping_subjects import MODELS, Row
from kz_admin.services.mappings import EXACT, Pick

KINDS = {List.CUSTOMERS: Kind.CLIENT, List.ITEMS: Kind.SERVICE}
MATCHED, NEAR, OURS, THEIRS, LINKED = "matched", "near", "ours", "theirs", "linked"
SHOWS = (MATCHED, NEAR, OURS, THEIRS, LINKED)
CHANGED_MEANWHILE = "The comparison changed since this page was loaded: it finds {count:,} now. Look again, then link."


@dataclass(frozen=True)
class Filters:
    show: str = ""
    q: str = ""


@dataclass(frozen=True)
class Pass:
    counts: Mapping[str, int]
    page: Page[Any]  # Rows, or Options where they stand only there
    named: Mapping[str, Option]  # what suggestions name
    read_at: int | None
    problem: str | None
    may_create: bool

    def suggested(self, row: Row) -> Sequence[Option]:
        if row.suggestion is None:
            return ()
        wanted = [row.suggestion.remote_id, *json.loads(row.suggestion.others)]
        return [self.named[one] for one in wanted if one in self.named]

    @property
    def settled(self) -> bool:
        """Nothing waits for a person: what is left is created when it is first needed."""
        return self.read_at is not None and not self.counts[MATCHED] and not self.counts[NEAR]


def of(connection: Connection, which: List, filters: Filters, after: str) -> Pass:
    with reading() as session:
        mine = (OptionList.connection_id == connection.id, OptionList.list == which.value)
        state = session.scalar(select(OptionList).where(*mine))
        named: Mapping[str, Option] = {}
        shown: Page[Any]
        if filters.show == THEIRS:
            shown = _theirs(session, connection, which, filters, after)
        else:
            shown = _ours(session, connection, which, filters, after)
            named = _named(session, connection, which, shown.rows)
        return Pass(
            counts=counts(session, connection, which),
            page=shown,
            named=named,
            read_at=state.read_at if state else None,
            problem=state.problem if state else None,
            may_create=links.may_create(connection, which),
        )


def open_ones(session: Session, connection: Connection, which: List) -> dict[str, int]:
    """What waits for a person's word, for a line of the set-up page."""
    queries = {show: _narrowed(connection, which, Filters(show)) for show in (MATCHED, NEAR)}
    counted = [one.with_only_columns(func.count(MODELS[which].id)).scalar_subquery() for one in queries.values()]
    return dict(zip(queries, session.execute(select(*counted)).one(), strict=True))


def counts(session: Session, connection: Connection, which: List) -> dict[str, int]:
    """Exact, in one statement."""
    ours = {show: _narrowed(connection, which, Filters(show)) for show in SHOWS if show != THEIRS}
    counted: list[Any] = [
        query.with_only_columns(func.count(MODELS[which].id)).scalar_subquery() for query in ours.values()
    ]
    only_there = select(func.count(Option.id)).where(*_only_there(connection, which)).scalar_subquery()
    *found, theirs = session.execute(select(*counted, only_there)).one()
    return {**dict(zip(ours, found, strict=True)), THEIRS: theirs}


def confirm(work: Work, connection: Connection, which: List, picks: Sequence[Pick], count: int | None) -> int:
    """The near ones a person ticked, and the exact ones if they were all seen (`count` of them); returns how many are
    linked. More exact ones than one transaction takes: call again."""
    changed = mappings.save(work, connection, which, picks) if picks else 0
    if count is None:
        return changed
    found = counts(work.session, connection, which)[MATCHED]
    if found != count:
        raise Conflict(CHANGED_MEANWHILE.format(count=found))
    return changed + mappings.accept_exact(work, connection, which)


# -- before automatic push --------------------------------------------------------------------------------------------


def comes_first(session: Session, connection: Connection, was: Settings, now: Settings) -> bool:
    """Whether automatic push waits for the pass: the preset asks for it, nobody has done or skipped it, and both sides
    have customers (decision C02)."""
    if now.preset not in PASS_FIRST or was.passed_at:
        return False
    theirs = select(Option.id).where(
        Option.connection_id == connection.id, Option.list == List.CUSTOMERS.value, Option.active.is_(True)
    )
    ours = select(Client.id).where(Client.tenant_id == connection.tenant_id, Client.archived_at.is_(None))
    return was.pass_first or all(session.scalar(one.limit(1)) is not None for one in (theirs, ours))


def let_go(work: Work, connection: Connection, *, skipped: bool) -> None:
    """The pass is done, or skipped: what waited for it goes, as far as nothing else holds it."""
    row = work.session.get_one(Connection, connection.id, with_for_update=True, populate_existing=True)
    chosen = settings.of(row)
    if not chosen.pass_first:
        return
    row.settings = replace(chosen, pass_first=False, passed_at=work.at).as_json()
    work.session.flush()
    holds.release(work.session, row.id, Hold.COMPARE)
    holds.follow_state(work.session, row.id, row.as_state)
    action = "pass.skipped" if skipped else "pass.done"
    subject = ("connection", row.id, row.company_name)
    audit.record(work.session, work.actor, action, subject, tenant_id=work.tenant_id)


# -- our side ---------------------------------------------------------------------------------------------------------


def _ours(session: Session, connection: Connection, which: List, filters: Filters, after: str) -> Page[Row]:
    order = mapping_subjects.order_of(which)
    query = _narrowed(connection, which, filters)
    beyond = order.beyond(after)
    query = query if beyond is None else query.where(beyond)
    found: Sequence[Any] = session.execute(order.sorted(query).limit(PAGE + 1)).all()
    shown = page_of(found, PAGE, lambda one: order.key_of(one[0]), first=beyond is None)
    return Page([mapping_subjects.row_of(which, *one) for one in shown.rows], shown.next, shown.first)


def _narrowed(connection: Connection, which: List, filters: Filters) -> Select[Any, Any, Any, Any]:
    query = mapping_subjects.everything(connection, which).where(_SHOWN[filters.show or MATCHED])
    return query.where(name_begins(MODELS[which].name_key, filters.q)) if filters.q else query


_OPEN = SyncRecord.remote_id.is_(None)
_SURE = and_(Suggestion.certainty == EXACT, Suggestion.contested.is_(False))
_SHOWN: Mapping[str, ColumnElement[bool]] = {
    MATCHED: and_(_OPEN, _SURE),
    NEAR: and_(_OPEN, Suggestion.id.is_not(None), or_(Suggestion.certainty != EXACT, Suggestion.contested)),
    OURS: and_(_OPEN, Suggestion.id.is_(None)),
    LINKED: SyncRecord.remote_id.is_not(None),
}


# -- their side -------------------------------------------------------------------------------------------------------


def _theirs(session: Session, connection: Connection, which: List, filters: Filters, after: str) -> Page[Option]:
    query = select(Option).where(*_only_there(connection, which))
    for word in name_key(filters.q).split()[:6]:
        query = query.where(func.lower(Option.name).contains(word, autoescape=True))
    return page(session, query, Order(Option.name, Option.id), after)


def _only_there(connection: Connection, which: List) -> tuple[ColumnElement[bool], ...]:
    """Active ones that none of ours is linked to, nor like."""
    mine = (Option.connection_id == connection.id, Option.list == which.value, Option.active.is_(True))
    here = (SyncRecord.connection_id == connection.id, SyncRecord.kind == KINDS[which].value)
    linked = select(SyncRecord.remote_id).where(*here, SyncRecord.remote_id.is_not(None))
    like = select(Suggestion.remote_id).where(Suggestion.connection_id == connection.id, Suggestion.list == which.value)
    return (*mine, Option.remote_id.not_in(linked), Option.remote_id.not_in(like))


def _named(session: Session, connection: Connection, which: List, rows: Sequence[Row]) -> dict[str, Option]:
    wanted = {
        one
        for row in rows
        if row.suggestion is not None
        for one in (row.suggestion.remote_id, *json.loads(row.suggestion.others))
    }
    mine = (Option.connection_id == connection.id, Option.list == which.value)
    query = select(Option).where(*mine, Option.remote_id.in_(sorted(wanted)))
    return {option.remote_id: option for option in session.scalars(query)} if wanted else {}


def account_of(option: Option | None) -> str:
    """The income account an item is booked to over there."""
    return str(json.loads(option.details).get("account", "")) if option is not None else ""
