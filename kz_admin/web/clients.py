"""Clients: list, page, form; the invoices of each; and the message to many that is never sent (decision C30)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import BooleanField

from kz_admin.domain.kinds import Kind
from kz_admin.domain.records import Address
from kz_admin.domain.regions import COUNTRIES
from kz_admin.models.client import Client
from kz_admin.services.documents import clients, invoices
from kz_admin.services.documents.clients import Details
from kz_admin.services.documents.invoices import Filters
from kz_admin.web.access import allow, here, tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.fields import EditForm, NewForm, country_field, currency_field
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.htmx import go
from kz_admin.web.lists import selected
from kz_admin.web.members import optional_email
from kz_admin.web.nouns import Noun, Pages
from kz_admin.web.pickers import label_of
from kz_admin.web.show import exact

bp = Blueprint("clients", __name__, url_prefix="/kz-admin/clients")

NAMES = (
    *("name", "company", "given_name", "middle_name", "family_name"),
    *("email", "phone", "currency", "marketable"),
)


class ClientFields(KzForm):
    name = text_field("Name", 300, description="As it stands on invoices.")
    company = text_field("Company", 300, required=False)
    given_name = text_field("First name", 100, required=False)
    middle_name = text_field("Middle name", 100, required=False)
    family_name = text_field("Family name", 100, required=False)
    email = optional_email("Customers over there are found by it.")
    phone = text_field("Phone", 60, required=False)
    line1 = text_field("Address line 1", 300, required=False)
    line2 = text_field("Address line 2", 300, required=False)
    city = text_field("City", 120, required=False)
    region = text_field("State or province", 120, required=False)
    postal_code = text_field("Postal code", 30, required=False)
    country = country_field()
    currency = currency_field(description="For new invoices. Those that exist keep theirs.")
    marketable = BooleanField(
        "Agreed to marketing mail", description="We note who ticked this and when. kz-admin itself sends no campaigns."
    )

    def details(self) -> Details:
        address = Address(**{name: self[name].data or "" for name in Address.__dataclass_fields__})
        values: dict[str, Any] = {name: self[name].data or "" for name in NAMES}
        return Details(**{**values, "marketable": bool(self.marketable.data)}, address=address)


class NewClient(ClientFields, NewForm):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("data", {"currency": here().currency})
        super().__init__(**kwargs)


class EditClient(ClientFields, EditForm):
    @staticmethod
    def values_of(client: Client) -> dict[str, Any]:
        return {name: getattr(client, name) for name in (*NAMES, *Address.__dataclass_fields__, "version")}


def _facts(client: Client) -> list[tuple[str, Any]]:
    person = " ".join(filter(None, (client.given_name, client.middle_name, client.family_name)))
    country = COUNTRIES.get(client.country, client.country)
    lines = (*client.address.lines[: -1 if client.country else None], country)
    return [
        ("Company", client.company),
        ("Person", person),
        ("E-mail address", client.email or Markup('<span class="faint">none yet</span>')),
        ("Phone", client.phone),
        ("Billing address", Markup("<br>").join(filter(None, lines))),
        ("Currency", client.currency),
        ("Marketing mail", _marketing(client)),
        ("Added", exact(client.created_at)),
    ]


def _marketing(client: Client) -> Markup | str:
    if client.marketable_at is None:
        return "Not allowed"
    words = "Allowed" if client.marketable else "No longer allowed"
    name = client.marketable_by.partition(" <")[0]
    return Markup('{}<span class="sub">{}, {}</span>').format(words, name, exact(client.marketable_at))


def _beside(client: Client) -> dict[str, Any]:
    shown, _ = invoices.list_invoices(tenant_id(), Filters(client_id=client.id), counts=False)
    return {"invoices": shown, "all_invoices": url_for("invoices.index", client_id=client.id)}


NOUN = Noun(
    word="client",
    plural="clients",
    about="Whom you send invoices to.",
    icon="people",
    service=clients,
    listed=clients.list_clients,
    new_form=NewClient,
    edit_form=EditClient,
    argument="client",
    sections=(
        ("Name and contact", "", ("name", "company", "email", "phone")),
        ("Person", "Whom the company is known by.", ("given_name", "middle_name", "family_name")),
        ("Billing address", "", ("line1", "line2", "city", "region", "postal_code", "country")),
        ("Terms", "", ("currency", "marketable")),
    ),
    facts=_facts,
    travels=Kind.CLIENT,
    beside=_beside,
)
Pages(bp, NOUN).route()


@bp.get("/choices")
@allow("viewer")
def choices() -> ResponseReturnValue:
    """What a form offers while a name is typed."""
    found = clients.choices(tenant_id(), request.args.get("client", "").replace("\x00", "").strip()[:100])
    return render_template("partials/choices.html", choices=[label_of(client) for client in found])


@bp.post("/message")
@allow("bookkeeper")
def message() -> ResponseReturnValue:
    """The mail service refuses it, and says why."""
    chosen = selected().ids
    if not chosen:
        flash("Select clients first.", "amber")
        return go(url_for("clients.index"))
    do(clients.send_message, chosen, request.form.get("text", "")[:1000])
    return go(url_for("clients.index"))
