"""What names are compared by: case and space never make a second one."""

from __future__ import annotations

import unicodedata


def name_key(name: str, most: int = 300) -> str:
    """For finding and sorting: one space between words, no difference of case or of composed letters.

    Folding can make a text longer, so it is cut to what its column takes.
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:most]


NUMBER_ENDINGS = 20  # looked at for a free one; who has used them all has another question than a number


def number_endings(number: str, longest: int) -> list[str]:
    """INV-104-1, INV-104-2 …: what an invoice may be called where its own number is taken."""
    endings = [f"-{count}" for count in range(1, NUMBER_ENDINGS + 1)]
    return [number[: longest - len(ending)] + ending for ending in endings]


def number_key(number: str) -> str:
    """For document numbers: INV-7, inv-7 and INV - 7 are the same number."""
    return "".join(unicodedata.normalize("NFKC", number).casefold().split())[:60]
