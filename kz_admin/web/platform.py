"""What operators of the installation see: tenants and counts, never a tenant's figures."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kz_admin.services import tenants
from kz_admin.web.access import allow

bp = Blueprint("platform", __name__, url_prefix="/kz-admin/platform")


@bp.get("/")
@bp.get("")
@allow("operator")
def index() -> ResponseReturnValue:
    return render_template("pages/platform.html", rows=tenants.all_with_counts())
