"""One document of a preview: what it says in plain words, the very body, and how that differs from the last one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin.domain import drafts
from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.domain.pushing import Draft, Verb
from kz_admin.domain.showing import Shown, ShownLine, flat
from kz_admin.models.connection import Connection
from kz_admin.models.option import Option
from kz_admin.models.sync_record import SyncRecord
from kz_admin.providers import PROVIDERS
from kz_admin.services import foresight
from kz_admin.services.foresight import Foreseen
from kz_admin.services.push import sight
from kz_admin.services.push.fates import choices_of

REQUEST_ID = "preview"  # of the address only, which is not shown


@dataclass(frozen=True)
class Change:
    field: str
    was: str
    now: str


@dataclass(frozen=True)
class Part:
    kind: Kind
    local_id: UUID
    name: str  # as it is called here
    record: SyncRecord
    is_there: bool
    looks: bool
    is_same: bool
    verb: Verb | None = None  # None: it cannot be built
    entity: str = ""  # their word
    shown: Shown | None = None
    raw: bytes = b""  # the body as it would leave
    changes: Sequence[Change] = ()
    whom: str = ""  # whose share of a payment it is

    @property
    def body(self) -> str:
        return pretty(json.loads(self.raw, parse_float=Decimal, parse_int=Decimal)) if self.raw else ""

    @property
    def remote_id(self) -> str:
        return self.record.remote_id or ""

    @property
    def chosen(self) -> bool:
        """A person said what to link it to."""
        return "link" in choices_of(self.record)


@dataclass(frozen=True)
class Wording:
    """What ids in a body are called, as far as we know."""

    items: Mapping[str, str] = field(default_factory=dict)
    accounts_of_items: Mapping[str, str] = field(default_factory=dict)  # item → account
    options: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (list, id) → name

    def item(self, line: ShownLine) -> str:
        return self.items.get(line.item, "")

    def account_of(self, line: ShownLine) -> str:
        return self.account(self.accounts_of_items.get(line.item, ""))

    def account(self, remote_id: str) -> str:
        return self.options.get((List.ACCOUNTS.value, remote_id), "")

    def method(self, remote_id: str) -> str:
        return self.options.get((List.PAYMENT_METHODS.value, remote_id), "")

    def tax(self, line: ShownLine) -> str:
        return line.tax_word or self.options.get(("taxes", line.tax_code), "")


def of(connection: Connection, one: Foreseen, name: str) -> Part:
    record, draft = one.record, one.draft
    part = Part(record.as_kind, record.local_id, name, record, record.over_there, one.looks, one.is_same, whom=one.whom)
    if draft is None:
        return part
    provider = PROVIDERS[connection.provider]
    assert provider.sending is not None  # it has a pusher
    built = {
        "verb": draft.verb,
        "entity": draft.entity,
        "shown": _shown(connection, draft),
        "raw": provider.sending.pack([draft], REQUEST_ID).body,
        "changes": _changes(record, draft),
    }
    return Part(**{**vars(part), **built})


def wording(session: Session, connection: Connection, parts: Sequence[Part]) -> Wording:
    """The names of all ids that the parts mention, in one statement."""
    items: dict[str, str] = {}
    accounts: dict[str, str] = {}
    for part in (one for one in parts if one.kind is Kind.SERVICE):
        shown = _as_last_pushed(connection, part.record) if part.is_there else part.shown
        remote_id = part.remote_id or foresight.stand_in(part.kind, part.name)
        items[remote_id] = shown.name if shown else part.name
        accounts[remote_id] = (shown.account if shown else "") or part.record.part
    named = {remote_id for part in parts if part.shown for remote_id in _mentioned(part.shown)} | set(accounts.values())
    query = select(Option.list, Option.remote_id, Option.name).where(
        Option.connection_id == connection.id, Option.remote_id.in_(named)
    )
    options = {(row[0], row[1]): row[2] for row in session.execute(query)}
    return Wording(items, accounts, options)


def pretty(value: Any, indent: str = "") -> str:
    """JSON over several lines, each number with the digits it leaves with."""
    inner = indent + "  "
    if isinstance(value, Mapping) and value:
        lines = [f"{inner}{json.dumps(name)}: {pretty(one, inner)}" for name, one in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + pretty(one, inner) for one in value) + f"\n{indent}]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _shown(connection: Connection, draft: Draft) -> Shown | None:
    show = PROVIDERS[connection.provider].pushers[draft.kind].shown
    return show(draft, sight.company_of(connection)) if show else None


def _as_last_pushed(connection: Connection, record: SyncRecord) -> Shown | None:
    return _shown(connection, drafts.from_text(record.pushed_snapshot)) if record.pushed_snapshot else None


def _mentioned(shown: Shown) -> list[str]:
    return [shown.account, shown.method, *(one for line in shown.lines for one in (line.item, line.tax_code))]


def _changes(record: SyncRecord, draft: Draft) -> list[Change]:
    """What an update says differently from what was sent last."""
    if draft.verb is not Verb.UPDATE or not record.pushed_snapshot:
        return []
    was, now = (_said(one) for one in (drafts.from_text(record.pushed_snapshot), draft))
    return [
        Change(name, was.get(name, ""), now.get(name, ""))
        for name in dict.fromkeys([*was, *now])
        if was.get(name, "") != now.get(name, "")
    ]


def _said(draft: Draft) -> dict[str, str]:
    return flat({name: value for name, value in draft.body.items() if name not in drafts.VERSIONS})
