"""Set-up after connecting: a list of tasks, each with how it stands and the page that does it."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, session, url_for
from flask.typing import ResponseReturnValue

from kz_admin.services import cards, connections, settings, setup
from kz_admin.web import connect
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.connection_settings import PRESET_WORDS, PUSH_WORDS, START_WORDS

bp = Blueprint("setup", __name__, url_prefix="/kz-admin/integrations/<provider>/setup")


@bp.get("")
@allow("viewer")
def index(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    connection = connections.live_of(tenant_id(), provider)
    chosen = settings.of(connection)
    found = setup.of(connection)
    return render_template(
        "pages/setup.html",
        card=cards.one(tenant_id(), table),
        provider=table,
        corner=session.pop(connect.CORNER, None),
        setup=found,
        counted_at_most=setup.COUNTED_AT_MOST,
        push_words=PUSH_WORDS[chosen.push_on],
        start_words=START_WORDS[chosen.start_field],
        preset_word=PRESET_WORDS[chosen.preset][0],
        lists={which: _mapping(provider, which) for which in ("customers", "items", "taxes")},
        preview=_preview(found),
    )


def _mapping(provider: str, which: str) -> str:
    """The page of a list, where this version has one."""
    if "mappings.show" not in current_app.view_functions:
        return ""
    return url_for("mappings.show", provider=provider, which=which)


def _preview(found: setup.SetUp) -> str:
    """What would be written for the invoice to try with; its own page where there is no preview."""
    if found.first is None:
        return ""
    endpoint = "invoices.preview" if "invoices.preview" in current_app.view_functions else "invoices.show"
    return url_for(endpoint, invoice=found.first)
