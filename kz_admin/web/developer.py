"""For the platform's developer: keys and signing secrets, the calls that arrived, Stripe's endpoint, a test."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from kz_admin import config, ids
from kz_admin.domain.failures import Conflict, Refused, Wrong
from kz_admin.domain.kinds import Source
from kz_admin.domain.payments import Outcome
from kz_admin.models.receipt import Receipt
from kz_admin.services import hooks, keys, receipts, rehearsal, stripe, stripe_accounts, tenants
from kz_admin.services.audit import Actor
from kz_admin.services.stripe_accounts import Said
from kz_admin.web.access import allow, person, tenant_id
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.htmx import go
from kz_admin.web.refusals import show_on

bp = Blueprint("developer", __name__, url_prefix="/kz-admin/developer")

OUTCOMES = (Outcome.ACCEPTED, Outcome.ALREADY_PAID, receipts.WAITING, receipts.FAILED, receipts.IGNORED)
LONGEST_BODY_SHOWN = 20_000


class KeyForm(KzForm):
    name = text_field("Name", keys.LONGEST_NAME, description="Which system uses it, such as “Billing, production”.")


class StripeForm(KzForm):
    account = text_field("Account", 255, required=False, description="For Stripe Connect: begins with acct_.")
    endpoint_secret = PasswordField(
        "Signing secret of the endpoint", description="Begins with whsec_. Left empty, the stored one stays."
    )
    restricted_key = PasswordField(
        "Restricted key", description="Begins with rk_; may read invoices. Fetches lines beyond the tenth."
    )

    def said(self) -> Said:
        fields = (self.account, self.endpoint_secret, self.restricted_key)
        return Said(*((field.data or "").strip() for field in fields))


@bp.get("/")
@bp.get("")
@allow("admin")
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/keys")
@allow("admin")
def create_key() -> ResponseReturnValue:
    form = KeyForm()
    if not form.validate():
        return _page(key_form=form, status=422)
    made = keys.create(form.name.data or "", tenant_id(), _actor())
    return _shown_once(made.row.name, made.key, made.signing_secret)


@bp.post("/keys/<uuid:key>/rotate")
@allow("admin")
def rotate(key: UUID) -> ResponseReturnValue:
    row = keys.find_key(key, tenant_id())
    return _shown_once(row.name, "", keys.rotate(key, tenant_id(), _actor()))


@bp.post("/keys/<uuid:key>/end-older")
@allow("admin")
def end_older(key: UUID) -> ResponseReturnValue:
    keys.retire_older(key, tenant_id(), _actor())
    flash("The older signing secret no longer works.", "green")
    return go(url_for("developer.index"))


@bp.post("/keys/<uuid:key>/revoke")
@allow("admin")
def revoke(key: UUID) -> ResponseReturnValue:
    row = keys.revoke(keys.find_key(key, tenant_id()).prefix, tenant_id(), _actor())
    flash(f"Revoked {row.name}. Its next request is refused.", "green")
    return go(url_for("developer.index"))


@bp.post("/stripe")
@allow("admin")
def save_stripe() -> ResponseReturnValue:
    form = StripeForm()
    if not form.validate():
        return _page(stripe_form=form, status=422)
    try:
        stripe_accounts.save(tenant_id(), form.said(), _actor())
    except (Wrong, Conflict) as refusal:
        show_on(form, refusal)
        return _page(stripe_form=form, status=409 if isinstance(refusal, Conflict) else 422)
    flash("Saved. Stripe's events are checked with it from now on.", "green")
    return go(url_for("developer.index"))


@bp.post("/stripe/end-previous")
@allow("admin")
def end_previous() -> ResponseReturnValue:
    stripe_accounts.end_previous_secret(tenant_id(), _actor())
    flash("The previous signing secret no longer works.", "green")
    return go(url_for("developer.index"))


@bp.post("/test")
@allow("admin")
def test_hook() -> ResponseReturnValue:
    said = rehearsal.rehearse(tenant_id(), _actor())
    flash(f"The example would book {said}. It was taken back, nothing was kept.", "green")
    return go(url_for("developer.index"))


@bp.get("/calls/<uuid:receipt>")
@allow("admin")
def show(receipt: UUID) -> ResponseReturnValue:
    found = receipts.find(tenant_id(), receipt)
    return render_template("pages/hook_call.html", receipt=found, body=_readable(found), word=receipts.word)


@bp.post("/calls/<uuid:receipt>/replay")
@allow("admin")
def replay(receipt: UUID) -> ResponseReturnValue:
    found = receipts.find(tenant_id(), receipt)
    try:
        flash(_replayed(found), "green")
    except Refused as refusal:
        flash(f"{refusal.sentence} Nothing was changed.", "amber")
    return go(url_for("developer.show", receipt=found.id))


def _replayed(found: Receipt) -> str:
    if found.source == Source.STRIPE:
        again = stripe.again(found.id)
        return again.detail or f"Worked again: {receipts.word(again.outcome)[1].lower()}."
    booked = hooks.replay(found, _actor())
    return f"Worked again: {receipts.word(booked.outcome.value)[1].lower()}."


def _shown_once(name: str, key: str, secret: str) -> Response:
    return make_response(render_template("pages/new_key.html", name=name, key=key, secret=secret))


def _page(key_form: KeyForm | None = None, stripe_form: StripeForm | None = None, status: int = 200) -> Response:
    outcome = request.args.get("outcome", "")
    chosen = outcome if outcome in OUTCOMES else ""
    found = receipts.list_receipts(tenant_id(), chosen, ids.parse(request.args.get("before", "")))
    account = stripe_accounts.find(tenant_id())
    body = render_template(
        "pages/developer.html",
        keys=keys.live_keys(tenant_id()),
        secrets=keys.secrets_of(tenant_id()),
        key_form=key_form or KeyForm(formdata=None),
        stripe=account,
        stripe_form=stripe_form or StripeForm(formdata=None, account=account.account if account else ""),
        calls=found[: receipts.PAGE],
        next=found[receipts.PAGE - 1].id if len(found) > receipts.PAGE else None,
        later="before" in request.args,
        outcome=chosen,
        outcomes=[(one, receipts.word(str(one))[1]) for one in OUTCOMES],
        word=receipts.word,
        base_url=config.current().base_url,
        external_id=tenants.find(tenant_id()).external_id,
    )
    return make_response(body, status)


def _readable(found: Receipt) -> str:
    """Indented as far as it is JSON; long bodies are cut, the page is for looking."""
    if found.body is None:
        return ""
    text = found.body.decode("utf-8", "replace")
    try:
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text[:LONGEST_BODY_SHOWN]
    return text[:LONGEST_BODY_SHOWN]


def _actor() -> Actor:
    whoever = person()
    assert whoever is not None  # the routes need an admin
    return whoever.actor
