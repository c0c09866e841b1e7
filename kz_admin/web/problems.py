"""The board of causes: what is in the way, each cause once, and what mends or moves all that waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin import config
from kz_admin.domain import causes as words
from kz_admin.domain.catalogue import subscription_ended, token_expired
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.connection import State
from kz_admin.domain.failures import Conflict, Refused
from kz_admin.domain.kinds import Kind
from kz_admin.models.connection import Connection
from kz_admin.services import cause_deeds, causes, connections, crediting, record_decisions
from kz_admin.services.causes import Cause
from kz_admin.services.push import subscription
from kz_admin.web import headers
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.htmx import go
from kz_admin.web.record_addresses import PAGES
from kz_admin.web.records import EmailForm, ReasonForm
from kz_admin.web.refusals import show_on
from kz_admin.web.show import plural

bp = Blueprint("problems", __name__, url_prefix="/kz-admin")

HERE = "/integrations/<provider>/problems"

LISTED = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT, Kind.REFUND)  # lists that are narrowed to a cause
GONE = "Nothing waits for this cause any more. Somebody was faster, or it went over by itself."
LONGEST_KEY = 120


@bp.get("/problems")
@allow("viewer")
def here() -> ResponseReturnValue:
    """For mails and banners: the board of whatever is connected."""
    live = connections.live(tenant_id())
    return redirect(url_for("integrations.overview") if live is None else url_for(".index", provider=live.provider))


@bp.get(HERE)
@allow("viewer")
def index(provider: str) -> ResponseReturnValue:
    return _board(connections.live_of(tenant_id(), provider))


@bp.get(HERE + "/documents")
@allow("viewer")
def documents(provider: str) -> ResponseReturnValue:
    """All that waits for one cause, of whatever kind."""
    connection = connections.live_of(tenant_id(), provider)
    cause = causes.one(connection, _key())
    if cause is None:
        flash(GONE, "green")
        return go(url_for("problems.index", provider=provider))
    rows, after = causes.documents_of(connection, cause.key, request.args.get("after", ""))
    return render_template(
        "pages/cause.html",
        provider=connections.provider_of(provider),
        cause=cause,
        rows=rows,
        next=after,
        later="after" in request.args,
        listed=[kind for kind in LISTED if any(one.kind is kind for one in cause.sums)],
        pages=PAGES,
    )


@bp.post(HERE + "/retry")
@allow("bookkeeper")
def retry(provider: str) -> ResponseReturnValue:
    return _for_all(provider, cause_deeds.retry_all, _on_the_way)


@bp.post(HERE + "/credit")
@allow("bookkeeper")
def credit(provider: str) -> ResponseReturnValue:
    """The voided invoices among what waits: credited over there, as closed books keep them from being voided."""
    return _for_all(provider, crediting.credit_all, _credited)


def _for_all(provider: str, deed: Callable[..., int], said: Callable[[Cause, int], str]) -> ResponseReturnValue:
    """Do it for all that waits for the cause; where nothing is to be said, nothing was left to do."""
    connection, cause = _asked(provider)
    if cause is None:
        return _gone(provider)
    try:
        sentence = said(cause, do(deed, connection.id, cause.key, cause.headline))
    except Conflict as refused:
        flash(refused.sentence, "amber")
        return go(url_for("problems.index", provider=provider))
    if not sentence:
        return _gone(provider)
    flash(sentence, "green")
    return go(url_for("problems.index", provider=provider))


def _on_the_way(cause: Cause, _going: int) -> str:
    going = plural(cause.documents, "document") if cause.documents else "What waited"
    verb = "are" if cause.documents > 1 else "is"
    return f"{going} {verb} on the way again. What still lacks something comes back here."


def _credited(_cause: Cause, going: int) -> str:
    if not going:
        return ""
    verb = "are" if going > 1 else "is"
    return f"{plural(going, 'invoice')} {verb} credited instead. What else waited for it still does."


@bp.route(HERE + "/ignore", methods=["GET", "POST"])
@allow("bookkeeper")
def ignore(provider: str) -> ResponseReturnValue:
    """First what it means, then the reason, then it is done (AX-11)."""
    connection, cause = _asked(provider)
    if cause is None:
        return _gone(provider)
    form = ReasonForm() if request.method == "POST" else ReasonForm(formdata=None)
    if request.method == "GET" or not form.validate():
        page = render_template(
            "pages/cause_ignore.html",
            provider=connections.provider_of(provider),
            cause=cause,
            form=form,
        )
        return make_response(page, 422 if form.errors else 200)
    reason = form.reason.data or ""
    done, left = do(cause_deeds.ignore_all, connection.id, cause.key, cause.headline, reason)
    verb = "stay" if done != 1 else "stays"
    said = f"{plural(done, 'document')} {verb} here. Each can be taken back on its page."
    kept = f" {plural(left, 'other')} not: over there already, or on the way." if left else ""
    flash(said + kept, "green" if done else "amber")
    return go(url_for("problems.index", provider=provider))


@bp.post(HERE + "/email")
@allow("bookkeeper")
def email(provider: str) -> ResponseReturnValue:
    """The address that a client lacks: given once, everything of theirs goes."""
    connection, cause = _asked(provider)
    if cause is None:
        return _gone(provider)
    form = EmailForm()
    if form.validate():
        try:
            do(record_decisions.give_email, cause.root.as_kind, cause.root.local_id, form.email.data or "")
        except Refused as refused:
            show_on(form, refused)
    if form.errors:
        return _board(connection, status=422, wrong=(cause.key, form))
    waiting = f" {plural(cause.documents, 'document')} on the way again." if cause.documents else ""
    flash(f"Saved with {cause.root_name or 'the client'}.{waiting}", "green")
    return go(url_for("problems.index", provider=provider))


def _board(connection: Connection, *, status: int = 200, **more: Any) -> Response:
    provider = connections.provider_of(connection.provider)
    text = request.args.get("page", "")
    page = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 1
    ended = connection.as_state is State.NEEDS_RECONNECT
    unpaid = not ended and subscription.is_told(connection.id)
    board = causes.board(connection, page)
    if ended or any(Do.RECONNECT in cause.card.actions for cause in board.causes):
        headers.allow_form_action(provider.consent_origin(config.current()))
    body = render_template(
        "pages/problems.html",
        provider=provider,
        connection=connection,
        board=board,
        ended=token_expired(provider.label, connection.company_name) if ended else None,
        unpaid=subscription_ended(provider.label, connection.company_name) if unpaid else None,
        waiting=connections.counts(connection).waiting if ended or unpaid else 0,
        counted_at_most=connections.COUNTED_AT_MOST,
        mends=words.MENDS_ALL,
        pages=PAGES,
        page=page,
        **{"wrong": ("", None), **more},
    )
    return make_response(body, status)


def _key() -> str:
    return request.values.get("cause", "").replace("\x00", "")[:LONGEST_KEY]


def _asked(provider: str) -> tuple[Connection, Cause | None]:
    connection = connections.live_of(tenant_id(), provider)
    return connection, causes.one(connection, _key())


def _gone(provider: str) -> Response:
    flash(GONE, "amber")
    return go(url_for("problems.index", provider=provider))
