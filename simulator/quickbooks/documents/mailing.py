"""Send: the document goes out by e-mail. Nothing leaves the machine; what would have left is kept in `_mail`."""

from __future__ import annotations

from ..company import Company, Obj
from ..entities.entity import Params
from ..faults import Fault, bad_email
from .form import Form

# The field that holds the address to send to.
ADDRESS_FIELDS = {"PurchaseOrder": "POEmail"}


def send(form: Form, company: Company, stored: Obj, params: Params) -> Obj:
    field = ADDRESS_FIELDS.get(form.name, "BillEmail")
    address = params.get("sendTo") or params.get("sendto") or (stored.get(field) or {}).get("Address")
    if not address:
        raise Fault(
            "6420",
            "Email Address is required",
            f"Email Address is required : sendTo is missing and the {form.name} has no {field}.",
            field,
        )
    if not _is_address(address):
        raise bad_email(field)
    company.table("_mail").put(
        {
            "Id": company.next_id("_mail"),
            "entity": form.name,
            "id": stored["Id"],
            "to": address,
            "at": company.stamp(),
        }
    )
    fresh = {**stored, field: {"Address": address}, "EmailStatus": "EmailSent"}
    if form.name != "PurchaseOrder":  # the one that has no place for it
        fresh["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": company.stamp()}
    return company.replace(form.name, stored, fresh, "Emailed")


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at) and "." in domain and " " not in text
