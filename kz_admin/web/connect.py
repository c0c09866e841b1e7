"""Connect, come back, reconnect, test, reset, disconnect. What calls a provider is in the services."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.fields import SelectChoice

from kz_admin import config
from kz_admin.domain.connection import Environment
from kz_admin.domain.failures import Conflict, Forbidden, Refused
from kz_admin.providers.base import Provider
from kz_admin.services import cards, checkup, connections, consent, disconnect, record_answers
from kz_admin.services.audit import Actor
from kz_admin.web import connection_settings, headers
from kz_admin.web.access import allow, here, person, secret_in_address, tenant_id, writes
from kz_admin.web.deeds import do
from kz_admin.web.forms import KzForm
from kz_admin.web.htmx import announce, go, wants_fragment

bp = Blueprint("connect", __name__, url_prefix="/kz-admin/integrations/<provider>")

CORNER = "corner"  # where the session keeps the one confirmation of a new connection until a page shows it
WORLDS = {
    Environment.PRODUCTION: ("My real company", "Documents go into your books."),
    Environment.SANDBOX: ("A sandbox company", "For trying out. Nothing reaches your books."),
}


class ConnectForm(KzForm):
    environment = RadioField("Which kind of company?")

    def offer(self, environments: tuple[Environment, ...]) -> None:
        self.environment.choices = [SelectChoice(one.value, " | ".join(WORLDS[one])) for one in environments]
        if not self.environment.data and environments:
            self.environment.data = environments[0].value


@bp.route("/connect", methods=["GET", "POST"])
@allow("admin")
def connect(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    if not here().may_integrate:
        raise Forbidden("Your plan does not include accounting integrations. Upgrade it under Billing.")
    form, environments = ConnectForm(), table.environments(config.current())
    form.offer(environments)
    allow_redirect_to(table)
    refusal = ""
    if request.method == "POST" and form.validate():
        try:
            return go(consent.begin(_who(), here(), table, Environment(form.environment.data)))
        except Refused as refused:
            refusal = refused.sentence
    context = {"form": form, "provider": table, "card": cards.one(tenant_id(), table), "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return make_response(render_template("pages/connect.html", environments=environments, **context), status)


@bp.get("/callback")
@allow("admin")
@writes
@secret_in_address
def callback(provider: str) -> ResponseReturnValue:
    """Always a redirect: the address holds a code and a company id, and must not stay in a history (INT-S21)."""
    table = connections.provider_of(provider)
    outcome = consent.finish(_who(), here(), table, request.args)
    if outcome.slug == "connected":
        session[CORNER] = {"headline": f"{table.label} connected", "sentence": outcome.sentence}
    else:
        flash(outcome.sentence, outcome.tone)
    if outcome.first:  # there is something to choose; a company that was here before has its choices
        return redirect(url_for("setup.index", provider=table.key), 302)
    return redirect(url_for("integrations.overview"), 302)


@bp.post("/reconnect")
@allow("admin")
def reconnect(provider: str) -> ResponseReturnValue:
    """One click goes straight to the provider's consent (decision C29)."""
    table = connections.provider_of(provider)
    try:
        return go(consent.begin_again(_who(), here(), table))
    except Forbidden:
        raise
    except Refused as refused:
        flash(refused.sentence, "amber")
        return go(url_for("integrations.overview"))


@bp.post("/test")
@allow("viewer", post="bookkeeper")
def test(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    report = checkup.run(tenant_id(), provider)
    if wants_fragment():
        return make_response(render_template("partials/checkup.html", report=report, provider=table))
    return connection_settings.page(table, report=report)


@bp.route("/settings", methods=["GET", "POST"])
@allow("viewer", post="admin")
def settings(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    return connection_settings.save(table) if request.method == "POST" else connection_settings.page(table)


@bp.route("/reset", methods=["GET", "POST"])
@allow("admin")
def reset(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    connections.live_of(tenant_id(), provider)
    if request.method == "GET":
        return _confirm("reset", table)
    try:
        disconnect.reset(tenant_id(), provider, _actor())
    except Refused as refused:
        return _confirm("reset", table, refusal=refused.sentence)
    return _done(table, "Connection reset. Invoices created from now on go over; earlier ones stay as they are.")


@bp.route("/disconnect", methods=["GET", "POST"])
@allow("admin")
def end(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    if request.method == "GET":
        connections.live_of(tenant_id(), provider)
        return _confirm("disconnect", table)
    try:
        ended = disconnect.disconnect(tenant_id(), provider, _actor())
    except Conflict as refused:
        return _done(table, refused.sentence)
    except Refused as refused:
        return _confirm("disconnect", table, refusal=refused.sentence)
    if ended.confirmed:
        sentence = f"Disconnected from {ended.company_name}. What was sent stays in {ended.label}."
        return _done(table, f"{sentence} To remove the app there as well: {ended.remove_app}")
    return _done(table, f"Removed here; remove it in {ended.label} too. {ended.remove_app}", tone="amber")


@bp.post("/pause")
@allow("viewer", post="admin")
def pause(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    disconnect.pause(tenant_id(), provider, _actor())
    return _done(table, f"Paused. Nothing is sent to {table.label} or read from it until you resume.")


@bp.post("/resume")
@allow("viewer", post="admin")
def resume(provider: str) -> ResponseReturnValue:
    table = connections.provider_of(provider)
    disconnect.resume(tenant_id(), provider, _actor())
    return _done(table, "Resumed.")


@bp.post("/test-again")
@allow("viewer", post="bookkeeper")
def test_again(provider: str) -> ResponseReturnValue:
    """The subscription over there was renewed, and nobody wants to wait for the daily test."""
    table = connections.provider_of(provider)
    connections.live_of(tenant_id(), provider)
    try:
        do(record_answers.test_subscription)
    except Conflict as refused:
        return _done(table, refused.sentence, tone="amber")
    return _done(table, record_answers.ANSWERS["test_again"].said)


@bp.get("/card")
@allow("viewer")
def card(provider: str) -> ResponseReturnValue:
    """The card as it stands: what Cancel swaps back, and what a change elsewhere asks for."""
    table = connections.provider_of(provider)
    return _card(table) if wants_fragment() else redirect(url_for("integrations.overview"))


def allow_redirect_to(provider: Provider) -> None:
    """Pages with a form that ends at the provider's consent page must name it in their policy."""
    headers.allow_form_action(provider.consent_origin(config.current()))


def _confirm(step: str, table: Provider, refusal: str = "") -> Response:
    """In place on the card; without scripts the same block as a page of its own (decision C29)."""
    status = 409 if refusal else 200
    if wants_fragment():
        return _card(table, step=step, refusal=refusal, status=status)
    found = cards.one(tenant_id(), table)
    page = render_template("pages/confirm_connection.html", card=found, step=step, refusal=refusal)
    return make_response(page, status)


def _done(table: Provider, sentence: str, tone: str = "green") -> Response:
    if wants_fragment():
        return announce(_card(table, said=sentence, tone=tone), "connectionChanged", provider=table.key)
    flash(sentence, tone)
    return go(url_for("integrations.overview"))


def _card(table: Provider, *, status: int = 200, **context: Any) -> Response:
    allow_redirect_to(table)
    found = cards.one(tenant_id(), table)
    return make_response(render_template("partials/provider_card.html", card=found, **context), status)


def _who() -> Any:
    whoever = person()
    assert whoever is not None  # every route here needs a role
    return whoever


def _actor() -> Actor:
    actor: Actor = _who().actor
    return actor
