"""Nordlicht Studio: a small design studio with a shop, in every way a bookkeeper would expect."""

from __future__ import annotations

from ..chart_of_accounts import open_chart
from ..clerk import Clerk
from ..paper import Paper
from .lists import add_lists
from .people import add_people
from .purchases import note_purchases
from .sales import note_sales


def fill(clerk: Clerk) -> None:
    _introduce(clerk)
    open_chart(clerk)
    add_lists(clerk)
    add_people(clerk)
    _tax_of_their_own(clerk)
    paper = Paper(clerk)
    note_purchases(clerk, paper)
    note_sales(clerk, paper)
    clerk.write_up()


def _introduce(clerk: Clerk) -> None:
    info = clerk.row("CompanyInfo", "1")
    place = {"Line1": "1600 Barton Hollow", "City": "Austin", "CountrySubDivisionCode": "TX", "PostalCode": "78704"}
    address = {**info["CompanyAddr"], **place, "Country": "USA"}
    clerk.set(
        "CompanyInfo",
        LegalName="Nordlicht Studio LLC",
        CompanyAddr=address,
        LegalAddr=dict(address),
        CustomerCommunicationAddr=dict(address),
        Email={"Address": "books@nordlicht.example"},
        PrimaryPhone={"FreeFormNumber": "(512) 555-0100"},
        WebAddr={"URI": "https://nordlicht.example"},
    )


def _tax_of_their_own(clerk: Clerk) -> None:
    """A second agency, and a code made by hand before sales tax was automated."""
    agency = clerk.add("TaxAgency", {"DisplayName": "City of Tucson"})
    rate = {"TaxRateName": "Tucson", "RateValue": "2.6", "TaxAgencyId": agency["Id"], "TaxApplicableOn": "Sales"}
    clerk.add("TaxService", {"TaxCode": "Tucson", "TaxRateDetails": [rate]})
