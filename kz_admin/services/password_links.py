"""One-time addresses to choose a password: the first one, and after it was forgotten."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kz_admin import clock, config, crypto
from kz_admin.domain.failures import NotFound
from kz_admin.models.session import changed_rows, reading, writing
from kz_admin.models.sign_in import PasswordLink
from kz_admin.models.user import User, email_key
from kz_admin.services import audit, mails, passwords, sign_in_tries, signin

LASTS = 2 * clock.HOUR
GONE = "This link was used already or is too old. Ask for a new one."


def send(email: str, address: str) -> None:
    """Mail a link to choose a password. People we do not know see the same page, and get no mail."""
    keys = sign_in_tries.keys("reset", email_key(email), address)
    with reading() as session:
        sign_in_tries.refuse_when_throttled(session, keys)
    sign_in_tries.count(keys)
    with writing() as session:
        user = signin.user_of(session, email)
        if user and not user.disabled_at:
            link = make(session, user, LASTS)
            mails.write(
                session,
                "password_reset",
                to=user.email,
                tenant_id=None,
                subject="Choose a new password",
                name=user.name,
                link=link,
            )
    mails.hurry()


def make(session: Session, user: User, lasts: int) -> str:
    """A one-time address; links made before it stop working."""
    token = crypto.token()
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.used_at.is_(None))
        .values(used_at=clock.now_ms())
    )
    session.add(PasswordLink(token_hash=crypto.fingerprint(token), user_id=user.id, expires_at=clock.now_ms() + lasts))
    return f"{config.current().base_url}/kz-admin/login/reset/{token}"


def owner_of(token: str) -> str:
    """The e-mail address whose password this link changes; raises when it no longer does."""
    with reading() as session:
        return _owner(session, token)[1].email


def follow(token: str, password: str) -> str:
    """Set the password, end every other sign-in of this person and open a new one."""
    with reading() as session:
        email = _owner(session, token)[1].email
    password_hash = passwords.hashed(password, person=email)
    with writing() as session:
        link, user = _owner(session, token)
        # One of two simultaneous uses of a link wins; the other changes no row.
        unused = update(PasswordLink).where(PasswordLink.id == link.id, PasswordLink.used_at.is_(None))
        if changed_rows(session, unused.values(used_at=clock.now_ms())) != 1:
            raise NotFound(GONE)
        user.password_hash = password_hash
        signin.end_all(session, user.id)
        audit.record(
            session, signin.actor_of(user), "person.password_changed", ("person", user.id, user.name), tenant_id=None
        )
        return signin.open_sign_in(session, user)


def _owner(session: Session, token: str) -> tuple[PasswordLink, User]:
    found = session.execute(
        select(PasswordLink, User)
        .join(User, User.id == PasswordLink.user_id)
        .where(
            PasswordLink.token_hash == crypto.fingerprint(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > clock.now_ms(),
            User.disabled_at.is_(None),
        )
    ).first()
    if found is None:
        raise NotFound(GONE)
    return found[0], found[1]
