"""Tax rates as this tenant charges them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint

from kz_admin.domain.figures import plain_text
from kz_admin.models.tax_rate import TaxRate
from kz_admin.services.documents import tax_rates
from kz_admin.services.documents.tax_rates import Details
from kz_admin.web.fields import DecimalField, EditForm, NewForm
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.nouns import Noun, Pages
from kz_admin.web.show import exact

bp = Blueprint("tax_rates", __name__, url_prefix="/kz-admin/tax-rates")


class TaxRateFields(KzForm):
    name = text_field("Name", 100, description="As it stands on invoices, such as HST.")
    percent = DecimalField(
        "Percent",
        places=4,
        required="Enter a percentage, 0 for none.",
        description="Lines that exist keep the percentage they were written with.",
    )

    def details(self) -> Details:
        return Details(self.name.data or "", self.percent.number or Decimal(0))


class NewTaxRate(TaxRateFields, NewForm):
    pass


class EditTaxRate(TaxRateFields, EditForm):
    @staticmethod
    def values_of(rate: TaxRate) -> dict[str, Any]:
        return {"name": rate.name, "percent": plain_text(rate.percent), "version": rate.version}


def _facts(rate: TaxRate) -> list[tuple[str, Any]]:
    return [("Percent", f"{plain_text(rate.percent)} %"), ("Added", exact(rate.created_at))]


NOUN = Noun(
    word="tax rate",
    plural="tax rates",
    about="What you charge on invoice lines. Each is mapped to a tax of your books where you want that.",
    icon="billing",
    service=tax_rates,
    listed=tax_rates.list_tax_rates,
    new_form=NewTaxRate,
    edit_form=EditTaxRate,
    argument="tax_rate",
    sections=(("Tax rate", "", ("name", "percent")),),
    facts=_facts,
)
Pages(bp, NOUN).route()
