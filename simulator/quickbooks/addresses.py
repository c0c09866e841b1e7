"""Addresses as they are kept: with an Id of their own, the country as ISO 3166 alpha-3, no coordinates."""

from __future__ import annotations

from .company import Company, Obj
from .countries import ALPHA3

_PARTS = ("Line1", "Line2", "Line3", "Line4", "Line5", "City", "Country", "CountrySubDivisionCode", "PostalCode")


def alpha3(country: str) -> str:
    """Any spelling is accepted; a country we know comes back as its three letters."""
    return ALPHA3.get(country.strip().casefold(), country)


def kept(company: Company, address: Obj | None, before: Obj | None = None) -> Obj | None:
    """The address to store; it keeps the Id of the one it takes the place of. None when nothing was written in it."""
    parts = {key: address[key] for key in _PARTS if address.get(key)} if address else {}
    if not parts:
        return None
    if "Country" in parts:
        parts["Country"] = alpha3(parts["Country"])
    if before and parts == {key: before[key] for key in _PARTS if before.get(key)}:
        return before
    row_id = before["Id"] if before else company.next_id("address")
    return {"Id": row_id, **parts}
