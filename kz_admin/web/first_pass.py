"""The reconciliation pass, two tasks of set-up: look at both sides of customers and of items, then confirm."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin import clock
from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.domain.lists import List
from kz_admin.models.connection import Connection
from kz_admin.services import bell, connections, first_pass, links, mapping_matches, settings
from kz_admin.services.first_pass import LINKED, MATCHED, NEAR, OURS, THEIRS, Filters
from kz_admin.services.mappings import Pick
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.htmx import go
from kz_admin.web.lists import filters_of, place
from kz_admin.web.show import plural

bp = Blueprint("first_pass", __name__, url_prefix="/kz-admin/integrations/<provider>/setup")

TAB_WORDS = {MATCHED: "Matched", NEAR: "Near", OURS: "Only here", THEIRS: "Only there", LINKED: "Linked"}
IN_A_REQUEST_S = 8.0


@bp.get("/<which>")
@allow("viewer")
def index(provider: str, which: str) -> ResponseReturnValue:
    return _page(*_named(provider, which))


@bp.post("/<which>/compare")
@allow("viewer", post="bookkeeper")
def compare(provider: str, which: str) -> ResponseReturnValue:
    """Read their list anew and match it, in a worker."""
    connection, named = _named(provider, which)
    if bell.ring("read_list", str(connection.id), named.value):
        flash(f"Their {named.words.theirs_many} are being read and compared. Load the page again in a moment.", "blue")
    elif mapping_matches.is_small(connection, named):
        mapping_matches.run(connection.id, named)
        flash("No worker could be told now, so the list read before was compared again.", "amber")
    else:
        flash("No worker could be told now. Try again in a minute.", "amber")
    return go(url_for("first_pass.index", provider=provider, which=which))


@bp.post("/<which>/confirm")
@allow("viewer", post="bookkeeper")
def confirm(provider: str, which: str) -> ResponseReturnValue:
    connection, named = _named(provider, which)
    count = request.form.get("count", "")
    wanted = int(count) if count.isascii() and count.isdecimal() and len(count) < 10 else None
    try:
        linked = _confirm(connection, named, wanted)
    except (Wrong, Conflict) as refusal:
        return _page(connection, named, refusal=refusal)
    links.settle(connection)
    words = f"{plural(linked, named.words.ours)} linked. Later documents follow; nothing was written over there."
    flash(words if linked else "Nothing was ticked, so nothing was changed.", "green")
    return go(url_for("first_pass.index", provider=provider, which=which, show=request.form.get("show") or None))


@bp.post("/<which>/done")
@allow("viewer", post="bookkeeper")
def done(provider: str, which: str) -> ResponseReturnValue:
    """Compared: what waited for it goes."""
    return _let_go(*_named(provider, which), skipped=False)


@bp.post("/<which>/skip")
@allow("viewer", post="admin")
def skip(provider: str, which: str) -> ResponseReturnValue:
    """Nobody will compare: an admin lets it go all the same (decision C28)."""
    return _let_go(*_named(provider, which), skipped=True)


def _let_go(connection: Connection, which: List, *, skipped: bool) -> ResponseReturnValue:
    do(first_pass.let_go, connection, skipped=skipped)
    links.settle(connection)
    flash("Automatic push is on. What waited for the comparison goes over now.", "green")
    return go(url_for("first_pass.index", provider=connection.provider, which=which.value))


def _named(provider: str, which: str) -> tuple[Connection, List]:
    connection = connections.live_of(tenant_id(), provider)
    named = next((one for one in first_pass.KINDS if one.value == which), None)
    if named is None or named not in connections.provider_of(provider).options:
        raise NotFound
    return connection, named


def _confirm(connection: Connection, which: List, count: int | None) -> int:
    """One transaction links a thousand; more follow while nobody waits too long for the answer."""
    picks = [Pick(subject, "", to) for subject, _, to in (one.partition("=") for one in _ticked()) if to]
    linked = done = do(first_pass.confirm, connection, which, picks, count)
    until = clock.monotonic() + IN_A_REQUEST_S
    while count is not None and done and (count := count - done) > 0 and clock.monotonic() < until:
        done = do(first_pass.confirm, connection, which, [], count)
        linked += done
    return linked


def _ticked() -> list[str]:
    return [one[:140] for one in request.form.getlist("selected")]


def _page(connection: Connection, which: List, *, refusal: Refused | None = None) -> Response:
    filters = filters_of(Filters, request.values)
    filters = filters if filters.show in first_pass.SHOWS else Filters(MATCHED, filters.q)
    found = first_pass.of(connection, which, filters, place())
    page = render_template(
        "pages/first_pass.html",
        found=found,
        filters=filters,
        chosen={name: value for name, value in vars(filters).items() if value},
        connection=connection,
        provider=connections.provider_of(connection.provider),
        refusal=refusal,
        tabs=[(show, TAB_WORDS[show], found.counts[show]) for show in first_pass.SHOWS],
        waits=settings.of(connection).pass_first,
        words=which.words,
        which=which.value,
        account_of=first_pass.account_of,
        at=partial(url_for, provider=connection.provider),
    )
    status = 200 if refusal is None else 422 if isinstance(refusal, Wrong) else 409
    return make_response(page, status)
