"""Maple Row Design, Toronto: GST and HST, zero-rated and exempt sales."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk

FIRM = Firm(
    city="Toronto",
    region="ON",
    clients=(
        Client("Algonquin Canoes", "office@algonquincanoes.example", "Huntsville", "ON", "Canada", "Net 30"),
        Client("Boulangerie Petit Matin", "bonjour@petitmatin.example", "Montréal", "QC", "Canada"),
        Client("Cedar Bay Clinic", "accounts@cedarbay.example", "Victoria", "BC", "Canada", "Net 30"),
        Client("Driftwood Books", "", "Halifax", "NS", "Canada"),
        Client("Élodie Charbonneau", "elodie@charbonneau.example"),
        Client("Frontenac Furniture", "buchhaltung@frontenac.example", "Kingston", "ON", "Canada", "Net 15"),
        Client("Grain Elevator Gallery", "", "Thunder Bay", "ON", "Canada"),
        Client("Autumn exhibition", parent="Grain Elevator Gallery"),
    ),
    goods=(
        Good("Hours", "105", "HST ON", words="Work by the hour"),
        Good("Interior plan", "1200", "HST ON"),
        Good("Colour consultation", "240", "GST"),
        Good("Evening course", "180", "Exempt", words="Teaching, exempt from tax"),
        Good("Drawings for export", "600", "Zero-rated"),
        Good("Fabric samples", "45", "HST ON", "NonInventory"),
    ),
    vendors=(("Bay Street Textiles", "sales@baystreettextiles.example", ""), ("Lakeshore Properties", "", ""),
             ("Prairie Telecom", "billing@prairietelecom.example", "")),
    employees=(("Noor", "Haddad", "noor@maplerow.example"), ("Gavin", "Leduc", "")),
    preferences={"SalesFormsPrefs": {"CustomTxnNumbers": True}},
)  # fmt: skip


def fill(clerk: Clerk) -> None:
    open_lists(clerk, FIRM)
    clerk.write_up()
