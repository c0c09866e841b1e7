"""Wattle Street Media, Melbourne: GST, GST free, out of scope."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk

FIRM = Firm(
    city="Melbourne",
    region="VIC",
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
)  # fmt: skip


def fill(clerk: Clerk) -> None:
    open_lists(clerk, FIRM)
    clerk.write_up()
