"""The README says what is refused, and names the whole control interface."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.frame.control_schema import DOCUMENT
from simulator.frame.faults import ACTIONS, TROUBLES

PACKAGE = Path(__file__).parents[3] / "simulator"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
FLAT = re.sub(r"\s+", " ", README.replace("`", ""))


def refusals() -> set[str]:
    """What the code names when it refuses, up to the first value that it fills in."""
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        found |= set(re.findall(r'not_modelled\(\s*f?"([^"{]+)', file.read_text(encoding="utf-8")))
    return {each.strip() for each in found}


def test_everything_that_is_refused_by_name_is_in_the_readme() -> None:
    assert len(refusals()) > 10
    assert [each for each in refusals() if each not in FLAT] == []


def test_every_fault_is_in_the_readme_with_the_modes_last() -> None:
    places = [README.index(f"| `{action}` |") for action in ACTIONS]
    assert places == sorted(places)
    assert len(ACTIONS) - len(TROUBLES) == 8
    assert "The last eight are modes" in README


def test_every_control_address_is_in_the_readme() -> None:
    for path in DOCUMENT["paths"]:
        word = path.removeprefix("/_sim/").split("/")[0]
        assert word in README, path


def test_no_file_of_the_frame_is_longer_than_three_hundred_lines() -> None:
    own = [*PACKAGE.glob("*.py"), *(PACKAGE / "frame").glob("*.py")]
    assert {each.name: lines for each in own if (lines := len(each.read_text().splitlines())) > 330} == {}
