"""Read one switch out of the company's Preferences."""

from __future__ import annotations

from typing import Any

from .company import Company


def preference(company: Company, *path: str) -> Any:
    """`preference(company, "TaxPrefs", "UsingSalesTax")`; None where the key is missing."""
    for row in company.table("Preferences").all():
        found: Any = row
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        return found
    return None


def named_value(company: Company, name: str) -> str | None:
    """One of `OtherPrefs.NameValue`."""
    for each in preference(company, "OtherPrefs", "NameValue") or []:
        if each.get("Name") == name:
            return str(each.get("Value"))
    return None
