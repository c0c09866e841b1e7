"""What a tenant is called, counts in and where it lives."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from kz_admin.domain.failures import Conflict, Refused, Wrong
from kz_admin.domain.regions import COUNTRIES, CURRENCIES, time_zones
from kz_admin.domain.roles import Role
from kz_admin.models.tenant import Tenant
from kz_admin.services import tenants
from kz_admin.services.audit import Actor
from kz_admin.services.tenants import Description
from kz_admin.web.access import allow, here, person, tenant_id
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.htmx import go
from kz_admin.web.refusals import show_on

bp = Blueprint("settings", __name__, url_prefix="/kz-admin/settings")


def _zones() -> list[SelectChoice]:
    """Grouped by area, listed by city: people type the first letters of theirs."""
    return [SelectChoice(zone, _city(zone), optgroup=zone.partition("/")[0]) for zone in time_zones()]


def _city(zone: str) -> str:
    return (zone.partition("/")[2] or zone).replace("_", " ").replace("/", ", ")


def _countries() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in sorted(COUNTRIES.items(), key=lambda pair: pair[1])]


class TenantForm(KzForm):
    name = text_field("Name", 200, description="How this tenant is called here and in mails.")
    country = SelectField("Country", choices=_countries())
    time_zone = SelectField(
        "Time zone",
        choices=_zones(),
        description="Days begin and end here: for document dates and for what “today” means.",
    )
    currency = SelectField(
        "Currency",
        choices=[SelectChoice(code, f"{code} – {name}") for code, name in CURRENCIES.items()],
        description="For new documents that name none. Documents that exist keep theirs.",
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired("Load the page again.")])

    def description(self) -> Description:
        return Description(
            name=self.name.data or "",
            currency=self.currency.data,
            time_zone=self.time_zone.data,
            country=self.country.data,
        )


@bp.route("/", methods=["GET", "POST"])
@bp.route("", methods=["GET", "POST"])
@allow("viewer", post="admin")
def index() -> ResponseReturnValue:
    form = TenantForm()
    if not form.is_submitted():
        tenant = tenants.find(tenant_id())
        return _page(tenant, TenantForm(formdata=None, obj=tenant))
    if not form.validate():
        return _page(tenants.find(tenant_id()), form, 422)
    try:
        tenants.describe(tenant_id(), form.description(), form.version.data or 0, _actor())
    except (Wrong, Conflict) as refusal:
        return _refused(form, refusal)
    flash("Saved. Applies from now on.", "green")
    return go(url_for("settings.index"))


def _refused(form: TenantForm, refusal: Refused) -> Response:
    """After a conflict both stand side by side, and the form carries the new version: saving again is a decision."""
    tenant = tenants.find(tenant_id())
    if isinstance(refusal, Wrong):
        show_on(form, refusal)
        return _page(tenant, form, 422)
    form.version.raw_data, form.version.data = None, tenant.version
    return _page(tenant, form, 409, _differences(tenant, form))


def _differences(tenant: Tenant, form: TenantForm) -> list[tuple[str, str, str]]:
    """Field, what is saved now, what this person wants; only where they differ."""
    wanted = vars(form.description())
    return [
        (form[name].label.text, _in_words(name, getattr(tenant, name)), _in_words(name, value))
        for name, value in wanted.items()
        if getattr(tenant, name) != value
    ]


def _in_words(name: str, value: str) -> str:
    known = {"country": COUNTRIES, "currency": CURRENCIES}.get(name, {})
    return known.get(value, value)


def _page(
    tenant: Tenant, form: TenantForm, status: int = 200, differences: list[tuple[str, str, str]] | None = None
) -> Response:
    may_change = here().role is Role.ADMIN
    facts = [
        (form[name].label.text, _in_words(name, getattr(tenant, name)))
        for name in ("name", "country", "time_zone", "currency")
    ]
    body = render_template(
        "pages/settings.html",
        tenant=tenant,
        form=form,
        facts_list=facts,
        may_change=may_change,
        differences=differences,
    )
    return make_response(body, status)


def _actor() -> Actor:
    whoever = person()
    assert whoever is not None  # the route needs an admin
    return whoever.actor
