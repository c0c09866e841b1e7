"""What the studio sells and how it sorts it: items in categories, classes, locations, terms, payment methods."""

from __future__ import annotations

from ..clerk import Clerk

CATEGORIES = (("Studio", ""), ("Web", "Studio"), ("Shop", ""))
# Name, category, type, price, cost, income account, taxable, description.
ITEMS = (
    ("Hours", "", "Service", 95, 0, "Services", False, "Work by the hour"),
    ("Design", "Studio", "Service", 110, 0, "Services:Design income", False, "Graphic design"),
    ("Illustration", "Studio", "Service", 125, 0, "Services:Design income", False, "Drawn by hand"),
    ("Copywriting", "Studio", "Service", 90, 45, "Services", False, "Texts"),
    ("Workshop", "Studio", "Service", 850, 0, "Services", False, "Half a day, up to ten people"),
    ("Photography", "Studio", "Service", 140, 80, "Services", False, "Photographs on location"),
    ("Project management", "Studio", "Service", 75, 0, "Services", False, "Planning and meetings"),
    ("Web development", "Studio:Web", "Service", 130, 0, "Services:Web income", False, "Programming"),
    ("Hosting", "Studio:Web", "Service", 35, 12, "Services:Web income", False, "One month of hosting"),
    ("Rush fee", "Studio", "Service", 250, 0, "Services", False, "Delivery within two working days"),
    ("Print run", "Shop", "NonInventory", 480, 310, "Sales of Product Income", True, "Offset print, 500 sheets"),
    ("Stock photograph", "Shop", "NonInventory", 60, 40, "Sales of Product Income", True, "Licence for one picture"),
    ("Poster A2", "Shop", "Inventory", 28, 9.5, "Sales of Product Income", True, "Signed poster"),
    ("Canvas tote", "Shop", "Inventory", 22, 7.25, "Sales of Product Income", True, "Printed tote bag"),
    ("Notebook", "Shop", "Inventory", 14, 4.1, "Sales of Product Income", True, "Lined, 120 pages"),
    ("Enamel pin", "Shop", "Inventory", 9, 2.35, "Sales of Product Income", True, "Pin with box"),
)  # fmt: skip
CLASSES = (("Client work", ""), ("Branding", "Client work"), ("Online", "Client work"), ("Shop sales", ""))
LOCATIONS = (("Main studio", ""), ("Print room", "Main studio"), ("Market stall", ""))
METHODS = (("American Express", "CREDIT_CARD"), ("Mastercard", "CREDIT_CARD"), ("Bank transfer", "NON_CREDIT_CARD"))


def add_lists(clerk: Clerk) -> None:
    for name, kind in METHODS:
        clerk.add("PaymentMethod", {"Name": name, "Type": kind})
    clerk.add("Term", {"Name": "End of month", "DayOfMonthDue": 31, "DueNextMonthDays": 5})
    clerk.add("Term", {"Name": "2% 10, Net 30", "DueDays": 30, "DiscountPercent": 2, "DiscountDays": 10})
    for entity, rows in (("Class", CLASSES), ("Department", LOCATIONS)):
        for name, above in rows:
            clerk.add(entity, {"Name": name, "ParentRef": clerk.ref(entity, above)})
    for name, above in CATEGORIES:
        clerk.add("Item", {"Name": name, "Type": "Category", **_under(clerk, above)})
    for row in ITEMS:
        _item(clerk, row)
    made = clerk.add(
        "Item", {"Name": "Fax design", "Type": "Service", "IncomeAccountRef": clerk.ref("Account", "Services")}
    )
    clerk.on(210, clerk.change, "Item", made["Id"], Active=False)


def _under(clerk: Clerk, category: str) -> dict[str, object]:
    if not category:
        return {}
    return {"SubItem": True, "ParentRef": clerk.ref("Item", category)}


def _item(clerk: Clerk, row: tuple[str, str, str, float, float, str, bool, str]) -> None:
    name, category, kind, price, cost, income, taxable, words = row
    body: dict[str, object] = {
        "Name": name, "Type": kind, "Description": words, "UnitPrice": price, "PurchaseCost": cost or None,
        "IncomeAccountRef": clerk.ref("Account", income), "Taxable": taxable, **_under(clerk, category),
    }  # fmt: skip
    if cost:
        body["ExpenseAccountRef"] = clerk.ref("Account", "Cost of Goods Sold")
        body["PurchaseDesc"] = words
    if kind == "Inventory":
        body |= {
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": clerk.day(400),
            "Sku": f"NL-{name[:3].upper()}",
        }
        body["AssetAccountRef"] = clerk.ref("Account", "Inventory Asset")
    clerk.add("Item", body)
