"""Two Rivers Trading: books in US dollars, customers and vendors in five currencies."""

from __future__ import annotations

from .abroad import Client, Firm, Good, open_lists
from .clerk import Clerk
from .trade import Trade, note_trade, tax_by_item

FIRM = Firm(
    place=("9 Landing Avenue", "Cincinnati", "OH", "45202"),
    mail="books@tworivers.example",
    clients=(
        Client("Ohio Valley Grocers", "ap@ohiovalleygrocers.example", "Dayton", "OH", "USA", "Net 30"),
        Client("Kaffeerösterei Sonnwald", "rechnung@sonnwald.example", "Graz", "", "Austria", "Net 30", "EUR"),
        Client("Librairie du Pont", "", "Lyon", "", "France", "", "EUR"),
        Client("Thistle & Thread", "orders@thistlethread.example", "Inverness", "", "United Kingdom", "Net 15", "GBP"),
        Client("Aurora Outfitting", "pay@auroraoutfitting.example", "Yellowknife", "NT", "Canada", "", "CAD"),
        Client("Sakura Paper House", "", "Kyoto", "", "Japan", "", "JPY"),
        Client("Fjordline Import", "faktura@fjordline.example", "Bergen", "", "Norway", "", "EUR"),
    ),
    goods=(
        Good("Hours", "100", words="Work by the hour"),
        Good("Market study", "1500"),
        Good("Import agency", "320"),
        Good("Sample box", "75", kind="NonInventory"),
    ),
    vendors=(
        ("Danube Freight Agency", "office@danubefreight.example", "EUR"),
        ("Riverfront Storage", "", ""),
        ("Clydeside Customs Brokers", "", "GBP"),
    ),
    employees=(("Amara", "Whitlock", "amara@tworivers.example"),),
    currencies=("EUR", "GBP", "CAD", "JPY"),
    rates=(
        ("EUR", 400, "1.082"),
        ("EUR", 60, "1.0945"),
        ("EUR", 5, "1.1012"),
        ("GBP", 400, "1.264"),
        ("GBP", 5, "1.291"),
        ("CAD", 400, "0.735"),
        ("CAD", 5, "0.7285"),
        ("JPY", 400, "0.00665"),
        ("JPY", 5, "0.0067"),
    ),
    bank_accounts=(("Euro account", "EUR"), ("Sterling account", "GBP")),
    preferences={"SalesFormsPrefs": {"CustomTxnNumbers": True}},
)


TRADE = Trade(
    invoices=(
        (115, "Ohio Valley Grocers", "Market study*1"),
        (103, "Kaffeerösterei Sonnwald", "Import agency*4, Hours*6"),
        (88, "Thistle & Thread", "Import agency*2"),
        (69, "Aurora Outfitting", "Market study*1, Hours*10"),
        (47, "Sakura Paper House", "Import agency*3@48000"),
        (35, "Fjordline Import", "Sample box*12"),
        (18, "Librairie du Pont", "Hours*5.5"),
        (7, "Kaffeerösterei Sonnwald", "Market study*1"),
    ),
    payments=(
        (92, "Ohio Valley Grocers", 1, ""),
        (75, "Thistle & Thread", 3, "300"),
        (64, "Kaffeerösterei Sonnwald", 2, ""),
        (12, "Sakura Paper House", 5, "72000"),
    ),
    expenses=((57, "Riverfront Storage", "Office expenses", "420"),),
    bills=(
        (66, "Riverfront Storage", "Office expenses", "420"),
        (29, "Danube Freight Agency", "Cost of Goods Sold", "780"),
        (8, "Clydeside Customs Brokers", "Cost of Goods Sold", "145"),
    ),
    more=(
        (44, "CreditMemo", "Kaffeerösterei Sonnwald", "Hours*1"),
        (14, "Estimate", "Librairie du Pont", "Market study*1"),
    ),
    banks={"Thistle & Thread": "Sterling account"},
    numbers="TR-",
)


def fill(clerk: Clerk) -> None:
    open_lists(clerk, FIRM)
    note_trade(clerk, TRADE, tax_by_item(FIRM.goods))
    clerk.write_up()
