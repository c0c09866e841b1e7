"""Services: what is sold, on the lines of invoices."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from wtforms import SelectField

from kz_admin import ids
from kz_admin.domain.figures import plain_text
from kz_admin.domain.kinds import Kind
from kz_admin.models.service import Service
from kz_admin.services.documents import services, tax_rates
from kz_admin.services.documents.services import Details
from kz_admin.web.access import tenant_id
from kz_admin.web.fields import DecimalField, EditForm, NewForm, choices_of, long_text
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.nouns import Noun, Pages
from kz_admin.web.show import exact

bp = Blueprint("services", __name__, url_prefix="/kz-admin/services")


class ServiceFields(KzForm):
    name = text_field("Name", 300)
    description = long_text("Description", description="Offered as the text of an invoice line.")
    unit_price = DecimalField("Price", description="For one unit, such as an hour. Leave it empty when it varies.")
    tax_rate = SelectField("Tax rate", description="Offered on new lines.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tax_rate.choices = choices_of(tax_rates.choices(tenant_id()), "None")

    def details(self) -> Details:
        tax_rate = ids.parse(self.tax_rate.data or "")
        return Details(self.name.data or "", self.description.data or "", self.unit_price.number, tax_rate)


class NewService(ServiceFields, NewForm):
    pass


class EditService(ServiceFields, EditForm):
    @staticmethod
    def values_of(service: Service) -> dict[str, Any]:
        return {
            "name": service.name,
            "description": service.description,
            "unit_price": "" if service.unit_price is None else plain_text(service.unit_price),
            "tax_rate": str(service.tax_rate_id or ""),
            "version": service.version,
        }


def _facts(service: Service) -> list[tuple[str, Any]]:
    price = "" if service.unit_price is None else plain_text(service.unit_price)
    return [("Description", service.description), ("Price", price), ("Added", exact(service.created_at))]


NOUN = Noun(
    word="service",
    plural="services",
    about="What you sell. Each can be mapped to a product or service of your books, so that its lines reach the "
    "right income account.",
    icon="mappings",
    service=services,
    listed=services.list_services,
    new_form=NewService,
    edit_form=EditService,
    argument="service",
    sections=(("Service", "", ("name", "description")), ("On invoices", "", ("unit_price", "tax_rate"))),
    facts=_facts,
    travels=Kind.SERVICE,
    archivable=lambda service: not service.built_in,
)
Pages(bp, NOUN).route()
