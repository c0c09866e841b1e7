"""Texts as QuickBooks takes them: within its lengths, names without the characters it forbids."""

from __future__ import annotations

MORE = "..."  # US companies keep Latin-1, which has no character for it


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(MORE)].rstrip() + MORE


def name(text: str, limit: int, suffix: str = "") -> str:
    """One line without a colon, which stands between parent and child over there."""
    line = " ".join(text.replace(":", " - ").split())
    return line[: limit - len(suffix)].rstrip() + suffix


def ending(tried: str, plain: str) -> str:
    """What was put behind a name to keep it apart."""
    return tried.removeprefix(plain) if tried.startswith(plain) else ""
