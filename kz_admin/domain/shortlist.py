"""Which few options are worth comparing with a subject: by parts of words, so that 5,000 × 5,000 stays quick."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from kz_admin.domain.likeness import MOST_LETTERS, MOST_WORDS, Name

COMPARED = 12  # how many of those that share most parts
LOOKED_AT = 1_500  # entries of the index for one subject, those of the rarest parts first


class Shortlist:
    def __init__(self, options: Sequence[tuple[Name, Sequence[str]]]) -> None:
        self._same: dict[str, list[int]] = defaultdict(list)
        self._parts: dict[str, list[int]] = defaultdict(list)
        for place, (name, identities) in enumerate(options):
            for key in _keys(name, identities):
                self._same[key].append(place)
            for part in _parts(name):
                self._parts[part].append(place)

    def same(self, name: Name, identities: Sequence[str]) -> list[int]:
        """All with the same name or an identity in common."""
        return sorted({place for key in _keys(name, identities) for place in self._same.get(key, ())})

    def near(self, name: Name) -> list[int]:
        places: list[list[int]] = sorted((self._parts[part] for part in _parts(name) if part in self._parts), key=len)
        often: Counter[int] = Counter()
        looked_at = 0
        for several in places:
            looked_at += len(several)
            if looked_at > LOOKED_AT and often:
                break
            often.update(several[:LOOKED_AT])
        return [place for place, _ in often.most_common(COMPARED)]


def _keys(name: Name, identities: Sequence[str]) -> list[str]:
    return [f"name {name.key}", f"words {name.sorted_key}", *identities] if name.key else list(identities)


def _parts(name: Name) -> set[str]:
    """Three letters each, with the beginning and the end of a word marked."""
    found: set[str] = set()
    for word in name.core[:MOST_WORDS]:
        marked = f"^{word[:MOST_LETTERS]}$"
        found.update(marked[start : start + 3] for start in range(len(marked) - 2))
    return found
