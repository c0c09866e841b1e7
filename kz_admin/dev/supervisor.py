"""Starts the children, passes on what they say, restarts what crashes and stops all of them in order.

One thread and one selector: everything happens inside `turn()`. That keeps fork-and-exec safe, and makes
"wait until" and "keep running" the same loop.
"""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

from kz_admin.clock import monotonic
from kz_admin.dev.children import Child

WATCHDOG = Path(__file__).with_name("watchdog.py")
# Heroku kills after 30 s; the whole stop stays within 25.
STAGE_SECONDS = {0: 21.0, 1: 2.0, 2: 2.0}
COLOURS = {"redis": 31, "simulator": 35, "web": 32, "worker": 36, "clock": 34, "app": 32}


class StoppedError(Exception):
    """Somebody asked us to end while we were waiting for something."""


class Supervisor:
    def __init__(self, out: IO[str] = sys.stdout) -> None:
        self._out = out
        self._children: list[Child] = []
        self._pipes: dict[int, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop = 0
        self._stopping = False
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._wake_read, self._wake_write = os.pipe()

    @contextmanager
    def listening_to_signals(self) -> Iterator[None]:
        """A signal only sets a number and wakes the selector; the loop does the rest."""
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self._start_watchdog()
        try:
            yield
        finally:
            self.stop()

    def say(self, sentence: str) -> None:
        self._print("kz-admin", sentence)

    def add(self, child: Child) -> Child:
        self._children.append(child)
        self._start(child)
        return child

    def wait_until(self, question: Callable[[], bool], seconds: float) -> bool:
        """Keep everything running until the answer is yes; False when the time is over."""
        deadline = monotonic() + seconds
        while not question():
            if self._asked_to_stop:
                raise StoppedError
            if monotonic() > deadline:
                return False
            self.turn(0.05)
        return True

    def run(self) -> None:
        while not self._asked_to_stop:
            self.turn(1.0)

    def turn(self, seconds: float) -> None:
        """One round: read what was said, see who died, start again who is due."""
        for key, _ in self._selector.select(self._until_next_start(seconds)):
            if key.fd == self._wake_read:
                with suppress(BlockingIOError):
                    os.read(self._wake_read, 1024)
            else:
                self._pass_on(self._pipes[key.fd])
        for child in self._children:
            if child.process and not child.alive and child.starts_again_at is None:
                self._ended(child)
            if child.is_due and not self._stopping:
                self._start(child)
        self._keep_watchdog()

    def stop(self) -> None:
        """Stage after stage; who does not end in time is killed. A second Ctrl-C kills at once."""
        self._stopping = True
        asked = self._asked_to_stop
        for stage in sorted(STAGE_SECONDS):
            members = [child for child in self._children if child.stage == stage]
            for child in members:
                child.signal(signal.SIGTERM)
            self._await_end(members, STAGE_SECONDS[stage], asked)
            for child in members:
                child.kill_group()
                if child.process:
                    child.process.wait()
        self._end_watchdog()

    def _await_end(self, members: list[Child], seconds: float, asked: int) -> None:
        deadline = monotonic() + seconds
        while any(child.alive for child in members):
            if monotonic() > deadline:
                late = ", ".join(child.name for child in members if child.alive)
                self.say(f"{late} did not end within {seconds:g} s and is killed")
                return
            if self._asked_to_stop > max(asked, 1):
                return
            self.turn(0.05)
        self.turn(0)

    def _start(self, child: Child) -> None:
        try:
            pipe = child.start()
        except OSError as problem:
            self.say(f"{child.name} cannot be started: {problem}; trying again in {child.crashed():g} s")
            return
        self._tell_watchdog(f"+{child.pid}")
        self._pipes[pipe.fileno()] = child
        self._selector.register(pipe, selectors.EVENT_READ)

    def _ended(self, child: Child) -> None:
        assert child.process
        self._pass_on(child)
        self._stop_reading(child)
        child.kill_group()
        self._tell_watchdog(f"-{child.pid}")
        code = child.code
        child.starts_again_at = float("inf")
        if not self._stopping:
            pause = child.crashed()
            self.say(f"{child.name} ended ({described(code)}); starting it again in {pause:g} s")

    def _until_next_start(self, seconds: float) -> float:
        if self._stopping:
            return seconds
        due = [child.starts_again_at for child in self._children if child.starts_again_at is not None]
        return max(0.0, min(seconds, min(due, default=float("inf")) - monotonic()))

    def _pass_on(self, child: Child) -> None:
        if child.process and child.process.stdout and not child.process.stdout.closed:
            for line in child.lines():
                self._print(child.name, line)
            if child.silent:  # else the selector would report the end of the pipe for ever
                self._stop_reading(child)

    def _stop_reading(self, child: Child) -> None:
        pipe = child.process.stdout if child.process else None
        if pipe and not pipe.closed:
            self._selector.unregister(pipe)
            self._pipes.pop(pipe.fileno(), None)
            pipe.close()

    def _print(self, name: str, line: str) -> None:
        prefix = f"{name:<9} |"
        if self._out.isatty():
            prefix = f"\033[{COLOURS.get(name, 1)}m{prefix}\033[0m"
        # Whoever read our output may be gone; that is no reason to stop.
        with suppress(BrokenPipeError, OSError):
            self._out.write(f"{prefix} {line}\n")
            self._out.flush()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    def _start_watchdog(self) -> None:
        self._watchdog = subprocess.Popen(  # noqa: S603 - a fixed command
            [sys.executable, "-S", "-E", str(WATCHDOG)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        for child in self._children:
            if child.alive:
                self._tell_watchdog(f"+{child.pid}")

    def _keep_watchdog(self) -> None:
        if self._watchdog and self._watchdog.poll() is not None and not self._stopping:
            self._start_watchdog()

    def _tell_watchdog(self, word: str) -> None:
        if self._watchdog and self._watchdog.stdin:
            with suppress(BrokenPipeError):
                self._watchdog.stdin.write(f"{word}\n".encode())
                self._watchdog.stdin.flush()

    def _end_watchdog(self) -> None:
        if self._watchdog and self._watchdog.stdin:
            with suppress(BrokenPipeError):
                self._watchdog.stdin.close()
            self._watchdog.wait()


def described(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
