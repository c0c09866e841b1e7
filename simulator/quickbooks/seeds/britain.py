"""Harbour Lane Works, Bristol: VAT at the standard, reduced and zero rate, exempt, and no VAT at all."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk
from .trade import Trade, note_trade, tax_by_item

FIRM = Firm(
    place=("4 Harbour Lane", "Bristol", "", "BS1 5TT"),
    mail="books@harbourlane.example",
    clients=(
        Client("Ashdown Cider", "ledger@ashdowncider.example", "Taunton", "", "United Kingdom", "Net 30"),
        Client("Bellweather Knitwear", "hello@bellweather.example", "Hawick", "", "United Kingdom", "Net 30"),
        Client("Cobbled Street Inn", "", "York", "", "United Kingdom"),
        Client("Dunmore Primary School", "bursar@dunmoreprimary.example", "Bath", "", "United Kingdom", "Net 60"),
        Client("Everard & Moss Solicitors", "accounts@everardmoss.example", "Bristol", "", "United Kingdom"),
        Client("Gwendolyn Prosser", "gwen@prosser.example"),
        Client("Heron Quay Boats", "", "Falmouth", "", "United Kingdom"),
    ),
    goods=(
        Good("Hours", "85", "20.0% S", words="Work by the hour"),
        Good("Sign writing", "420", "20.0% S"),
        Good("Energy survey", "310", "5.0% R"),
        Good("Children's book layout", "950", "0.0% Z"),
        Good("Training day", "560", "Exempt"),
        Good("Shop fitting kit", "140", "20.0% S", "NonInventory"),
    ),
    vendors=(
        ("Avon Timber", "orders@avontimber.example", ""),
        ("Quayside Lettings", "", ""),
        ("Severn Water Services", "", ""),
    ),
    employees=(("Bronwen", "Askew", "bronwen@harbourlane.example"), ("Idris", "Penhale", "")),
    preferences={"SalesFormsPrefs": {"CustomTxnNumbers": True}},
)


TRADE = Trade(
    invoices=(
        (121, "Ashdown Cider", "Sign writing*3, Hours*5"),
        (99, "Bellweather Knitwear", "Sign writing*1"),
        (87, "Dunmore Primary School", "Training day*2, Children's book layout*1"),
        (74, "Cobbled Street Inn", "Energy survey*1, Shop fitting kit*2"),
        (53, "Everard & Moss Solicitors", "Hours*12"),
        (41, "Gwendolyn Prosser", "Children's book layout*1"),
        (26, "Ashdown Cider", "Shop fitting kit*6"),
        (13, "Heron Quay Boats", "Sign writing*2"),
        (5, "Everard & Moss Solicitors", "Training day*1, Hours*3.25"),
    ),
    payments=(
        (95, "Ashdown Cider", 1, ""),
        (79, "Bellweather Knitwear", 2, "200"),
        (48, "Dunmore Primary School", 3, ""),
        (36, "Cobbled Street Inn", 4, ""),
        (19, "Gwendolyn Prosser", 6, "450"),
    ),
    expenses=(
        (88, "Severn Water Services", "Office expenses", "61.20"),
        (33, "Avon Timber", "Cost of Goods Sold", "540"),
    ),
    bills=((70, "Quayside Lettings", "Office expenses", "1150"), (16, "Avon Timber", "Cost of Goods Sold", "388.80")),
    more=(
        (50, "CreditMemo", "Ashdown Cider", "Hours*1"),
        (22, "Estimate", "Heron Quay Boats", "Sign writing*5"),
        (11, "SalesReceipt", "Gwendolyn Prosser", "Shop fitting kit*1"),
    ),
    bought_under="20.0% S",
    numbers="HL-",
)


def fill(clerk: Clerk) -> None:
    open_lists(clerk, FIRM)
    note_trade(clerk, TRADE, tax_by_item(FIRM.goods))
    clerk.write_up()
