"""Mappings: what ours is over there. One page for all lists; nothing here calls a provider."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.models.connection import Connection
from kz_admin.services import bell, connections, links, mapping_board, mapping_csv, mapping_matches, mappings
from kz_admin.services.mapping_csv import WrongFile
from kz_admin.services.mapping_subjects import SHOWS, Filters
from kz_admin.services.mappings import ChangedMeanwhile, Pick
from kz_admin.web.access import allow, tenant_id, writes
from kz_admin.web.deeds import do
from kz_admin.web.htmx import go, wants_fragment
from kz_admin.web.lists import csv_answer, filters_of, place
from kz_admin.web.show import plural

bp = Blueprint("mappings", __name__, url_prefix="/kz-admin")

OF_PROVIDER = "/integrations/<provider>/mappings"
TO, WAS = "to:", "was:"


@bp.get("/mappings")
@allow("viewer")
def index() -> ResponseReturnValue:
    """The entry of the navigation: it leads to the company that is connected."""
    live = connections.live(tenant_id())
    if live is not None:
        return redirect(url_for("mappings.overview", provider=live.provider))
    return render_template("pages/mappings.html", lines=[], connection=None, provider=None)


@bp.get(OF_PROVIDER)
@allow("viewer")
def overview(provider: str) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), provider)
    lines = [mapping_board.accounts_line(connection), *mapping_board.overview(connection)]
    table = connections.provider_of(provider)
    return render_template("pages/mappings.html", lines=lines, connection=connection, provider=table)


@bp.get(f"{OF_PROVIDER}/<which>")
@allow("viewer")
def show(provider: str, which: str) -> ResponseReturnValue:
    return _page(*_named(provider, which))


@bp.get(f"{OF_PROVIDER}/<which>/find")
@allow("viewer")
def find(provider: str, which: str) -> ResponseReturnValue:
    """The options that match what was typed, for the select of one row."""
    connection, named = _named(provider, which)
    subject, text = request.args.get("subject", "")[:64], _typed()
    if not wants_fragment():
        return redirect(_at(connection, named, "show", pick=subject, find=text))
    row, found = mapping_board.find(connection, named, subject, text)
    return render_template("partials/mapping_options.html", row=row, found=found, text=text, as_word=mappings.as_word)


@bp.post(f"{OF_PROVIDER}/<which>/save")
@allow("viewer", post="bookkeeper")
def save(provider: str, which: str) -> ResponseReturnValue:
    connection, named = _named(provider, which)
    picks = _picks()
    try:
        if request.form.get("step") == "accept":
            changed = do(mappings.accept_exact, connection, named)
        else:
            changed = do(mappings.save, connection, named, picks)
    except (Wrong, Conflict) as refusal:
        return _page(connection, named, refusal=refusal, picked={pick.subject: pick.to for pick in picks})
    if changed and named.kind:
        links.settle(connection)
    flash(_saved(connection, named, changed), "green")
    return go(_back(connection, named))


@bp.post(f"{OF_PROVIDER}/<which>/auto-match")
@allow("viewer", post="bookkeeper")
def auto_match(provider: str, which: str) -> ResponseReturnValue:
    connection, named = _named(provider, which)
    if mapping_matches.is_small(connection, named):
        found = mapping_matches.run(connection.id, named)
        exact, others = found["exact"], found["near"] + found["ambiguous"]
        words = f"{plural(exact, 'exact match', 'exact matches')}, {others} to look at. Nothing was changed."
        flash(words if exact or others else "Nothing of theirs is like what is not mapped yet.", "green")
    else:
        _ring(
            "match_list", connection, named, "A long list: it is compared in the background. Load the page again soon."
        )
    return go(_back(connection, named))


@bp.post(f"{OF_PROVIDER}/<which>/refresh")
@allow("viewer", post="bookkeeper")
def refresh(provider: str, which: str) -> ResponseReturnValue:
    connection, named = _named(provider, which)
    words = f"The {named.words.theirs_many} are being read. Load the page again in a moment."
    _ring("read_list", connection, named, words)
    return go(_back(connection, named))


@bp.post(f"{OF_PROVIDER}/<which>/create")
@allow("viewer", post="bookkeeper")
def create(provider: str, which: str) -> ResponseReturnValue:
    connection, named = _named(provider, which)
    try:
        do(mappings.create, connection, named, request.form.get("subject", "")[:64])
    except Conflict as refusal:
        return _page(connection, named, refusal=refusal)
    links.settle(connection)
    flash(f"It goes over now, unless a {named.words.theirs} like it is found first.", "green")
    return go(_back(connection, named))


@bp.get(f"{OF_PROVIDER}/<which>/csv")
@allow("viewer")
@writes
def download(provider: str, which: str) -> ResponseReturnValue:
    connection, named = _named(provider, which)
    return csv_answer(mapping_csv.as_csv(connection, named, _filters(request.args)), f"mappings-{named.value}")


@bp.post(f"{OF_PROVIDER}/<which>/csv")
@allow("viewer", post="bookkeeper")
def take_in(provider: str, which: str) -> ResponseReturnValue:
    connection, named = _named(provider, which)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(connection, named, refusal=Wrong("file", "Choose the file first."))
    try:
        changed = do(mapping_csv.take_in, connection, named, file.read())
    except (WrongFile, Wrong, Conflict) as refusal:
        return _page(connection, named, refusal=refusal)
    if changed and named.kind:
        links.settle(connection)
    flash(_saved(connection, named, changed), "green")
    return go(_back(connection, named))


def _named(provider: str, which: str) -> tuple[Connection, List]:
    """The live connection and the list; what the provider does not offer is not there."""
    connection = connections.live_of(tenant_id(), provider)
    offered = connections.provider_of(provider).options
    named = next((one for one in List if one.value == which), List.ACCOUNTS)
    if named not in offered or named is List.ACCOUNTS:
        raise NotFound
    return connection, named


def _page(
    connection: Connection, which: List, *, refusal: Refused | None = None, picked: dict[str, str] | None = None
) -> Response:
    filters = _filters(request.values)
    pick = request.args.get("pick", "")[:64]
    picking = mapping_board.find(connection, which, pick, _typed()) if pick else None
    page = render_template(
        "pages/mappings_list.html",
        board=mapping_board.of(connection, which, filters, place() or request.form.get("after", "")[:500]),
        connection=connection,
        provider=connections.provider_of(connection.provider),
        filters=filters,
        chosen={name: value for name, value in vars(filters).items() if value},
        after=request.values.get("after", "")[:500],
        refusal=refusal,
        picked=picked or {},
        changed_meanwhile=refusal.subjects if isinstance(refusal, ChangedMeanwhile) else (),
        picking=picking,
        find=_typed(),
        at=partial(_at, connection, which),
        former_name=mapping_board.former_name,
        no_choice=mappings.NONE,  # "none" is a word of the template language
        as_word=mappings.as_word,
        default_subject=DEFAULT,
        most_found=mapping_board.MOST_FOUND,
    )
    status = 200 if refusal is None else 409 if isinstance(refusal, Conflict) else 422
    return make_response(page, status)


def _picks() -> list[Pick]:
    """What the form shows now and showed when it was loaded, row by row."""
    form = request.form
    subjects = [name.removeprefix(TO)[:64] for name in form if name.startswith(TO)]
    return [Pick(one, form.get(WAS + one, "")[:64], form.get(TO + one, "")[:64]) for one in subjects]


def _filters(given: Any) -> Filters:
    found = filters_of(Filters, given)
    return found if found.show in ("", *SHOWS) else Filters(q=found.q)


def _typed() -> str:
    return request.values.get("find", "").replace("\x00", "").strip()[:100]


def _back(connection: Connection, which: List) -> str:
    chosen = {name: value for name, value in vars(_filters(request.form)).items() if value}
    return _at(connection, which, "show", **chosen)


def _at(connection: Connection, which: List, view: str, **more: Any) -> str:
    """The address of this list, or of one of its steps."""
    return url_for(f"mappings.{view}", provider=connection.provider, which=which.value, **more)


def _saved(connection: Connection, which: List, changed: int) -> str:
    board = mapping_board.of(connection, which, Filters(), "")
    rest = f"{board.mapped:,} mapped, {board.counts['unmapped']:,} left."
    if not changed:
        return f"Nothing was changed. {rest}"
    return f"{plural(changed, 'choice')} saved; later documents follow {'it' if changed == 1 else 'them'}. {rest}"


def _ring(door: str, connection: Connection, which: List, words: str) -> None:
    if bell.ring(door, str(connection.id), which.value):
        flash(words, "blue")
    else:
        flash("No worker could be told now. Try again in a minute.", "amber")
