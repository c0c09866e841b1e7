"""Vendors: whom a tenant buys from."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from kz_admin.models.vendor import Vendor
from kz_admin.services.documents import vendors
from kz_admin.services.documents.vendors import Details
from kz_admin.web.fields import EditForm, NewForm
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.members import optional_email
from kz_admin.web.nouns import Noun, Pages
from kz_admin.web.show import exact

bp = Blueprint("vendors", __name__, url_prefix="/kz-admin/vendors")


class VendorFields(KzForm):
    name = text_field("Name", 300)
    email = optional_email()
    phone = text_field("Phone", 60, required=False)

    def details(self) -> Details:
        return Details(self.name.data or "", self.email.data or "", self.phone.data or "")


class NewVendor(VendorFields, NewForm):
    pass


class EditVendor(VendorFields, EditForm):
    @staticmethod
    def values_of(vendor: Vendor) -> dict[str, Any]:
        return {"name": vendor.name, "email": vendor.email, "phone": vendor.phone, "version": vendor.version}


def _facts(vendor: Vendor) -> list[tuple[str, Any]]:
    return [("E-mail address", vendor.email), ("Phone", vendor.phone), ("Added", exact(vendor.created_at))]


NOUN = Noun(
    word="vendor",
    plural="vendors",
    about="Whom you buy from. Expenses name them.",
    icon="platform",
    service=vendors,
    listed=vendors.list_vendors,
    new_form=NewVendor,
    edit_form=EditVendor,
    argument="vendor",
    sections=(("Vendor", "", ("name", "email", "phone")),),
    facts=_facts,
)
Pages(bp, NOUN).route()
