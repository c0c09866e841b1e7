"""Stripe's webhooks: signature by Stripe's library, the call kept as a receipt, then worked at once or by a job.

Every event carries a whole object, so its type matters less than what the object says now. Steps only go forward:
sent stays sent, paid wins over void and written off, and a snapshot that is older than what we know adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import stripe
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kz_admin import clock, config, failpoints, logs
from kz_admin.domain import strict_json
from kz_admin.domain.failures import Refused, Wrong
from kz_admin.domain.kinds import Source
from kz_admin.domain.payments import Outcome
from kz_admin.models.receipt import Receipt
from kz_admin.models.session import reading, writing
from kz_admin.models.stripe_account import StripeAccount
from kz_admin.models.tenant import Tenant
from kz_admin.services import bell, outbox, receipts, stripe_lines
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import Work
from kz_admin.services.hooks import PATIENCE_MS, Answer, NotSigned
from kz_admin.services.paid import Booked, Disagreement, Sender
from kz_admin.services.races import until_won
from kz_admin.services.stripe_steps import STEPS, Later, Step

log = logs.get(__name__)

TOLERANCE_S = 300
ACTOR = Actor(None, "Stripe")
GIVE_UP_AFTER = 72 * clock.HOUR
FIRST_RETRY, LONGEST_RETRY = 5 * clock.SECOND, clock.HOUR
AT_A_TIME = 50
STILL_TO_COME = "pending_webhooks"


@dataclass(frozen=True)
class Call:
    body: bytes = field(repr=False)
    signature: str = field(repr=False)


def receive(external_id: str | None, call: Call) -> Answer:
    """An event of a tenant's own endpoint, or without tenant one of Connect, which names its account."""
    if external_id is not None:
        return until_won(_receive_for, external_id, call)
    return until_won(_receive_connect, call)


def _receive_for(external_id: str, call: Call) -> Answer:
    with reading() as session:
        found = session.execute(
            select(Tenant, StripeAccount)
            .join(StripeAccount, StripeAccount.tenant_id == Tenant.id)
            .where(Tenant.external_id == external_id)
        ).one_or_none()
        secrets = [found[1].endpoint_secret, found[1].previous_secret] if found else []
    _check_signature(call, [secret for secret in secrets if secret])
    assert found is not None  # without secrets no signature fits
    return _admit(strict_json.read(call.body), call, found[0], str(found[0].id))


def _receive_connect(call: Call) -> Answer:
    secret = config.current().stripe_connect_secret
    _check_signature(call, [secret] if secret else [])
    event = strict_json.read(call.body)
    with reading() as session:
        tenant = session.scalar(
            select(Tenant)
            .join(StripeAccount, StripeAccount.tenant_id == Tenant.id)
            .where(StripeAccount.account == str(event.get("account") or ""))
        )
    return _admit(event, call, tenant, receipts.APP)


def _check_signature(call: Call, secrets: Sequence[str]) -> None:
    """By Stripe's own library, which also looks at the time; two secrets while one is rolled."""
    for secret in secrets if call.signature.isascii() else ():  # the library breaks on other letters
        try:
            stripe.WebhookSignature.verify_header(call.body.decode(), call.signature, secret, TOLERANCE_S)
        except (stripe.SignatureVerificationError, ValueError):
            continue
        return
    raise NotSigned("This is not signed with an endpoint secret that is known here.")


def _admit(event: Mapping[str, Any], call: Call, tenant: Tenant | None, scope: str) -> Answer:
    delivery_id, what = str(event.get("id") or "")[:255], str(event.get("type") or "")[:60]
    if not delivery_id or not what:
        raise Wrong("id", "This is no Stripe event.")
    with writing(PATIENCE_MS) as session:
        known = receipts.earlier(session, Source.STRIPE, scope, delivery_id)
        if known is not None:
            _refuse_another_body(known, call, event)
            return Answer(known.id, known.invoice_id, Outcome.REPEATED.value)
        receipt = Receipt(
            tenant_id=tenant.id if tenant else None,
            source=Source.STRIPE.value,
            scope=scope,
            delivery_id=delivery_id,
            what=what,
            body=call.body,
            body_hash=receipts.digest(call.body),
            outcome=receipts.IGNORED,
        )
        session.add(receipt)
        session.flush()  # a second delivery at the same moment ends here
        if tenant is not None and what in STEPS:
            _work(session, tenant, receipt, event, None)
        failpoints.reach("stripe.booked")
    failpoints.reach("stripe.committed")
    if receipt.outcome == receipts.WAITING:
        bell.ring("work_receipts")
    return Answer(receipt.id, receipt.invoice_id, receipt.outcome)


def _refuse_another_body(known: Receipt, call: Call, event: Mapping[str, Any]) -> None:
    """An event says at each delivery how many of it are still to come: that alone makes no other body.

    Where the first body is no longer kept, Stripe's own id alone says that it is the same."""
    if known.body is not None and _content(strict_json.read(known.body)) != _content(event):
        receipts.same_again(known, call.body)


def _content(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != STILL_TO_COME}


def _work(
    session: Session,
    tenant: Tenant,
    receipt: Receipt,
    event: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] | None,
) -> None:
    """Do what the event says, whole or not at all; what became of it stands in the receipt."""
    work = Work(session, tenant.id, ACTOR, clock.now_ms())
    try:
        booked = _whole_or_not(session, _step_of(work, tenant, receipt, event, lines))
    except Later as later:
        _wait(receipt, later)
        return
    except Disagreement as refused:
        problem = "duplicate_number" if refused.field.startswith(("invoice.", "client.")) else "disagreement"
        _fail(receipt, problem, refused.sentence)
        return
    except Refused as refused:
        _fail(receipt, "not_bookable", refused.sentence)
        return
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        log.warning("stripe_shape", kind=type(error).__name__, what=receipt.what, receipt_id=str(receipt.id))
        _fail(receipt, "unknown_shape", "This event has a shape that is not known here. See docs/stripe.md.")
        return
    receipt.outcome, receipt.problem, receipt.due_at = receipts.IGNORED, None, None
    receipt.detail = None
    if booked is not None:
        receipt.outcome, receipt.invoice_id = booked.outcome.value, booked.invoice_id
        receipt.detail = booked.detail or None


def _whole_or_not(session: Session, step: Step) -> Booked | None:
    try:
        with session.begin_nested():
            return STEPS[step.what](step)
    except Exception:
        outbox.take_back(session)
        raise


def _step_of(
    work: Work,
    tenant: Tenant,
    receipt: Receipt,
    event: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] | None,
) -> Step:
    happened_at = int(event.get("created") or receipt.created_at // clock.SECOND)
    return Step(work, Sender(Source.STRIPE, tenant.time_zone), receipt.what, _object_of(event), lines, happened_at)


def _object_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    found = event["data"]["object"]
    if not isinstance(found, Mapping):
        raise TypeError("data.object")
    return found


def _wait(receipt: Receipt, later: Later) -> None:
    """Something has to arrive or be fetched first; after three days a person has to look."""
    gap = min(FIRST_RETRY * 2 ** min(receipt.tries, 20), LONGEST_RETRY)
    now = clock.now_ms()
    if now - receipt.created_at > GIVE_UP_AFTER:
        _fail(receipt, later.problem, later.sentence)
        return
    receipt.outcome, receipt.problem, receipt.detail = receipts.WAITING, later.problem, later.sentence[:500]
    receipt.due_at = now if receipt.tries == 0 else now + gap
    receipt.tries += 1


def _fail(receipt: Receipt, problem: str, sentence: str) -> None:
    receipt.outcome, receipt.problem, receipt.detail = receipts.FAILED, problem, sentence[:500]
    receipt.due_at = None


def work_due() -> int:
    """The job: fetch what events did not carry, and try again what waited for another event."""
    query = select(Receipt.id).where(Receipt.outcome == receipts.WAITING, Receipt.due_at <= clock.now_ms())
    with reading() as session:
        due = session.scalars(query.order_by(Receipt.due_at).limit(AT_A_TIME)).all()
    for receipt_id in due:
        try:
            again(receipt_id)
        except Exception:  # whatever is the matter with one call, the others do not wait for it
            log.exception("receipt_not_worked", receipt_id=str(receipt_id))
            _postpone(receipt_id)
    return len(due)


def _postpone(receipt_id: UUID) -> None:
    with writing() as session:
        receipt = session.scalars(select(Receipt).where(Receipt.id == receipt_id).with_for_update()).one()
        if receipt.outcome == receipts.WAITING:
            later = Later("not_bookable", "Something broke on our side while this call was worked; it is tried again.")
            _wait(receipt, later)


def again(receipt_id: UUID) -> Receipt:
    """Work a kept event again: by the job, or because a person asked. What was booked stays as it is."""
    lines, problem = _fetch_lines(receipt_id)
    return until_won(_again, receipt_id, lines, problem)


def _again(
    receipt_id: UUID, lines: Sequence[Mapping[str, Any]] | None, problem: stripe_lines.NoLines | None
) -> Receipt:
    with writing() as session:
        claim = select(Receipt).where(Receipt.id == receipt_id).with_for_update()
        receipt = session.scalars(claim).one()
        if receipt.body is None or receipt.tenant_id is None or receipt.what not in STEPS:
            raise Wrong("body", "There is nothing to do about this call, or its body is not kept any more.")
        if problem is not None:
            _give_up_or_wait(receipt, problem)
            return receipt
        tenant = session.get_one(Tenant, receipt.tenant_id)
        _work(session, tenant, receipt, strict_json.read(receipt.body), lines)
        session.execute(update(Receipt).where(Receipt.id == receipt.id).values(repeats=Receipt.repeats + 1))
    return receipt


def _give_up_or_wait(receipt: Receipt, problem: stripe_lines.NoLines) -> None:
    later = Later("stripe_lines_missing", problem.sentence)
    if problem.final:
        _fail(receipt, later.problem, later.sentence)
    else:
        _wait(receipt, later)


def _fetch_lines(receipt_id: UUID) -> tuple[list[dict[str, Any]] | None, stripe_lines.NoLines | None]:
    """All lines of a long invoice, asked for outside of any transaction."""
    with reading() as session:
        row = session.execute(
            select(Receipt, StripeAccount)
            .outerjoin(StripeAccount, StripeAccount.tenant_id == Receipt.tenant_id)
            .where(Receipt.id == receipt_id)
        ).one()
        key = row[1].restricted_key if row[1] else None
    if row[0].problem != "stripe_lines_missing" or row[0].body is None:
        return None, None
    try:
        return stripe_lines.fetch(key, str(_object_of(strict_json.read(row[0].body))["id"])), None
    except stripe_lines.NoLines as problem:
        return None, problem
