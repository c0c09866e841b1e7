"""Past invoices: what stands over there already is tied to ours, after a person saw it. Nothing here writes there."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin import config
from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.models.connection import Connection
from kz_admin.services import connections, links, past_invoices, past_linking, past_reading
from kz_admin.services.past_invoices import DIFFERS, OURS, SAME, THEIRS, Filters
from kz_admin.services.record_panel import poll_after
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.htmx import go
from kz_admin.web.lists import filters_of, place
from kz_admin.web.records import polled_before
from kz_admin.web.show import plural

bp = Blueprint("past_invoices", __name__, url_prefix="/kz-admin/integrations/<provider>/setup/past-invoices")

TAB_WORDS = {SAME: "The same there", DIFFERS: "Something differs", OURS: "Only here", THEIRS: "Only there"}
DIFFERS_WORDS = {
    "total": "Another total",
    "currency": "Another currency",
    "customer": "Another customer",
    "voided": "Voided there",
    "several": "Several there agree",
    "unlinked": "Unlinked by a person",
}


@bp.get("")
@allow("viewer")
def index(provider: str) -> ResponseReturnValue:
    return _page(connections.live_of(tenant_id(), provider))


@bp.get("/progress")
@allow("viewer")
def progress(provider: str) -> ResponseReturnValue:
    """How far the look, or the linking, is; once it is done the page shows what came of it."""
    connection = connections.live_of(tenant_id(), provider)
    board = past_invoices.of(connection, Filters(), "")
    if not (board.reading or board.under_way):
        return make_response("", 200, {"HX-Refresh": "true"})
    return render_template("partials/past_progress.html", **_progress(connection, board, polled_before()))


@bp.post("/look")
@allow("viewer", post="bookkeeper")
def look(provider: str) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), provider)
    try:
        do(past_reading.begin, connection, request.form.get("since", "").strip()[:10])
    except (Wrong, Conflict) as refusal:
        return _page(connection, refusal=refusal)
    if not past_reading.ring(connection.id):
        flash("It is noted. A worker begins within a minute or two.", "blue")
    return go(url_for("past_invoices.index", provider=provider))


@bp.post("/link")
@allow("viewer", post="bookkeeper")
def link(provider: str) -> ResponseReturnValue:
    """All that agree, as this page showed them: the first chunk now, the rest by a worker."""
    connection = connections.live_of(tenant_id(), provider)
    try:
        asked = do(past_linking.confirm, connection, _number("begun_at"), _number("count"))
    except Conflict as refusal:
        return _page(connection, refusal=refusal)
    do(past_linking.link, connection)
    left = past_linking.waiting(connection)
    if left:
        past_linking.ring(connection.id)
    links.settle(connection)
    label = connections.provider_of(provider).label
    done = f"{plural(asked - left, 'invoice')} linked. Nothing was written to {label}."
    flash(f"{done} {left:,} more are being linked." if left else done, "green")
    return go(url_for("past_invoices.index", provider=provider))


@bp.post("/link/<uuid:past_invoice>")
@allow("viewer", post="bookkeeper")
def link_one(provider: str, past_invoice: UUID) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), provider)
    try:
        do(past_linking.choose, connection, past_invoice)
    except Conflict as refusal:
        return _page(connection, refusal=refusal)
    links.settle(connection)
    flash("Linked, because you said so. Nothing was written over there.", "green")
    return go(url_for("past_invoices.index", provider=provider, show=DIFFERS))


@bp.get("/open/<uuid:past_invoice>")
@allow("viewer")
def open_there(provider: str, past_invoice: UUID) -> ResponseReturnValue:
    """Their address names the company, so it stands in a redirect only, never on a page (INT-S17, INT-S21)."""
    connection = connections.live_of(tenant_id(), provider)
    there = past_invoices.link(connection, past_invoice, config.current())
    if there is None:
        raise NotFound
    return make_response("", 302, {"Location": there})


def _page(connection: Connection, *, refusal: Refused | None = None) -> Response:
    filters = filters_of(Filters, request.values)
    filters = filters if filters.show in past_invoices.TABS else Filters(SAME, filters.q)
    board = past_invoices.of(connection, filters, place())
    chosen = {name: value for name, value in vars(filters).items() if value}
    page = render_template(
        "pages/past_invoices.html",
        filters=filters,
        chosen=chosen,
        refusal=refusal,
        tabs=[(show, TAB_WORDS[show], board.counts.get(show, 0)) for show in past_invoices.TABS],
        counted_at_most=past_invoices.COUNTED_AT_MOST,
        differs_words=DIFFERS_WORDS,
        at=partial(url_for, provider=connection.provider),
        too_old=past_invoices.is_too_old(board),
        **_progress(connection, board, 0),
    )
    status = 200 if refusal is None else 422 if isinstance(refusal, Wrong) else 409
    return make_response(page, status)


def _progress(connection: Connection, board: past_invoices.Board, polled: int) -> dict[str, Any]:
    return {
        "board": board,
        "connection": connection,
        "provider": connections.provider_of(connection.provider),
        "polled": polled,
        "seconds": poll_after(polled),
    }


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
