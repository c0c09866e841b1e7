"""Texts as QuickBooks takes them: within its lengths, names without the characters it forbids."""

from __future__ import annotations

MORE = "..."  # US companies keep Latin-1, which has no character for it
SUGGESTED_NUMBER = 1


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(MORE)].rstrip() + MORE


def name(text: str, limit: int, suffix: str = "") -> str:
    """One line without a colon, which stands between parent and child over there."""
    line = " ".join(text.replace(":", " - ").split())
    return line[: limit - len(suffix)].rstrip() + suffix


def ending(tried: str, plain: str) -> str:
    """What was put behind a name to keep it apart."""
    return tried.removeprefix(plain) if tried.startswith(plain) else ""


def next_number(number: str, limit: int) -> str:
    """INV-104 → INV-104-1 → INV-104-2: what to offer when a number is taken."""
    before, _, last = number.rpartition("-")
    is_ours = bool(before) and last.isdecimal() and len(last) == 1
    stem, count = (before, int(last) + 1) if is_ours else (number, SUGGESTED_NUMBER)
    ending = f"-{count}"
    return stem[: limit - len(ending)] + ending
