"""Invitations: mailed with a link that works once, for the address it was sent to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kz_admin import clock, config, crypto
from kz_admin.domain import email_address
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.roles import Role
from kz_admin.models.session import changed_rows, reading, writing
from kz_admin.models.sign_in import Invitation
from kz_admin.models.tenant import Tenant
from kz_admin.models.user import Membership, User, email_key
from kz_admin.services import audit, mails, passwords, signin, tenants
from kz_admin.services.audit import Actor

LASTS = 7 * clock.DAY
GONE = "This invitation was used, withdrawn or is too old. Ask for a new one."
JUST_USED = "This invitation was used or withdrawn a moment ago. Sign in, or ask for a new one."
KNOWN_ALREADY = "You have a password here already. Sign in with it, then accept the invitation."


@dataclass(frozen=True)
class Invited:
    """An open invitation as its reader sees it."""

    tenant_name: str
    email: str
    role: Role
    invited_by: str
    known: bool  # the person has a password already and only needs to sign in


def still_open(tenant_id: UUID) -> Sequence[Invitation]:
    query = select(Invitation).where(
        Invitation.tenant_id == tenant_id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    with reading() as session:
        return session.scalars(query.order_by(Invitation.created_at.desc())).all()


def invite(tenant_id: UUID, email: str, role: Role, actor: Actor) -> str:
    """Mail an invitation; an open one for the same address is replaced. Returns the link, for the command line."""
    email = email_address.checked(email)
    with writing() as session:
        tenants.one_at_a_time(session, tenant_id)
        _refuse_member(session, tenant_id, email)
        _withdraw(session, tenant_id, email)
        token = crypto.token()
        invitation = Invitation(
            tenant_id=tenant_id,
            email=email,
            email_key=email_key(email),
            role=role.value,
            token_hash=crypto.fingerprint(token),
            expires_at=clock.now_ms() + LASTS,
            invited_by=actor.name[:200],
        )
        session.add(invitation)
        link = _invitation_link(token)
        _mail_invitation(session, invitation, link)
        _record(session, actor, "person.invited", invitation, after={"email": invitation.email, "role": role.value})
    mails.hurry()
    return link


def resend(tenant_id: UUID, invitation_id: UUID | None, actor: Actor) -> None:
    """Invite the same address to the same role again; the earlier link stops working."""
    with reading() as session:
        invitation = _open_invitation(session, tenant_id, invitation_id)
    invite(tenant_id, invitation.email, Role(invitation.role), actor)


def withdraw(tenant_id: UUID, invitation_id: UUID | None, actor: Actor) -> None:
    with writing() as session:
        invitation = _open_invitation(session, tenant_id, invitation_id)
        if not _close(session, invitation, withdrawn_at=clock.now_ms()):
            raise NotFound(GONE)
        _record(session, actor, "person.invitation_withdrawn", invitation, before={"email": invitation.email})


def offered(token: str) -> Invited:
    """What the link offers, or NotFound with the reason."""
    with reading() as session:
        found = _by_token(session, token)
        tenant = session.get_one(Tenant, found.tenant_id)
        user = session.scalar(select(User).where(User.email_key == found.email_key))
        known = bool(user and user.password_hash)
    return Invited(tenant.name, found.email, Role(found.role), found.invited_by, known)


def accept_as_new(token: str, name: str, password: str) -> str:
    """A person without password joins and is signed in; returns the browser's token."""
    with reading() as session:
        email = _by_token(session, token).email
    password_hash = passwords.hashed(password, person=email)
    with writing() as session:
        invited = _take(session, token)
        user = session.scalar(select(User).where(User.email_key == invited.email_key))
        if user and user.password_hash:
            raise Conflict(KNOWN_ALREADY)
        if user is None:
            user = User(email=invited.email, email_key=invited.email_key, name=name)
            session.add(user)
        user.name, user.password_hash = name, password_hash
        try:
            session.flush()
        except IntegrityError:  # the same person accepted another tenant's invitation at this moment
            raise Conflict(KNOWN_ALREADY) from None
        _join(session, invited, user)
        return signin.open_sign_in(session, user)


def accept_as_known(token: str, user_id: UUID) -> UUID:
    """The signed-in person joins; the link works only for the address it was sent to. Returns the tenant."""
    with writing() as session:
        invited = _take(session, token)
        user = session.get_one(User, user_id)
        if user.email_key != invited.email_key:
            raise Conflict(f"This invitation is for {invited.email}. You are signed in as {user.email}.")
        _join(session, invited, user)
        return invited.tenant_id


def _refuse_member(session: Session, tenant_id: UUID, email: str) -> None:
    member = (
        select(Membership.id).join(User).where(Membership.tenant_id == tenant_id, User.email_key == email_key(email))
    )
    if session.scalar(member):
        raise Wrong("email", f"{email} is one of your people already.")


def _withdraw(session: Session, tenant_id: UUID, email: str) -> None:
    session.execute(
        update(Invitation)
        .where(
            Invitation.tenant_id == tenant_id,
            Invitation.email_key == email_key(email),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=clock.now_ms())
    )


def _open_invitation(session: Session, tenant_id: UUID, invitation_id: UUID | None) -> Invitation:
    found = Invitation.of_tenant(session, tenant_id, invitation_id)
    if found is None or found.accepted_at or found.withdrawn_at:
        raise NotFound(GONE)
    return found


def _by_token(session: Session, token: str) -> Invitation:
    found = session.scalar(
        select(Invitation).where(
            Invitation.token_hash == crypto.fingerprint(token),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > clock.now_ms(),
        )
    )
    if found is None:
        raise NotFound(GONE)
    return found


def _take(session: Session, token: str) -> Invitation:
    """Use the invitation up before anything is made of it: of two clicks, or a click and a withdrawal, one wins."""
    invited = _by_token(session, token)
    if not _close(session, invited, accepted_at=clock.now_ms()):
        raise Conflict(JUST_USED)
    return invited


def _close(session: Session, invitation: Invitation, **how: int) -> bool:
    still_open = update(Invitation).where(
        Invitation.id == invitation.id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    return changed_rows(session, still_open.values(**how)) == 1


def _join(session: Session, invited: Invitation, user: User) -> None:
    session.add(Membership(tenant_id=invited.tenant_id, user_id=user.id, role=invited.role))
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("You have joined already. Sign in to continue.") from None
    actor = Actor(user.id, f"{user.name} <{user.email}>")
    _record(session, actor, "person.joined", invited, after={"role": invited.role})


def _invitation_link(token: str) -> str:
    return f"{config.current().base_url}/kz-admin/login/invitation/{token}"


def _mail_invitation(session: Session, invitation: Invitation, link: str) -> None:
    tenant = session.get_one(Tenant, invitation.tenant_id)
    mails.write(
        session,
        "invitation",
        to=invitation.email,
        tenant_id=invitation.tenant_id,
        subject=f"{tenant.name} invites you to kz-admin",
        tenant_name=tenant.name,
        invited_by=invitation.invited_by,
        role=Role(invitation.role),
        link=link,
    )


def _record(session: Session, actor: Actor, action: str, invitation: Invitation, **states: dict[str, str]) -> None:
    audit.record(
        session,
        actor,
        action,
        ("invitation", invitation.id, invitation.email),
        tenant_id=invitation.tenant_id,
        before=states.get("before"),
        after=states.get("after"),
    )
