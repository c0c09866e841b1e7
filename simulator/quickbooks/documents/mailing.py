"""E-mail: nothing leaves the machine; what would have left is kept in the hidden table `_mail`."""

from __future__ import annotations

from ..company import Company, Obj
from ..entities.entity import Params
from ..faults import bad_email
from .form import Form
from .refusals import no_address

# The field that holds the address to send to.
ADDRESS_FIELDS = {"PurchaseOrder": "POEmail"}


def check(entity: str, fields: Obj) -> None:
    """An address has to look like one (2210), and a document that is to be sent needs one (6420)."""
    field = ADDRESS_FIELDS.get(entity, "BillEmail")
    address = (fields.get(field) or {}).get("Address")
    if address and not all(_is_address(each.strip()) for each in address.split(",")):
        raise bad_email(field)
    if fields.get("EmailStatus") == "NeedToSend" and not address:
        raise no_address(field, f"EmailStatus is NeedToSend and {field} is missing.")


def send(form: Form, company: Company, stored: Obj, params: Params) -> Obj:
    field = ADDRESS_FIELDS.get(form.name, "BillEmail")
    address = params.get("sendTo") or params.get("sendto") or (stored.get(field) or {}).get("Address")
    if not address:
        raise no_address(field, f"sendTo is missing and the {form.name} has no {field}.")
    if not _is_address(address):
        raise bad_email(field)
    _keep(company, form.name, stored["Id"], address)
    fresh = {**stored, field: {"Address": address}, "EmailStatus": "EmailSent"}
    if form.name != "PurchaseOrder":  # the one that has no place for it
        fresh["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": company.stamp()}
    return company.replace(form.name, stored, fresh, "Emailed")


def queue(company: Company, entity: str, row: Obj, stored: Obj | None) -> None:
    """`NeedToSend` makes QuickBooks send the document by itself."""
    if row.get("EmailStatus") == "NeedToSend" and (stored or {}).get("EmailStatus") != "NeedToSend":
        _keep(company, entity, row["Id"], row[ADDRESS_FIELDS.get(entity, "BillEmail")]["Address"])


def _keep(company: Company, entity: str, row_id: str, address: str) -> None:
    mail = {"Id": company.next_id("_mail"), "entity": entity, "id": row_id, "to": address, "at": company.stamp()}
    company.table("_mail").put(mail)


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at) and "." in domain and " " not in text
