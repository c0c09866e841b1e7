"""Many names as a long list of customers has them: people who share a surname, firms that share a word."""

from __future__ import annotations

from collections.abc import Iterator

SYLLABLES = ("ba", "cor", "den", "el", "fin", "gar", "hol", "in", "jo", "kel", "lan", "mar", "nor", "ost", "per", "qui")
FORMS = ("Ltd", "LLC", "Inc", "GmbH", "")
TRADES = ("Studio", "Dental Practice", "Holdings", "Consulting", "Bakery", "Garage", "Joinery")


def word(number: int) -> str:
    """A word of its own for each number."""
    found = ""
    number += 1
    while number:
        found += SYLLABLES[number % 16]
        number //= 16
    return found.capitalize()


def names(many: int) -> Iterator[tuple[str, str]]:
    """Ours and theirs: of ten pairs seven are the same, two are written another way, one is somebody else."""
    for number in range(many):
        ours = _person(number) if number % 10 == 0 else _firm(number)
        yield ours, _theirs(ours, number)


def _person(number: int) -> str:
    return f"Smith {word(number * 7 + 300)}"


def _firm(number: int) -> str:
    return f"{word(number + 4000)} {TRADES[number % len(TRADES)]} {FORMS[number % len(FORMS)]}".strip()


def _theirs(ours: str, number: int) -> str:
    written = number // 10 % 10
    if written < 7:
        return ours
    if written < 9:
        return ours[:3] + ours[4:] if written == 7 else f"{ours.split(' ', 1)[1]}, {ours.split(' ', 1)[0]}"
    return f"{word(number + 900_000)} {TRADES[number % len(TRADES)]}"
