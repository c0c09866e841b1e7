"""What the studio bought, how its money moved, and the hours its people wrote down."""

from __future__ import annotations

from typing import Any

from ..clerk import Clerk
from ..paper import Paper

# Days ago, label, vendor, account, amount, words.
BILLS = (
    (140, "b01", "Ironbark Print Works", "Other costs of jobs", "1240.00", "Catalogue, first run"),
    (117, "b02", "Lowell Tax & Books", "Professional fees:Bookkeeping", "480.00", "Second quarter"),
    (108, "b03", "Corbin Insurance Agency", "Insurance", "1325.50", "Liability, one year"),
    (86, "b04", "Ironbark Print Works", "Other costs of jobs", "690.00", "Season posters"),
    (58, "b05", "Hester Boone", "Freelancers on jobs", "1800.00", "Illustration help"),
    (53, "b06", "Rafael Underhill", "Freelancers on jobs", "950.00", "Photo assistant"),
    (36, "b07", "Brightwell Power & Light", "Utilities:Electricity", "214.37", "Electricity"),
    (28, "b08", "Lowell Tax & Books", "Professional fees:Bookkeeping", "480.00", "Third quarter"),
    (17, "b09", "Foundry Type Cooperative", "Dues subscriptions", "320.00", "Typeface licences"),
    (9, "b10", "Eastside Couriers", "Shipping freight delivery", "87.40", "Parcels"),
)
# Days ago, vendor, bills, amount (none: all of it).
BILL_PAYMENTS = (
    (121, "Ironbark Print Works", ("b01",), ""),
    (101, "Lowell Tax & Books", ("b02",), ""),
    (78, "Corbin Insurance Agency", ("b03",), "700.00"),
    (64, "Ironbark Print Works", ("b04",), ""),
    (39, "Hester Boone", ("b05",), ""),
    (25, "Rafael Underhill", ("b06",), "500.00"),
    (12, "Brightwell Power & Light", ("b07",), ""),
)
# Item, how many came, at what price.
STOCK = (
    ("Poster A2", 80, "9.50"),
    ("Canvas tote", 250, "7.25"),
    ("Notebook", 300, "4.10"),
    ("Enamel pin", 200, "2.35"),
)
# Days ago, paid from, vendor, expense account, amount, words.
EXPENSES = (
    (146, "Visa", "Norris Office Supply", "Office expenses:Stationery", "146.82", "Paper and ink"),
    (131, "Checking", "Jolene's Espresso Cart", "Entertainment meals", "23.75", "Client meeting"),
    (122, "Visa", "Pell Street Garage", "Car:Fuel", "64.10", "Van"),
    (97, "Visa", "Gullwing Air", "Travel", "418.60", "To the museum and back"),
    (85, "Visa", "Kestrel Cloud Hosting", "Dues subscriptions", "189.00", "Servers"),
    (62, "Checking", "Millpond Telephone", "Communications", "96.45", "Telephone"),
    (46, "Visa", "Quarto Books & Maps", "Office expenses", "58.20", "Reference books"),
    (30, "Visa", "Kestrel Cloud Hosting", "Dues subscriptions", "189.00", "Servers"),
    (18, "Checking", "Millpond Telephone", "Communications", "96.45", "Telephone"),
    (3, "Visa", "Pell Street Garage", "Car:Fuel", "71.35", "Van"),
)
# Days ago, employee, customer, item, hours, minutes, rate (none: not billable), words.
TIME = (
    (59, "Wanda Ferreira", "Blue Heron Outfitters:Web shop", "Design", 6, 30, 120, "Wireframes"),
    (58, "Jonas Achterberg", "Blue Heron Outfitters:Web shop", "Web development", 8, 0, 130, "Checkout"),
    (44, "Mei Castellano", "Saltmarsh Ferry Company", "Illustration", 5, 15, 0, "Sketches"),
    (32, "Wanda Ferreira", "Tidewater Museum:Exhibition 12", "Project management", 2, 0, 75, "Meeting"),
    (20, "Rowan Tuttle", "Lantern Theatre:Season posters", "Photography", 4, 45, 140, "Rehearsal"),
    (16, "Jonas Achterberg", "O'Hanlon Roofing", "Web development", 3, 30, 0, "Repairs under guarantee"),
    (7, "Mei Castellano", "Copperline Brewing:Label series:Winter ale", "Illustration", 7, 0, 125, "Label"),
    (5, "Rowan Tuttle", "", "Hours", 1, 0, 0, "Team meeting"),
    (2, "Wanda Ferreira", "Whitcombe & Daughters", "Design", 3, 0, 110, "Logo drafts"),
)


def note_purchases(clerk: Clerk, paper: Paper) -> None:
    _note_capital(clerk, paper)
    for ago, label, vendor, account, amount, words in BILLS:
        lines = [paper.spent(account, amount, words)]
        number = f"{vendor[:2].upper()}-{label[1:]}{ago}"
        clerk.on(ago, paper.bill, "Bill", vendor, lines, label, DocNumber=number)
    for ago, vendor, labels, amount in BILL_PAYMENTS:
        clerk.on(ago, paper.bill_payment, vendor, labels, amount=amount)
    for ago, account, vendor, kind, amount, words in EXPENSES:
        how = "CreditCard" if account == "Visa" else "Cash"
        lines = [paper.spent(kind, amount, words)]
        clerk.on(ago, paper.purchase, account, vendor, lines, how)
    _note_rent(clerk, paper)
    _note_orders(clerk, paper)
    for row in TIME:
        clerk.on(row[0], _time, clerk, paper, *row[1:])
    contractor = {"NameOf": "Vendor", "VendorRef": clerk.ref("Vendor", "Hester Boone")}
    clerk.on(49, paper.time, contractor, "Copperline Brewing", "Illustration", 12, 0)


def _note_capital(clerk: Clerk, paper: Paper) -> None:
    """What the owners put in, a loan, machines, and the stock to begin with."""
    clerk.on(400, paper.journal, "Owners' capital", ("Checking", "48000"), ("Owners equity", "-48000"))
    clerk.on(398, paper.journal, "Bank loan", ("Checking", "15000"), ("Notes payable", "-15000"))
    clerk.on(390, paper.purchase, "Checking", "", [paper.spent("Computers", "6400.00", "Four workstations")])
    clerk.on(380, paper.transfer, "Checking", "Savings", "10000")
    stock = [paper.stocked(item, count, price) for item, count, price in STOCK]
    clerk.on(160, paper.bill, "Bill", "Stitch & Co. Totes", stock, "b00", DocNumber="ST-20417")
    clerk.on(151, paper.bill_payment, "Stitch & Co. Totes", ("b00",))
    worn = (("Depreciation", "533.33"), ("Accumulated depreciation", "-533.33"))
    clerk.on(75, paper.journal, "Wear of the workstations", *worn)
    for ago in (123, 93, 63, 33):
        legs = (("Payroll wage expenses", "9200"), ("Payroll tax payable", "-1380"), ("Checking", "-7820"))
        clerk.on(ago, paper.journal, "Wages of the month", *legs)
    for ago, amount in ((98, "540.00"), (37, "380.00")):
        clerk.on(ago, paper.transfer, "Checking", "Visa", amount)


def _note_rent(clerk: Clerk, paper: Paper) -> None:
    for ago in (142, 112, 81, 51, 20):
        lines = [paper.spent("Rent or lease of buildings", "1950.00", "Studio, one month")]
        more: dict[str, Any] = {"DocNumber": str(5000 + ago), "DepartmentRef": clerk.ref("Department", "Main studio")}
        clerk.on(ago, paper.purchase, "Checking", "Dovetail Property Management", lines, "Check", **more)


def _note_orders(clerk: Clerk, paper: Paper) -> None:
    """Purchase orders, a vendor's credit, money back on the card, an expense to be billed on."""
    totes = [paper.stocked("Canvas tote", 100, "7.25"), paper.stocked("Notebook", 100, "4.10")]
    clerk.on(42, paper.bill, "PurchaseOrder", "Stitch & Co. Totes", totes)
    posters = [paper.stocked("Poster A2", 60, "9.50")]
    clerk.on(14, paper.bill, "PurchaseOrder", "Alder Paper Mill", posters)
    back = [paper.spent("Other costs of jobs", "90.00", "Misprint")]
    clerk.on(76, paper.bill, "VendorCredit", "Ironbark Print Works", back)
    card = [paper.spent("Office expenses:Stationery", "18.40", "Returned ink")]
    clerk.on(133, paper.purchase, "Visa", "Norris Office Supply", card, "CreditCard", Credit=True)
    job = {"CustomerRef": clerk.ref("Customer", "Tidewater Museum:Exhibition 12"), "BillableStatus": "Billable"}
    train = [paper.spent("Travel", "128.40", "Train to Norfolk", **job)]
    clerk.on(31, paper.purchase, "Visa", "", train, "CreditCard")


def _time(
    clerk: Clerk, paper: Paper, employee: str, customer: str, item: str, hours: int, minutes: int, rate: int, words: str
) -> None:
    who = {"NameOf": "Employee", "EmployeeRef": clerk.ref("Employee", employee)}
    billable = {"BillableStatus": "Billable", "HourlyRate": rate} if rate else {}
    paper.time(who, customer, item, hours, minutes, Description=words, **billable)
