"""One child process: how it starts, its log lines, and when it may start again."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from kz_admin import lifeline
from kz_admin.clock import monotonic

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# Alive for this long, it counts as well again and the next crash is its first.
WELL_AFTER = 30.0
LONGEST_LINE = 64_000


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    # Children of a later stage are stopped after those of an earlier one. Redis is the last.
    stage: int
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    starts_again_at: float | None = None
    silent: bool = False  # it closed its output
    _rest: bytes = field(default=b"", repr=False)
    _group_may_live: bool = False

    def start(self) -> IO[bytes]:
        """A session of its own: Ctrl-C reaches the supervisor alone, which then stops all in order."""
        self.process = subprocess.Popen(  # noqa: S603 - a fixed command
            list(self.command),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lifeline.ask_kernel,  # noqa: PLW1509 - safe: the supervisor has one thread
        )
        self.started = monotonic()
        self.starts_again_at = None
        self._rest, self.silent, self._group_may_live = b"", False, True
        assert self.process.stdout
        os.set_blocking(self.process.stdout.fileno(), False)
        return self.process.stdout

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def is_due(self) -> bool:
        return self.starts_again_at is not None and self.starts_again_at <= monotonic()

    @property
    def code(self) -> int | None:
        return self.process.poll() if self.process else None

    def signal(self, number: int) -> None:
        """To the child alone: it decides what its own children do."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill_group(self) -> None:
        """What is left of it and of all it started; once, for its number may soon be somebody else's."""
        if self.process and self._group_may_live:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self._group_may_live = self.alive

    def crashed(self) -> float:
        """The pause before the next start: doubled with every crash in a row."""
        self.crashes = 1 if monotonic() - self.started > WELL_AFTER else self.crashes + 1
        pause = float(min(FIRST_PAUSE * 2 ** (self.crashes - 1), LONGEST_PAUSE))
        self.starts_again_at = monotonic() + pause
        return pause

    def lines(self) -> Iterator[str]:
        """Whole lines that came since the last call; once it is dead, its last words too."""
        assert self.process
        assert self.process.stdout
        with suppress(BlockingIOError, ValueError):
            while chunk := os.read(self.process.stdout.fileno(), 65_536):
                self._rest += chunk
            self.silent = True
        *whole, self._rest = self._rest.split(b"\n")
        if self._rest and (not self.alive or len(self._rest) > LONGEST_LINE):
            whole.append(self._rest)
            self._rest = b""
        for line in whole:
            yield line.decode("utf-8", errors="replace").rstrip()
