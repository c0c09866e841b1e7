"""What a provider is: a frozen table. Its functions arrive with the features that use them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    key: str  # in addresses and rows
    label: str  # in sentences: "Copy to QuickBooks"
    product: str  # the full name, where people choose
    company_word: str  # what they call a set of books
