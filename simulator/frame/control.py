"""The control interface under /_sim: how tests, the demo and a supervisor steer the simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from . import control_schema as schema
from .consent import Desk
from .control_access import Access
from .control_places import RefusedError
from .control_steering import Steering
from .control_view import View
from .world import World


def blueprint(world: World, desk: Desk) -> Blueprint:
    access, view, steering = Access(world, desk), View(world), Steering(world)
    routes = Blueprint("control", __name__, url_prefix="/_sim")

    def post(path: str, body: Mapping[str, Any], do: Callable[[dict[str, Any]], Any]) -> None:
        routes.add_url_rule(path, f"post{path}", lambda: jsonify(do(_checked_body(body))), methods=["POST"])

    def get(path: str, do: Callable[[], Any]) -> None:
        routes.add_url_rule(path, f"get{path}", lambda: jsonify(do()), methods=["GET"])

    def delete(path: str, do: Callable[..., Any]) -> None:
        routes.add_url_rule(path, f"delete{path}", lambda **ids: jsonify(do(**ids)), methods=["DELETE"])

    get("/healthz", lambda: {"status": "ready", "now": world.clock.now_ms()})
    get("/schema", lambda: schema.DOCUMENT)
    get("/apps", access.apps)
    post("/apps", schema.APP, access.register)
    get("/grants", access.grants)
    post("/grants", schema.GRANT, access.grant)
    post("/consents", schema.CONSENT, access.consent)
    post("/disconnects", schema.DISCONNECT, access.disconnect)
    post("/rights", schema.RIGHTS, access.rights)
    get("/journal", lambda: view.journal(request.args.to_dict()))
    get("/state", lambda: view.state(request.args.to_dict()))
    post("/reset", schema.RESET, steering.reset)
    get("/faults", steering.faults)
    post("/faults", schema.FAULT, steering.fault)
    delete("/faults", steering.lift_all)
    delete("/faults/<fault_id>", steering.lift)
    get("/clock", lambda: {"now": world.clock.now_ms()})
    post("/clock", schema.CLOCK, steering.clock)
    get("/webhooks", steering.webhooks)
    post("/webhooks", schema.WEBHOOKS, steering.listen)
    delete("/webhooks/<listener_id>", steering.deafen)
    post("/limits", schema.LIMITS, steering.limits)
    routes.register_error_handler(RefusedError, _refused)
    return routes


def _checked_body(body_schema: Mapping[str, Any]) -> dict[str, Any]:
    body = request.get_json(force=True, silent=True) if request.get_data() else {}
    found = schema.fault_in(body_schema, body)
    if found or not isinstance(body, dict):
        raise RefusedError(found or "body: not a JSON object")
    return body


def _refused(error: RefusedError) -> tuple[Response, int]:
    return jsonify({"error": error.sentence}), error.status
