"""How the connection does (PG-17): what waits, 30 days as a picture, what the provider allows, what is kept."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from kz_admin.domain.connection import State
from kz_admin.domain.failures import NotFound
from kz_admin.domain.status import STUCK, WAITING, SyncState
from kz_admin.services import connections, document_names, health
from kz_admin.services.health import Day, Health
from kz_admin.web.access import allow, here, tenant_id
from kz_admin.web.lists import csv_answer
from kz_admin.web.record_addresses import PAGES
from kz_admin.web.show import plural

bp = Blueprint("health", __name__, url_prefix="/kz-admin/health")

WORDS = {
    SyncState.DUE: "Due now or soon",
    SyncState.SENT: "On the way",
    SyncState.UNKNOWN: "Answer lost, being looked up",
    SyncState.HELD: "Held until the connection is back",
    SyncState.FAILED: "Failed",
    SyncState.PARKED: "Set aside",
    SyncState.DONE: "Over there",
    SyncState.IDLE: "Stay here by your settings",
}
KIB = 1024


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    connection = connections.live(tenant_id())
    if connection is None:
        return render_template("pages/health.html", shown=None)
    shown = health.of(connection, here().time_zone)
    return render_template(
        "pages/health.html",
        shown=shown,
        provider=connections.provider_of(connection.provider),
        states=[(WORDS[state], shown.states[state]) for state in WORDS],
        waiting=sum(shown.states[state] for state in WAITING),
        stuck=sum(shown.states[state] for state in STUCK),
        days=[_drawn(day) for day in shown.days],
        takeaway=_takeaway(shown),
        oldest_name=document_names.one(tenant_id(), shown.oldest.local_id) if shown.oldest else "",
        rests=connection.as_state is not State.CONNECTED,
        pages=PAGES,
        most=health.COUNTED_AT_MOST,
        in_bytes=in_bytes,
    )


@bp.get("/download")
@allow("viewer")
def download() -> Response:
    connection = connections.live(tenant_id())
    if connection is None:
        raise NotFound("Nothing is connected, so there are no figures yet.")
    return csv_answer(health.as_csv(connection, here().time_zone), "health")


def in_bytes(size: int) -> str:
    """As people read it: three figures at most."""
    if size < KIB:
        return f"{size} bytes"
    for unit in ("kB", "MB", "GB"):
        size_in = size / KIB
        if size_in < KIB or unit == "GB":
            return f"{size_in:,.1f} {unit}" if size_in < 10 else f"{size_in:,.0f} {unit}"
        size = size // KIB
    raise AssertionError("unreachable")


def _drawn(day: Day) -> tuple[str, str, str]:
    """Label, tone and words of one day for the strip."""
    if not day.tried:
        return day.day, "grey", "nothing to send"
    tone = "green" if not day.badly else "amber" if day.well else "red"
    return day.day, tone, f"{day.well:,} went over, {day.badly:,} refused"


def _takeaway(shown: Health) -> str:
    tried = shown.well + shown.badly
    if not tried:
        return f"Nothing was sent in the last {health.DAYS} days."
    bad_days = sum(1 for day in shown.days if day.badly)
    went = f"{plural(shown.well, 'document')} went over in the last {health.DAYS} days"
    if not shown.badly:
        return f"{went}, none was refused."
    return f"{went}; {plural(shown.badly, 'try', 'tries')} refused, on {plural(bad_days, 'day')}."
