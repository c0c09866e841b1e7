"""What machines ask: alive, ready, and how it goes. No tenant's data is in any answer."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kz_admin.services import doctor, metrics
from kz_admin.web.access import allow

bp = Blueprint("probes", __name__)


@bp.get("/healthz")
@allow("machine")
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is touched."""
    return jsonify(status="ok")


@bp.get("/readyz")
@allow("machine")
def readyz() -> ResponseReturnValue:
    """Database, Redis, migrations and key; never the providers."""
    found = doctor.findings(doctor.READY)
    ready = all(finding.ok for finding in found)
    checks = {finding.name: "ok" if finding.ok else finding.what for finding in found}
    return make_response(jsonify(status="ok" if ready else "unready", checks=checks), 200 if ready else 503)


@bp.get("/metrics")
@allow("machine")
def show_metrics() -> ResponseReturnValue:
    return make_response(generate_latest(metrics.registry()), 200, {"Content-Type": CONTENT_TYPE_LATEST})
