"""Nordlicht Studio: a small design studio with a shop, in every way a bookkeeper would expect."""

from __future__ import annotations

from ..chart_of_accounts import open_chart
from ..clerk import Clerk
from .lists import add_lists
from .people import add_people


def fill(clerk: Clerk) -> None:
    open_chart(clerk)
    add_lists(clerk)
    add_people(clerk)
    clerk.write_up()
