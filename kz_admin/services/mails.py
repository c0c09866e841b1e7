"""Outgoing mail: written with the change that caused it, delivered by the worker, looked for by the clock.

At most once is not promised for mail (SMTP has no ids), at least once is. Only transactional mail goes out at all:
decision C30 refuses marketing and sequences.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, config, crypto, failpoints, logs
from kz_admin.domain.failures import Forbidden, NotFound
from kz_admin.models.db_clock import db_now_ms
from kz_admin.models.mail import Mail
from kz_admin.models.session import changed_rows, forbid_open_transaction, reading, writing
from kz_admin.services import bell

log = logs.get(__name__)

TRANSACTIONAL = "transactional"
SMTP_TIMEOUT_S = 20
CLAIM_LASTS = clock.MINUTE
FIRST_RETRY, LONGEST_RETRY = 5 * clock.SECOND, clock.HOUR
GIVE_UP_AFTER = 72 * clock.HOUR
AT_A_TIME = 20
SHOWN = 200


def write(
    session: Session,
    template: str,
    *,
    to: str,
    tenant_id: UUID | None,
    subject: str,
    purpose: str = TRANSACTIONAL,
    **context: object,
) -> None:
    """Add a mail in the caller's transaction. Its texts are templates/emails/<template>.txt and .html."""
    if purpose != TRANSACTIONAL:
        raise Forbidden("kz-admin sends no campaigns and no sequences, so this mail was not written.")
    mail = Mail(tenant_id=tenant_id, to=to, subject=subject, purpose=purpose, state="waiting", due_at=clock.now_ms())
    mail.text = _rendered(f"{template}.txt", {"subject": subject, **context})
    mail.html = _rendered(f"{template}.html", {"subject": subject, **context})
    session.add(mail)


def _rendered(name: str, context: dict[str, object]) -> str:
    """Without what pages know of the request: a mail is the same whoever caused it, and asks no database."""
    return current_app.jinja_env.get_template(f"emails/{name}").render(context)


def hurry() -> None:
    """Ring for delivery now; without Redis the clock's next look does it."""
    bell.ring("deliver_mails")


def list_mails(tenant_id: UUID | None) -> Sequence[Mail]:
    """The tenant's mails, newest first; None lists those of the whole installation (development only)."""
    query = select(Mail).order_by(Mail.created_at.desc(), Mail.id.desc()).limit(SHOWN)
    if tenant_id is not None:
        query = query.where(Mail.tenant_id == tenant_id)
    with reading() as session:
        return session.scalars(query).all()


def find(tenant_id: UUID | None, mail_id: UUID | None) -> Mail:
    query = select(Mail).where(Mail.id == mail_id)
    if tenant_id is not None:
        query = query.where(Mail.tenant_id == tenant_id)
    with reading() as session:
        mail = session.scalar(query)
    if mail is None:
        raise NotFound
    return mail


def deliver_due() -> int:
    """Deliver everything that is due; returns how many left. Several workers may do this at once."""
    holder, delivered = crypto.token(size=12), 0
    while mail := _claim(holder):
        delivered += _deliver(mail, holder)
    return delivered


def _claim(holder: str) -> Mail | None:
    """Take one due mail by a conditional update. Losing the race to another worker is normal."""
    with writing() as session:
        free = or_(Mail.claimed_until.is_(None), Mail.claimed_until < db_now_ms())
        due = select(Mail.id).where(Mail.state == "waiting", Mail.due_at <= db_now_ms(), free)
        chosen = due.order_by(Mail.due_at).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        return session.scalar(
            update(Mail)
            .where(Mail.id == chosen)
            .values(claimed_by=holder, claimed_until=db_now_ms() + CLAIM_LASTS, tries=Mail.tries + 1)
            .returning(Mail)
        )


def _deliver(mail: Mail, holder: str) -> bool:
    failpoints.reach("mail.claimed")
    cfg = config.current()
    if not cfg.smtp_url:
        # Nowhere to send it: people read it on /kz-admin/mails, and `doctor` says so in production.
        return _record(mail, holder, state="kept")
    try:
        _send(cfg.smtp_url, _message(mail, cfg))
    except Exception as error:  # also one that cannot be opened or addressed: it must hold up no other
        return _record_failure(mail, holder, error)
    failpoints.reach("mail.sent")
    return _record(mail, holder, state="sent", sent_at=clock.now_ms())


def _message(mail: Mail, cfg: config.Config) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " ".join(mail.subject.split())  # a line break in a header is another header
    host = urlsplit(cfg.base_url).hostname
    message["From"] = cfg.mail_from or f"kz-admin@{host}"
    message["To"] = mail.to
    message["Date"] = format_datetime(clock.to_datetime(mail.created_at))
    # The same id at each try lets mailboxes fold a repeated delivery into one.
    message["Message-ID"] = f"<{mail.id.hex}@{host}>"
    message.set_content(mail.text or "")
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def _send(url: str, message: EmailMessage) -> None:
    forbid_open_transaction()
    parts = urlsplit(url)
    tls = ssl.create_default_context()
    host, local = parts.hostname or "", parts.hostname in ("localhost", "127.0.0.1", "::1")
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SMTP_TIMEOUT_S, context=tls)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=SMTP_TIMEOUT_S)
    with server:
        if parts.scheme == "smtp" and not local:
            server.starttls(context=tls)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _record_failure(mail: Mail, holder: str, error: Exception) -> bool:
    """Try again later with growing gaps; after three days a person has to look."""
    gap = min(FIRST_RETRY * 2 ** min(mail.tries, 20), LONGEST_RETRY)
    over = clock.now_ms() + gap - mail.created_at > GIVE_UP_AFTER
    log.warning("mail_not_sent", mail_id=str(mail.id), kind=type(error).__name__, tries=mail.tries)
    _record(
        mail,
        holder,
        state="failed" if over else "waiting",
        due_at=clock.now_ms() + gap,
        problem=_in_words(error)[:500],
    )
    return False


def _in_words(error: Exception) -> str:
    """Never the error's own words: they can carry the address of the server with its password."""
    if isinstance(error, OSError | smtplib.SMTPException):
        return f"The mail server did not take it: {type(error).__name__}"
    return f"It could not be prepared for sending: {type(error).__name__}"


def _record(mail: Mail, holder: str, **values: object) -> bool:
    """Only the holder of the claim may record; a late one changes no row."""
    with writing() as session:
        mine = update(Mail).where(Mail.id == mail.id, Mail.claimed_by == holder)
        return changed_rows(session, mine.values(claimed_by=None, claimed_until=None, **values)) == 1
