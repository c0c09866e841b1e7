"""QuickBooks' answer to what the pages of the books ask."""

from __future__ import annotations

from simulator.quickbooks.company import Company
from simulator.quickbooks.faults import Fault

from ..shapes import Asked, Deed, MenuGroup, Overview, RefusedDeed, Sheet, Table
from . import deeds, overview, sheets, tables


class QuickBooksView:
    def menu(self, company: Company) -> list[MenuGroup]:
        return overview.menu(company)

    def overview(self, company: Company) -> Overview:
        return overview.overview(company)

    def listing(self, company: Company, kind: str, asked: Asked) -> Table | None:
        return tables.listing(company, kind, asked)

    def sheet(self, company: Company, kind: str, row_id: str) -> Sheet | None:
        return sheets.sheet(company, kind, row_id)

    def deeds(self, company: Company, kind: str, row_id: str) -> list[Deed]:
        return deeds.deeds(company, kind, row_id)

    def search(self, company: Company, text: str) -> Table:
        return tables.search(company, text)

    def trial_balance(self, company: Company) -> Table:
        return tables.trial_balance(company)

    def refusal(self, error: Exception) -> RefusedDeed | None:
        """A Fault, in the words an app would get."""
        if not isinstance(error, Fault):
            return None
        said = error.detail or error.message
        return RefusedDeed(said if said.startswith(error.message) else f"{error.message}: {said}", error.code)
