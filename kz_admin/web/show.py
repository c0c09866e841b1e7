"""How moments, money and names look on screen: the template filters."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context
from markupsafe import Markup

from kz_admin import clock
from kz_admin.clock import DAY, HOUR, MINUTE, SECOND
from kz_admin.domain.money import Money
from kz_admin.web import access

MONTH = 31 * DAY


def init_app(app: Flask) -> None:
    app.add_template_filter(when)
    app.add_template_filter(exact)
    app.add_template_filter(money)
    app.add_template_filter(initials)
    app.add_template_filter(plural)
    app.add_template_filter(capped)


def zone() -> tzinfo:
    """The tenant's time zone; UTC where there is no tenant (sign-in, platform)."""
    whoever = access.person() if has_request_context() else None
    return ZoneInfo(whoever.place.time_zone) if whoever and whoever.place else UTC


def when(at: int | None, otherwise: str = "Never") -> Markup:
    """Relative under a month, the date after that; the exact moment is one hover away (AX-15)."""
    if at is None:
        return Markup('<span class="faint">{}</span>').format(otherwise)
    return _time(at, _relative(at))


def exact(at: int | None, otherwise: str = "Never") -> Markup:
    if at is None:
        return Markup('<span class="faint">{}</span>').format(otherwise)
    return _time(at, _in_words(at))


def money(minor: int, currency: str, with_currency: bool = True) -> str:
    text = str(Money(minor, currency))
    return text.replace("-", "\N{MINUS SIGN}") if with_currency else text.rpartition(" ")[0]


def initials(name: str) -> str:
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper() or "?"


def capped(number: int, most: int) -> str:
    """A number that was counted no further than one more than this."""
    return f"{most:,}+" if number > most else f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _time(at: int, words: str) -> Markup:
    moment = datetime.fromtimestamp(at / SECOND, UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(timespec="seconds").replace("+00:00", "Z"), f"{_in_words(at)} ({_zone_word(at)})", words
    )


def _relative(at: int) -> str:
    past = clock.now_ms() - at
    distance = abs(past)
    if distance < 45 * SECOND:
        return "just now" if past >= 0 else "in a moment"
    if distance >= MONTH:
        return _local(at).strftime("%-d %b %Y")
    words = _distance(distance)
    return f"{words} ago" if past >= 0 else f"in {words}"


def _distance(distance: int) -> str:
    if distance < HOUR:
        return f"{max(1, round(distance / MINUTE))} min"
    if distance < DAY:
        return f"{round(distance / HOUR)} h"
    return plural(round(distance / DAY), "day")


def _in_words(at: int) -> str:
    return _local(at).strftime("%-d %b %Y, %H:%M")


def _zone_word(at: int) -> str:
    return _local(at).tzname() or "UTC"


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND, zone())
