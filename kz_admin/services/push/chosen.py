"""What people chose for a connection as builders need it: accounts, ways of paying, tax codes, terms, the default item.

Each choice comes with its option as it was last read, so that a mapping is checked again before every push.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.payments import Method
from kz_admin.domain.pushing import Chosen
from kz_admin.models.connection import Connection
from kz_admin.models.option import Mapping as MappingRow
from kz_admin.models.option import Option
from kz_admin.models.service import Service
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services.needs import Need
from kz_admin.services.options import as_choice

WHOLE = (
    List.ACCOUNTS,
    List.PAYMENT_METHODS,
    List.TAXES,
    List.TERMS,
)  # short lists; of the others only the default is read


@dataclass(frozen=True)
class Choices:
    accounts: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    mapped: Mapping[tuple[List, str], Chosen] = field(default_factory=dict)


def read(session: Session, connection: Connection) -> Choices:
    mapped = _mapped(session, connection)
    accounts = {subject: one.remote_id for (of, subject), one in mapped.items() if of is List.ACCOUNTS}
    others = {key: one for key, one in mapped.items() if key[0] is not List.ACCOUNTS}
    return Choices(accounts, _methods(session, connection, mapped), others)


def _mapped(session: Session, connection: Connection) -> dict[tuple[List, str], Chosen]:
    option = and_(
        Option.connection_id == MappingRow.connection_id,
        Option.list == MappingRow.list,
        Option.remote_id == MappingRow.remote_id,
    )
    whole = MappingRow.list.in_([of.value for of in WHOLE])
    default_item = and_(MappingRow.list == List.ITEMS.value, MappingRow.subject == DEFAULT)
    query = (
        select(MappingRow.list, MappingRow.subject, MappingRow.remote_id, Option.name, Option.active, Option.details)
        .outerjoin(Option, option)
        .where(MappingRow.connection_id == connection.id, or_(whole, default_item))
    )
    return {
        (List(of), subject): Chosen(remote_id, name or "", active is not False, json.loads(details or "{}"))
        for of, subject, remote_id, name, active, details in session.execute(query)
    }


def _methods(session: Session, connection: Connection, mapped: Mapping[tuple[List, str], Chosen]) -> dict[str, str]:
    """Our way of paying → theirs that was chosen for it, else theirs of the same name, else the default."""
    query = select(Option).where(Option.connection_id == connection.id, Option.list == List.PAYMENT_METHODS.value)
    choices = [as_choice(option) for option in session.scalars(query)]
    likely = PROVIDERS[connection.provider].likely_method
    default = _usable(mapped.get((List.PAYMENT_METHODS, DEFAULT)))
    found: dict[str, str] = {}
    for method in Method:
        own = mapped.get((List.PAYMENT_METHODS, method.value))
        of_same_name = likely(method, choices)
        found[method.value] = _usable(own) if own else of_same_name.remote_id if of_same_name else default
    return {method: remote_id for method, remote_id in found.items() if remote_id}


def _usable(chosen: Chosen | None) -> str:
    return chosen.remote_id if chosen is not None and chosen.active else ""


def inactive_items(session: Session, connection: Connection, partners: Iterable[SyncRecord]) -> dict[str, str]:
    """Of the items that these services go under, those that were made inactive over there."""
    ids = {row.remote_id for row in partners if row.as_kind is Kind.SERVICE and row.remote_id}
    if not ids:
        return {}
    query = select(Option.remote_id, Option.name).where(
        Option.connection_id == connection.id,
        Option.list == List.ITEMS.value,
        Option.remote_id.in_(ids),
        Option.active.is_(False),
    )
    return dict(session.execute(query).all())


def has_default_item(choices: Choices) -> bool:
    found = choices.mapped.get((List.ITEMS, DEFAULT))
    return found is not None and bool(found.remote_id)


def names_of_unmapped(session: Session, needed: Mapping[UUID, tuple[Need, ...]]) -> dict[UUID, str]:
    """With strict mapping: what people call the services, for the sentence about one that is not mapped."""
    ids = {need.local_id for all_of in needed.values() for need in all_of if not need.must}
    if not ids:
        return {}
    return dict(session.execute(select(Service.id, Service.name).where(Service.id.in_(ids))).all())
