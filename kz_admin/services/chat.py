"""A tenant's chat: where it takes messages, and the messages that wait for it. Written with their cause, like mails.

One message for each alert, however often its cause happens. Delivered at least once: a chat has no request ids.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from kz_admin import clock, crypto, failpoints, logs
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.outward import Forbidden
from kz_admin.models.db_clock import db_now_ms
from kz_admin.models.notice import ChatChannel, ChatMessage
from kz_admin.models.session import changed_rows, reading, writing
from kz_admin.services import audit, bell, outbound
from kz_admin.services.audit import Actor
from kz_admin.services.outbound import NotDelivered

log = logs.get(__name__)

CLAIM_LASTS = clock.MINUTE
FIRST_RETRY, LONGEST_RETRY = 15 * clock.SECOND, clock.HOUR
GIVE_UP_AFTER = 24 * clock.HOUR
AT_A_TIME = 20
TURN_S = 15.0  # each may take its five seconds; then others of the same lane have theirs, and the clock rings again
LONGEST_TEXT = 2_000
WAITING, SENT, FAILED = "waiting", "sent", "failed"


def find(tenant_id: UUID) -> ChatChannel | None:
    with reading() as session:
        return _channel(session, tenant_id)


def save(tenant_id: UUID, address: str, actor: Actor) -> None:
    """Keep it sealed. The log names the host and never the address."""
    try:
        host = outbound.check(address.strip()).host
    except Forbidden as refused:
        raise Wrong("address", refused.sentence) from None
    with writing() as session:
        found = _channel(session, tenant_id)
        before = found.host if found else None
        if found is None:
            found = ChatChannel(tenant_id=tenant_id)
            found.address, found.host, found.added_by = address.strip(), host, actor.name[:300]
            session.add(found)
        else:
            found.address, found.host, found.added_by = address.strip(), host, actor.name[:300]
            found.last_ok_at = found.last_problem = None
        subject = ("chat", found.id, host)
        was, now = {"host": before}, {"host": host}
        audit.record(session, actor, "chat.changed", subject, tenant_id=tenant_id, before=was, after=now)


def remove(tenant_id: UUID, actor: Actor) -> None:
    """What still waits for it is not sent any more."""
    with writing() as session:
        found = _channel(session, tenant_id)
        if found is None:
            return
        mine = update(ChatMessage).where(ChatMessage.tenant_id == tenant_id, ChatMessage.state == WAITING)
        session.execute(mine.values(state=FAILED, problem="The chat was removed."))
        audit.record(session, actor, "chat.removed", ("chat", found.id, found.host), tenant_id=tenant_id)
        session.delete(found)


def send_test(tenant_id: UUID, tenant_name: str, actor: Actor) -> str:
    """Now, while the person waits; what the chat answered, in a sentence. Conflict when it did not take it."""
    channel = find(tenant_id)
    if channel is None:
        raise NotFound("No chat is set up yet.")
    problem = ""
    try:
        answer = outbound.post_json(
            channel.address or "", {"text": f"This is a test from kz-admin for {_plain(tenant_name)}."}
        )
    except NotDelivered as failure:
        problem = failure.sentence
    with writing() as session:
        _note(session, tenant_id, channel.id, problem)
        subject = ("chat", channel.id, channel.host)
        said = {"answer": problem or "delivered"}
        audit.record(session, actor, "chat.tested", subject, tenant_id=tenant_id, after=said)
    if problem:
        raise Conflict(f"The test message was not delivered. {problem}")
    return f"Delivered. {channel.host} answered {answer.status}{f' “{answer.words}”' if answer.words else ''}."


def queue(session: Session, tenant_id: UUID, alert_id: UUID, text: str) -> None:
    """In the transaction that opened the alert; nothing where no chat is set up."""
    if _channel(session, tenant_id) is None:
        return
    message = ChatMessage(tenant_id=tenant_id, alert_id=alert_id, text=text[:LONGEST_TEXT], state=WAITING)
    message.due_at = clock.now_ms()
    session.add(message)


def hurry() -> None:
    bell.ring("deliver_chat", lane="bulk")


def text_of(sentence: str, link: str) -> str:
    """As Slack and its likes read it: three letters mean something to them, and names may hold them."""
    return f"{_plain(sentence)}\n<{link}|Open it in kz-admin>"


def deliver_due() -> int:
    """Deliver what is due, for a turn; returns how many left. Several workers may do this at once.

    Each chat is one address of its own: one that does not answer keeps back its own messages and no other's."""
    holder, delivered, ends = crypto.token(size=12), 0, clock.monotonic() + TURN_S
    for _ in range(AT_A_TIME):
        message = _claim(holder)
        if message is None:
            break
        delivered += _deliver(message, holder)
        if clock.monotonic() >= ends:
            break
    return delivered


def _claim(holder: str) -> ChatMessage | None:
    with writing() as session:
        free = or_(ChatMessage.claimed_until.is_(None), ChatMessage.claimed_until < db_now_ms())
        due = select(ChatMessage.id).where(ChatMessage.state == WAITING, ChatMessage.due_at <= db_now_ms(), free)
        oldest = due.order_by(ChatMessage.due_at, ChatMessage.id).limit(1)
        chosen = oldest.with_for_update(skip_locked=True).scalar_subquery()
        return session.scalar(
            update(ChatMessage)
            .where(ChatMessage.id == chosen)
            .values(claimed_by=holder, claimed_until=db_now_ms() + CLAIM_LASTS, tries=ChatMessage.tries + 1)
            .returning(ChatMessage)
        )


def _deliver(message: ChatMessage, holder: str) -> bool:
    failpoints.reach("chat.claimed")
    channel = find(message.tenant_id)
    if channel is None:
        return _record(message, holder, None, state=FAILED, problem="The chat was removed.")
    try:
        outbound.post_json(channel.address or "", {"text": message.text})
    except NotDelivered as failure:
        gap = min(FIRST_RETRY * 2 ** min(message.tries, 20), LONGEST_RETRY)
        over = failure.for_good or clock.now_ms() + gap - message.created_at > GIVE_UP_AFTER
        log.warning("chat_not_sent", message_id=str(message.id), tries=message.tries, over=over)
        later = {"state": FAILED if over else WAITING, "due_at": clock.now_ms() + gap}
        _record(message, holder, channel.id, problem=failure.sentence[:300], **later)
        if not failure.for_good:
            _rest(message, clock.now_ms() + gap)
        return False
    except Exception as error:  # one that cannot be opened must hold up no other
        log.warning("chat_not_sent", message_id=str(message.id), kind=type(error).__name__)
        _record(message, holder, None, state=FAILED, problem="It could not be prepared for sending.")
        return False
    failpoints.reach("chat.sent")
    return _record(message, holder, channel.id, state=SENT, sent_at=clock.now_ms(), problem=None)


def _rest(message: ChatMessage, until: int) -> None:
    """The same chat is not asked again for each of its messages: every one of them would take five seconds."""
    mine = (ChatMessage.tenant_id == message.tenant_id, ChatMessage.state == WAITING, ChatMessage.due_at < until)
    with writing() as session:
        session.execute(update(ChatMessage).where(*mine, ChatMessage.claimed_by.is_(None)).values(due_at=until))


def _record(message: ChatMessage, holder: str, channel_id: UUID | None, **values: object) -> bool:
    """Only the holder of the claim may record; a late one changes no row."""
    with writing() as session:
        mine = update(ChatMessage).where(ChatMessage.id == message.id, ChatMessage.claimed_by == holder)
        won = changed_rows(session, mine.values(claimed_by=None, claimed_until=None, **values)) == 1
        if won and channel_id is not None:
            _note(session, message.tenant_id, channel_id, str(values.get("problem") or ""))
        return won and values.get("state") == SENT


def _note(session: Session, tenant_id: UUID, channel_id: UUID, problem: str) -> None:
    values = {"last_problem": problem[:300]} if problem else {"last_problem": None, "last_ok_at": clock.now_ms()}
    mine = (ChatChannel.tenant_id == tenant_id, ChatChannel.id == channel_id)
    session.execute(update(ChatChannel).where(*mine).values(values))


def _channel(session: Session, tenant_id: UUID) -> ChatChannel | None:
    return session.scalar(select(ChatChannel).where(ChatChannel.tenant_id == tenant_id))


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
