"""Whom the studio works for, buys from and employs. All names are made up."""

from __future__ import annotations

from ..clerk import Clerk

# Display name, given name, family name, company, e-mail, phone, street, city, state, postal code.
CUSTOMERS = (
    ("Juniper & Rye Bakery", "Moira", "Tansley", "Juniper & Rye Bakery", "accounts@juniperrye.example",
     "(512) 555-0110", "214 Cypress Bend", "Austin", "TX", "78704"),
    ("Blue Heron Outfitters", "Silas", "Quade", "Blue Heron Outfitters LLC", "silas@blueheron.example",
     "(503) 555-0111", "88 Ferry Landing", "Portland", "OR", "97209"),
    ("Copperline Brewing", "Imogen", "Vasquez", "Copperline Brewing Co.", "office@copperline.example",
     "(303) 555-0112", "1400 Smelter Way", "Denver", "CO", "80202"),
    ("Halvorsen Dental", "Nils", "Halvorsen", "Halvorsen Dental PC", "frontdesk@halvorsendental.example",
     "(612) 555-0113", "31 Lakeview Terrace", "Minneapolis", "MN", "55408"),
    ("Marigold Yoga", "Priscilla", "Oduya", "Marigold Yoga", "hello@marigoldyoga.example",
     "(415) 555-0114", "520 Fillwood Street", "San Francisco", "CA", "94117"),
    ("Redwood Cabinetry", "Otis", "Fennimore", "Redwood Cabinetry", "otis@redwoodcab.example",
     "(707) 555-0115", "9 Mill Road", "Eureka", "CA", "95501"),
    ("Ada Lindqvist", "Ada", "Lindqvist", "", "ada@lindqvist.example",
     "(206) 555-0116", "77 Harbor Stairs", "Seattle", "WA", "98101"),
    ("Theo Abernathy-Cole", "Theo", "Abernathy-Cole", "", "theo.ac@mailbox.example", "", "", "", "", ""),
    ("Zsófia Kertész", "Zsófia", "Kertész", "", "zsofia@kertesz.example", "", "", "", "", ""),
    ("Palisade Legal Group", "Ruth", "Omondi", "Palisade Legal Group LLP", "billing@palisadelegal.example",
     "(213) 555-0119", "1 Grand Terrace, Floor 9", "Los Angeles", "CA", "90012"),
    ("Tidewater Museum", "Callum", "Brightwater", "Tidewater Museum of Craft", "finance@tidewatermuseum.example",
     "(757) 555-0120", "3 Anchor Square", "Norfolk", "VA", "23510"),
    ("Saltmarsh Ferry Company", "", "", "Saltmarsh Ferry Company", "", "(508) 555-0121",
     "Pier 4", "Woods Hole", "MA", "02543"),
    ("Old Orchard Library Friends", "Winifred", "Maddox", "Old Orchard Library Friends", "",
     "(207) 555-0122", "12 School Lane", "Old Orchard", "ME", "04064"),
    ("Garnet Street Pharmacy", "", "", "Garnet Street Pharmacy", "", "",
     "640 Garnet Street", "San Diego", "CA", "92109"),
    ("Luca Pellegrino", "Luca", "Pellegrino", "", "", "", "", "", "", ""),
    ("Fernhill Farm", "Edda", "Storr", "Fernhill Farm", "edda@fernhill.example",
     "(802) 555-0125", "RR 2, Fernhill", "Stowe", "VT", "05672"),
    ("Fernhill Farm Shop", "Edda", "Storr", "Fernhill Farm Shop", "edda@fernhill.example",
     "(802) 555-0126", "RR 2, Fernhill", "Stowe", "VT", "05672"),
    ("Meridian Freight", "Dexter", "Achebe", "Meridian Freight Inc.", "ap@meridianfreight.example",
     "(901) 555-0127", "4400 Depot Avenue", "Memphis", "TN", "38103"),
    ("Sunday Supper Club", "Greta", "Holm", "Sunday Supper Club", "greta@sundaysupper.example", "", "", "", "", ""),
    ("Whitcombe & Daughters", "Agnes", "Whitcombe", "Whitcombe & Daughters", "agnes@whitcombe.example",
     "(617) 555-0129", "56 Beacon Row", "Boston", "MA", "02108"),
    ("Lantern Theatre", "Ines", "Corrigan", "Lantern Theatre Trust", "boxoffice@lanterntheatre.example",
     "(773) 555-0130", "2020 Wicker Street", "Chicago", "IL", "60622"),
    ("Nakamura Ceramics", "Kei", "Nakamura", "Nakamura Ceramics", "kei@nakamuraceramics.example",
     "(808) 555-0131", "15 Kiln Road", "Hilo", "HI", "96720"),
    ("Pinecrest School District", "", "", "Pinecrest School District", "purchasing@pinecrestsd.example",
     "(208) 555-0132", "800 District Drive", "Boise", "ID", "83702"),
    ("O'Hanlon Roofing", "Declan", "O'Hanlon", "O'Hanlon Roofing", "declan@ohanlonroofing.example",
     "(718) 555-0133", "19-20 Canal Lane", "Queens", "NY", "11101"),
    ("Violet Ostrander", "Violet", "Ostrander", "", "violet@ostrander.example", "", "", "", "", ""),
)  # fmt: skip
# Parent, name, e-mail, whether it is billed with the parent. A job keeps its client's address.
JOBS = (
    ("Blue Heron Outfitters", "Spring catalogue", "", True),
    ("Blue Heron Outfitters", "Web shop", "", True),
    ("Copperline Brewing", "Label series", "labels@copperline.example", False),
    ("Copperline Brewing:Label series", "Winter ale", "", True),
    ("Palisade Legal Group", "Annual report", "billing@palisadelegal.example", True),
    ("Tidewater Museum", "Exhibition 12", "", False),
    ("Meridian Freight", "Fleet lettering", "", True),
    ("Lantern Theatre", "Season posters", "", True),
)
GONE = (("Briar Patch Nursery", "briar@patchnursery.example"), ("Kettle & Drum", ""), ("Osgood Surveyors", ""))
NOT_TAXED = frozenset(("Pinecrest School District", "Tidewater Museum", "Old Orchard Library Friends"))
TERMS = {"Palisade Legal Group": "Net 30", "Pinecrest School District": "Net 60", "Meridian Freight": "Net 30",
         "Sunday Supper Club": "Due on receipt", "Halvorsen Dental": "Net 15"}  # fmt: skip

# Name, e-mail, city, state, paid through 1099.
VENDORS = (
    ("Alder Paper Mill", "orders@alderpaper.example", "Longview", "WA", False),
    ("Brightwell Power & Light", "", "Austin", "TX", False),
    ("Corbin Insurance Agency", "service@corbin.example", "Austin", "TX", False),
    ("Dovetail Property Management", "rent@dovetail.example", "Austin", "TX", False),
    ("Eastside Couriers", "dispatch@eastsidecouriers.example", "Austin", "TX", False),
    ("Foundry Type Cooperative", "licence@foundrytype.example", "Brooklyn", "NY", False),
    ("Gullwing Air", "", "Dallas", "TX", False),
    ("Hester Boone", "hester@boone.example", "Round Rock", "TX", True),
    ("Ironbark Print Works", "print@ironbark.example", "Houston", "TX", False),
    ("Jolene's Espresso Cart", "", "Austin", "TX", False),
    ("Kestrel Cloud Hosting", "billing@kestrelcloud.example", "Reno", "NV", False),
    ("Lowell Tax & Books", "lowell@taxandbooks.example", "Austin", "TX", True),
    ("Millpond Telephone", "", "Austin", "TX", False),
    ("Norris Office Supply", "sales@norrisoffice.example", "San Marcos", "TX", False),
    ("Pell Street Garage", "", "Austin", "TX", False),
    ("Quarto Books & Maps", "", "Austin", "TX", False),
    ("Rafael Underhill", "rafael@underhill.example", "Marfa", "TX", True),
    ("Stitch & Co. Totes", "wholesale@stitchtotes.example", "Greensboro", "NC", False),
)
# Given, family, e-mail, phone, bill rate, cost rate, active. Not all have an e-mail.
EMPLOYEES = (
    ("Wanda", "Ferreira", "wanda@nordlicht.example", "(512) 555-0150", 120, 48, True),
    ("Jonas", "Achterberg", "jonas@nordlicht.example", "(512) 555-0151", 95, 40, True),
    ("Mei", "Castellano", "", "", 85, 36, True),
    ("Rowan", "Tuttle", "rowan@nordlicht.example", "", 75, 30, True),
    ("Sigrid", "Vance", "", "", 0, 28, False),
)


def add_people(clerk: Clerk) -> None:
    for row in CUSTOMERS:
        _customer(clerk, row)
    for parent, name, email, with_parent in JOBS:
        _job(clerk, parent, name, email, with_parent)
    _make_project(clerk, "Palisade Legal Group:Annual report")
    for name, email in GONE:
        made = clerk.add("Customer", {"DisplayName": name, "PrimaryEmailAddr": _email(email)})
        clerk.on(200, clerk.change, "Customer", made["Id"], Active=False)
    for name, email, city, state, on_1099 in VENDORS:
        _vendor(clerk, name, email, city, state, on_1099)
    for given, family, email, phone, bill_rate, cost_rate, active in EMPLOYEES:
        _employee(clerk, given, family, email, phone, (bill_rate, cost_rate), active)


def _email(address: str) -> dict[str, str] | None:
    return {"Address": address} if address else None


def _phone(number: str) -> dict[str, str] | None:
    return {"FreeFormNumber": number} if number else None


def _customer(clerk: Clerk, row: tuple[str, ...]) -> None:
    name, given, family, company, email, phone, street, city, state, postcode = row
    address = {"Line1": street, "City": city, "CountrySubDivisionCode": state, "PostalCode": postcode, "Country": "USA"}
    clerk.add("Customer", {
        "DisplayName": name, "GivenName": given, "FamilyName": family, "CompanyName": company,
        "PrimaryEmailAddr": _email(email), "PrimaryPhone": _phone(phone),
        "BillAddr": address if street else None, "ShipAddr": dict(address) if street else None,
        "SalesTermRef": clerk.ref("Term", TERMS.get(name, "")),
        "Taxable": name not in NOT_TAXED, "TaxExemptionReasonId": 2 if name in NOT_TAXED else None,
        "PreferredDeliveryMethod": "Email" if email else "Print",
    })  # fmt: skip


def _job(clerk: Clerk, parent: str, name: str, email: str, with_parent: bool) -> None:
    above = clerk.named("Customer", parent)
    clerk.add("Customer", {
        "DisplayName": name, "CompanyName": above.get("CompanyName"), "Job": True,
        "ParentRef": {"value": above["Id"]}, "BillWithParent": with_parent,
        "PrimaryEmailAddr": _email(email), "Taxable": above["Taxable"],
    })  # fmt: skip


def _make_project(clerk: Clerk, name: str) -> None:
    """Projects are made by people or another API; to this one they are sub-customers with a flag."""
    row = clerk.named("Customer", name)
    with clerk.company.writing():
        clerk.company.replace("Customer", row, {**row, "IsProject": True})


def _vendor(clerk: Clerk, name: str, email: str, city: str, state: str, on_1099: bool) -> None:
    clerk.add("Vendor", {
        "DisplayName": name, "CompanyName": None if on_1099 else name, "PrimaryEmailAddr": _email(email),
        "BillAddr": {"Line1": "P.O. Box 100", "City": city, "CountrySubDivisionCode": state, "Country": "USA"},
        "Vendor1099": on_1099, "TaxIdentifier": "900-11-4321" if on_1099 else None,
    })  # fmt: skip


def _employee(
    clerk: Clerk, given: str, family: str, email: str, phone: str, rates: tuple[int, int], active: bool
) -> None:
    made = clerk.add("Employee", {
        "GivenName": given, "FamilyName": family, "PrimaryEmailAddr": _email(email), "PrimaryPhone": _phone(phone),
        "BillableTime": bool(rates[0]), "BillRate": rates[0] or None, "CostRate": rates[1],
        "HiredDate": clerk.day(800),
    })  # fmt: skip
    if not active:
        clerk.on(150, clerk.change, "Employee", made["Id"], Active=False, ReleasedDate=clerk.day(150))
