"""Who hears of what: alerts at once, the digest in the morning. Each person's own choice, else as their role does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from kz_admin.domain.failures import Forbidden, NotFound
from kz_admin.domain.roles import Role
from kz_admin.models.session import reading, writing
from kz_admin.models.user import Membership, User
from kz_admin.services import audit
from kz_admin.services.audit import Actor

WORK_WITH_BOOKS = (Role.ADMIN, Role.BOOKKEEPER)
# Nobody chose: who can reconnect hears of it at once, who keeps the books reads the digest.
ALERTS_USUALLY = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class Choice:
    digest: bool
    alerts: bool


def choice_of(membership: Membership) -> Choice:
    digest, alerts = membership.wants_digest, membership.wants_alerts
    return Choice(
        True if digest is None else digest, membership.as_role in ALERTS_USUALLY if alerts is None else alerts
    )


def list_readers(tenant_id: UUID) -> Sequence[Membership]:
    """The people who can get mails about the books."""
    with reading() as session:
        return _readers(session, tenant_id)


def alerted(session: Session, tenant_id: UUID) -> list[tuple[str, str]]:
    """Address and name of whoever wants to hear at once."""
    return [(one.user.email, one.user.name) for one in _readers(session, tenant_id) if choice_of(one).alerts]


def digested(session: Session, tenant_id: UUID) -> list[tuple[str, str]]:
    return [(one.user.email, one.user.name) for one in _readers(session, tenant_id) if choice_of(one).digest]


def choose(tenant_id: UUID, wanted: Mapping[UUID, Choice], actor: Actor, *, all_people: bool) -> int:
    """Save what differs; returns for how many people. Who is no admin chooses for nobody else."""
    with writing() as session:
        found = {one.id: one for one in _readers(session, tenant_id)}
        if not set(wanted) <= set(found):
            raise NotFound
        changed = 0
        for membership_id, choice in wanted.items():
            membership = found[membership_id]
            before = choice_of(membership)
            if before == choice:
                continue
            if not all_people and membership.user_id != actor.id:
                raise Forbidden("Only admins choose for somebody else.")
            membership.wants_digest, membership.wants_alerts = choice.digest, choice.alerts
            subject = ("person", membership.user_id, f"{membership.user.name} <{membership.user.email}>")
            values = {"before": vars(before), "after": vars(choice)}
            audit.record(session, actor, "notifications.changed", subject, tenant_id=tenant_id, **values)
            changed += 1
        return changed


def _readers(session: Session, tenant_id: UUID) -> Sequence[Membership]:
    query = (
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role.in_([role.value for role in WORK_WITH_BOOKS]),
            Membership.disabled_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    return session.scalars(query.order_by(func.lower(User.name), Membership.id)).all()
