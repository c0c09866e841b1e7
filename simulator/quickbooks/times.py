"""Moments as QuickBooks writes and reads them: Pacific offset, seconds in MetaData, milliseconds in `time`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@lru_cache(maxsize=4096)
def _pacific_second(second: int) -> str:
    return datetime.fromtimestamp(second, PACIFIC).isoformat()


def seconds_text(ms: int) -> str:
    """`2026-03-02T05:58:16-08:00`, as MetaData carries it."""
    return _pacific_second(ms // 1000)


def millis_text(ms: int) -> str:
    """`2026-03-02T05:58:16.187-08:00`, as `time` beside an answer carries it."""
    text = _pacific_second(ms // 1000)
    return f"{text[:19]}.{ms % 1000:03d}{text[19:]}"


def pacific_date(ms: int) -> str:
    """The server's today: a date in Pacific time, whatever the company's own zone is."""
    return _pacific_second(ms // 1000)[:10]


@lru_cache(maxsize=65536)
def instant(text: str) -> int:
    """Milliseconds of a date or date-time; without an offset it is Pacific. ValueError when it is neither."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PACIFIC)
    return round(moment.astimezone(UTC).timestamp() * 1000)


def is_date(text: str) -> bool:
    """A calendar date written `YYYY-MM-DD`."""
    if not _DATE.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
