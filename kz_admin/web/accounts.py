"""Default accounts: which account invoices are booked to, and where payments are deposited."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin.domain.failures import Conflict, Refused, Wrong
from kz_admin.domain.lists import List
from kz_admin.models.connection import Connection
from kz_admin.services import connections, defaults, options
from kz_admin.services.audit import Actor
from kz_admin.web.access import allow, person, tenant_id
from kz_admin.web.htmx import go

bp = Blueprint("accounts", __name__, url_prefix="/kz-admin/integrations/<provider>/mappings/accounts")

NONE = "none"  # the explicit choice of no account, which is not the same as no choice


@bp.get("")
@allow("viewer")
def index(provider: str) -> ResponseReturnValue:
    return _page(connections.live_of(tenant_id(), provider))


@bp.post("")
@allow("viewer", post="bookkeeper")
def save(provider: str) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), provider)
    picked = {name: "" if value == NONE else value for name, value in _sent(connection, "").items() if value}
    versions = {name: int(value) for name, value in _sent(connection, "_version").items() if value.isdecimal()}
    try:
        changed = defaults.save(connection, picked, versions, _actor())
    except (Wrong, Conflict) as refusal:
        return _page(connection, refusal=refusal, picked=picked)
    words = "account changed. It applies" if changed == 1 else "accounts changed. They apply"
    flash(f"{changed} {words} to documents sent from now on." if changed else "Nothing was changed.", "green")
    return go(url_for("accounts.index", provider=provider))


@bp.post("/refresh")
@allow("viewer", post="bookkeeper")
def refresh(provider: str) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), provider)
    if options.refresh(connection.id, List.ACCOUNTS):
        defaults.choose_likely(connection.id)
        flash("The list was read again.", "green")
    else:
        flash("The list could not be read now. The one shown was read before.", "amber")
    return go(url_for("accounts.index", provider=provider))


def _sent(connection: Connection, suffix: str) -> dict[str, str]:
    subjects = [purpose.subject for purpose in connections.provider_of(connection.provider).purposes]
    return {subject: request.form.get(subject + suffix, "").strip() for subject in subjects}


def _page(connection: Connection, *, refusal: Refused | None = None, picked: dict[str, str] | None = None) -> Response:
    status = 200 if refusal is None else 409 if isinstance(refusal, Conflict) else 422
    page = render_template(
        "pages/accounts.html",
        accounts=defaults.of(connection),
        connection=connection,
        provider=connections.provider_of(connection.provider),
        refusal=refusal,
        picked=picked or {},
        wrong_field=refusal.field if isinstance(refusal, Wrong) else "",
        no_account=NONE,  # "none" is a word of the template language
    )
    return make_response(page, status)


def _actor() -> Actor:
    whoever = person()
    assert whoever is not None  # every route here needs a role
    return whoever.actor
