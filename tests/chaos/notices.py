"""A chat that takes messages, or does not; causes to tell of; and what people were told."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, timedelta
from uuid import UUID

from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import Alert, ChatMessage, Digest, Mail
from kz_admin.models.notice import ChatChannel
from kz_admin.models.session import reading, writing
from kz_admin.services import alerts, chat
from kz_admin.services.audit import SYSTEM
from tests.chaos.books import Books
from tests.chaos.forked import Forked
from tests.fixtures.listener import OK, Listener
from tests.integration.web.failing import Failures

Answer = Callable[[socket.socket], object]
CLAIM_S = 61  # of a worker that died with a message in its hands
INSIDE = "https://chat.inside.example/hook"  # the name leads into a private network
CAUSES = (
    Problem(Slug.ACCOUNT_MISSING, "income"),
    Problem(Slug.TOTALS_DIFFER),
    Problem(Slug.PERMISSION, "invoice", {"what": "invoices"}),
)


def says(answer: bytes) -> Answer:
    return lambda line: line.sendall(answer)


def hangs(_line: socket.socket) -> None:
    threading.Event().wait(0.6)  # longer than anybody waits here


class Endpoint:
    """A chat on this machine, which may be in trouble for a while."""

    def __init__(self) -> None:
        self.answer: Answer = says(OK)
        self._listener = Listener(self._answer)
        self.close = self._listener.close

    def _answer(self, line: socket.socket) -> None:
        self.answer(line)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.port}/never-said"

    def heard(self) -> Counter[str]:
        """First lines, counted."""
        return Counter(text.splitlines()[0] for text in self._listener.texts())


class Notices:
    def __init__(self, books: Books) -> None:
        self.books = books

    def chat(self, address: str, tenant_id: UUID | None = None) -> None:
        with self.books.app.app_context():
            chat.save(tenant_id or self.books.cast.tenant_id, address, SYSTEM)

    def causes(self, count: int = len(CAUSES)) -> None:
        """Documents fail, each for another reason."""
        failures = Failures(self.books.app, self.books.cast.tenant_id)
        client = failures.client()
        for place, problem in enumerate(CAUSES[:count]):
            failures.invoices(2, problem, client, first=f"{place}")

    def alerted(self, tenant_id: UUID, *sentences: str) -> None:
        """Something is told, as if it had been noticed just now."""
        with self.books.app.app_context(), writing() as session:
            for sentence in sentences:
                alerts.raise_alert(session, tenant_id, "test", sentence, sentence, mailed=False)

    def worker(self, door: str, armed: str = "", **more: str) -> Forked:
        return self.books.start("open", door, armed=armed, without="short_hangs", **more)

    def killed(self, door: str, failpoint: str) -> None:
        process = self.worker(door, f"{failpoint}=kill")
        self.books.go(process)
        self.books.await_death(process)

    def opened(self, *doors: str, **more: str) -> None:
        """Sound workers, one after the other."""
        for door in doors:
            process = self.worker(door, **more)
            self.books.go(process)
            self.books.ended(process)

    def at_once(self, *doors: str) -> None:
        self.books.hold_back()
        processes = [self.worker(door) for door in doors]
        self.books.go(*processes)
        for process in processes:
            self.books.ended(process)

    def tomorrow_at_eight(self) -> None:
        """In New York, where these tenants are; an hour after the digest is due."""
        here = clock.to_datetime(self.books.now(), "America/New_York")
        morning = (here + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
        self.books.let_time_pass((morning.astimezone(UTC) - here.astimezone(UTC)).total_seconds())

    # -- what was told --------------------------------------------------------------------------------

    def alerts(self) -> list[str]:
        with self.books.app.app_context(), reading() as session:
            return sorted(session.scalars(select(Alert.sentence).where(Alert.closed_at.is_(None))))

    def messages(self, tenant_id: UUID | None = None) -> list[str]:
        """The states of the chat's messages."""
        query = select(ChatMessage.state)
        if tenant_id is not None:
            query = query.where(ChatMessage.tenant_id == tenant_id)
        with self.books.app.app_context(), reading() as session:
            return list(session.scalars(query))

    def mails(self, of: str) -> Counter[str]:
        """Whom one was written, by what stands in its subject."""
        with self.books.app.app_context(), reading() as session:
            return Counter(mail.to for mail in session.scalars(select(Mail)) if of in mail.subject)

    def digests(self) -> list[int]:
        with self.books.app.app_context(), reading() as session:
            return list(session.scalars(select(Digest.mails)))

    def readdress(self, tenant_id: UUID, address: str) -> None:
        """Straight into the row: on the page it would be refused."""
        with self.books.app.app_context(), writing() as session:
            found = session.scalars(select(ChatChannel).where(ChatChannel.tenant_id == tenant_id)).one()
            found.address = address
