"""Wattle Street Media, Melbourne: GST, GST free, out of scope."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk
from .trade import Trade, note_trade, tax_by_item

FIRM = Firm(
    place=("38 Wattle Street", "Melbourne", "VIC", "3000"),
    mail="books@wattlestreet.example",
    clients=(
        Client("Banksia Childcare", "admin@banksiachildcare.example", "Geelong", "VIC", "Australia", "Net 30"),
        Client("Coral Reef Dive School", "dive@coralreefdive.example", "Cairns", "QLD", "Australia"),
        Client("Dusty Boot Saddlery", "", "Tamworth", "NSW", "Australia"),
        Client("Eucalypt Architects", "accounts@eucalyptarch.example", "Hobart", "TAS", "Australia", "Net 15"),
        Client("Fiona McTaggart", "fiona@mctaggart.example"),
        Client("Goldfield Winery", "cellar@goldfieldwinery.example", "Bendigo", "VIC", "Australia", "Net 30"),
    ),
    goods=(
        Good("Hours", "130", "GST", words="Work by the hour"),
        Good("Short film", "4800", "GST"),
        Good("Podcast episode", "650", "GST"),
        Good("First aid course", "210", "GST free"),
        Good("Memory card", "55", "GST", "NonInventory"),
    ),
    vendors=(("Bayside Camera Hire", "hire@baysidecamera.example", ""), ("Laneway Studios", "", "")),
    employees=(("Kirra", "Dunstan", "kirra@wattlestreet.example"),),
)


TRADE = Trade(
    invoices=(
        (112, "Banksia Childcare", "First aid course*6"),
        (94, "Coral Reef Dive School", "Short film*1, Memory card*4"),
        (76, "Eucalypt Architects", "Podcast episode*3"),
        (58, "Dusty Boot Saddlery", "Hours*7.5"),
        (37, "Fiona McTaggart", "First aid course*1, Hours*1"),
        (20, "Goldfield Winery", "Short film*1"),
        (6, "Eucalypt Architects", "Podcast episode*1, Hours*2"),
    ),
    payments=(
        (90, "Banksia Childcare", 1, ""),
        (70, "Coral Reef Dive School", 2, "3000"),
        (45, "Eucalypt Architects", 3, ""),
    ),
    expenses=((60, "Bayside Camera Hire", "Cost of Goods Sold", "330"),),
    bills=((52, "Laneway Studios", "Office expenses", "990"), (10, "Bayside Camera Hire", "Cost of Goods Sold", "176")),
    more=(
        (40, "CreditMemo", "Coral Reef Dive School", "Memory card*1"),
        (15, "Estimate", "Goldfield Winery", "Short film*2"),
    ),
    bought_under="GST",
)


def fill(clerk: Clerk) -> None:
    open_lists(clerk, FIRM)
    note_trade(clerk, TRADE, tax_by_item(FIRM.goods))
    clerk.write_up()
