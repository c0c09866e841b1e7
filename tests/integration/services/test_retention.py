"""How long bodies are kept, and what outlives them: ids, hashes, outcomes; and whatever somebody may still need."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from kz_admin import clock, ids
from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import Attempt, Call, ChatMessage, Digest, Receipt, SyncRecord
from kz_admin.models.session import reading, writing
from kz_admin.services import alerts, retention
from tests.cast import Cast
from tests.integration.hooks.conftest import connect
from tests.integration.web.failing import Failures
from tests.platform import BODY, Platform


@pytest.fixture
def called(in_app: Flask, cast: Cast) -> Callable[..., UUID]:
    """A call with one document, over or not."""
    connect(cast.tenant_id)
    failures = Failures(in_app, cast.tenant_id)
    client = failures.client()

    def make(*, open_attempt: bool = False, closed: bool = True) -> UUID:
        (invoice,) = failures.invoices(1, Problem(Slug.UNKNOWN), client, first=str(ids.uuid7()))
        now = clock.now_ms()
        with writing() as session:
            record = session.scalars(select(SyncRecord).where(SyncRecord.local_id == invoice)).one()
            own = {"tenant_id": cast.tenant_id, "connection_id": record.connection_id}
            call = Call(
                **own,
                request_id=str(ids.uuid7()),
                method="POST",
                path="/invoice",
                body=b"a name",
                body_hash="h" * 64,
                first_sent_at=now,
                last_sent_at=now,
                closed_at=now if closed else None,
            )
            session.add(call)
            session.flush()
            attempt = Attempt(**own, sync_record_id=record.id, call_id=call.id, verb="create", revision=1, generation=0)
            attempt.marker, attempt.draft, attempt.fence, attempt.opened_at = "kz:1", "a name", 1, now
            if not open_attempt:
                attempt.closed_at, attempt.outcome, attempt.words = now, "refused", "their words"
            session.add(attempt)
        return call.id

    return make


def bodies() -> dict[UUID, bytes | None]:
    with reading() as session:
        return dict(session.execute(select(Call.id, Call.body)).all())


def test_calls_lose_their_body_after_180_days_unless_their_outcome_is_open(
    called: Callable[..., UUID], at: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_A_TIME", 2)
    over = [called() for _ in range(5)]
    unknown = called(open_attempt=True, closed=False)
    odd = called(open_attempt=True)  # said to be over, and yet one Attempt is open: nobody forgets it
    at(179 * clock.DAY)
    assert retention.sweep()["call"] == 0
    at(2 * clock.DAY)
    young = called()
    assert retention.sweep()["call"] == 5
    found = bodies()
    assert [found[one] for one in over] == [None] * 5
    assert {found[unknown], found[odd], found[young]} == {b"a name"}
    with reading() as session:
        call = session.get_one(Call, over[0])
        attempt = session.scalars(select(Attempt).where(Attempt.call_id == over[0])).one()
        kept = session.scalars(select(Attempt.draft).where(Attempt.call_id == unknown)).one()
    assert (call.body_hash, call.request_id != "", attempt.outcome, attempt.words) == (
        "h" * 64,
        True,
        "refused",
        "their words",
    )
    assert (attempt.draft, kept) == ("", "a name")
    assert retention.sweep()["call"] == 0


def test_hook_calls_lose_their_body_and_stay_known(app: Flask, cast: Cast, at: Callable[[int], None]) -> None:
    platform = Platform.of(app, cast.tenant_id)
    assert platform.told(delivery="one")["outcome"] == "accepted"
    with app.app_context():
        with writing() as session:
            for outcome in ("waiting", "failed"):
                row = Receipt(tenant_id=cast.tenant_id, source="stripe", scope="acme", delivery_id=outcome, what="x")
                row.body, row.body_hash, row.outcome = b"{}", "0", outcome
                session.add(row)
        at(31 * clock.DAY)
        assert retention.sweep()["receipt"] == 1
        at(200 * clock.DAY)
        assert retention.sweep()["receipt"] == 1  # the failed one; who waits is never forgotten
        with reading() as session:
            kept = {row.delivery_id: row.body for row in session.scalars(select(Receipt))}
        assert kept == {"one": None, "waiting": b"{}", "failed": None}
    assert platform.told(delivery="one")["outcome"] == "repeated"
    assert platform.post(json.dumps(BODY).encode() + b" ", delivery="one").status_code == 409


def test_messages_and_days_go_after_a_month_and_what_waits_stays(
    in_app: Flask, cast: Cast, at: Callable[[int], None]
) -> None:
    with writing() as session:
        for number, state in enumerate(("sent", "failed", "waiting")):
            alerts.raise_alert(session, cast.tenant_id, "x", number, "said", mailed=False)
            alert = session.scalars(select(alerts.Alert).where(alerts.Alert.subject == str(number))).one()
            message = ChatMessage(tenant_id=cast.tenant_id, alert_id=alert.id, text="said", state=state)
            message.due_at = clock.now_ms()
            session.add(message)
        session.add(Digest(tenant_id=cast.tenant_id, day="2026-01-01", mails=0))
    assert set(retention.sweep().values()) == {0}
    at(31 * clock.DAY)
    assert retention.sweep() == {"call": 0, "receipt": 0, "chat_message": 2, "digest": 1}
    with writing() as session:
        assert session.scalars(select(ChatMessage.state)).all() == ["waiting"]
        session.execute(update(ChatMessage).values(state="sent"))
