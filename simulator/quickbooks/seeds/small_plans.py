"""Two one-person businesses on the smaller plans, for what those plans leave out."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk
from .trade import Trade, note_trade, tax_by_item

SIMPLE_START = Firm(
    place=("77 Mesquite Road", "Tucson", "AZ", "85701"),
    mail="hello@cactuswren.example",
    clients=(Client("Desert Bloom Florist", "desk@desertbloom.example"), Client("Hank Morrow")),
    goods=(Good("Hours", "60", words="Work by the hour"), Good("Piano tuning", "140")),
    vendors=(("Felt & Wire Supply", "", ""),),
)
ESSENTIALS = Firm(
    place=("5 River Walk", "Savannah", "GA", "31401"),
    mail="office@tidalcreek.example",
    clients=(Client("Live Oak Inn", "stay@liveoakinn.example", terms="Net 30"), Client("Marsh Landing Marina", "")),
    goods=(Good("Hours", "70", words="Work by the hour"), Good("Boat survey", "450")),
    vendors=(("Tybee Rope & Chandlery", "sales@tybeerope.example", ""),),
    employees=(("Cornelius", "Budd", ""),),
)


SIMPLE_TRADE = Trade(
    invoices=(
        (60, "Desert Bloom Florist", "Piano tuning*1"),
        (21, "Hank Morrow", "Piano tuning*2, Hours*1"),
        (4, "Desert Bloom Florist", "Hours*2"),
    ),
    payments=((50, "Desert Bloom Florist", 1, ""),),
    expenses=((30, "Felt & Wire Supply", "Office expenses", "64.90"),),
    capital="4000",
)
ESSENTIALS_TRADE = Trade(
    invoices=(
        (72, "Live Oak Inn", "Boat survey*1"),
        (33, "Marsh Landing Marina", "Boat survey*4"),
        (5, "Live Oak Inn", "Hours*6"),
    ),
    payments=((55, "Live Oak Inn", 1, "200"),),
    expenses=((28, "Tybee Rope & Chandlery", "Office expenses", "118.20"),),
    bills=((46, "Tybee Rope & Chandlery", "Office expenses", "240"),),
    capital="9000",
)


def fill_simple_start(clerk: Clerk) -> None:
    open_lists(clerk, SIMPLE_START)
    note_trade(clerk, SIMPLE_TRADE, tax_by_item(SIMPLE_START.goods))
    clerk.write_up()


def fill_essentials(clerk: Clerk) -> None:
    open_lists(clerk, ESSENTIALS)
    note_trade(clerk, ESSENTIALS_TRADE, tax_by_item(ESSENTIALS.goods))
    clerk.write_up()
