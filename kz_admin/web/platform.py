"""What operators of the installation see: tenants and counts, never a tenant's figures."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from kz_admin.services import installation, tenants
from kz_admin.web.access import allow, person
from kz_admin.web.htmx import go

bp = Blueprint("platform", __name__, url_prefix="/kz-admin/platform")


@bp.get("/")
@bp.get("")
@allow("operator")
def index() -> ResponseReturnValue:
    copied = installation.is_copy()
    return render_template("pages/platform.html", rows=tenants.all_with_counts(), copied=copied)


@bp.post("/adopt-address")
@allow("operator")
def adopt_address() -> ResponseReturnValue:
    """The database moved here for good: from now on this address is the one."""
    whoever = person()
    if whoever is not None:
        installation.adopt_base_url(whoever.actor)
    flash("This address is adopted. Connections work again.", "green")
    return go(url_for("platform.index"))
