"""The overview: one card per provider, or the note about the plan (decision C13)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kz_admin.providers import ANNOUNCED, PROVIDERS
from kz_admin.web.access import allow, here

bp = Blueprint("integrations", __name__, url_prefix="/kz-admin/integrations")


@dataclass(frozen=True)
class Card:
    key: str
    label: str
    product: str
    pill: str
    note: str


def _cards() -> tuple[Card, ...]:
    """A card for each provider in the table, then those announced. Nothing to press before a table offers it."""
    known = (
        Card(one.key, one.label, one.product, "Not connected", "This version cannot connect yet.")
        for one in PROVIDERS.values()
    )
    announced = (Card(key, label, label, "Not available in this version yet", "") for key, label in ANNOUNCED.items())
    return (*known, *announced)


@bp.get("/")
@bp.get("")
@allow("viewer")
def overview() -> ResponseReturnValue:
    return render_template("pages/integrations.html", cards=_cards() if here().may_integrate else ())
