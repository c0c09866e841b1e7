"""What names are compared by: case and space never make a second one."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """For finding and sorting: one space between words, no difference of case or of composed letters."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def number_key(number: str) -> str:
    """For document numbers: INV-7, inv-7 and INV - 7 are the same number."""
    return "".join(unicodedata.normalize("NFKC", number).casefold().split())
