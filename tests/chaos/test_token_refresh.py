"""R1-R5: whatever is killed, slow or away while access is renewed, the line holds (reliability.md 2.3, I8, I9).

The provider's journal counts the token calls; our row says what became of the connection.
"""

from __future__ import annotations

import pytest

from kz_admin.domain.connection import State
from tests.chaos.experiment import failpoints_in
from tests.chaos.line import HOUR_S, LONGEST_LEASE_S, TOKEN_PATH, Line
from tests.chaos.line import line as line
from tests.chaos.line import served as served
from tests.chaos.line import unconnected as unconnected
from tests.fixtures.processes import ROOT

pytestmark = pytest.mark.chaos

KILLED_AT = ("refresh.claimed", "refresh.answered", "refresh.stored")


def killed(line: Line, failpoint: str) -> None:
    process = line.start("use-again", line.row.id, 1, armed=f"{failpoint}=kill")
    line.go(process)
    line.await_death(process)
    line.let_time_pass(LONGEST_LEASE_S)


def killed_between_rotation_and_answer(line: Line) -> None:
    line.machine.fault("delay", {"seconds": 20, "when": "after"}, path=TOKEN_PATH)
    process = line.start("use-again", line.row.id, 1)
    line.go(process)
    line.await_rotation()
    process.kill()
    line.let_time_pass(LONGEST_LEASE_S)


def needs_reconnect_and_nothing_is_lost(line: Line) -> None:
    before, mappings = line.row, line.mappings()
    with pytest.raises(Exception, match="token expired"):
        line.works()
    assert line.row.as_state is State.NEEDS_RECONNECT
    assert line.open_alerts() == 1
    line.bridge.reconnect(line.admin())
    assert (line.row.id, line.row.as_state, line.mappings()) == (before.id, State.CONNECTED, mappings)
    assert line.works()
    assert line.open_alerts() == 0


def test_every_failpoint_of_the_refresh_is_tried_here() -> None:
    assert set(failpoints_in(ROOT / "kz_admin" / "services" / "refresh.py")) == set(KILLED_AT)


@pytest.mark.promise("R1", "I8", "I9", "KZ-28")
def test_killed_between_rotation_and_answer_while_old_tokens_live(line: Line) -> None:
    line.strict(overlap_s=24 * HOUR_S)
    killed_between_rotation_and_answer(line)
    assert line.works()
    assert line.is_connected()
    assert line.refreshes() <= 2


@pytest.mark.promise("R1", "I9")
def test_killed_between_rotation_and_answer_in_strict_rotation(line: Line) -> None:
    line.strict()
    killed_between_rotation_and_answer(line)
    needs_reconnect_and_nothing_is_lost(line)
    assert line.refreshes() <= 3


@pytest.mark.promise("R2", "I8", "I9", "KZ-28")
def test_killed_between_answer_and_commit_while_old_tokens_live(line: Line) -> None:
    line.strict(overlap_s=24 * HOUR_S)
    killed(line, "refresh.answered")
    assert line.works()
    assert line.is_connected()
    assert line.refreshes() == 2


@pytest.mark.promise("R2", "I9")
def test_killed_between_answer_and_commit_in_strict_rotation(line: Line) -> None:
    line.strict()
    killed(line, "refresh.answered")
    needs_reconnect_and_nothing_is_lost(line)
    assert line.refreshes() <= 3


@pytest.mark.promise("R1", "I8")
def test_killed_before_asking_costs_no_token(line: Line) -> None:
    line.strict()
    killed(line, "refresh.claimed")
    assert line.refreshes() == 0
    assert line.works()
    assert line.refreshes() == 1


@pytest.mark.promise("R2", "I8")
def test_killed_after_the_commit_nobody_asks_again(line: Line) -> None:
    line.strict()
    killed(line, "refresh.stored")
    assert line.works()
    assert line.refreshes() == 1


@pytest.mark.promise("R2", "I8", "I9")
def test_a_database_that_turns_read_only_after_the_rotation_gets_the_tokens_when_it_takes_them(line: Line) -> None:
    """Strict rotation: these tokens are the only ones, and one process alone holds them."""
    line.strict()
    process = line.start("use-again", line.row.id, 1, armed="refresh.answered=pause:2")
    line.go(process)
    line.await_rotation()
    with line.read_only():
        process.wait_for_output("tokens_not_stored_yet", seconds=30)
    assert sum(line.came(process).values()) == 1
    assert line.is_connected()
    assert line.works()
    assert line.refreshes() == 1


@pytest.mark.promise("R3", "R4", "I8")
@pytest.mark.parametrize("answer_after_s", [0, pytest.param(15, marks=[pytest.mark.slow, pytest.mark.chaos_long])])
def test_fifty_jobs_in_four_processes_refresh_once_however_slow_the_answer(line: Line, answer_after_s: int) -> None:
    line.strict()
    if answer_after_s:
        line.machine.fault("delay", answer_after_s, path=TOKEN_PATH)
    processes = [line.start("use-at-once", line.row.id, 13) for _ in range(4)]
    line.go(*processes)
    came = line.came(*processes)
    assert sum(came.values()) == 52
    assert len(came) == 1, came  # all of them hold the same token
    assert next(iter(came)).startswith("token")
    assert line.refreshes() == 1
    assert line.works()


@pytest.mark.promise("R5", "I8")
def test_ten_answers_500_leave_it_connected(line: Line) -> None:
    line.machine.fault("status", {"status": 500}, count=10, path=TOKEN_PATH)
    process = line.start("use-again", line.row.id, 10)
    line.go(process)
    assert line.came(process) == {"refused Unavailable": 10}
    assert line.is_connected()
    assert line.open_alerts() == 0
    assert line.works()
    assert line.refreshes() == 11
