"""People at their browsers, some of whose web processes die under the click.

killed    a web process that is killed at a named place while it answers
again     the same click once more, as people do who got no answer
at_once   several people at the same moment, each in a process of its own
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from kz_admin.models import AuditEntry
from kz_admin.models.session import reading
from tests import cast as people
from tests.chaos.books import Books
from tests.chaos.forked import Forked
from tests.page import InspectingClient

Form = Mapping[str, object]
# Where a web process can die with a deed in its hands: before its commit, before its ring, before its answer.
DIES_AT = {
    "deed.done": "before the commit",
    "bell.before": "before the ring",
    "deed.committed": "before the answer",
}


@dataclass(frozen=True)
class Clicks:
    books: Books

    def browser(self, who: str = "bookkeeper") -> InspectingClient:
        return people.sign_in(self.books.app, getattr(self.books.cast, who), self.books.cast.tenant_id)

    def signed_in(self, who: str = "bookkeeper") -> str:
        with self.browser(who).session_transaction() as session:
            return str(session["_user_id"])

    def begun(self, path: str, form: Form, who: str = "bookkeeper", armed: str = "", sign_in: str = "") -> Forked:
        """A process that waits for `go`."""
        sign_in = sign_in or self.signed_in(who)
        fields = [f"{name}={value}" for name, value in form.items()]
        return self.books.start("click", sign_in, path, *fields, armed=armed)

    def killed(self, path: str, form: Form, failpoint: str) -> None:
        process = self.begun(path, form, armed=f"{failpoint}=kill")
        self.books.go(process)
        self.books.await_death(process)
        assert "clicks" in process.output(), process.output()

    def again(self, path: str, form: Form, who: str = "bookkeeper") -> int:
        return self.browser(who).submit(path, dict(form)).status_code

    def at_once(self, *wanted: tuple[str, Form, str]) -> list[int]:
        """Path, form and person; what each of them got."""
        self.books.hold_back()
        processes = [self.begun(*one) for one in wanted]
        self.books.go(*processes)
        return [answer(one) for one in processes]

    def audited(self, action: str) -> int:
        """How often the activity log says that somebody did this."""
        with self.books.app.app_context(), reading() as session:
            return session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def answer(process: Forked) -> int:
    assert process.exit_code(60) == 0, process.output()
    (said,) = [line for line in process.output().splitlines() if line.startswith("answer ")]
    return int(said.split()[1])
