"""The judge: rows of ours, journal and state of the simulator, and which invariants they break (reliability.md 3).

    once      I1 I2 I3 I7        calls    I4 I5 I10 I19        flight   I11 I12 I13 I18 (and measures for I15, I16)
    access    I8 I9 I20          states   I14 I17 I25 I26 L1   money    I24           secrets  I23
    removals  I1 I10, of what was voided here

I6 (an emptied Redis loses nothing) is I2 and L1 after Redis was emptied. Each rule is one function that looks at the
evidence and says what is wrong in it; tests/unit/judge shows each of them a violation made by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.chaos.judge import access, calls, flight, money, once, removals, secrets, states
from tests.chaos.judge.evidence import Entry, Evidence, Span
from tests.chaos.judge.rows import Rows
from tests.chaos.judge.violation import Violation

Rule = Callable[[Evidence], Iterator[Violation]]

MODULES = (once, removals, calls, flight, access, states, money, secrets)
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)
AT_REST: tuple[Rule, ...] = states.AT_REST


def judge(
    session_rows: Rows,
    journal: Sequence[Entry],
    state: Mapping[str, Any],
    *,
    at_rest: bool = True,
    texts: Mapping[str, str] | None = None,
    lost: Sequence[Span] = (),
    outages: Sequence[Span] = (),
) -> list[Violation]:
    """Everything that is broken; empty when all holds. Without `at_rest` work may still be under way."""
    evidence = Evidence(session_rows, journal, state, texts or {}, lost, outages=outages)
    return verdict(evidence, at_rest=at_rest)


def verdict(evidence: Evidence, *, at_rest: bool = True) -> list[Violation]:
    rules = RULES + (AT_REST if at_rest else ())
    return [violation for rule in rules for violation in rule(evidence)]


__all__ = ["AT_REST", "RULES", "Evidence", "Rows", "Violation", "judge", "verdict"]
