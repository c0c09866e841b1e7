"""Calendar dates of documents on screen. They belong to no time zone: 31 July is 31 July everywhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import Blueprint
from markupsafe import Markup

from kz_admin import clock
from kz_admin.domain.figures import plain_text
from kz_admin.web.access import here


def register(bp: Blueprint) -> None:
    bp.add_app_template_filter(day)
    bp.add_app_template_filter(plain, "plain")
    bp.add_app_template_global(today, "today")


def today() -> str:
    """The calendar date in the tenant's time zone."""
    return clock.local_date(clock.now_ms(), here().time_zone).isoformat()


def day(text: str | None) -> Markup:
    if not text:
        return Markup("")
    words = date.fromisoformat(text).strftime("%-d %b %Y")
    return Markup('<time datetime="{}">{}</time>').format(text, words)


def plain(number: Decimal | None) -> str:
    return "" if number is None else plain_text(number)
