"""The overview: one card per provider, or the note about the plan (decision C13)."""

from __future__ import annotations

from flask import Blueprint, render_template, session
from flask.typing import ResponseReturnValue

from kz_admin.services import cards
from kz_admin.web import connect
from kz_admin.web.access import allow, here, tenant_id

bp = Blueprint("integrations", __name__, url_prefix="/kz-admin/integrations")


@bp.get("/")
@bp.get("")
@allow("viewer")
def overview() -> ResponseReturnValue:
    shown = cards.all_of(tenant_id()) if here().may_integrate else []
    for card in shown:
        if card.provider is not None:
            connect.allow_redirect_to(card.provider)
    corner = session.pop(connect.CORNER, None)
    return render_template("pages/integrations.html", cards=shown, corner=corner)
