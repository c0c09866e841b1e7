"""Who and what the demo agencies are: invented clients, services, people and shops. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Agency:
    """One tenant's half year."""

    seed: int
    currency: str
    invoices: int
    taxes: tuple[tuple[str, str], ...]  # name, percent; the first is the usual one
    clients: tuple[tuple[str, str, str, str, str], ...]  # name, e-mail address, currency, city, country
    foreign_tax: bool  # whether clients abroad are taxed too


# name, price an hour or piece, what the line says
SERVICES = (
    ("Brand design", "120", "Brand design, {month}"),
    ("Website design", "110", "Design of pages and components"),
    ("Front-end development", "135", "Development, sprint {n}"),
    ("Back-end development", "145", "Interfaces and data, sprint {n}"),
    ("Copywriting", "85", "Texts for {month}"),
    ("Photography", "950", "Shooting day with editing"),
    ("Search optimisation", "680", "Monthly report and fixes, {month}"),
    ("Hosting", "49.90", "Hosting and monitoring, {month}"),
    ("Consulting", "160", "Workshop and notes"),
    ("Support", "75", "Support according to contract, {month}"),
)
MEMBERS = (
    ("Priya Shah", "priya@demo.test", "62"),
    ("Sam Okafor", "sam@demo.test", "55"),
    ("Noor Haddad", "noor@demo.test", "58.50"),
    ("Elias Brandt", "elias@demo.test", "70"),
    ("Maya Lindqvist", "", "48"),
    ("Theo Marchetti", "theo@demo.test", "52"),
)
PROJECTS = ("Website relaunch", "Brand refresh", "Shop", "Annual report", "Campaign", "Customer portal", "Style guide")
VENDORS = (
    ("Cloudbarn Hosting", "billing@cloudbarn.example", "Hosting"),
    ("Typefoundry North", "hello@typefoundry.example", "Software"),
    ("Paper & Pixel Print", "print@paperpixel.example", "Printing"),
    ("Railways Together", "", "Travel"),
    ("Hotel Kestrel", "desk@kestrel.example", "Travel"),
    ("Corner Coffee", "", "Meals"),
    ("Lenswork Rental", "rent@lenswork.example", "Equipment"),
    ("Stockhouse Pictures", "sales@stockhouse.example", "Pictures and licences"),
)
NORTHWIND = Agency(
    seed=20_260,
    currency="USD",
    invoices=150,
    taxes=(("NY sales tax", "8.875"), ("NJ sales tax", "6.625"), ("No tax", "0")),
    foreign_tax=False,
    clients=(
        ("Alder & Finch Architects", "accounts@alderfinch.example", "USD", "Brooklyn", "US"),
        ("Bluebird Bakery", "owner@bluebirdbakery.example", "USD", "Queens", "US"),
        ("Cascade Outdoor Gear", "payables@cascadegear.example", "USD", "Albany", "US"),
        ("Dovetail Furniture", "office@dovetail.example", "USD", "Hoboken", "US"),
        ("Everglow Candles", "hello@everglow.example", "USD", "Yonkers", "US"),
        ("Fernway Health", "ap@fernway.example", "USD", "New York", "US"),
        ("Granite State Credit Union", "invoices@granitecu.example", "USD", "Concord", "US"),
        ("Halcyon Yoga", "", "USD", "Brooklyn", "US"),
        ("Ironwood Legal", "billing@ironwoodlegal.example", "USD", "New York", "US"),
        ("Juniper Toys", "finance@junipertoys.example", "USD", "Jersey City", "US"),
        ("Kingfisher Kayaks", "books@kingfisher.example", "USD", "Buffalo", "US"),
        ("Larkspur Florists", "shop@larkspur.example", "USD", "Newark", "US"),
        ("Meridian Maps", "admin@meridianmaps.example", "USD", "New York", "US"),
        ("Nightjar Records", "label@nightjar.example", "USD", "Brooklyn", "US"),
        ("Oakhurst Dental", "front@oakhurst.example", "USD", "White Plains", "US"),
        ("Pilot Fish Aquariums", "", "USD", "Staten Island", "US"),
        ("Quarry Lane School", "bursar@quarrylane.example", "USD", "Ithaca", "US"),
        ("Redwood Robotics", "ap@redwoodrobotics.example", "USD", "New York", "US"),
        ("Sternlicht Optik", "buchhaltung@sternlicht.example", "EUR", "Hamburg", "DE"),
        ("Tangerine Travel", "pay@tangerine.example", "USD", "Queens", "US"),
        ("Umbra Lighting", "accounts@umbra-lighting.example", "USD", "Syracuse", "US"),
        ("Verdant Landscapes", "office@verdant.example", "USD", "Princeton", "US"),
        ("Atelier Wisteria", "compta@wisteria.example", "EUR", "Lyon", "FR"),
        ("Zephyr Bikes", "ride@zephyrbikes.example", "USD", "Rochester", "US"),
    ),
)
HARBOUR = Agency(
    seed=20_261,
    currency="CAD",
    invoices=60,
    taxes=(("HST", "13"), ("GST", "5"), ("Exempt", "0")),
    foreign_tax=False,
    clients=(
        ("Anchor Point Chandlery", "office@anchorpoint.example", "CAD", "Toronto", "CA"),
        ("Birchbark Canoes", "books@birchbark.example", "CAD", "Ottawa", "CA"),
        ("Cobalt Ceramics", "studio@cobalt.example", "CAD", "Kingston", "CA"),
        ("Driftwood Cafe", "", "CAD", "Hamilton", "CA"),
        ("Eastwind Sails", "sails@eastwind.example", "CAD", "Toronto", "CA"),
        ("Fjord Seafood", "ap@fjordseafood.example", "USD", "Portland", "US"),
        ("Gannet Ferries", "accounts@gannet.example", "CAD", "Calgary", "CA"),
        ("Harvest Moon Cider", "cellar@harvestmoon.example", "CAD", "Niagara", "CA"),
        ("Islander Wool", "wool@islander.example", "CAD", "Regina", "CA"),
        ("Jetty Studio", "hello@jetty.example", "USD", "Boston", "US"),
    ),
)
