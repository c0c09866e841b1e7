"""The tenant's plan and what it includes (decision C13). Plans are changed on the billing platform, not here."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kz_admin import config
from kz_admin.domain.plans import entitlements
from kz_admin.web.access import allow, here

bp = Blueprint("billing", __name__, url_prefix="/kz-admin/billing")


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    plan, offered = here().plan, config.current().plans_with_integrations
    return render_template("pages/billing.html", plan=plan, offered=offered, includes=entitlements(plan, offered))
