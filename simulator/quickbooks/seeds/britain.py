"""Harbour Lane Works, Bristol: VAT at the standard, reduced and zero rate, exempt, and no VAT at all."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk

FIRM = Firm(
    city="Bristol",
    region="",
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
    vendors=(("Avon Timber", "orders@avontimber.example", ""), ("Quayside Lettings", "", ""),
             ("Severn Water Services", "", "")),
    employees=(("Bronwen", "Askew", "bronwen@harbourlane.example"), ("Idris", "Penhale", "")),
    preferences={"SalesFormsPrefs": {"CustomTxnNumbers": True}},
)  # fmt: skip


def fill(clerk: Clerk) -> None:
    open_lists(clerk, FIRM)
    clerk.write_up()
