"""An answer to a card is given whole or not at all, once, whoever dies and however often it is clicked.

The web process is killed before the commit, before the ring and before its answer; the person clicks again, or somebody
else does the same at the same moment, or gives another answer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kz_admin import clock
from kz_admin.services.push.fates import choices_of
from tests.chaos.cards import CARDS, FREE, TAKEN, Card, taken
from tests.chaos.clicks import DIES_AT, Clicks, answer
from tests.chaos.opening import opened

pytestmark = pytest.mark.chaos

COMPANY = "MC"  # takes our numbers
MADE = ("Customer", "Item", "Invoice", "Payment")
SHORT = {
    ("link to it", "deed.committed"),
    ("Leave all out", "deed.done"),
}
BOTH = (
    pytest.param("sqlite", marks=pytest.mark.chaos_long),
    pytest.param("postgresql", marks=pytest.mark.postgres),
)


def experiments() -> Iterator[object]:
    place = 0
    for card, what in CARDS.items():
        for failpoint in DIES_AT:
            if failpoint == "bell.before" and not what.rings:
                continue
            database, place = ("sqlite", "postgresql")[place % 2], place + 1
            marks = [] if (card, failpoint) in SHORT else [pytest.mark.chaos_long]
            marks += [pytest.mark.postgres] if database == "postgresql" else []
            yield pytest.param(database, card, failpoint, marks=marks, id=f"{database}-{card}-{DIES_AT[failpoint]}")


def came_of_it(clicks: Clicks, card: Card, before: dict[str, int]) -> None:
    books = clicks.books
    books.rest()
    made = books.created(*MADE)
    assert {entity: made[entity] - before[entity] for entity in card.makes} == card.makes
    assert clicks.audited(card.logged) == 1, "it was done once"
    books.check(done=card.rings)
    assert card.rings or "failed" not in books.states()


@pytest.mark.promise("I1", "I3", "A68", "L1")
@pytest.mark.parametrize(("database", "name", "failpoint"), list(experiments()))
def test_a_click_whose_process_dies_is_done_whole_or_not_at_all(
    request: pytest.FixtureRequest, database: str, name: str, failpoint: str
) -> None:
    card = CARDS[name]
    with opened(request, database, COMPANY) as books:
        clicks, click = Clicks(books), card.prepare(books)
        before, rows = books.created(*MADE), standing(clicks)
        clicks.killed(click.path, click.form, failpoint)
        assert clicks.audited(card.logged) == (failpoint != "deed.done")
        assert (standing(clicks) == rows) == (failpoint == "deed.done")
        assert clicks.again(click.path, click.form) in (303, 409)  # done now, or it was done
        came_of_it(clicks, card, before)


def standing(clicks: Clicks) -> list[tuple[object, ...]]:
    """All that an answer may change."""
    found = clicks.books.records()
    return [(one.id, one.state, one.problem, one.choices, one.ignored_at, one.due_at, one.remote_id) for one in found]


@pytest.mark.promise("I1", "I3", "A68", "L1")
@pytest.mark.chaos_long
@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"])  # on SQLite one writes after the other anyway
@pytest.mark.parametrize("name", ["link to it", "reactivate", "Retry all", "Leave all out"])
def test_two_people_with_the_same_answer_at_the_same_moment(
    request: pytest.FixtureRequest, database: str, name: str
) -> None:
    card = CARDS[name]
    with opened(request, database, COMPANY) as books:
        clicks, click = Clicks(books), card.prepare(books)
        before = books.created(*MADE)
        same = [(click.path, click.form, who) for who in ("bookkeeper", "admin", "bookkeeper")]
        answers = clicks.at_once(*same)
        assert 303 in answers
        assert set(answers) <= {303, 409}, answers
        came_of_it(clicks, card, before)


@pytest.mark.promise("I1", "I3", "L1")
@pytest.mark.parametrize("database", BOTH)
def test_of_two_people_with_different_answers_the_second_one_hears_that_it_is_decided(
    request: pytest.FixtureRequest, database: str
) -> None:
    """The first one only tries again, and holds still before the commit; the second one has read the card meanwhile."""
    with opened(request, database, COMPANY) as books:
        taken(books)
        clicks, path = Clicks(books), f"/kz-admin/invoices/{books.record_of(TAKEN).local_id}"
        other_person = clicks.signed_in("admin")  # before SQLite has but one writer
        slow = clicks.begun(f"{path}/retry", {}, armed="deed.done=stop")
        books.go(slow)
        slow.await_stop()
        late = clicks.begun(f"{path}/decide", {"choice": "number", "value": FREE}, sign_in=other_person)
        books.go(late)
        late.wait_for_output("clicks")
        clock.idle(threading.Event(), 0.5)  # it waits for the first one, or has read what that one changes
        slow.go_on()
        assert (answer(slow), answer(late)) == (303, 409)
        assert "number" not in choices_of(books.record_of(TAKEN)), "what was refused is kept"
        assert clicks.audited("document.decided") == 0
        books.rest()
        assert books.record_of(TAKEN).problem == "duplicate_number"
        assert clicks.again(f"{path}/decide", {"choice": "number", "value": FREE}) == 303
        books.rest()
        assert books.created("Invoice") == {"Invoice": 2}
        books.check()
