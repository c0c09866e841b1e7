"""Real processes that start in a moment: forked from one that has imported everything already.

Starting Python and importing the application takes two seconds, and an experiment on a refresh needs none of that.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import psutil

from tests.chaos import deed
from tests.fixtures.processes import NeverCameError, wait_until


@lru_cache(maxsize=1)
def nursery() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "tests.chaos.nursery"])
    return context


class Forked:
    """One of them, its output kept in a file. The words are those of tests.fixtures.processes.Running."""

    def __init__(self, environment: dict[str, str], go: Path, verb: str, *arguments: str) -> None:
        self.log = Path(tempfile.mkstemp(prefix="kz-forked-", suffix=".log")[1])
        self.process = nursery().Process(target=deed.run, args=(environment, self.log, go, verb, *arguments))
        self.process.start()

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for_output(self, words: str, seconds: float = 20) -> None:
        def said_or_dead() -> bool:
            if words in self.output():
                return True
            if not self.process.is_alive():
                raise NeverCameError(
                    f"it ended with {self.process.exitcode} before {words!r}:\n{self.output()[-4000:]}"
                )
            return False

        wait_until(said_or_dead, repr(words), seconds, every=0.01)

    def kill(self) -> None:
        self.process.kill()
        self.process.join(10)

    def await_stop(self) -> None:
        """It holds still at a failpoint with the action `stop`."""
        wait_until(self._is_stopped, "the process to stop at its failpoint", 30)

    def after(self, question: Callable[[], bool]) -> None:
        """Until that is so, or it ended by itself."""
        wait_until(lambda: question() or not self.process.is_alive(), "the moment to hurt it", 30, every=0.01)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def terminate(self) -> None:
        with suppress(ProcessLookupError):  # it may have ended by itself
            self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        assert self.process.pid
        os.kill(self.process.pid, number)

    def _is_stopped(self) -> bool:
        if not self.process.is_alive():
            raise NeverCameError(f"it ended with {self.process.exitcode}:\n{self.output()[-4000:]}")
        return bool(psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED)

    def exit_code(self, seconds: float = 25) -> int:
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise NeverCameError(f"it still runs after {seconds:g} s:\n{self.output()[-4000:]}")
        return self.process.exitcode

    def clean_up(self) -> None:
        self.kill()
        self.process.close()
        self.log.unlink(missing_ok=True)
