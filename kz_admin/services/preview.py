"""What exactly would be written for one invoice: for its page, before anything leaves. Reads our database only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from kz_admin.domain import rules
from kz_admin.domain.catalogue import Card, card_of
from kz_admin.domain.failures import NotFound
from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import LinkedBy
from kz_admin.domain.rules import WORDS, Decision, Reason, Standing, Subject
from kz_admin.domain.status import NOT_SYNCED, STUCK, Pill, SyncState
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.document import Document
from kz_admin.models.invoice import Invoice
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.models.project import Project
from kz_admin.models.service import Service
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tenant import Tenant
from kz_admin.providers import PROVIDERS, label_of
from kz_admin.services import connections, foresight, needs, pills, preview_parts, record_states, settings, subjects
from kz_admin.services.foresight import Foreseen
from kz_admin.services.planner import Planner
from kz_admin.services.preview_parts import Part, Wording

# What is never sent, so that there is nothing to show.
NOTHING = frozenset({Reason.VOIDED_UNSENT, Reason.IMPORTED, Reason.BEFORE_RESET, Reason.NOT_YET})


@dataclass(frozen=True)
class Obstacle:
    """One Problem that would stop it, as its card, and whose it is."""

    card: Card
    kind: Kind
    local_id: UUID
    name: str


@dataclass(frozen=True)
class Preview:
    invoice: Invoice
    provider: str = ""  # empty without a live connection
    label: str = ""
    company: str = ""
    home: str = ""  # its currency
    pill: Pill = NOT_SYNCED
    reason: Reason | None = None  # why it would not go by itself
    require_email: bool = True
    client: Part | None = None
    project: Part | None = None
    items: Sequence[Part] = ()
    sale: Part | None = None  # the invoice; of one that is credited instead of voided, the credit
    credit_use: Part | None = None  # what settles the invoice with that credit
    payments: Sequence[tuple[Part, Decision]] = ()
    obstacles: Sequence[Obstacle] = ()
    wording: Wording = field(default_factory=Wording)

    @property
    def shadow(self) -> bool:
        return self.reason is Reason.SHADOW

    @property
    def parts(self) -> list[Part]:
        """What leaves, in this order; what is there already and the same does not."""
        found = [
            *(self.client, self.project, *self.items),
            *(self.sale, self.credit_use),
            *(part for part, _ in self.payments),
        ]
        partners = (Kind.CLIENT, Kind.PROJECT, Kind.SERVICE)
        return [one for one in found if one and one.body and not (one.is_there and one.kind in partners)]


def of(tenant_id: UUID, invoice_id: UUID) -> Preview:
    with reading() as session:
        query = select(Invoice).where(Invoice.tenant_id == tenant_id, Invoice.id == invoice_id)
        invoice = session.scalars(query.options(selectinload(Invoice.lines), joinedload(Invoice.client))).one_or_none()
        if invoice is None:
            raise NotFound
        connection = connections.live_in(session, tenant_id)
        if connection is None or Kind.INVOICE not in PROVIDERS[connection.provider].pushers:
            return Preview(invoice)
        return _on(session, connection, invoice)


def _on(session: Session, connection: Connection, invoice: Invoice) -> Preview:
    tenant = session.get_one(Tenant, connection.tenant_id)
    sight = _Sight(session, connection, tenant, invoice)
    decision = sight.decide(invoice, sight.record)
    bare = Preview(
        invoice,
        provider=connection.provider,
        label=label_of(connection.provider),
        company=connection.company_name,
        home=connection.company_currency,
        pill=_pill(sight, decision),
        reason=decision.reason,
        require_email=settings.of(connection).require_email,
    )
    return bare if decision.reason in NOTHING else _filled(sight, bare)


def _filled(sight: _Sight, bare: Preview) -> Preview:
    partners = foresight.of(sight.session, sight.connection, sight.partners, names=sight.names)
    sale, *mains = sight.foreseen([sight.begun(sight.invoice), *(sight.begun(one) for one in sight.payments)])
    further = [foresight.further_of(sight.connection, one, sight.records) for one in mains]
    parts_of_money = iter(sight.foreseen([row for rows in further for row in rows]))
    money = [
        [main, *islice(parts_of_money, len(rows))] if rows else [replace(main, whom="")]
        for main, rows in zip(mains, further, strict=True)
    ]
    # The credit and its use, where the invoice cannot be voided over there.
    sale, *use = sight.foreseen([sight.begun(sight.invoice, part) for part in sale.instead]) or (sale,)
    foreseen = [*partners, sale, *use, *chain.from_iterable(money)]
    parts = [preview_parts.of(sight.connection, one, sight.name_of(one)) for one in foreseen]
    paid = iter(parts[len(partners) + 1 + len(use) :])
    return Preview(
        **{
            **vars(bare),
            "client": _first(parts, Kind.CLIENT),
            "project": _first(parts, Kind.PROJECT),
            "items": [one for one in parts if one.kind is Kind.SERVICE],
            "sale": parts[len(partners)],
            "credit_use": parts[len(partners) + 1] if use else None,
            "payments": [
                (part, decision)
                for decision, its in zip(map(sight.decide, sight.payments), money, strict=True)
                for part in islice(paid, len(its))
            ],
            "obstacles": _obstacles(sight, foreseen),
            "wording": preview_parts.wording(sight.session, sight.connection, parts),
        }
    )


def _first(parts: Sequence[Part], kind: Kind) -> Part | None:
    return next((one for one in parts if one.kind is kind), None)


def _pill(sight: _Sight, decision: Decision) -> Pill:
    """As beside the heading of its page; a document nobody planned yet says what the rules would say."""
    mine = [row for key, row in sight.records.items() if key[:2] == (Kind.INVOICE, sight.invoice.id)]
    if mine:
        return pills.of_records(mine, sight.connection, sight.tenant.time_zone)
    return Pill(NOT_SYNCED.tone, NOT_SYNCED.word, WORDS[decision.reason] if decision.reason else "")


def _obstacles(sight: _Sight, foreseen: Sequence[Foreseen]) -> list[Obstacle]:
    """What the builders refuse, and what already failed; the same Problem once, at whoever has it."""
    found: dict[str, Obstacle] = {}
    for one in foreseen:
        record = one.record
        stuck = record.as_state in STUCK and record.waits_for_id is None
        problem = record_states.problem_of(record) if stuck and one.problem is None else one.problem
        if problem is not None and problem.cause not in found:
            card = card_of(problem, label_of(sight.connection.provider), over_there=record.over_there)
            found[problem.cause] = Obstacle(card, record.as_kind, record.local_id, sight.name_of(one))
    return list(found.values())


class _Sight:
    """What is read for one invoice: its partners, its money, and their records."""

    def __init__(self, session: Session, connection: Connection, tenant: Tenant, invoice: Invoice) -> None:
        self.session, self.connection, self.tenant, self.invoice = session, connection, tenant, invoice
        self.place = Planner(session, connection, tenant).place
        self.payments = _payments(session, invoice)
        needed = self._needed()
        wanted = [invoice.id, *(one.id for one in self.payments), *(need.local_id for need in needed)]
        self.records = foresight.records_of(session, connection, wanted)
        self.partners = [self._row(need.kind, need.local_id, need.part) for need in needed]
        self.names = self._names()
        self.payments = [one for one in self.payments if one.voided_at is None or self.begun(one).over_there]

    @property
    def record(self) -> SyncRecord | None:
        return self.records.get((Kind.INVOICE, self.invoice.id, ""))

    def begun(self, document: Document, part: str = "") -> SyncRecord:
        return self._row(document.kind, document.id, part)

    def foreseen(self, rows: Sequence[SyncRecord]) -> list[Foreseen]:
        """The invoice and its money, as if the invoice went."""
        going = (self.invoice.id,)
        return foresight.of(self.session, self.connection, rows, names=self.names, going=going) if rows else []

    def name_of(self, one: Foreseen) -> str:
        return self.names.get(one.record.local_id, "")

    def decide(self, document: Document, record: SyncRecord | None = None) -> Decision:
        """The rules, asked without keeping the answer. Money on it goes when the invoice does: it is shown with it."""
        record = record or self.records.get((document.kind, document.id, ""))
        facts = subjects.read(self.session, [document], self.tenant.time_zone)[document.id]
        subject: Subject = subjects.with_partners(facts, going=True, reset_at=self.connection.reset_at)
        standing = Standing(
            over_there=record is not None and record.over_there,
            created_by_us=record is not None and record.linked_by == LinkedBy.CREATED.value,
            ignored=record is not None and record.ignored_at is not None,
            asked=record is not None and record.asked_at is not None,
            unlinked=record is not None and record.unlinked,
        )
        if record is not None and record.as_state is SyncState.IDLE and record.reason in _KEPT:
            return Decision(False, Reason(record.reason))
        return rules.decide(subject, standing, self.place)

    def _row(self, kind: Kind, local_id: UUID, part: str = "") -> SyncRecord:
        found = self.records.get((kind, local_id, part))
        return found or foresight.begun(self.connection, kind, local_id, part)

    def _needed(self) -> list[needs.Need]:
        built_in = needs.built_in(self.session, self.connection)
        found = needs.read(self.session, self.connection, [self.invoice], built_in)[self.invoice.id]
        return [need for need in found if need.kind in PROVIDERS[self.connection.provider].pushers]

    def _names(self) -> dict[UUID, str]:
        names: dict[UUID, str] = {self.invoice.id: self.invoice.title}
        names |= {one.id: one.as_method.label for one in self.payments}
        for kind, model in _NAMED.items():
            ids = [row.local_id for row in self.partners if row.as_kind is kind]
            names |= dict(self.session.execute(select(model.id, model.name).where(model.id.in_(ids))).all())
        return names


_NAMED: Mapping[Kind, type[Client] | type[Project] | type[Service]] = {
    Kind.CLIENT: Client,
    Kind.PROJECT: Project,
    Kind.SERVICE: Service,
}
# What the record remembers and the rules alone do not know.
_KEPT = frozenset({Reason.WHILE_DISCONNECTED, Reason.FROM_SHADOW, Reason.BEFORE_LINK, Reason.MATCHED})


def _payments(session: Session, invoice: Invoice) -> list[Payment]:
    query = (
        select(Payment)
        .join(PaymentAllocation, PaymentAllocation.payment_id == Payment.id)
        .where(PaymentAllocation.invoice_id == invoice.id, Payment.tenant_id == invoice.tenant_id)
        .order_by(Payment.paid_on, Payment.id)
    )
    return list(session.scalars(query.options(selectinload(Payment.allocations))).unique())
