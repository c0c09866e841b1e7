"""Switching between the tenants one belongs to."""

from __future__ import annotations

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from kz_admin import ids
from kz_admin.domain.failures import NotFound
from kz_admin.services import signin
from kz_admin.web.access import allow, person
from kz_admin.web.htmx import go

bp = Blueprint("tenants", __name__, url_prefix="/kz-admin/tenants")


@bp.post("/switch")
@allow("signed_in")
def switch() -> ResponseReturnValue:
    whoever = person()
    if whoever is None:
        raise NotFound
    place = signin.switch(whoever, ids.parse(request.form.get("tenant", "")))
    flash(f"You work in {place.tenant_name} now.", "green")
    return go("/kz-admin")
