"""What a refused document named over there, by our names and theirs, each with where it is chosen or shown.

For a refusal that does not say which of these is meant (QuickBooks' 610). Read from the draft as it was frozen with the
call, so it is what was refused, whatever was chosen since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kz_admin.domain import drafts
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.pushing import Reference
from kz_admin.models.call import Attempt
from kz_admin.models.connection import Connection
from kz_admin.models.option import Mapping as Choice
from kz_admin.models.option import Option
from kz_admin.models.service import Service
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import document_names, mapping_subjects
from kz_admin.services.push.naming import LISTS

DOCUMENTS = {"Invoice": Kind.INVOICE, "CreditMemo": Kind.CREDIT_NOTE}


@dataclass(frozen=True)
class Named:
    """One line of the card."""

    words: str  # what it is
    ours: str  # what it is for here; empty where nothing here leads to it any more
    theirs: str  # its name as it was last read, else its id
    inactive: bool  # and how it stood then
    which: List | None = None  # where it is chosen
    row: str = ""  # the line there
    kind: Kind | None = None  # of a document of ours, which has a page
    local_id: UUID | None = None


def of(session: Session, connection: Connection, record: SyncRecord) -> Sequence[Named]:
    """Empty where the draft is not kept any more, or was never refused."""
    sending = PROVIDERS[connection.provider].sending
    refused = select(Attempt.draft).where(Attempt.sync_record_id == record.id, Attempt.outcome == "refused")
    text = session.scalar(refused.order_by(Attempt.opened_at.desc(), Attempt.id.desc()).limit(1))
    if not text or sending is None or sending.references is None:
        return ()
    found = sending.references(drafts.from_text(text))
    sight = _Sight.of(session, connection, [one.remote_id for one in found])
    return [_named(session, connection, sight, one) for one in found]


@dataclass(frozen=True)
class _Sight:
    """Everything here that knows one of these ids."""

    options: dict[tuple[str, str], Option]
    records: dict[tuple[str, str], SyncRecord]
    choices: dict[tuple[str, str], Choice]
    names: dict[UUID, str]
    built_in: set[UUID]  # services for lines without one: they have no line of their own

    @classmethod
    def of(cls, session: Session, connection: Connection, remote_ids: Sequence[str]) -> _Sight:
        kinds = [*(one.kind.value for of in LISTS.values() for one in of if one.kind), *(map(str, DOCUMENTS.values()))]
        options = _rows(session, Option, Option.connection_id == connection.id, Option.remote_id.in_(remote_ids))
        choices = _rows(session, Choice, Choice.connection_id == connection.id, Choice.remote_id.in_(remote_ids))
        mine = (SyncRecord.connection_id == connection.id, SyncRecord.kind.in_(kinds))
        records = _rows(session, SyncRecord, *mine, SyncRecord.remote_id.in_(remote_ids))
        ids = [one.local_id for one in records]
        built_in = set(session.scalars(select(Service.id).where(Service.id.in_(ids), Service.built_in)))
        return cls(
            {(one.list, one.remote_id): one for one in options},
            {(one.kind, one.remote_id or ""): one for one in reversed(records)},
            {(one.list, one.remote_id): one for one in reversed(choices)},
            document_names.of(session, connection.tenant_id, ids),
            built_in,
        )


def _rows(session: Session, model: Any, *where: ColumnElement[bool]) -> Sequence[Any]:
    return session.scalars(select(model).where(*where).order_by(model.id)).all()


def _named(session: Session, connection: Connection, sight: _Sight, one: Reference) -> Named:
    if one.entity in DOCUMENTS:
        kind = DOCUMENTS[one.entity]
        record = sight.records.get((kind.value, one.remote_id))
        ours = sight.names.get(record.local_id, "") if record else ""
        theirs = (record.remote_number if record else None) or one.remote_id
        return Named(one.words, ours, theirs, False, kind=kind, local_id=record.local_id if record else None)
    lists = LISTS.get(one.entity, ())
    which = next((of for of in lists if _knows(sight, of, one.remote_id)), next(iter(lists), None))
    if which is None:
        return Named(one.words, "", one.remote_id, False)
    option = sight.options.get((which.value, one.remote_id))
    row, ours = _ours(session, connection, sight, which, one.remote_id)
    theirs = option.name if option else one.remote_id
    return Named(one.words, ours, theirs, option is not None and not option.active, which, row)


def _knows(sight: _Sight, which: List, remote_id: str) -> bool:
    linked = which.kind is not None and (which.kind.value, remote_id) in sight.records
    return linked or (which.value, remote_id) in sight.choices


def _ours(session: Session, connection: Connection, sight: _Sight, which: List, remote_id: str) -> tuple[str, str]:
    """The line of its list, and what that is called here."""
    record = sight.records.get((which.kind.value, remote_id)) if which.kind else None
    if record is not None:
        if record.local_id in sight.built_in:
            return DEFAULT, which.words.default
        return str(record.local_id), sight.names.get(record.local_id, "")
    choice = sight.choices.get((which.value, remote_id))
    if choice is None:
        return "", ""
    if which is List.ACCOUNTS:
        purposes = {one.subject: one.label for one in PROVIDERS[connection.provider].purposes}
        return "", purposes.get(choice.subject, choice.subject)
    row = mapping_subjects.by_subject(session, connection, which, [choice.subject]).get(choice.subject)
    return choice.subject, row.name if row else ""
