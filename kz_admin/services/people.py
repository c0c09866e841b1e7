"""The people of a tenant: change role, disable, remove. The last admin can do none of this to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from kz_admin import clock
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.roles import Role
from kz_admin.models.session import reading, writing
from kz_admin.models.user import Membership, User
from kz_admin.services import audit, tenants
from kz_admin.services.audit import Actor

LAST_ADMIN = "This is the last admin. Make somebody else an admin first."
CHANGED_MEANWHILE = "Somebody else changed this person meanwhile. Your change was not saved; this is what it is now."


def list_people(tenant_id: UUID) -> Sequence[Membership]:
    query = (
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.tenant_id == tenant_id)
        .order_by(func.lower(User.name), Membership.id)
    )
    with reading() as session:
        return session.scalars(query).all()


def find(tenant_id: UUID, membership_id: UUID | None) -> Membership:
    with reading() as session:
        return _membership(session, tenant_id, membership_id)


def change_role(tenant_id: UUID, membership_id: UUID | None, role: Role, version: int, actor: Actor) -> None:
    with writing() as session:
        membership = _membership(session, tenant_id, membership_id, version)
        before = membership.role
        if before == role.value:
            return
        if role is not Role.ADMIN:
            _refuse_last_admin(session, membership)
        membership.role = role.value
        _record_member(session, actor, "person.role_changed", membership, {"role": before}, {"role": role.value})


def disable(tenant_id: UUID, membership_id: UUID | None, version: int, actor: Actor) -> None:
    """Their access to this tenant ends with their next request; what they did stays."""
    with writing() as session:
        membership = _membership(session, tenant_id, membership_id, version)
        if membership.disabled_at is None:
            _refuse_last_admin(session, membership)
            membership.disabled_at = clock.now_ms()
            _record_member(session, actor, "person.disabled", membership)


def enable(tenant_id: UUID, membership_id: UUID | None, version: int, actor: Actor) -> None:
    with writing() as session:
        membership = _membership(session, tenant_id, membership_id, version)
        if membership.disabled_at is not None:
            membership.disabled_at = None
            _record_member(session, actor, "person.enabled", membership)


def remove(tenant_id: UUID, membership_id: UUID | None, version: int, actor: Actor) -> None:
    with writing() as session:
        membership = _membership(session, tenant_id, membership_id, version)
        _refuse_last_admin(session, membership)
        _record_member(session, actor, "person.removed", membership, {"role": membership.role})
        session.delete(membership)


def _membership(
    session: Session, tenant_id: UUID, membership_id: UUID | None, version: int | None = None
) -> Membership:
    query = select(Membership).join(Membership.user).options(contains_eager(Membership.user))
    found = session.scalar(query.where(Membership.id == membership_id, Membership.tenant_id == tenant_id))
    if found is None:
        raise NotFound
    if version is not None and found.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    return found


def _refuse_last_admin(session: Session, membership: Membership) -> None:
    if membership.as_role is not Role.ADMIN or membership.disabled_at is not None:
        return
    tenants.one_at_a_time(session, membership.tenant_id)  # two admins could remove each other at the same moment
    another = (
        select(Membership.id)
        .join(User)
        .where(
            Membership.tenant_id == membership.tenant_id,
            Membership.id != membership.id,
            Membership.role == Role.ADMIN.value,
            Membership.disabled_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    if session.scalar(another.limit(1)) is None:
        raise Wrong("role", LAST_ADMIN)


def _record_member(
    session: Session,
    actor: Actor,
    action: str,
    membership: Membership,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    subject = ("person", membership.user_id, f"{membership.user.name} <{membership.user.email}>")
    audit.record(session, actor, action, subject, tenant_id=membership.tenant_id, before=before, after=after)
