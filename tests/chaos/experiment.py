"""The frame of every experiment, whatever it hurts.

    start     the processes of the Procfile, one of them armed with KZ_FAILPOINTS
    hurt      something makes the armed process reach its failpoint; it kills itself
    heal      the hurt process is replaced by a sound one
    rest      all that is due has been done
    check     the invariants, on the database and on what the outside world received

Time is simulated for all processes at once: a lease of a dead worker ends when the experiment says so. It moves once
between heal and rest; while sound workers run it stays real, or their own leases would end under their hands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fixtures.dyno import Dyno
from tests.fixtures.processes import ROOT, Running, wait_until

# How each kind of process says that one of its own was killed.
OBITUARIES = {"worker": "signal 9", "web": "SIGKILL"}
UP = {"worker": "queue=bulk", "clock": "clock_leads", "web": ""}
LONGEST_LEASE_S = 61


class Experiment:
    def __init__(self, dyno: Dyno) -> None:
        self.dyno = dyno
        self.dyno.environment["KZ_CLOCK"] = "simulated"
        self.running: dict[str, Running] = {}

    def start(self, *names: str, armed: str = "") -> None:
        for name in names:
            more = {"KZ_FAILPOINTS": armed} if armed else {}
            self.running[name] = self.dyno.start(name, **more)
        for name in names:
            if name == "web":
                self.dyno.wait_until_ready()
            else:
                self.running[name].wait_for_output(UP[name])

    def await_death(self, name: str) -> None:
        """The experiment is void unless something really died."""
        self.running[name].wait_for_output(OBITUARIES[name])

    def heal(self, *names: str) -> None:
        for name in names:
            self.running.pop(name).clean_up()
        self.start(*names)
        self.dyno.let_time_pass(LONGEST_LEASE_S)

    def rest(self, question: Callable[[], bool], seconds: float = 40) -> None:
        wait_until(question, "rest", seconds)


def failpoints_in(path: Path) -> Iterator[str]:
    """The names a piece of code gives to the places where it can be hurt."""
    yield from re.findall(r'failpoints\.reach\("([\w.]+)"\)', path.read_text(encoding="utf-8"))


def all_failpoints() -> set[str]:
    return {name for path in (ROOT / "kz_admin").rglob("*.py") for name in failpoints_in(path)}
