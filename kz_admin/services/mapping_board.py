"""What the mapping pages show: rows, choices, suggestions, coverage. Reads our database only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kz_admin.domain.lists import List
from kz_admin.domain.names import name_key
from kz_admin.models.connection import Connection
from kz_admin.models.option import Option, OptionList, Suggestion
from kz_admin.models.session import reading
from kz_admin.providers import PROVIDERS
from kz_admin.services import defaults, links, mapping_subjects, mapping_weights
from kz_admin.services.documents.listing import Page
from kz_admin.services.mapping_subjects import Filters, Row
from kz_admin.services.mapping_weights import Weights
from kz_admin.services.mappings import AT_ONCE, EXACT, NONE_ALLOWED
from kz_admin.services.options import FORMER_NAME

ALL_OFFERED = 150  # more options than that are searched, not scrolled
MOST_FOUND = 50


@dataclass(frozen=True)
class Board:
    which: List
    page: Page[Row]
    defaults: Sequence[Row]
    counts: Mapping[str, int]
    weights: Weights
    options: Sequence[Option]  # to choose from; empty where there are too many
    named: Mapping[str, Option]  # what suggestions name
    option_count: int
    acceptable: int  # exact suggestions nobody else has a claim on
    read_at: int | None
    problem: str | None
    may_create: bool

    @property
    def mapped(self) -> int:
        return self.counts[""] - self.counts["unmapped"]

    @property
    def searched(self) -> bool:
        return self.option_count > ALL_OFFERED

    @property
    def none_allowed(self) -> bool:
        return self.which in NONE_ALLOWED

    def offered(self, row: Row) -> Sequence[Option]:
        """For the select of one row: everything that fits, or where that is too much what is chosen and suggested."""
        if not self.searched:
            return [one for one in self.options if _fits(self.which, row, one)]
        found = {one.remote_id: one for one in self.suggested(row)}
        if row.option is not None and row.option.active:
            found.setdefault(row.option.remote_id, row.option)
        return list(found.values())

    def suggested(self, row: Row) -> Sequence[Option]:
        if row.suggestion is None:
            return ()
        wanted = [row.suggestion.remote_id, *json.loads(row.suggestion.others)]
        return [self.named[one] for one in wanted if one in self.named]


@dataclass(frozen=True)
class Coverage:
    """One line of the overview."""

    which: List
    total: int
    unmapped: int
    repair: int
    share: int | None
    read_at: int | None
    problem: str | None

    @property
    def mapped(self) -> int:
        return self.total - self.unmapped


def of(connection: Connection, which: List, filters: Filters, after: str) -> Board:
    with reading() as session:
        page = mapping_subjects.page(session, connection, which, filters, after)
        first = mapping_subjects.defaults(session, connection, which)
        count, state = _size(session, connection, which), _state(session, connection, which)
        rows = [*page.rows, *first]
        return Board(
            which=which,
            page=page,
            defaults=first,
            counts=mapping_subjects.counts(session, connection, which),
            weights=mapping_weights.of(session, connection, which, [row.subject for row in rows]),
            options=_all(session, connection, which) if count <= ALL_OFFERED else (),
            named=_named(session, connection, which, rows),
            option_count=count,
            acceptable=_acceptable(session, connection, which),
            read_at=state.read_at if state else None,
            problem=state.problem if state else None,
            may_create=links.may_create(connection, which) if which.kind else False,
        )


def overview(connection: Connection) -> list[Coverage]:
    with reading() as session:
        return [
            _coverage(session, connection, which)
            for which in List
            if which in PROVIDERS[connection.provider].options and which is not List.ACCOUNTS
        ]


def accounts_line(connection: Connection) -> Coverage:
    """The default accounts have a page of their own, and a line on the same overview."""
    found = defaults.of(connection)
    open_ones = sum(one.mapping is None for one in found.defaults)
    broken = sum(bool(one.problem) and one.mapping is not None for one in found.defaults)
    return Coverage(List.ACCOUNTS, len(found.defaults), open_ones, broken, None, found.read_at, found.problem)


def find(connection: Connection, which: List, subject: str, text: str) -> tuple[Row | None, Sequence[Option]]:
    """The options whose name or number contains these words, the active ones that fit; the shortest names first."""
    with reading() as session:
        row = mapping_subjects.by_subject(session, connection, which, [subject]).get(subject)
        query = _active(connection, which)
        for word in name_key(text).split()[:6]:
            query = query.where(func.lower(Option.name).contains(word, autoescape=True))
        found = session.scalars(query.order_by(func.length(Option.name), Option.name).limit(4 * MOST_FOUND)).all()
    return row, [one for one in found if row is None or _fits(which, row, one)][:MOST_FOUND]


def former_name(option: Option | None) -> str:
    """What a renamed option was called when it was read before."""
    return str(json.loads(option.details).get(FORMER_NAME, "")) if option is not None else ""


def _fits(which: List, row: Row, option: Option) -> bool:
    return which is not List.CUSTOMERS or not row.group or option.group in ("", row.group)


def _coverage(session: Session, connection: Connection, which: List) -> Coverage:
    counts, state = mapping_subjects.counts(session, connection, which), _state(session, connection, which)
    return Coverage(
        which,
        counts[""],
        counts["unmapped"],
        counts["repair"],
        mapping_weights.of(session, connection, which).share,
        state.read_at if state else None,
        state.problem if state else None,
    )


def _active(connection: Connection, which: List) -> Select[Option]:
    return select(Option).where(
        Option.tenant_id == connection.tenant_id,
        Option.connection_id == connection.id,
        Option.list == which.value,
        Option.active,
    )


def _all(session: Session, connection: Connection, which: List) -> Sequence[Option]:
    query = _active(connection, which).order_by(Option.group, func.lower(Option.name), Option.id)
    return session.scalars(query).all()


def _size(session: Session, connection: Connection, which: List) -> int:
    return session.scalar(_active(connection, which).with_only_columns(func.count(Option.id))) or 0


def _state(session: Session, connection: Connection, which: List) -> OptionList | None:
    mine = (OptionList.connection_id == connection.id, OptionList.list == which.value)
    return session.scalar(select(OptionList).where(*mine))


def _named(session: Session, connection: Connection, which: List, rows: Sequence[Row]) -> dict[str, Option]:
    wanted = {
        one
        for row in rows
        if row.suggestion is not None
        for one in (row.suggestion.remote_id, *json.loads(row.suggestion.others))
    }
    query = _active(connection, which).where(Option.remote_id.in_(sorted(wanted)))
    return {option.remote_id: option for option in session.scalars(query)} if wanted else {}


def _acceptable(session: Session, connection: Connection, which: List) -> int:
    mine = (Suggestion.connection_id == connection.id, Suggestion.list == which.value)
    sure = (Suggestion.certainty == EXACT, Suggestion.contested.is_(False))
    some = select(Suggestion.id).where(*mine, *sure).limit(AT_ONCE).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
