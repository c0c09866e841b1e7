"""What people must know: one open alert per cause, said once by mail, closed when the cause is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kz_admin import clock, config, ids
from kz_admin.models.alert import Alert
from kz_admin.models.session import reading
from kz_admin.services import chat, mails, notifications

INTEGRATIONS = "/kz-admin/integrations"
BOARD = "/kz-admin/problems"
RECONNECT = "reconnect"


@dataclass(frozen=True)
class Notice:
    """What the one banner of a page says: the gravest thing that is open."""

    is_reconnect: bool
    sentence: str
    causes: int


def raise_alert(
    session: Session,
    tenant_id: UUID,
    cause: str,
    subject: object,
    sentence: str,
    *,
    connection_id: UUID | None = None,
    board_key: str | None = None,
    mailed: bool = True,
    chatted: bool = True,
    chat_sentence: str = "",
) -> bool:
    """Open the alert, write the mails and the chat's message; False when it is open: nobody hears of it twice."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "id": ids.uuid7(),
        "created_at": clock.now_ms(),
        "tenant_id": tenant_id,
        "connection_id": connection_id,
        "cause": cause,
        "subject": str(subject),
        "sentence": sentence[:500],
        "board_key": board_key,
    }
    # The partial unique index decides between two workers that notice the same thing.
    opened = insert(Alert).values(values).on_conflict_do_nothing().returning(Alert.id)
    alert_id = session.scalar(opened)
    if alert_id is None:
        return False
    link = config.current().base_url + (BOARD if board_key else INTEGRATIONS)
    if chatted:
        chat.queue(session, tenant_id, alert_id, chat.text_of(chat_sentence or sentence, link))
    if mailed:
        _mail(session, tenant_id, sentence, link)
    return True


def _mail(session: Session, tenant_id: UUID, sentence: str, link: str) -> None:
    said = {"subject": sentence[:200], "sentence": sentence, "link": link}
    for email, name in notifications.alerted(session, tenant_id):
        mails.write(session, "alert", to=email, tenant_id=tenant_id, name=name, **said)


def close(session: Session, tenant_id: UUID, causes: Sequence[str], subject: object) -> None:
    session.execute(
        update(Alert)
        .where(
            Alert.tenant_id == tenant_id,
            Alert.cause.in_(causes),
            Alert.subject == str(subject),
            Alert.closed_at.is_(None),
        )
        .values(closed_at=clock.now_ms())
    )


def close_all_of(session: Session, connection_id: UUID) -> None:
    session.execute(
        update(Alert)
        .where(Alert.connection_id == connection_id, Alert.closed_at.is_(None))
        .values(closed_at=clock.now_ms())
    )


def open_alerts(tenant_id: UUID) -> Sequence[Alert]:
    query = select(Alert).where(Alert.tenant_id == tenant_id, Alert.closed_at.is_(None)).order_by(Alert.created_at)
    with reading() as session:
        return session.scalars(query).all()


def gravest(tenant_id: UUID) -> Notice | None:
    """One statement for every page: lost access before anything else, then what keeps documents back."""
    found = open_alerts(tenant_id)
    ended = [alert for alert in found if alert.cause == RECONNECT]
    if ended:
        return Notice(True, ended[0].sentence, 0)
    causes = [alert for alert in found if alert.board_key]
    return Notice(False, causes[0].sentence, len(causes)) if causes else None
