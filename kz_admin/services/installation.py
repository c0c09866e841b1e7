"""This installation: its id, and whether somebody can run it yet."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin import clock, config
from kz_admin.domain import email_address
from kz_admin.domain.failures import Conflict, NotFound, Refused
from kz_admin.models.installation import Installation
from kz_admin.models.session import reading, writing
from kz_admin.models.user import User, email_key
from kz_admin.services import audit, password_links, signin
from kz_admin.services.audit import Actor

COPY = (
    "This database ran under another address before, so every connection rests. "
    "If it moved, an operator can adopt the new address on the platform page."
)
LONGEST_NAME = 200
FIRST_LINK_LASTS = 24 * clock.HOUR
HOW_TO_BEGIN = (
    "Nobody operates this installation yet. Begin with:\n"
    "  flask --app app kz operator create you@example.com --name 'Your Name'\n"
    "  flask --app app kz tenant create 'First customer' --external-id customer-1\n"
    "  flask --app app kz user invite customer-1 admin@example.com --role admin"
)


def identity() -> UUID:
    """The id that is part of every request id, so that two copies of a database never speak with one voice."""
    with reading() as session:
        return session.scalars(select(Installation.uuid)).one()


def has_operator() -> bool:
    with reading() as session:
        return session.scalar(select(User.id).where(User.is_operator, User.disabled_at.is_(None)).limit(1)) is not None


def is_copy() -> bool:
    """Whether this database ran under another base URL before: a staging copy would share the original's tokens."""
    if not config.current().production:
        return False
    with reading() as session:
        known = session.get_one(Installation, 1).base_url
    return known is not None and known != config.current().base_url


def refuse_copy() -> None:
    if is_copy():
        raise Refused(COPY)
    _remember_base_url()


def adopt_base_url(actor: Actor) -> None:
    """An operator says: from now on this address is the one, the other installation is gone."""
    with writing() as session:
        row = session.get_one(Installation, 1)
        before, row.base_url = row.base_url, config.current().base_url
        subject = ("installation", row.uuid, "this installation")
        audit.record(
            session,
            actor,
            "installation.address_adopted",
            subject,
            tenant_id=None,
            before={"base_url": before},
            after={"base_url": row.base_url},
        )


def _remember_base_url() -> None:
    if not config.current().production:
        return
    with reading() as session:
        if session.get_one(Installation, 1).base_url is not None:
            return
    with writing() as session:
        session.get_one(Installation, 1).base_url = config.current().base_url


def bar(email: str, actor: Actor = audit.COMMAND_LINE) -> None:
    """Shut a person out of every tenant and of the platform, from their next request on."""
    with writing() as session:
        user = _known(session, email)
        if user.disabled_at is None:
            user.disabled_at = clock.now_ms()
            signin.end_all(session, user.id)
            audit.record(session, actor, "person.barred", ("person", user.id, user.email), tenant_id=None)


def admit(email: str, actor: Actor = audit.COMMAND_LINE) -> None:
    with writing() as session:
        user = _known(session, email)
        if user.disabled_at is not None:
            user.disabled_at = None
            audit.record(session, actor, "person.admitted", ("person", user.id, user.email), tenant_id=None)


def password_link(email: str, actor: Actor = audit.COMMAND_LINE) -> str:
    """A one-time link for somebody whom no mail reaches; the one who can run commands vouches for them."""
    with writing() as session:
        user = _known(session, email)
        audit.record(session, actor, "person.password_link_made", ("person", user.id, user.email), tenant_id=None)
        return password_links.make(session, user, FIRST_LINK_LASTS)


def _known(session: Session, email: str) -> User:
    user = session.scalar(select(User).where(User.email_key == email_key(email)))
    if user is None:
        raise NotFound(f"Nobody here has the address {email.strip()}.")
    return user


def create_operator(email: str, name: str, actor: Actor = audit.COMMAND_LINE) -> str:
    """Make a person an operator; returns a one-time link to choose the first password."""
    email = email_address.checked(email)
    with writing() as session:
        user = session.scalar(select(User).where(User.email_key == email_key(email)))
        # Who never chose a password gets another link: the first lasts a day, and mail may not be set up yet.
        if user and user.is_operator and user.password_hash:
            raise Conflict(f"{user.email} is an operator already.")
        if user is None:
            user = User(email=email, email_key=email_key(email), name=name[:LONGEST_NAME])
            session.add(user)
            session.flush()
        user.is_operator = True
        audit.record(session, actor, "operator.created", ("person", user.id, user.email), tenant_id=None)
        return password_links.make(session, user, FIRST_LINK_LASTS)
