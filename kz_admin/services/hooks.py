"""POST /hooks/paid from the signature to the commit: one transaction holds receipt, documents and what goes over.

A 2xx means that it is safe. Whatever raises before the commit leaves nothing behind, and the sender sends again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, crypto, failpoints, logs
from kz_admin.domain import paid_body, strict_json
from kz_admin.domain.connection import LIVE
from kz_admin.domain.failures import Refused, Wrong
from kz_admin.domain.kinds import Source
from kz_admin.domain.paid import Paid
from kz_admin.domain.payments import Outcome
from kz_admin.models.api_key import ApiKey, SigningSecret
from kz_admin.models.connection import Connection
from kz_admin.models.new_rows import write_new
from kz_admin.models.receipt import Receipt
from kz_admin.models.session import reading, writing
from kz_admin.models.tenant import Tenant
from kz_admin.services import keys, outbox, paid, receipts, signatures
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import Work
from kz_admin.services.paid import Booked, Sender
from kz_admin.services.races import until_won
from kz_admin.services.rate import Bucket, Shared

log = logs.get(__name__)

WHAT = "paid"
LONGEST_ID = 255
USE_NOTED_EVERY = clock.MINUTE
# A sender gives up long before a page does, and few threads wait while a database is locked: "later" is an answer.
PATIENCE_MS = 5 * clock.SECOND
# Of one key: a billing run of a thousand at once is fine, a loop without end is not.
_rate = Shared(per_minute=4_000, alone=Bucket(holds=1_000, refills_per_s=50))


class NotSigned(Refused):
    """Key or signature are not ours (401); nothing is stored of such a call."""


@dataclass(frozen=True)
class Call:
    key: str = field(repr=False)
    delivery_id: str
    timestamp: str
    signature: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    receipt_id: UUID
    invoice_id: UUID | None
    outcome: str


@dataclass(frozen=True)
class _Caller:
    """Whose call it is, with all that one statement could tell."""

    key: ApiKey
    secrets: tuple[str, ...] = field(repr=False)
    tenant: Tenant | None
    connection: Connection | None
    earlier: Receipt | None


def receive(call: Call) -> Answer:
    """Book a paid invoice, once."""
    return until_won(_receive, call)


def _receive(call: Call) -> Answer:
    _rate.take(crypto.fingerprint(call.key))
    caller = _caller(call)
    body = strict_json.read(call.body)
    said = paid_body.read(body)
    caller = _in_tenant(caller, call, said)
    assert caller.tenant is not None
    if caller.earlier is not None:
        receipt = receipts.same_again(caller.earlier, call.body)
        return Answer(receipt.id, receipt.invoice_id, Outcome.REPEATED.value)
    with writing(PATIENCE_MS) as session:
        planner_of = outbox.expect(session, caller.connection, caller.tenant)
        work = Work(session, caller.tenant.id, Actor(None, f"API key {caller.key.name}"), clock.now_ms())
        booked = paid.book(work, Sender(Source.PLATFORM, caller.tenant.time_zone), said)
        receipt = _keep(session, caller, caller.tenant, call, booked)
        session.flush()
        failpoints.reach("hook.booked")
    failpoints.reach("hook.committed")
    if planner_of is not None and planner_of.made_due:
        outbox.ring(planner_of.connection.id)
    return Answer(receipt.id, booked.invoice_id, booked.outcome.value)


def replay(receipt: Receipt, actor: Actor) -> Booked:
    """Work a stored call again as if it came now; what it said already changes nothing."""
    if receipt.body is None or receipt.tenant_id is None:
        raise Wrong("body", "The body of this call is not kept any more.")
    return until_won(_replay, receipt, receipt.tenant_id, paid_body.read(strict_json.read(receipt.body)), actor)


def _replay(receipt: Receipt, tenant_id: UUID, said: Paid, actor: Actor) -> Booked:
    with writing() as session:
        tenant = session.get_one(Tenant, tenant_id)
        work = Work(session, tenant.id, actor, clock.now_ms())
        booked = paid.book(work, Sender(Source.PLATFORM, tenant.time_zone), said)
        session.execute(update(Receipt).where(Receipt.id == receipt.id).values(repeats=Receipt.repeats + 1))
    return booked


def _caller(call: Call) -> _Caller:
    """Key, secrets, tenant, live connection and an earlier receipt in one statement, then the signature."""
    if not keys.is_well_formed(call.key):
        raise NotSigned("Send your API key as “Authorization: Bearer kz_live_…”.")
    if not 0 < len(call.delivery_id) <= LONGEST_ID or not call.delivery_id.isprintable():
        raise NotSigned("Send a webhook-id of at most 255 characters, the same for each try of one delivery.")
    with reading() as session:
        asked = {"key_hash": crypto.fingerprint(call.key), "delivery_id": call.delivery_id}
        rows = session.execute(_WHO, asked).all()
        secrets = tuple(row[1].secret or "" for row in rows)
    if not rows:
        raise NotSigned("This API key is not known or was revoked.")
    if not signatures.is_signed(secrets, call.delivery_id, call.timestamp, call.body, call.signature):
        raise NotSigned("The signature does not fit this body, webhook-id and webhook-timestamp.")
    signatures.check_time(call.timestamp)
    key, _, tenant, connection, earlier = rows[0]
    return _Caller(key, secrets, tenant, connection, earlier)


def _who() -> Select[ApiKey, SigningSecret, Tenant, Connection, Receipt]:
    """Built once: putting it together costs more than asking it."""
    return (
        select(ApiKey, SigningSecret, Tenant, Connection, Receipt)
        .join(SigningSecret, and_(SigningSecret.api_key_id == ApiKey.id, SigningSecret.retired_at.is_(None)))
        .outerjoin(Tenant, Tenant.id == ApiKey.tenant_id)
        .outerjoin(Connection, _is_live(Tenant.id))
        .outerjoin(Receipt, _is_earlier(Tenant.id))
        .where(ApiKey.key_hash == bindparam("key_hash"), ApiKey.revoked_at.is_(None))
    )


def _is_live(tenant_id: Any) -> ColumnElement[bool]:
    return and_(Connection.tenant_id == tenant_id, Connection.state.in_([state.value for state in LIVE]))


def _is_earlier(tenant_id: Any) -> ColumnElement[bool]:
    return and_(
        Receipt.source == Source.PLATFORM.value,
        Receipt.delivery_id == bindparam("delivery_id"),
        Receipt.tenant_id == tenant_id,
    )


_WHO = _who()


def _in_tenant(caller: _Caller, call: Call, said: Paid) -> _Caller:
    """A tenant's key names the tenant itself; a platform key says it in the body."""
    if caller.tenant is not None:
        if said.tenant and said.tenant != caller.tenant.external_id:
            raise Wrong("tenant", "This key belongs to another tenant. Leave tenant out, or use that tenant's key.")
        return caller
    if not said.tenant:
        raise Wrong("tenant", "A platform key needs the tenant's external id in the body.")
    query = (
        select(Tenant, Connection, Receipt)
        .outerjoin(Connection, _is_live(Tenant.id))
        .outerjoin(Receipt, _is_earlier(Tenant.id))
        .where(Tenant.external_id == said.tenant)
    )
    with reading() as session:
        found = session.execute(query, {"delivery_id": call.delivery_id}).one_or_none()
    if found is None:
        raise Wrong("tenant", "There is no tenant with this external id.")
    return _Caller(caller.key, caller.secrets, *found)


def _keep(session: Session, caller: _Caller, tenant: Tenant, call: Call, booked: Booked) -> Receipt:
    receipt = Receipt(
        tenant_id=tenant.id,
        source=Source.PLATFORM.value,
        scope=str(tenant.id),
        delivery_id=call.delivery_id,
        what=WHAT,
        body=call.body,
        body_hash=receipts.digest(call.body),
        api_key_id=caller.key.id,
        outcome=booked.outcome.value,
        detail=booked.detail or None,
        invoice_id=booked.invoice_id,
    )
    write_new(session, [receipt])
    last, now = caller.key.last_used_at, clock.now_ms()
    if last is None or last < now - USE_NOTED_EVERY:
        session.execute(update(ApiKey).where(ApiKey.id == caller.key.id).values(last_used_at=now))
    return receipt
