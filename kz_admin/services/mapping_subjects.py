"""Our side of every list: the rows that can be mapped, what each is mapped to, and how many are left.

Everything is asked in SQL and page by page, so that 50,000 subjects cost as little as fifty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from kz_admin import ids
from kz_admin.domain.lists import DEFAULT, UNTAXED, List
from kz_admin.domain.status import IN_FLIGHT
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.expense import ExpenseCategory
from kz_admin.models.member import Member
from kz_admin.models.option import Mapping, Option, Suggestion
from kz_admin.models.project import Project
from kz_admin.models.service import Service
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tax_rate import TaxRate
from kz_admin.models.vendor import Vendor
from kz_admin.services import mapping_words
from kz_admin.services.documents.listing import PAGE, Order, Page, name_begins, page_of
from kz_admin.services.mapping_keys import id_held, id_named, subject_of

SHOWS = ("unmapped", "suggested", "repair")  # what a list can be narrowed to
MODELS: dict[List, Any] = {
    List.ITEMS: Service,
    List.CUSTOMERS: Client,
    List.PROJECTS: Project,
    List.VENDORS: Vendor,
    List.EMPLOYEES: Member,
    List.TAXES: TaxRate,
    List.TRACKING: Project,
    List.CATEGORIES: ExpenseCategory,
}


@dataclass(frozen=True)
class Row:
    """One of ours with what is chosen for it, if anything is."""

    subject: str
    name: str
    detail: str = ""
    email: str = ""
    code: str = ""
    group: str = ""  # only options of this group fit, where it is given
    remote_id: str | None = None  # '' is the explicit choice of none
    how: str = ""
    by: str = ""
    chosen_at: int | None = None
    under_way: bool = False  # on its way over: what becomes of it is not known yet
    option: Option | None = None
    suggestion: Suggestion | None = None

    @property
    def is_default(self) -> bool:
        return self.subject in (DEFAULT, UNTAXED)

    @property
    def broken(self) -> bool:
        """Mapped to what is inactive over there, or gone."""
        return bool(self.remote_id) and (self.option is None or not self.option.active)


@dataclass(frozen=True)
class Filters:
    show: str = ""
    q: str = ""


def page(
    session: Session, connection: Connection, which: List, filters: Filters, after: str, size: int = PAGE
) -> Page[Row]:
    if which not in MODELS:
        rows = [row for row in fixed(session, connection, which) if _shown(row, filters)]
        return Page(rows, None, first=True)
    order = order_of(which)
    value, _, row_id = after.rpartition("~")
    known = ids.parse(row_id)
    query = narrowed(connection, which, filters)
    if known is not None and "\x00" not in value:
        query = query.where(order.further(value, known))
    found: Sequence[Any] = session.execute(order.sorted(query).limit(size + 1)).all()
    shown = page_of(found, size, lambda one: order.key_of(one[0]), first=known is None)
    return Page([row_of(which, *one) for one in shown.rows], shown.next, shown.first)


def order_of(which: List) -> Order:
    model = MODELS[which]
    return Order(model.name_key, model.id)


def narrowed(connection: Connection, which: List, filters: Filters) -> Select[Any, Any, Any, Any]:
    query = everything(connection, which)
    remote = remote_of(which)
    if filters.show == "unmapped":
        query = query.where(remote.is_(None))
    elif filters.show == "suggested":
        query = query.where(remote.is_(None), Suggestion.id.is_not(None))
    elif filters.show == "repair":
        query = query.where(*_is_broken(connection, which))
        if which.kind:  # from the few that are, not through all of ours in their order
            broken = select(SyncRecord.local_id).where(SyncRecord.connection_id == connection.id)
            broken = broken.where(SyncRecord.kind == which.kind.value, *_is_broken(connection, which))
            query = query.where(MODELS[which].id.in_(broken))
    return query.where(name_begins(MODELS[which].name_key, filters.q)) if filters.q else query


def everything(connection: Connection, which: List) -> Select[Any, Any, Any, Any]:
    """Each of ours with its link, the option it names, and what is suggested; the last three may be missing."""
    model, link = MODELS[which], SyncRecord if which.kind else Mapping
    mine = (Suggestion.connection_id == connection.id, Suggestion.list == which.value)
    theirs = (Option.connection_id == connection.id, Option.list == which.value)
    query = (
        select(model, link, Option, Suggestion)
        .select_from(model)
        .outerjoin(link, _link_of(connection, which))
        .outerjoin(Option, and_(*theirs, Option.remote_id == remote_of(which)))
        .outerjoin(Suggestion, and_(*mine, Suggestion.subject == subject_of(model.id)))
    )
    found: Select[Any, Any, Any, Any] = _of_tenant(query, connection, which)
    return found


def _of_tenant(query: Any, connection: Connection, which: List) -> Any:
    """Ours, without what is put away or made by us."""
    model = MODELS[which]
    query = query.where(model.tenant_id == connection.tenant_id)
    if hasattr(model, "archived_at"):
        query = query.where(model.archived_at.is_(None))
    return query.where(Service.built_in.is_(False)) if model is Service else query


def linked(
    connection: Connection, which: List, ours: Any, part: InstrumentedAttribute[str] | None = None
) -> ColumnElement[bool]:
    """How a row of ours finds its link."""
    if which.kind is None:
        mine = (Mapping.connection_id == connection.id, Mapping.list == which.value)
        return and_(*mine, Mapping.subject == subject_of(ours))
    record = (SyncRecord.connection_id == connection.id, SyncRecord.kind == which.kind.value)
    return and_(*record, SyncRecord.local_id == ours, SyncRecord.part == ("" if part is None else part))


def remote_of(which: List) -> InstrumentedAttribute[Any]:
    return SyncRecord.remote_id if which.kind else Mapping.remote_id


def row_of(which: List, ours: Any, link: Any, option: Option | None, suggestion: Suggestion | None) -> Row:
    said: dict[str, Any] = mapping_words.said_of(ours)
    return Row(str(ours.id), **said, **_link(link), option=option, suggestion=suggestion)


def _link(link: SyncRecord | Mapping | None) -> dict[str, Any]:
    if isinstance(link, Mapping):
        return {"remote_id": link.remote_id, "how": link.chosen_how, "by": link.chosen_by, "chosen_at": link.chosen_at}
    if isinstance(link, SyncRecord):
        going = link.as_state in IN_FLIGHT
        return {"remote_id": link.remote_id, "how": link.linked_by or "", "under_way": going}
    return {}


def fixed(session: Session, connection: Connection, which: List) -> list[Row]:
    """Lists that are words of ours, not rows: there are few of them."""
    words = mapping_words.fixed_words(session, connection, which)
    return _of_words(session, connection, which, words)


def defaults(session: Session, connection: Connection, which: List) -> list[Row]:
    return _of_words(session, connection, which, which.defaults) if which.defaults else []


def _of_words(session: Session, connection: Connection, which: List, words: dict[str, str]) -> list[Row]:
    def rows(model: type[Any], key: str, wanted: Sequence[str]) -> dict[str, Any]:
        mine = (model.connection_id == connection.id, model.list == which.value)
        query = select(model).where(*mine, getattr(model, key).in_(wanted))
        return {getattr(row, key): row for row in session.scalars(query)}

    mappings, suggestions = rows(Mapping, "subject", list(words)), rows(Suggestion, "subject", list(words))
    options = rows(Option, "remote_id", [one.remote_id for one in mappings.values()])
    return [
        Row(
            subject,
            name,
            **_link(mappings.get(subject)),
            option=options.get(mappings[subject].remote_id) if subject in mappings else None,
            suggestion=suggestions.get(subject),
        )
        for subject, name in words.items()
    ]


def _shown(row: Row, filters: Filters) -> bool:
    if filters.q and not row.name.casefold().startswith(filters.q.casefold()):
        return False
    unmapped = row.remote_id is None
    wanted = {
        "unmapped": unmapped,
        "suggested": unmapped and row.suggestion is not None,
        "repair": row.broken,
    }
    return wanted.get(filters.show, True)


def by_subject(session: Session, connection: Connection, which: List, subjects: Sequence[str]) -> dict[str, Row]:
    """These rows; what is not one of the tenant's is not among them."""
    found: dict[str, Row] = {}
    if not which.defaults.keys().isdisjoint(subjects):
        found |= {row.subject: row for row in defaults(session, connection, which) if row.subject in subjects}
    if which not in MODELS:
        return found | {row.subject: row for row in fixed(session, connection, which) if row.subject in set(subjects)}
    wanted = [known for one in subjects if (known := ids.parse(one)) is not None]
    for start in range(0, len(wanted), 500):
        query = everything(connection, which).where(MODELS[which].id.in_(wanted[start : start + 500]))
        found |= {str(one[0].id): row_of(which, *one) for one in session.execute(query)}
    return found


def counts(session: Session, connection: Connection, which: List) -> dict[str, int]:
    """How many there are in all and of each kind, exact: an index answers, and nobody reads "500+" of 512."""
    if which not in MODELS:
        rows = fixed(session, connection, which)
        return {show: sum(_shown(row, Filters(show)) for row in rows) for show in ("", *SHOWS)}
    all_of, others = _all_and_mapped(connection, which), (_suggested(connection, which), _to_repair(connection, which))
    query = select(all_of.c.all, all_of.c.mapped, *(one.scalar_subquery() for one in others))
    total, mapped, suggested, repair = session.execute(query).one()
    return {"": total, "unmapped": total - mapped, "suggested": suggested, "repair": repair}


def _all_and_mapped(connection: Connection, which: List) -> Subquery:
    model = MODELS[which]
    counted = (func.count(model.id).label("all"), func.count(remote_of(which)).label("mapped"))
    found: Subquery = _beside_links(select(*counted).select_from(model), connection, which).subquery()
    return found


def _suggested(connection: Connection, which: List) -> Any:
    """From the suggestions, which may be few, to what they are for."""
    model, mine = MODELS[which], (Suggestion.connection_id == connection.id, Suggestion.list == which.value)
    query = (
        select(func.count(model.id))
        .select_from(Suggestion)
        .join(model, id_held(model.id) == id_named(Suggestion.subject))
    )
    return _beside_links(query, connection, which).where(*mine, remote_of(which).is_(None))


def _to_repair(connection: Connection, which: List) -> Any:
    model, link = MODELS[which], SyncRecord if which.kind else Mapping
    query = select(func.count(model.id)).select_from(link).join(model, _link_of(connection, which))
    return _of_tenant(query, connection, which).where(*_is_broken(connection, which))


def _is_broken(connection: Connection, which: List) -> tuple[ColumnElement[bool], ...]:
    """It leads to what is inactive over there, or gone."""
    remote, theirs = remote_of(which), aliased(Option)
    same = (theirs.connection_id == connection.id, theirs.list == which.value, theirs.remote_id == remote)
    return remote.is_not(None), remote != "", ~exists().where(*same, theirs.active)


def _beside_links(query: Any, connection: Connection, which: List) -> Any:
    link = SyncRecord if which.kind else Mapping
    return _of_tenant(query.outerjoin(link, _link_of(connection, which)), connection, which)


def _link_of(connection: Connection, which: List) -> ColumnElement[bool]:
    model = MODELS[which]
    return linked(connection, which, model.id, getattr(model, "currency", None))


def local_id(subject: str) -> UUID | None:
    return ids.parse(subject)
