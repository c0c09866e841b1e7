"""How alike two names are, as people who keep books write them: case, accents, legal forms, order, typing errors.

Nothing here decides anything: `auto_match` suggests with it, and a person accepts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

from kz_admin.domain.legal_forms import is_form, without_form

# Letters that no decomposition turns into a plain one.
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_ACCENTS = re.compile(r"[\u0300-\u036f]")  # only these: marks of other scripts make another letter
_JOINED = re.compile(r"['’‘`´]")  # O'Brien is one word
_INITIALS = re.compile(r"(?<!\w)[^\W\d_](?:\s?\.\s?[^\W\d_](?!\w))+\.?")  # S.A.R.L., G. m. b. H.
_AND = frozenset({"and", "und", "et", "og", "och", "en"})
_SHORT = {
    "assoc": "associates",
    "bldg": "building",
    "bros": "brothers",
    "center": "centre",
    "ctr": "centre",
    "dept": "department",
    "eng": "engineering",
    "govt": "government",
    "grp": "group",
    "hldgs": "holdings",
    "intl": "international",
    "mfg": "manufacturing",
    "mgmt": "management",
    "natl": "national",
    "svc": "service",
    "svcs": "services",
    "univ": "university",
}
# What typing errors are looked for in. More is no name, and would take long.
MOST_WORDS, MOST_LETTERS = 12, 60


@dataclass(frozen=True)
class Name:
    """A name taken apart once, so that it can be compared often."""

    full: str  # as written, but for case, accents and punctuation
    core: tuple[str, ...]  # without legal form and leading article, short forms written out
    form: int | None  # which legal form, of those that mean the same
    key: str  # the core as one text
    sorted_key: str  # the same for names that differ in the order of words
    numbers: tuple[str, ...]


def read(text: str) -> Name:
    words = _words(_turned(text))
    core, form = without_form(words)
    if len(core) > 1 and core[0] == "the":
        core = core[1:]
    core = tuple(_SHORT.get(word, word) for word in core)
    numbers = tuple(sorted(word for word in core if any(letter.isdigit() for letter in word)))
    return Name(" ".join(words), core, form, " ".join(core), " ".join(sorted(core)), numbers)


def likeness(one: Name, other: Name) -> float:
    """0 to 1, whatever the order of the words. Names with other numbers are other things, however alike the letters."""
    if one.numbers != other.numbers or not one.core or not other.core:
        return 0.0
    if "".join(one.core) == "".join(other.core):
        return 0.97  # spaces apart
    few, many = sorted((one.core, other.core), key=lambda core: (len(core), core))
    return _by_words(few, many)


def shared(one: frozenset[str], other: frozenset[str]) -> float | None:
    """How much of the smaller address is in the other; nothing where there is too little to compare."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller >= 2 else None


def address_words(text: str) -> frozenset[str]:
    return frozenset(_words(text))


def _turned(text: str) -> str:
    """`Lund, Ada` is Ada Lund; a comma before a legal form turns nothing."""
    before, comma, after = text.partition(",")
    if not comma or "," in after:
        return text
    first, second = _words(before), _words(after)
    person = len(first) == 1 and 1 <= len(second) <= 2 and not is_form(second)
    return f"{after} {before}" if person else text


def _words(text: str) -> tuple[str, ...]:
    text = text.replace("&", " and ").replace("+", " and ")
    text = unicodedata.normalize("NFKC", text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text))).translate(_PLAIN)
    text = _INITIALS.sub(lambda found: re.sub(r"[\s.]", "", found[0]), _JOINED.sub("", text))
    found = "".join(map(_letter_or_space, text)).split()
    return tuple("and" if word in _AND else word for word in found or text.split())


@lru_cache(maxsize=4096)
def _letter_or_space(sign: str) -> str:
    """Punctuation parts words; the marks of Indian scripts, which no `\\w` knows, do not."""
    category = unicodedata.category(sign)
    if category == "Cf":
        return ""
    return " " if category[0] in "PSZC" else sign


def _by_words(few: Sequence[str], many: Sequence[str]) -> float:
    """Each word, longest first, takes the partner most like it. A missing word is letters not found; another word
    in its place speaks against the two: Acme North is not Acme South."""
    letters = sum(map(len, many))
    left = [word[:MOST_LETTERS] for word in many[:MOST_WORDS]]
    found = 0.0
    for word in sorted((word[:MOST_LETTERS] for word in few[:MOST_WORDS]), key=len, reverse=True):
        likest = max((word_likeness(word, other), other) for other in left)
        if not likest[0]:
            return 0.8 * found / letters
        left.remove(likest[1])
        longer = max(len(word), len(likest[1]))
        found += likest[0] * longer
        letters += longer - len(likest[1])
    return found / letters


@lru_cache(maxsize=200_000)
def word_likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1:
        return 0.8 if one[0] == other[0] else 0.0  # an initial
    alike = JaroWinkler.similarity(one, other)
    return alike if alike >= 0.8 else 0.0
