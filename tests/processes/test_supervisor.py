from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kz_admin.dev import watchdog
from tests.fixtures.processes import Running, bare_environment, is_gone, python, wait_until


@pytest.fixture
def sleepers() -> Iterator[Running]:
    process = Running(python("-m", "tests.processes.two_sleepers"), bare_environment())
    process.wait_for_output("first is up")
    process.wait_for_output("last is up")
    yield process
    process.clean_up()


def pid_of(running: Running, words: str) -> int:
    """The child whose code contains these words."""
    found = [process.pid for process in running.everyone() if any(words in part for part in process.cmdline())]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_that_asks_to_stop_ends_all_children_in_order(sleepers: Running, number: int) -> None:
    sleepers.send(number)
    assert sleepers.exit_code() == 0
    said = sleepers.output()
    assert said.index("first ends") < said.index("last ends") < said.index("stopped")
    sleepers.wait_until_nothing_is_left()


def test_a_killed_supervisor_leaves_neither_children_nor_grandchildren(sleepers: Running) -> None:
    assert len(sleepers.everyone()) == 5  # supervisor, watchdog, first, its sleeper, last
    sleepers.kill()
    sleepers.wait_until_nothing_is_left(seconds=5)


def test_a_killed_child_takes_its_own_children_along_and_is_started_again(sleepers: Running) -> None:
    first = pid_of(sleepers, "first is up")
    grandchild = psutil.Process(first).children()[0]
    os.kill(first, signal.SIGKILL)
    sleepers.wait_for_output("first ended (SIGKILL); starting it again in 0.5 s")
    wait_until(lambda: sleepers.output().count("first is up") == 2, "first to be up again")
    assert is_gone(grandchild)


def test_a_child_that_keeps_crashing_waits_twice_as_long_each_time(sleepers: Running) -> None:
    for pause, ups in (("0.5", 2), ("1", 3)):
        os.kill(pid_of(sleepers, "first is up"), signal.SIGKILL)
        sleepers.wait_for_output(f"starting it again in {pause} s")
        wait_until(lambda ups=ups: sleepers.output().count("first is up") == ups, "first to be up again")


def test_a_killed_watchdog_is_replaced_and_still_knows_every_child(sleepers: Running) -> None:
    def watchdogs() -> list[int]:
        return [each.pid for each in sleepers.everyone() if any("watchdog" in part for part in each.cmdline())]

    old = watchdogs()
    os.kill(old[0], signal.SIGKILL)
    wait_until(lambda: watchdogs() and watchdogs() != old, "another watchdog")
    sleepers.kill()
    sleepers.wait_until_nothing_is_left(seconds=5)


def test_a_second_stop_kills_at_once_who_does_not_listen() -> None:
    process = Running(python("-m", "tests.processes.two_sleepers", "stubborn"), bare_environment())
    try:
        process.wait_for_output("stubborn is up")
        process.wait_for_output("first is up")
        asked = time.monotonic()
        process.send(signal.SIGINT)
        process.wait_for_output("first ends")
        process.send(signal.SIGINT)
        assert process.exit_code() == 0
        assert time.monotonic() - asked < 5
        process.wait_until_nothing_is_left()
    finally:
        process.clean_up()


def test_the_watchdog_knows_which_groups_still_exist() -> None:
    assert watchdog.watch(["+12\n", "+13\n", "-12\n", "+14\n"]) == {13, 14}


def test_the_watchdog_kills_the_groups_it_was_told_of_when_the_pipe_ends() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    command = [sys.executable, "-S", "-E", str(Path(watchdog.__file__))]
    subprocess.run(command, input=f"+{sleeper.pid}\n", text=True, check=True, timeout=10)
    assert sleeper.wait(5) == -signal.SIGKILL
