"""Signing in and out. A sign-in is a row on the server: ending it ends every copy of its cookie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, config, crypto, logs
from kz_admin.domain import presets
from kz_admin.domain.connection import LIVE
from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.domain.plans import includes_integrations
from kz_admin.domain.roles import Role
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.models.sign_in import SignIn
from kz_admin.models.tenant import Tenant
from kz_admin.models.user import Membership, User, email_key
from kz_admin.services import audit, passwords, sign_in_tries
from kz_admin.services.audit import Actor

log = logs.get(__name__)

LASTS = 12 * clock.HOUR

WRONG = "This e-mail address and password do not belong together."


@dataclass(frozen=True)
class Place:
    """A tenant in which a person works, with their role there."""

    tenant_id: UUID
    tenant_name: str
    role: Role
    currency: str
    time_zone: str
    plan: str
    shadowed: str = ""  # the provider whose connection is in shadow mode: every page says so

    @property
    def may_integrate(self) -> bool:
        return includes_integrations(self.plan, config.current().plans_with_integrations)


@dataclass(frozen=True)
class Person(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """Whoever is signed in, with all places they may go to. Loaded once per request."""

    token: str
    user_id: UUID
    name: str
    email: str
    is_operator: bool
    place: Place | None
    places: tuple[Place, ...]

    def get_id(self) -> str:
        return self.token

    @property
    def actor(self) -> Actor:
        return Actor(self.user_id, f"{self.name} <{self.email}>")


def log_in(email: str, password: str, address: str) -> str:
    """Check the password and open a sign-in; returns the token for the browser.

    Unknown people get the same answer in the same time, and count towards the same limits.
    """
    keys = sign_in_tries.keys("sign-in", email_key(email), address)
    with reading() as session:
        sign_in_tries.refuse_when_throttled(session, keys)
        user = user_of(session, email)
    checked = user.password_hash if user else None
    if not passwords.matches(password, checked) or user is None or checked is None or user.disabled_at:
        sign_in_tries.count(keys)
        log.warning("sign_in_refused", user_id=str(user.id) if user else None, address=address)
        raise Wrong("email", WRONG)
    renewed = passwords.renewed(password, checked)
    with writing() as session:
        unchanged = _unchanged(session, user.id, checked)
        unchanged.password_hash = renewed or checked
        return open_sign_in(session, unchanged)


def _unchanged(session: Session, user_id: UUID, password_hash: str) -> User:
    """The person, locked: a reset or a ban since the password was checked ends every sign-in, also this one."""
    query = select(User).where(User.id == user_id, User.password_hash == password_hash, User.disabled_at.is_(None))
    user = session.scalar(query.with_for_update(key_share=True))
    if user is None:
        raise Wrong("email", WRONG)
    return user


def open_sign_in(session: Session, user: User) -> str:
    token = crypto.token()
    tenant_id = _first_tenant(session, user.id)
    session.add(
        SignIn(
            token_hash=crypto.fingerprint(token),
            user_id=user.id,
            tenant_id=tenant_id,
            expires_at=clock.now_ms() + LASTS,
        )
    )
    audit.record(session, actor_of(user), "person.signed_in", ("person", user.id, user.name), tenant_id=tenant_id)
    return token


def log_out(token: str) -> None:
    with writing() as session:
        _end(session, SignIn.token_hash == crypto.fingerprint(token))


def whoami(token: str) -> Person | None:
    """The person behind a browser's token, or None when it ended, expired or they were disabled."""
    with reading() as session:
        found = session.execute(
            select(SignIn, User, Membership, Tenant, Connection.provider, Connection.settings)
            .join(User, User.id == SignIn.user_id)
            .outerjoin(Membership, (Membership.user_id == User.id) & Membership.disabled_at.is_(None))
            .outerjoin(Tenant, Tenant.id == Membership.tenant_id)
            .outerjoin(Connection, (Connection.tenant_id == Tenant.id) & Connection.state.in_(LIVE))
            .where(
                SignIn.token_hash == crypto.fingerprint(token),
                SignIn.ended_at.is_(None),
                SignIn.expires_at > clock.now_ms(),
                User.disabled_at.is_(None),
            )
            .order_by(func.lower(Tenant.name), Tenant.id)
        ).all()
    if not found:
        return None
    sign_in, user = found[0][0], found[0][1]
    places = tuple(_place(*row[2:]) for row in found if row[2])
    chosen = next((place for place in places if place.tenant_id == sign_in.tenant_id), None)
    return Person(
        token=token,
        user_id=user.id,
        name=user.name,
        email=user.email,
        is_operator=user.is_operator,
        place=chosen or (places[0] if places else None),
        places=places,
    )


def _place(membership: Membership, tenant: Tenant, provider: str | None, settings: str | None) -> Place:
    return Place(
        tenant_id=tenant.id,
        tenant_name=tenant.name,
        role=membership.as_role,
        currency=tenant.currency,
        time_zone=tenant.time_zone,
        plan=tenant.plan,
        shadowed=provider if provider and presets.read(settings or "").shadow else "",
    )


def switch(person: Person, tenant_id: UUID | None) -> Place:
    """Work in another tenant from now on, in this browser only."""
    place = next((place for place in person.places if place.tenant_id == tenant_id), None)
    if place is None:
        raise NotFound
    with writing() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.token_hash == crypto.fingerprint(person.token))
            .values(tenant_id=place.tenant_id)
        )
    return place


def end_all(session: Session, user_id: UUID) -> None:
    """End every sign-in of a person, in the caller's transaction."""
    _end(session, SignIn.user_id == user_id)


def _end(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(update(SignIn).where(which, SignIn.ended_at.is_(None)).values(ended_at=clock.now_ms()))


def user_of(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email_key == email_key(email)))


def _first_tenant(session: Session, user_id: UUID) -> UUID | None:
    """Where they worked last, if they still may, else the first by name."""
    mine = (
        select(Membership.tenant_id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(Membership.user_id == user_id, Membership.disabled_at.is_(None))
        .order_by(func.lower(Tenant.name))
    )
    allowed: Sequence[UUID] = session.scalars(mine).all()
    last = session.scalar(
        select(SignIn.tenant_id)
        .where(SignIn.user_id == user_id, SignIn.tenant_id.in_(allowed))
        .order_by(SignIn.created_at.desc())
        .limit(1)
    )
    return last or (allowed[0] if allowed else None)


def actor_of(user: User) -> Actor:
    return Actor(user.id, f"{user.name} <{user.email}>")
