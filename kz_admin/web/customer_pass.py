"""The reconciliation pass over customers, as a task of set-up: look at both sides, then confirm."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin import clock
from kz_admin.domain.failures import Conflict, Refused, Wrong
from kz_admin.models.connection import Connection
from kz_admin.services import bell, connections, customer_pass, links, mapping_matches
from kz_admin.services.customer_pass import LINKED, MATCHED, NEAR, OURS, THEIRS, WHICH, Filters
from kz_admin.services.mappings import Pick
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.htmx import go
from kz_admin.web.lists import filters_of, place
from kz_admin.web.show import plural

bp = Blueprint("customer_pass", __name__, url_prefix="/kz-admin/integrations/<provider>/setup/customers")

TAB_WORDS = {MATCHED: "Matched", NEAR: "Near", OURS: "Only here", THEIRS: "Only there", LINKED: "Linked"}
IN_A_REQUEST_S = 8.0


@bp.get("")
@allow("viewer")
def index(provider: str) -> ResponseReturnValue:
    return _page(connections.live_of(tenant_id(), provider))


@bp.post("/compare")
@allow("viewer", post="bookkeeper")
def compare(provider: str) -> ResponseReturnValue:
    """Read their list anew and match it, in a worker."""
    connection = connections.live_of(tenant_id(), provider)
    if bell.ring("read_list", str(connection.id), WHICH.value):
        flash("Their customers are being read and compared. Load the page again in a moment.", "blue")
    elif mapping_matches.is_small(connection, WHICH):
        mapping_matches.run(connection.id, WHICH)
        flash("No worker could be told now, so the list read before was compared again.", "amber")
    else:
        flash("No worker could be told now. Try again in a minute.", "amber")
    return go(url_for("customer_pass.index", provider=provider))


@bp.post("/confirm")
@allow("viewer", post="bookkeeper")
def confirm(provider: str) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), provider)
    count = request.form.get("count", "")
    wanted = int(count) if count.isascii() and count.isdecimal() and len(count) < 10 else None
    try:
        linked = _confirm(connection, wanted)
    except (Wrong, Conflict) as refusal:
        return _page(connection, refusal=refusal)
    links.settle(connection)
    words = f"{plural(linked, 'client')} linked. Later documents go to these customers; nothing was written over there."
    flash(words if linked else "Nothing was ticked, so nothing was changed.", "green")
    return go(url_for("customer_pass.index", provider=provider, show=request.form.get("show") or None))


def _confirm(connection: Connection, count: int | None) -> int:
    """One transaction links a thousand; more follow while nobody waits too long for the answer."""
    picks = [Pick(subject, "", to) for subject, _, to in (one.partition("=") for one in _ticked()) if to]
    linked = done = do(customer_pass.confirm, connection, picks, count)
    until = clock.monotonic() + IN_A_REQUEST_S
    while count is not None and done and (count := count - done) > 0 and clock.monotonic() < until:
        done = do(customer_pass.confirm, connection, [], count)
        linked += done
    return linked


def _ticked() -> list[str]:
    return [one[:140] for one in request.form.getlist("selected")]


def _page(connection: Connection, *, refusal: Refused | None = None) -> Response:
    filters = filters_of(Filters, request.values)
    filters = filters if filters.show in customer_pass.SHOWS else Filters(MATCHED, filters.q)
    found = customer_pass.of(connection, filters, place())
    page = render_template(
        "pages/customer_pass.html",
        found=found,
        filters=filters,
        chosen={name: value for name, value in vars(filters).items() if value},
        connection=connection,
        provider=connections.provider_of(connection.provider),
        refusal=refusal,
        tabs=[(show, TAB_WORDS[show], found.counts[show]) for show in customer_pass.SHOWS],
        at=partial(url_for, provider=connection.provider),
    )
    status = 200 if refusal is None else 422 if isinstance(refusal, Wrong) else 409
    return make_response(page, status)
