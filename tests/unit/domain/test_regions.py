from __future__ import annotations

from zoneinfo import ZoneInfo

from kz_admin.domain import regions


def test_countries_and_currencies_are_iso_codes_with_a_name() -> None:
    assert all(len(code) == 2 and code.isupper() and name for code, name in regions.COUNTRIES.items())
    assert all(len(code) == 3 and code.isupper() and name for code, name in regions.CURRENCIES.items())


def test_no_name_stands_twice() -> None:
    assert len(set(regions.COUNTRIES.values())) == len(regions.COUNTRIES)
    assert len(set(regions.CURRENCIES.values())) == len(regions.CURRENCIES)


def test_every_zone_on_offer_can_be_used() -> None:
    zones = regions.time_zones()
    assert len(zones) > 300
    for zone in zones:
        ZoneInfo(zone)


def test_zones_are_named_as_people_know_them() -> None:
    zones = regions.time_zones()
    assert zones[0] == "UTC"
    assert {"America/New_York", "America/Toronto", "Europe/London", "Australia/Sydney"} <= set(zones)
    assert not {"EST5EDT", "US/Eastern", "Etc/GMT+5", "GB", "posixrules"} & set(zones)


def test_each_currency_on_offer_counts_zero_two_or_three_digits() -> None:
    assert {code: regions.minor_digits(code) for code in regions.CURRENCIES if regions.minor_digits(code) != 2} == {
        "JPY": 0,
        "KRW": 0,
        "CLP": 0,
        "KWD": 3,
        "BHD": 3,
    }
