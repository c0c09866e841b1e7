"""The providers we know. What is in a provider's table is what it can do."""

from kz_admin.providers.base import Provider
from kz_admin.providers.quickbooks import QUICKBOOKS

PROVIDERS: dict[str, Provider] = {provider.key: provider for provider in (QUICKBOOKS,)}

# Named on the overview although their table does not exist yet, because people ask for them.
ANNOUNCED: dict[str, str] = {"xero": "Xero"}


def label_of(key: str) -> str:
    """What a provider is called, also one whose table does not exist in this version."""
    return PROVIDERS[key].label if key in PROVIDERS else ANNOUNCED.get(key, key)
