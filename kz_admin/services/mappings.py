"""Choosing what ours is over there: one mechanism for all lists. A choice a person made is never overwritten."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.lists import List
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import LinkedBy
from kz_admin.models.connection import Connection
from kz_admin.models.option import Mapping, Option, Suggestion
from kz_admin.services import audit, links, mapping_subjects, records
from kz_admin.services.documents.work import Work
from kz_admin.services.mapping_subjects import Row

NONE = "none"  # in forms and files: the explicit choice of none, which is not the same as no choice
NONE_ALLOWED = frozenset({List.TRACKING, List.TERMS, List.PAYMENT_METHODS})
PERSON, EXACT = "person", "exact"
AT_ONCE = 1_000  # accepted with one click, in one transaction

# What a choice in a list can put right.
CURES: MappingOf[List, tuple[Slug, ...]] = {
    List.TAXES: (Slug.TAX_UNMAPPED, Slug.MAPPED_INACTIVE, Slug.TAX_CODE_REFUSED, Slug.INACTIVE_REFERENCE),
    List.ITEMS: (Slug.INACTIVE_REFERENCE, Slug.ITEM_UNMAPPED, Slug.MAPPED_INACTIVE),
    List.CUSTOMERS: (Slug.INACTIVE_REFERENCE, Slug.CUSTOMER_MISSING, Slug.TOO_MANY_LEVELS),
    List.PROJECTS: (Slug.INACTIVE_REFERENCE, Slug.TOO_MANY_LEVELS),
}


@dataclass(frozen=True)
class Pick:
    """What a person saw and what they want; both as a form writes them: '' nothing, "none", or an id over there."""

    subject: str
    was: str
    to: str

    @property
    def changes(self) -> bool:
        return self.was != self.to


class ChangedMeanwhile(Conflict):
    """Somebody else chose for the same rows since the page was loaded."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.subjects = [row.subject for row in rows]
        names = ", ".join(row.name for row in rows[:3]) + (" and more" if len(rows) > 3 else "")
        super().__init__(f"Somebody else changed {names} meanwhile. Nothing was saved. Compare and save again.")


def as_word(remote_id: str | None) -> str:
    """A choice as forms and files write it."""
    return "" if remote_id is None else remote_id or NONE


def save(work: Work, connection: Connection, which: List, picks: Sequence[Pick], how: str = PERSON) -> int:
    """All of these choices or none of them; returns how many changed."""
    changed = [pick for pick in picks if pick.changes]
    rows = mapping_subjects.by_subject(work.session, connection, which, [pick.subject for pick in changed])
    options = _options(work, connection, which, {pick.to for pick in changed})
    if any(pick.subject not in rows for pick in changed):
        raise NotFound
    _check_nobody_was_faster(changed, rows)
    count = 0
    for pick in changed:
        row = rows[pick.subject]
        if as_word(row.remote_id) == pick.to:
            continue
        _check(which, row, pick.to, options)
        _choose(work, connection, which, row, options.get(pick.to), pick.to, how)
        count += 1
    if count:
        _cure(work, connection, which)
    return count


def accept_exact(work: Work, connection: Connection, which: List) -> int:
    """Every exact suggestion that nobody else has a claim on; what somebody chose meanwhile stays."""
    exact = (Suggestion.certainty == EXACT, Suggestion.contested.is_(False))
    query = select(Suggestion).where(*_mine(connection, which), *exact).order_by(Suggestion.subject).limit(AT_ONCE)
    wanted = {one.subject: one.remote_id for one in work.session.scalars(query)}
    rows = mapping_subjects.by_subject(work.session, connection, which, list(wanted))
    options = _options(work, connection, which, set(wanted.values()))
    picks = [
        Pick(subject, "", wanted[subject])
        for subject, row in rows.items()
        if row.remote_id is None and not row.under_way and _fits(which, row, options.get(wanted[subject]))
    ]
    return save(work, connection, which, picks, how=EXACT)


def create(work: Work, connection: Connection, which: List, subject: str) -> None:
    row = mapping_subjects.by_subject(work.session, connection, which, [subject]).get(subject)
    local_id = mapping_subjects.local_id(subject)
    if row is None or local_id is None or which.kind is None:
        raise NotFound
    links.create(work, connection, which, local_id)


def _check_nobody_was_faster(picks: Sequence[Pick], rows: MappingOf[str, Row]) -> None:
    late = [rows[pick.subject] for pick in picks if as_word(rows[pick.subject].remote_id) not in (pick.was, pick.to)]
    if late:
        raise ChangedMeanwhile(late)


def _check(which: List, row: Row, to: str, options: MappingOf[str, Option]) -> None:
    """Only active options that fit, whatever the form sent."""
    if to in ("", NONE) and (to == "" or which in NONE_ALLOWED):
        return
    option = options.get(to)
    if option is None or not option.active:
        raise Wrong(row.subject, f"Choose the {which.words.theirs} for {row.name} from the list.")
    if not _fits(which, row, option):
        raise Wrong(row.subject, f"{option.name} is in {option.group}; {row.name} is invoiced in {row.group}.")


def _fits(which: List, row: Row, option: Option | None) -> bool:
    """A customer has one currency for ever, and takes no invoice in another."""
    if option is None or not option.active:
        return False
    return which is not List.CUSTOMERS or not option.group or not row.group or option.group == row.group


def _choose(
    work: Work, connection: Connection, which: List, row: Row, option: Option | None, to: str, how: str
) -> None:
    local_id = mapping_subjects.local_id(row.subject)
    if which.kind and local_id is not None:
        if option is None:
            links.untie(work, connection, which, local_id)
        else:
            links.tie(work, connection, which, local_id, option, LinkedBy.MATCH if how == EXACT else LinkedBy.PERSON)
    else:
        _map(work, connection, which, row.subject, to, how)
    settled = delete(Suggestion).where(*_mine(connection, which), Suggestion.subject == row.subject)
    # unsynchronised: comparing each of a thousand rows in memory with each of a thousand deletes takes half a minute
    work.session.execute(settled.execution_options(synchronize_session=False))
    audit.record(
        work.session,
        work.actor,
        "mapping.changed",
        ("mapping", row.subject, f"{which.words.title}: {row.name}"),
        tenant_id=work.tenant_id,
        before={"chosen": row.option.name if row.option else row.remote_id},
        after={"chosen": option.name if option else to or None, "how": how, "applies": "to later documents"},
    )


def _map(work: Work, connection: Connection, which: List, subject: str, to: str, how: str) -> None:
    mine = (Mapping.connection_id == connection.id, Mapping.list == which.value, Mapping.subject == subject)
    mapping = work.session.scalar(select(Mapping).where(*mine).with_for_update())
    if to == "":
        if mapping is not None:
            work.session.delete(mapping)
        return
    if mapping is None:
        own = {"tenant_id": connection.tenant_id, "connection_id": connection.id}
        mapping = Mapping(**own, list=which.value, subject=subject)
        work.session.add(mapping)
    mapping.remote_id, mapping.chosen_how = "" if to == NONE else to, how
    mapping.chosen_by, mapping.chosen_at = work.actor.name[:300], work.at


def _cure(work: Work, connection: Connection, which: List) -> None:
    """What failed for want of such a choice goes again; what still lacks one fails again, without a call."""
    if slugs := CURES.get(which):
        records.retry_problem(work, connection.id, *slugs)


def _options(work: Work, connection: Connection, which: List, remote_ids: set[str]) -> dict[str, Option]:
    mine = (Option.connection_id == connection.id, Option.list == which.value)
    wanted, found = sorted(remote_ids - {"", NONE}), dict[str, Option]()
    for start in range(0, len(wanted), 500):
        query = select(Option).where(*mine, Option.remote_id.in_(wanted[start : start + 500]))
        found |= {option.remote_id: option for option in work.session.scalars(query)}
    return found


def _mine(connection: Connection, which: List) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Suggestion.connection_id == connection.id, Suggestion.list == which.value
