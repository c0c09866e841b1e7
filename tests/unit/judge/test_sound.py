"""The judge says nothing where nothing is wrong, and no rule of it can be blind."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.chaos.judge import AT_REST, RULES, verdict
from tests.unit.judge.sound import Sound

HERE = Path(__file__).parent
JUDGED = {f"I{number}" for number in (*range(1, 21), *range(23, 27))} | {"L1"}
# Emptying Redis is judged by I2 and L1 afterwards; how soon is soon depends on the experiment.
MEASURED = {"I6", "I15", "I16"}


def test_nothing_is_wrong_with_one_paid_invoice(sound: Sound) -> None:
    assert verdict(sound.evidence()) == []


def test_every_rule_is_shown_a_violation_made_by_hand() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    named = set(re.findall(r"\b(?:once|removals|calls|flight|access|states|money|secrets)\.(\w+)", tests))
    assert {rule.__name__ for rule in RULES + AT_REST} <= named


def test_every_invariant_that_pushing_can_break_has_a_rule() -> None:
    judge = HERE.parents[1] / "chaos" / "judge"
    found: set[str] = set()
    for path in judge.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Violation":
                assert isinstance(node.args[0], ast.Constant)
                found.add(node.args[0].value)
    assert found == JUDGED - MEASURED
