"""Maple Row Design, Toronto: GST and HST, zero-rated and exempt sales."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk
from .trade import Trade, note_trade, tax_by_item

FIRM = Firm(
    place=("210 Queen Street West", "Toronto", "ON", "M5V 1Z4"),
    mail="books@maplerow.example",
    clients=(
        Client("Algonquin Canoes", "office@algonquincanoes.example", "Huntsville", "ON", "Canada", "Net 30"),
        Client("Boulangerie Petit Matin", "bonjour@petitmatin.example", "Montréal", "QC", "Canada"),
        Client("Cedar Bay Clinic", "accounts@cedarbay.example", "Victoria", "BC", "Canada", "Net 30"),
        Client("Driftwood Books", "", "Halifax", "NS", "Canada"),
        Client("Élodie Charbonneau", "elodie@charbonneau.example"),
        Client("Frontenac Furniture", "comptes@frontenac.example", "Kingston", "ON", "Canada", "Net 15"),
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
    vendors=(
        ("Bay Street Textiles", "sales@baystreettextiles.example", ""),
        ("Lakeshore Properties", "", ""),
        ("Prairie Telecom", "billing@prairietelecom.example", ""),
    ),
    employees=(("Noor", "Haddad", "noor@maplerow.example"), ("Gavin", "Leduc", "")),
    preferences={"SalesFormsPrefs": {"CustomTxnNumbers": True}},
)


TRADE = Trade(
    invoices=(
        (118, "Algonquin Canoes", "Interior plan*1, Hours*6"),
        (96, "Boulangerie Petit Matin", "Colour consultation*2"),
        (83, "Cedar Bay Clinic", "Interior plan*2, Fabric samples*3"),
        (71, "Grain Elevator Gallery:Autumn exhibition", "Evening course*4, Hours*3"),
        (60, "Élodie Charbonneau", "Evening course*1"),
        (44, "Frontenac Furniture", "Drawings for export*2"),
        (30, "Algonquin Canoes", "Hours*9.5"),
        (17, "Driftwood Books", "Colour consultation*1, Fabric samples*2"),
        (9, "Cedar Bay Clinic", "Hours*4"),
        (3, "Frontenac Furniture", "Interior plan*1, Evening course*2"),
    ),
    payments=(
        (101, "Algonquin Canoes", 1, ""),
        (80, "Boulangerie Petit Matin", 2, ""),
        (55, "Cedar Bay Clinic", 3, "1000"),
        (52, "Élodie Charbonneau", 5, ""),
        (21, "Frontenac Furniture", 6, "600"),
    ),
    expenses=(
        (90, "Prairie Telecom", "Office expenses", "82.40"),
        (40, "Bay Street Textiles", "Cost of Goods Sold", "310"),
        (12, "Prairie Telecom", "Office expenses", "82.40"),
    ),
    bills=(
        (65, "Lakeshore Properties", "Office expenses", "1400"),
        (14, "Bay Street Textiles", "Cost of Goods Sold", "265.50"),
    ),
    more=(
        (58, "CreditMemo", "Cedar Bay Clinic", "Fabric samples*1"),
        (25, "Estimate", "Driftwood Books", "Interior plan*1"),
        (20, "SalesReceipt", "Élodie Charbonneau", "Evening course*1"),
    ),
    bought_under="HST ON",
    numbers="MR-",
)


def fill(clerk: Clerk) -> None:
    open_lists(clerk, FIRM)
    note_trade(clerk, TRADE, tax_by_item(FIRM.goods))
    clerk.write_up()
