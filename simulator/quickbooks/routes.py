"""The HTTP edge of `/v3/company/…`: who may call, what is called, and how the answer is written."""

from __future__ import annotations

from flask import Blueprint, Response, request

from simulator.frame.edge import Exchange, Handling, handle
from simulator.frame.world import World

from . import operations
from .answers import finished, trouble
from .call import Call
from .faults import Fault
from .gateway import bearer_token
from .throttles import scopes, shut

HOSTS = {"production": "/quickbooks", "sandbox": "/quickbooks-sandbox"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def blueprint(world: World) -> Blueprint:
    routes = Blueprint("quickbooks", __name__)
    for environment, host in HOSTS.items():
        routes.add_url_rule(
            f"{host}/v3/company/<realm>/<path:rest>",
            f"company_{environment}",
            lambda realm, rest, environment=environment: _serve(world, environment, realm, rest),
            methods=METHODS,
        )
        routes.add_url_rule(
            f"{host}/<path:rest>",
            f"elsewhere_{environment}",
            lambda rest, environment=environment: _nowhere(world, environment),
            methods=METHODS,
        )
    routes.add_url_rule(
        "/files/<environment>/<realm>/<row_id>/<path:_name>",
        "file",
        lambda environment, realm, row_id, _name: _file(world, environment, realm, row_id),
    )
    return routes


def _file(world: World, environment: str, realm: str, row_id: str) -> Response:
    """An uploaded file under its download link. Whoever has the link may read it, as over there."""
    slot = world.slot("quickbooks", environment, realm)
    if slot is None:
        return trouble(404)
    try:
        _name, content_type, content = operations.file_of(slot.company, row_id)
    except Fault:
        return trouble(404)
    # Never shown as a page of ours, whatever the file claims to be.
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(content, content_type=content_type, headers=headers)


def _serve(world: World, environment: str, realm: str, rest: str) -> Response:
    exchange = Exchange.of(world, "quickbooks", environment, request)
    exchange.company = realm
    exchange.request_id = exchange.query.get("requestid")
    held = world.grants.by_access(bearer_token(exchange) or "")
    exchange.client = held[0].client_id if held else None
    call = Call(world, exchange, rest)
    handling = Handling(
        work=call.answer,
        finish=lambda response: finished(world, response),
        trouble=trouble,
        throttle=lambda fault: shut(world, exchange, fault),
        keep=call.keep,
    )
    with world.limits.at_work(scopes(exchange)[1]) as exchange.beside:
        return handle(world, exchange, handling)


def _nowhere(world: World, environment: str) -> Response:
    exchange = Exchange.of(world, "quickbooks", environment, request)
    handling = Handling(lambda: trouble(404), lambda response: finished(world, response), trouble)
    return handle(world, exchange, handling)
