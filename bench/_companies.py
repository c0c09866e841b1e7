"""Companies as two people would write them, and near-namesakes that are somebody else."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

FIRST = (
    "Acme",
    "Baltic",
    "Summit",
    "Harbour",
    "Cedar",
    "Granite",
    "Lindqvist",
    "Müller",
    "Ferreira",
    "O'Brien",
    "Kowalski",
    "Dubois",
    "Novák",
    "Silver",
    "Alpine",
    "Meridian",
    "Copper",
    "Redwood",
    "Falcon",
    "Atlas",
    "Pioneer",
    "Heron",
    "Juniper",
    "Orchard",
    "Beacon",
    "Quarry",
    "Sørensen",
    "García",
    "Thornton",
    "Whitfield",
    "Castellano",
    "Bergström",
    "Hargreaves",
    "Nakamura",
    "Okonkwo",
    "Patel",
    "Singh",
    "Delacroix",
    "Van_Dijk",
    "McAllister",
    "Ashdown",
    "Kingsley",
    "Larkspur",
    "Montague",
    "Northgate",
    "Oakridge",
    "Pemberton",
    "Quincy",
    "Rosewood",
    "Stonebridge",
    "Tamarind",
    "Underwood",
    "Valencia",
    "Westbrook",
    "Yarrow",
    "Zenith",
)
SECOND = (
    "River",
    "Valley",
    "Bridge",
    "Coast",
    "Lake",
    "Stone",
    "Forest",
    "Garden",
    "Castle",
    "Meadow",
    "Park",
    "Hill",
    "Bay",
    "Point",
    "Creek",
    "Field",
    "Mill",
    "Grove",
    "Cross",
    "Station",
    "Market",
    "Dock",
    "Tower",
    "Gate",
)
TRADE = (
    "Bakery",
    "Logistics",
    "Consulting",
    "Engineering",
    "Manufacturing",
    "Design",
    "Plumbing",
    "Dental",
    "Software",
    "Catering",
    "Holdings",
    "Partners",
    "Roofing",
    "Joinery",
    "Printing",
    "Architects",
    "Electrical",
    "Landscaping",
    "Services",
    "Group",
    "International",
    "Brothers",
    "Fisheries",
    "Textiles",
)
FORMS = (
    ("Ltd", "Limited", "LTD."),
    ("Inc", "Inc.", "Incorporated"),
    ("GmbH", "G.m.b.H.", "gmbh"),
    ("S.A.R.L.", "SARL"),
)
OTHERS = (
    ("North", "South"),
    ("East", "West"),
    ("Upper", "Lower"),
    ("1", "2"),
    ("Sons", "Daughters"),
    ("Retail", "Trade"),
)
SHORT = {"International": "Intl", "Manufacturing": "Mfg", "Brothers": "Bros", "Services": "Svcs", "Group": "Grp"}
ACCENTS = str.maketrans("üöéáøíØ", "uoeaoiO")


@dataclass
class Companies:
    ours: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)  # the same key is the same company
    absent: set[str] = field(default_factory=set)  # ours that have nobody over there


def made(number: int, seed: int = 7) -> Companies:
    """One in ten of ours is not there; for one in five somebody with nearly its name is there as well or instead."""
    chance, found, used = random.Random(seed), Companies(), set()
    while len(found.ours) < number:
        stem = [chance.choice(FIRST).replace("_", " "), chance.choice(SECOND), chance.choice(TRADE)]
        mine, twin = chance.choice(OTHERS)
        near_namesake = chance.random() < 0.2
        core = [*stem, *(["&"] if mine == "Sons" else []), mine] if near_namesake else stem
        if tuple(stem) in used:
            continue
        used.add(tuple(stem))
        key, form = str(len(found.ours)), chance.choice(FORMS)
        found.ours[key] = " ".join([*core, form[0]])
        if near_namesake:
            found.theirs[f"other-{key}"] = " ".join([*(twin if word == mine else word for word in core), form[0]])
        if chance.random() < 0.1:
            found.absent.add(key)
        else:
            found.theirs[key] = _written_by_another(chance, core, form)
    return found


def _written_by_another(chance: random.Random, core: list[str], form: tuple[str, ...]) -> str:
    """As it is, or with one or two changes."""
    words, ending = list(core), chance.choice(form)
    for change in chance.sample(CHANGES, chance.choice((0, 1, 1, 2))):
        words = change(chance, words)
    if chance.random() < 0.25:
        ending = ""
    return " ".join([*words, ending]).strip()


def _typing_error(chance: random.Random, words: list[str]) -> list[str]:
    place = chance.choice([at for at, word in enumerate(words) if len(word) > 4])
    word = words[place]
    at = chance.randrange(1, len(word) - 1)
    wrong = chance.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], _swapped(word, at)))
    return [*words[:place], wrong, *words[place + 1 :]]


def _swapped(word: str, at: int) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _turned(_chance: random.Random, words: list[str]) -> list[str]:
    return words if "&" in words else [words[-1], *words[:-1]]


CHANGES: list[Callable[[random.Random, list[str]], list[str]]] = [
    _typing_error,
    _turned,
    lambda _chance, words: ["The", *words],
    lambda _chance, words: ["and" if word == "&" else word for word in words],
    lambda _chance, words: [word.translate(ACCENTS) for word in words],
    lambda _chance, words: [SHORT.get(word, word) for word in words],
    lambda _chance, words: [word.upper() for word in words],
    lambda _chance, words: [words[0] + ",", *words[1:]],
]
