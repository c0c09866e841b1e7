"""Shadow mode: switched on and off with a confirmation, and the report of what it keeps back."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin.domain.kinds import Kind
from kz_admin.services import connections, shadow, shadow_report
from kz_admin.web.access import allow, tenant_id, writes
from kz_admin.web.deeds import actor
from kz_admin.web.htmx import go
from kz_admin.web.lists import csv_answer, place

bp = Blueprint("shadow", __name__, url_prefix="/kz-admin/integrations/<provider>/shadow")


@bp.get("")
@allow("viewer")
def index(provider: str) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), provider)
    return render_template(
        "pages/shadow.html",
        provider=connections.provider_of(provider),
        connection=connection,
        on=shadow.is_on(connection),
        page=shadow_report.page(connection, place()),
        sums=shadow_report.sums(connection),
        invoice=Kind.INVOICE,
    )


@bp.get("/download")
@allow("viewer")
@writes
def download(provider: str) -> ResponseReturnValue:
    return csv_answer(shadow_report.as_csv(connections.live_of(tenant_id(), provider)), "shadow")


@bp.route("/enter", methods=["GET", "POST"])
@allow("admin")
def enter(provider: str) -> ResponseReturnValue:
    if request.method == "GET":
        return _confirm(provider, "enter")
    label = connections.provider_of(provider).label
    if shadow.enter(tenant_id(), provider, actor()):
        flash(f"Shadow mode is on. Nothing is written to {label}; what would have gone stands here.", "green")
    return go(url_for("shadow.index", provider=provider))


@bp.route("/leave", methods=["GET", "POST"])
@allow("admin")
def leave(provider: str) -> ResponseReturnValue:
    if request.method == "GET":
        return _confirm(provider, "leave")
    if shadow.leave(tenant_id(), provider, actor()):
        flash("Shadow mode is off. What is new from now on goes over; what it kept back waits for your word.", "green")
    return go(url_for("shadow.index", provider=provider))


def _confirm(provider: str, step: str) -> str:
    connection = connections.live_of(tenant_id(), provider)
    return render_template(
        "pages/confirm_shadow.html",
        provider=connections.provider_of(provider),
        connection=connection,
        step=step,
        counts=connections.counts(connection),
        counted_at_most=connections.COUNTED_AT_MOST,
    )
