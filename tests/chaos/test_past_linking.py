"""Past invoices are looked for and linked by processes that die: each is tied to its own of theirs, once, and nothing
is written over there. Whoever comes next goes on where they stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.chaos.experiment import failpoints_in
from tests.chaos.opening import in_turn, opened
from tests.chaos.past import COUNT, LEASE_S, LINK, PAGE, READ, Past
from tests.fixtures.processes import ROOT

pytestmark = pytest.mark.chaos

# Where a worker dies while it reads pages of three, and how many are stored by then.
READING = {"past.page_read": 0, "past.page_read@2": 3, "past.page_stored": 3, "past.page_stored@2": COUNT}
# Where it dies while it links chunks of two, and how many are linked by then.
LINKING = {
    "deed.done": 0,
    "deed.committed": 2,
    "past.chunk_linked": 2,
    "deed.done@3": 4,
    "past.chunk_linked@2": 4,
}
SHORT = ("past.page_read@2", "deed.done@3")


@pytest.fixture(params=["sqlite"])
def past(request: pytest.FixtureRequest) -> Iterator[Past]:
    made: list[Past] = []
    with opened(request, request.param, before=lambda books: made.append(Past(books))):
        yield made[0]


def test_every_failpoint_of_past_invoices_is_tried_here() -> None:
    services = ROOT / "kz_admin" / "services"
    there = {name for path in services.glob("past_*.py") for name in failpoints_in(path)}
    assert there <= {name.partition("@")[0] for name in (*READING, *LINKING)}
    assert there == {"past.page_read", "past.page_stored", "past.chunk_linked"}


@pytest.mark.promise("I6", "L1")
@pytest.mark.parametrize(("past", "failpoint", "stored"), in_turn(*READING.items(), short=SHORT), indirect=["past"])
def test_a_look_killed_anywhere_goes_on_where_it_stood(past: Past, failpoint: str, stored: int) -> None:
    past.ask()
    past.killed(READ, failpoint)
    assert past.look().read == stored
    assert stored == COUNT or f"{stored} so far" in past.page()
    past.clock()
    assert past.look().read == stored, "the dead worker's lease is not over"
    since = past.books.now()
    past.books.let_time_pass(LEASE_S)
    past.clock()
    asked = [str(one["query"]) for one in past.books.api_calls() if one["at"] > since]
    starts = [int(found[1]) for one in asked if (found := re.search(r"STARTPOSITION (\d+)", one))]
    assert starts == ([] if stored == COUNT else [stored + 1])
    assert past.verdicts() == dict.fromkeys(past.ours, "same")
    assert past.look().finished_at is not None
    assert past.books.evidence().writes == []


@pytest.mark.promise("I7", "I6", "L1")
@pytest.mark.parametrize(("past", "failpoint", "linked"), in_turn(*LINKING.items(), short=SHORT), indirect=["past"])
def test_linking_killed_anywhere_and_again_links_each_once(past: Past, failpoint: str, linked: int) -> None:
    past.compared()
    past.confirmed()
    assert (past.waiting(), past.linked()) == (COUNT, {})
    past.killed(LINK, failpoint)
    assert (past.waiting(), len(past.linked())) == (COUNT - linked, linked)
    assert f"{COUNT - linked} more are being linked" in past.page()
    if linked:
        past.killed(LINK, "deed.done")  # and its successor, which had not linked anything yet
        assert len(past.linked()) == linked
    past.clock()
    assert past.waiting() == 0
    past.check()
    assert past.clicks.audited("document.linked") == COUNT
    past.clock()  # nothing is left to do
    assert past.clicks.audited("document.linked") == COUNT


@pytest.mark.chaos_long
@pytest.mark.promise("I7", "L1")
def test_a_web_process_killed_with_the_click_leaves_all_or_nothing_of_what_was_confirmed(past: Past) -> None:
    past.compared()
    past.clicks.killed(f"{PAGE}/link", past.all, "deed.done")
    assert (past.waiting(), past.linked()) == (0, {}), "nobody said anything"
    past.clicks.killed(f"{PAGE}/link", past.all, "deed.committed@2")
    assert (past.waiting(), len(past.linked())) == (0, COUNT), "the first chunk was all"
    assert past.clicks.again(f"{PAGE}/link", past.all) == 409, "the page is older than what is so"
    past.check()
    assert past.clicks.audited("document.linked") == COUNT


@pytest.mark.promise("I7", "I1", "L1")
@pytest.mark.parametrize(
    ("database", "rounds"),
    [
        pytest.param("postgresql", 1, marks=pytest.mark.postgres),
        pytest.param("postgresql", 2, marks=[pytest.mark.postgres, pytest.mark.chaos_long]),
        pytest.param("sqlite", 1, marks=pytest.mark.chaos_long),
    ],
)
def test_two_who_link_and_one_who_pushes_at_the_same_moment(
    request: pytest.FixtureRequest, database: str, rounds: int
) -> None:
    """One of the past ones was copied by hand, so the push and the linking want the same invoice."""
    for _ in range(rounds):
        made: list[Past] = []
        with opened(request, database, before=lambda one, made=made: made.append(Past(one))):
            _together(made[0])


def _together(past: Past) -> None:
    past.compared()
    past.confirmed()
    past.copy("P-3")
    past.books.pay("N-1")
    past.books.hold_back()
    workers = [past.worker(LINK), past.worker(LINK), past.books.start("push", past.books.connection_id, "interactive")]
    past.books.go(*workers)
    for worker in workers:
        past.books.ended(worker)
    past.clock()
    past.books.rest()
    past.clock()
    assert past.waiting() == 0
    past.check(writes=("customer", "item", "invoice", "payment"))
    assert past.books.created("Invoice", "Customer") == {"Invoice": 1, "Customer": 1}, "the new one, and no other"
    assert past.books.record_of("N-1").state == "done"


@pytest.mark.promise("I7")
@pytest.mark.chaos_long
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_a_push_holds_in_its_hands_is_not_linked_under_them(request: pytest.FixtureRequest, database: str) -> None:
    """The push stopped after it took the copied invoice; the linking goes round it, and the push finds theirs."""
    made: list[Past] = []
    with opened(request, database, before=lambda one: made.append(Past(one))):
        (past,) = made
        past.compared()
        past.confirmed()
        past.copy("P-3")
        pusher = past.books.stopped_at("push.counted")
        past.clock()
        assert set(past.linked()) == set(past.ours) - {"P-3"}
        pusher.go_on()
        past.books.ended(pusher)
        past.books.rest()
        past.check(writes=("item",))  # what its lines would have been sold as
        assert past.books.record_of("P-3").linked_by == "match"
