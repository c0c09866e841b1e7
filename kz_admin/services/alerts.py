"""What people must know: one open alert per cause, said once by mail, closed when the cause is gone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kz_admin import clock, config, ids
from kz_admin.domain.roles import Role
from kz_admin.models.alert import Alert
from kz_admin.models.session import reading
from kz_admin.models.user import Membership, User
from kz_admin.services import mails

INTEGRATIONS = "/kz-admin/integrations"


def raise_alert(
    session: Session, tenant_id: UUID, cause: str, subject: object, sentence: str, *, connection_id: UUID | None = None
) -> bool:
    """Open the alert and write the mails; False when it is open already, and nobody hears of it twice."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "id": ids.uuid7(),
        "created_at": clock.now_ms(),
        "tenant_id": tenant_id,
        "connection_id": connection_id,
        "cause": cause,
        "subject": str(subject),
        "sentence": sentence,
    }
    # The partial unique index decides between two workers that notice the same thing.
    opened = insert(Alert).values(values).on_conflict_do_nothing().returning(Alert.id)
    if session.scalar(opened) is None:
        return False
    for email, name in _admins(session, tenant_id):
        mails.write(
            session,
            "alert",
            to=email,
            tenant_id=tenant_id,
            subject=sentence[:200],
            name=name,
            sentence=sentence,
            link=config.current().base_url + INTEGRATIONS,
        )
    return True


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


def _admins(session: Session, tenant_id: UUID) -> Sequence[tuple[str, str]]:
    query = (
        select(User.email, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role == Role.ADMIN.value,
            Membership.disabled_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    return [(email, name) for email, name in session.execute(query)]
