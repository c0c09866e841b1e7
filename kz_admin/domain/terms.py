"""Payment terms: a name and the days it gives."""

from __future__ import annotations

import re
from datetime import date, timedelta

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

TERMS: dict[str, int] = {
    "Due on receipt": 0,
    "Net 7": 7,
    "Net 14": 14,
    "Net 15": 15,
    "Net 30": 30,
    "Net 45": 45,
    "Net 60": 60,
}


def due_on(issued_on: str, terms: str) -> str | None:
    """The calendar date these terms lead to; None for terms we only know by name."""
    days = TERMS.get(terms)
    return None if days is None else (date.fromisoformat(issued_on) + timedelta(days=days)).isoformat()


def is_date(text: str) -> bool:
    """A calendar date as we keep it, YYYY-MM-DD, in years that books of today can contain."""
    try:
        return bool(_DATE.fullmatch(text)) and 1990 <= date.fromisoformat(text).year <= 2199
    except ValueError:
        return False
