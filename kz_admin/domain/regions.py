"""Countries, currencies and time zones a tenant can choose, and how a currency counts its minor units."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

# ISO 3166-1 alpha-2: countries that QuickBooks Online or Xero serve with an edition of their own, then neighbours.
COUNTRIES: dict[str, str] = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "AU": "Australia",
    "NZ": "New Zealand",
    "IE": "Ireland",
    "FR": "France",
    "DE": "Germany",
    "AT": "Austria",
    "CH": "Switzerland",
    "NL": "Netherlands",
    "BE": "Belgium",
    "ES": "Spain",
    "PT": "Portugal",
    "IT": "Italy",
    "DK": "Denmark",
    "SE": "Sweden",
    "NO": "Norway",
    "FI": "Finland",
    "PL": "Poland",
    "ZA": "South Africa",
    "IN": "India",
    "SG": "Singapore",
    "HK": "Hong Kong",
    "MY": "Malaysia",
    "PH": "Philippines",
    "JP": "Japan",
    "AE": "United Arab Emirates",
    "MX": "Mexico",
    "BR": "Brazil",
}

CURRENCIES: dict[str, str] = {
    "USD": "US dollar",
    "CAD": "Canadian dollar",
    "GBP": "Pound sterling",
    "EUR": "Euro",
    "AUD": "Australian dollar",
    "NZD": "New Zealand dollar",
    "CHF": "Swiss franc",
    "DKK": "Danish krone",
    "SEK": "Swedish krona",
    "NOK": "Norwegian krone",
    "PLN": "Polish zloty",
    "ZAR": "South African rand",
    "INR": "Indian rupee",
    "SGD": "Singapore dollar",
    "HKD": "Hong Kong dollar",
    "MYR": "Malaysian ringgit",
    "PHP": "Philippine peso",
    "JPY": "Japanese yen",
    "AED": "UAE dirham",
    "MXN": "Mexican peso",
    "BRL": "Brazilian real",
    "KRW": "South Korean won",
    "CLP": "Chilean peso",
    "KWD": "Kuwaiti dinar",
    "BHD": "Bahraini dinar",
}

_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "KWD": 3, "BHD": 3}


def minor_digits(currency: str) -> int:
    return _MINOR_DIGITS.get(currency, 2)


@cache
def time_zones() -> tuple[str, ...]:
    """Zones named Area/City, as people know them; the aliases of old systems are left out."""
    areas = (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    cities = (zone for zone in available_timezones() if zone.split("/")[0] in areas and "/" in zone)
    return ("UTC", *sorted(cities))
