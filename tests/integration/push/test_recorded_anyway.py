"""QuickBooks Payments was to record a payment itself and has not: a person has it recorded from here, and only once."""

from __future__ import annotations

import pytest

from kz_admin import clock
from kz_admin.domain.kinds import Kind
from kz_admin.models.session import writing
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import record_decisions
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents.work import Work
from tests import cast as people
from tests.integration.push.conftest import Books
from tests.integration.push.test_quickbooks_payments import BY_THEM, paid_over_there, second_payment, settled
from tests.integration.push.test_quickbooks_payments import open_there as open_there
from tests.integration.push.test_removals import database_url as database_url
from tests.page import InspectingClient


def signed_in(books: Books) -> InspectingClient:
    """Anew: days pass in these tests, and sign-ins end."""
    return people.sign_in(books.app, books.cast.bookkeeper, books.cast.tenant_id)


def answered(books: Books, choice: str, value: str = "yes") -> SyncRecord:
    """A person answers the card of the second payment."""
    payment_id = second_payment(books).local_id
    with books.app.app_context(), writing() as session:
        record_decisions.decide(
            Work(session, books.cast.tenant_id, SYSTEM, clock.now_ms()), Kind.PAYMENT, payment_id, choice, value
        )
    books.push()
    return second_payment(books)


def a_day_later(books: Books) -> SyncRecord:
    books.later(24 * 3600)
    books.push()
    return second_payment(books)


@pytest.fixture
def given_up(open_there: Books) -> Books:
    """Three days after the payment theirs has not come."""
    open_there.pay(**BY_THEM)
    open_there.push()
    long_ago = clock.now_ms() - 4 * clock.DAY
    open_there.change(second_payment(open_there), failing_since=long_ago, due_at=long_ago)
    open_there.push()
    assert second_payment(open_there).problem == "payment_expected"
    return open_there


@pytest.mark.promise("KZ-25")
def test_on_a_persons_word_it_is_recorded_once_and_theirs_is_shown_when_it_comes_after_all(given_up: Books) -> None:
    books, since = given_up, given_up.now_there()
    page = f"/kz-admin/payments/{second_payment(books).local_id}"
    desk = signed_in(books)
    asked = desk.page(f"{page}/anyway")
    assert "Record this payment in QuickBooks from here?" in asked.text
    assert desk.submit(f"{page}/decide", {"choice": "anyway", "value": "yes"}).status_code == 303
    books.push()
    ours = second_payment(books)
    assert (ours.state, ours.linked_by, settled(books)) == ("done", "created", (0, 2))
    assert books.made(since) == ["Payment"]
    for _ in range(2):  # a look that finds nothing writes nothing
        assert a_day_later(books).state == "done"
    assert books.made(since) == ["Payment"]
    theirs = paid_over_there(books, unused=True)
    assert a_day_later(books).problem == "paid_twice"
    assert "it counts twice" in signed_in(books).page(page).text
    assert answered(books, "link", theirs).problem == "paid_twice"  # ours still counts beside it
    void = {"Id": ours.remote_id, "SyncToken": "0", "sparse": True}
    books.write_there("Payment", void, operation="update", include="void")
    linked = answered(books, "link", theirs)
    assert (linked.state, linked.remote_id, linked.linked_by) == ("done", theirs, "person")
    assert linked.due_at is None  # nobody looks any more


def test_if_theirs_has_come_by_then_it_is_linked_and_nothing_is_written(given_up: Books) -> None:
    theirs, since = paid_over_there(given_up), given_up.now_there()
    linked = answered(given_up, "anyway")
    assert (linked.state, linked.remote_id, linked.due_at) == ("done", theirs, None)
    assert given_up.made(since) == []


def test_if_both_are_right_nobody_asks_again(given_up: Books) -> None:
    answered(given_up, "anyway")
    paid_over_there(given_up, unused=True)
    assert a_day_later(given_up).problem == "paid_twice"
    said = answered(given_up, "both")
    assert (said.state, said.due_at) == ("done", None)
