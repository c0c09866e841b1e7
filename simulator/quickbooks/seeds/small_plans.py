"""Two one-person businesses on the smaller plans, for what those plans leave out."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk

SIMPLE_START = Firm(
    city="Tucson",
    region="AZ",
    clients=(Client("Desert Bloom Florist", "desk@desertbloom.example"), Client("Hank Morrow")),
    goods=(Good("Hours", "60", words="Work by the hour"), Good("Piano tuning", "140")),
    vendors=(("Felt & Wire Supply", "", ""),),
)
ESSENTIALS = Firm(
    city="Savannah",
    region="GA",
    clients=(Client("Live Oak Inn", "stay@liveoakinn.example", terms="Net 30"), Client("Marsh Landing Marina", "")),
    goods=(Good("Hours", "70", words="Work by the hour"), Good("Boat survey", "450")),
    vendors=(("Tybee Rope & Chandlery", "sales@tybeerope.example", ""),),
    employees=(("Cornelius", "Budd", ""),),
)


def fill_simple_start(clerk: Clerk) -> None:
    open_lists(clerk, SIMPLE_START)
    clerk.write_up()


def fill_essentials(clerk: Clerk) -> None:
    open_lists(clerk, ESSENTIALS)
    clerk.write_up()
