"""How alike two names are, as people who keep books write them: case, accents, legal forms, order, typing errors.

Nothing here decides anything. `auto_match` suggests with it, and a person accepts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel, JaroWinkler

# Letters that no decomposition turns into a plain one.
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_AND = {"&": " and ", "+": " and "}
_JOINED = re.compile(r"['’‘`´]")  # O'Brien is one word
_BETWEEN = re.compile(r"[\W_]+")
_INITIALS = re.compile(r"(?<!\w)\w(?:\s?\.\s?\w(?!\w))+\.?")  # S.A.R.L., G. m. b. H.
_AND_WORDS = frozenset({"and", "und", "et", "og", "och", "en", "y", "e", "i"})
LONGEST = 200  # letters that typing errors are looked for in

# What a company is in law, by the forms that mean the same. Words of one family are no difference.
_FAMILIES = (
    "ltd|limited|ltda|limitada|lda|co ltd|company limited",
    "pty ltd|pty limited|proprietary limited|pty|p l|pte ltd|pte limited|private limited|pvt ltd|pvt limited",
    "sdn bhd|bhd",
    "inc|incorporated|corp|corporation|co|company",
    "llc|l l c|limited liability company",
    "llp|lllp|lp|limited liability partnership|limited partnership",
    "plc|public limited company",
    "gmbh|gesellschaft mit beschrankter haftung|mbh|gesmbh|ges m b h|ug|ug haftungsbeschrankt",
    "gmbh and co kg|gmbh and co|gmbh co kg|kg|ohg|kgaa|ag and co kg|ug and co kg",
    "ag|aktiengesellschaft|se",
    "ek|e k|ev|e v|eg|gbr|kfm|e u|eu|og",
    "sa|societe anonyme|sociedad anonima|sociedade anonima|sa de cv|s a de c v|sab de cv",
    "sarl|sarlu|societe a responsabilite limitee|srl|srls|sprl|sl|slu|sociedad limitada|s de rl de cv|s de r l",
    "sas|sasu|sapi de cv|eurl|snc|sci|scop|sca|scs",
    "spa|s p a|societa per azioni|sapa",
    "bv|b v|besloten vennootschap|nv|n v|naamloze vennootschap|vof|cv",
    "ab|aktiebolag|hb|kb",
    "as|asa|aksjeselskap|a s|aps|anpartsselskab|aktieselskab|i s|k s",
    "oy|oyj|osakeyhtio|ky",
    "sp z o o|sp zoo|spzoo|spolka z o o|sp j|sp k",
    "sro|s r o|spol s r o|kft|zrt|nyrt|doo|d o o|eood|ood|ooo|oao|pao|zao",
    "kk|kabushiki kaisha|godo kaisha|yugen kaisha",
    "me|mei|eireli|epp",
)
LEGAL_FORMS: dict[tuple[str, ...], int] = {
    tuple(form.split()): family for family, forms in enumerate(_FAMILIES) for form in forms.split("|")
}
_LONGEST_FORM = max(len(form) for form in LEGAL_FORMS)


@dataclass(frozen=True)
class Name:
    """A name taken apart once, so that it can be compared often."""

    words: tuple[str, ...]  # in their order, with the legal form
    core: tuple[str, ...]  # without legal form and leading article
    form: int | None  # the family of its legal form

    @property
    def full_key(self) -> str:
        return " ".join(self.words)

    @property
    def core_key(self) -> str:
        return " ".join(self.core)

    @property
    def sorted_key(self) -> str:
        """The same for two names that differ in word order."""
        return " ".join(sorted(self.core))


def read(text: str) -> Name:
    words = _words(_turned(text))
    core, form = _without_form(words)
    if len(core) > 1 and core[0] == "the":
        core = core[1:]
    return Name(words, core, form)


def _turned(text: str) -> str:
    """`Lund, Ada` is Ada Lund; a comma before a legal form turns nothing."""
    before, comma, after = text.partition(",")
    if not comma or "," in after or _without_form(_words(after))[0] == () or not before.strip():
        return text
    return f"{after} {before}" if len(_words(before)) == 1 and len(_words(after)) <= 2 else text


def _words(text: str) -> tuple[str, ...]:
    for sign, word in _AND.items():
        text = text.replace(sign, word)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).translate(_PLAIN)
    text = _INITIALS.sub(lambda found: re.sub(r"[\s.]", "", found[0]), _JOINED.sub("", text))
    return tuple("and" if word in _AND_WORDS and len(word) > 1 else word for word in _BETWEEN.split(text) if word)


def _without_form(words: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """A name that is nothing but a legal form keeps it."""
    for size in range(min(_LONGEST_FORM, len(words)), 0, -1):
        family = LEGAL_FORMS.get(words[-size:])
        if family is not None:
            return words[:-size], family
    return words, None


def numbers(name: Name) -> tuple[str, ...]:
    """Two names with other numbers are other things, however alike their letters are."""
    return tuple(sorted(word for word in name.core if any(letter.isdigit() for letter in word)))


def likeness(one: Name, other: Name) -> float:
    """0 to 1. Each word looks for its partner: one word that has none weighs more than many that have."""
    if numbers(one) != numbers(other):
        return 0.0
    whole = Indel.normalized_similarity(one.sorted_key[:LONGEST], other.sorted_key[:LONGEST])
    return max(_by_words(one.core, other.core), whole if _spaces_only(one, other) else 0.0)


def _spaces_only(one: Name, other: Name) -> bool:
    return "".join(one.core) == "".join(other.core)


def _by_words(ours: Sequence[str], theirs: Sequence[str]) -> float:
    few, many = sorted((list(ours), list(theirs)), key=len)
    if not few:
        return 0.0
    total = len("".join(many))
    found = 0.0
    for word in sorted(few, key=len, reverse=True):
        best = max(many, key=lambda other: _word_likeness(word, other))
        many.remove(best)
        found += _word_likeness(word, best) * max(len(word), len(best))
        total += max(0, len(word) - len(best))
    return found / total


@lru_cache(maxsize=100_000)
def _word_likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    near = JaroWinkler.similarity(one[:LONGEST], other[:LONGEST])
    return near if near >= 0.8 else near / 2
