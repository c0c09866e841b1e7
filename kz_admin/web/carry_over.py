"""Choices of the company before, offered to the one that is connected now."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.domain.lists import List
from kz_admin.models.connection import Connection
from kz_admin.services import carry_over, connections, links
from kz_admin.services.carry_over import Wanted
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.deeds import actor
from kz_admin.web.htmx import go
from kz_admin.web.show import plural

bp = Blueprint("carry_over", __name__, url_prefix="/kz-admin/integrations/<provider>/setup/carry-over")

SHOWN = 200  # of one list; all of them can be taken at once


@bp.get("")
@allow("viewer")
def index(provider: str) -> ResponseReturnValue:
    connection, source = _both(provider)
    lines = carry_over.lines(connection, source)
    return render_template("pages/carry_over.html", lines=lines, **_frame(connection, source))


@bp.get("/<which>")
@allow("viewer")
def show(provider: str, which: str) -> ResponseReturnValue:
    connection, source = _both(provider)
    return _page(connection, source, _list(which))


@bp.post("/<which>")
@allow("viewer", post="bookkeeper")
def take(provider: str, which: str) -> ResponseReturnValue:
    connection, source = _both(provider)
    named = _list(which)
    try:
        taken = carry_over.take(connection, source, named, _wanted(), actor())
    except (Wrong, Conflict) as refusal:
        return _page(connection, source, named, refusal)
    if taken and named.kind:
        links.settle(connection)
    before = _called(connection, source)[1]
    words = f"{plural(taken, 'choice')} carried over from {before}. Later documents follow."
    flash(words if taken else "Nothing was ticked, so nothing was changed.", "green")
    return go(url_for("carry_over.index", provider=provider))


def _both(provider: str) -> tuple[Connection, Connection]:
    connection = connections.live_of(tenant_id(), provider)
    source = carry_over.source_of(connection)
    if source is None:
        raise NotFound("No other company was connected before this one, so there is nothing to carry over.")
    return connection, source


def _wanted() -> Wanted:
    text = request.form.get("count", "")
    seen = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if request.form.get("step") == "all":
        return Wanted(None, seen)
    return Wanted(frozenset(one[:64] for one in request.form.getlist("selected")))


def _list(which: str) -> List:
    found = next((one for one in List if one.value == which), None)
    if found is None:
        raise NotFound
    return found


def _page(connection: Connection, source: Connection, which: List, refusal: Refused | None = None) -> Response:
    page = render_template(
        "pages/carry_over_list.html",
        line=carry_over.line(connection, source, which),
        shown=SHOWN,
        refusal=refusal,
        **_frame(connection, source),
    )
    status = 200 if refusal is None else 422 if isinstance(refusal, Wrong) else 409
    return make_response(page, status)


def _frame(connection: Connection, source: Connection) -> dict[str, object]:
    table = connections.provider_of(connection.provider)
    at = partial(url_for, provider=connection.provider)
    here, before = _called(connection, source)
    return {"connection": connection, "here": here, "before": before, "provider": table, "at": at}


def _called(*both: Connection) -> list[str]:
    """Their names; a sandbox often has the name of the real company, and says so then."""
    are_same = len({one.company_name for one in both}) == 1
    return [
        f"{one.company_name} (sandbox)" if are_same and one.environment == "sandbox" else one.company_name
        for one in both
    ]
