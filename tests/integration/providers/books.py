"""One company of the served simulator, as the engine meets it: ask, pack, send, read, without an engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kz_admin.domain.connection import Environment
from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import OutcomeUnknown, Problem, ProviderFailure, Unfit
from kz_admin.domain.pushing import Again, Company, Draft, Go, Key, Link, Ref, Refs, Remote, Rows, Wait
from kz_admin.providers.base import Access, Pusher
from kz_admin.providers.quickbooks import QUICKBOOKS
from tests.simulator.machine import Access as Granted
from tests.simulator.machine import Machine
from tests.unit.providers.quickbooks import ours

assert QUICKBOOKS.sending
SENDING = QUICKBOOKS.sending
SENT_AT = 0  # longer ago than anything in the books


@dataclass
class Books:
    machine: Machine
    key: str
    granted: Granted = field(init=False)
    access: Access = field(init=False)
    company: Company = field(init=False)
    income: str = field(init=False)
    partners: dict[Key, Ref] = field(default_factory=dict)
    sent: int = 0

    def __post_init__(self) -> None:
        self.granted = self.machine.grant(self.key)
        host = f"{self.machine.base}/quickbooks"
        self.access = Access(self.granted.access_token, self.granted.company_id, Environment.PRODUCTION, host)
        self.know()
        self.income = self.row("Account", "Name = 'Services'")["Id"]

    def know(self) -> None:
        facts = QUICKBOOKS.read_company(self.access)
        self.company = Company(facts.country, facts.currency, facts.plan, facts.facts)

    # -- theirs ---------------------------------------------------------------------------------------------------

    def rows(self, entity: str, where: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.granted.find(f"select * from {entity} where {where}").get(entity, [])
        return found

    def row(self, entity: str, where: str) -> dict[str, Any]:
        (found,) = self.rows(entity, where)
        return found

    def by_id(self, entity: str, remote_id: str) -> dict[str, Any]:
        answer = self.granted.get(f"{entity.lower()}/{remote_id}")
        found: dict[str, Any] = json.loads(answer.text, parse_float=Decimal)[entity]
        return found

    def make(self, entity: str, body: dict[str, Any]) -> dict[str, Any]:
        """As somebody over there, or another app, would."""
        answer = self.granted.post(entity.lower(), body)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()[entity]
        return made

    # -- ours -----------------------------------------------------------------------------------------------------

    def refs(self, record: Any, **more: Any) -> Refs:
        usual: dict[str, Any] = {"there": self.company, "accounts": {"income": self.income}}
        if record.kind in (Kind.INVOICE, Kind.PAYMENT):
            usual["partners"] = self.partners
        if record.kind is Kind.CLIENT:
            usual["part"] = record.currency
        if record.kind is Kind.SERVICE and record.built_in:
            usual["part"] = self.income
        return ours.refs(record, **{**usual, **more})

    def pusher(self, record: Any) -> Pusher:
        return SENDING.pushers[record.kind]

    def build(self, record: Any, **more: Any) -> Draft:
        return self.pusher(record).build(record, self.refs(record, **more))

    def look(self, record: Any, **more: Any) -> Link | Go | Wait:
        refs = self.refs(record, **more)
        pusher = self.pusher(record)
        return pusher.decide(record, refs, self.ask(pusher.questions(record, refs)))

    def ask(self, questions: Sequence[Any]) -> Sequence[Rows]:
        return SENDING.ask(self.access, questions) if questions else []

    def problem(self, record: Any, **more: Any) -> Problem:
        try:
            raise AssertionError(self.look(record, **more))
        except Unfit as unfit:
            return unfit.problem

    def send(self, *drafts: Draft, request_id: str = "") -> Sequence[Remote | ProviderFailure]:
        self.sent += 1
        request = SENDING.pack(drafts, request_id or f"test-{self.sent}")
        return SENDING.read(SENDING.send(self.access, request), drafts)

    def push(self, record: Any, **more: Any) -> Remote:
        """One document, kept as partner of later ones."""
        (remote,) = self.send(self.build(record, **more))
        assert isinstance(remote, Remote), remote
        refs = self.refs(record)
        self.partners[(record.kind, record.id, refs.part)] = ref_of(remote)
        return remote

    def refused(self, record: Any, **more: Any) -> Again | Problem:
        """What one refused try leads to."""
        draft = self.build(record, **more)
        try:
            (failure,) = self.send(draft)
        except ProviderFailure as raised:
            failure = raised
        assert isinstance(failure, ProviderFailure), failure
        return self.pusher(record).refused(record, self.refs(record, **more), draft, failure)

    def lost(self, record: Any, action: str = "commit_then_drop", **more: Any) -> Remote | None:
        """A try whose answer is lost, and what looking for it finds."""
        draft = self.build(record, **more)
        self.machine.fault(action, method="POST")
        try:
            raise AssertionError(self.send(draft))
        except OutcomeUnknown:
            pass
        return self.pusher(record).recognise(draft, self.ask(self.pusher(record).find(draft, SENT_AT)))


def ref_of(remote: Remote) -> Ref:
    return Ref(
        remote.remote_id,
        remote.remote_type,
        remote.version,
        remote.number,
        remote.customer,
        remote.balance,
        created_by_us=True,
    )
