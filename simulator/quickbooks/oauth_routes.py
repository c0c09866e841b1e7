"""Where Intuit's OAuth lives: discovery, authorize, tokens, and the addresses of OpenID."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from simulator.frame.consent import Desk
from simulator.frame.edge import Exchange, Handling, handle
from simulator.frame.world import World

from . import openid
from .answers import finished, plain_json, trouble
from .oauth import AUTHORIZE, KEY, Authorize, Tokens, identify

BEARER = "/quickbooks/oauth2/v1/tokens/bearer"
REVOKE = "/quickbooks/oauth2/v1/tokens/revoke"
WORLDS = {
    "production": ("openid_configuration", "quickbooks"),
    "sandbox": ("openid_sandbox_configuration", "quickbooks-sandbox"),
}


def discovery(base: str, environment: str) -> dict[str, Any]:
    _, host = WORLDS[environment]
    return {
        "issuer": f"{base}/quickbooks/op/v1",
        "authorization_endpoint": f"{base}{AUTHORIZE}",
        "token_endpoint": f"{base}{BEARER}",
        "userinfo_endpoint": f"{base}/{host}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{base}{REVOKE}",
        "jwks_uri": f"{base}/quickbooks/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def blueprint(world: World, desk: Desk) -> Blueprint:
    routes = Blueprint("quickbooks_oauth", __name__)

    def serve(exchange: Exchange, work: Callable[[Exchange], Response]) -> Response:
        handling = Handling(lambda: work(exchange), lambda response: finished(world, response), trouble)
        return handle(world, exchange, handling)

    def token(work: Callable[[Tokens], Response]) -> Callable[[], Response]:
        def view() -> Response:
            exchange = Exchange.of(world, KEY, "", request)
            identify(world, exchange, exchange.body)
            return serve(exchange, lambda exchange: work(Tokens(world, exchange)))

        return view

    def document(environment: str, work: Callable[[Exchange], Response]) -> Callable[[], Response]:
        return lambda: serve(Exchange.of(world, KEY, environment, request), work)

    for environment in WORLDS:
        _add_world(routes, environment, document, lambda exchange: openid.userinfo(world, exchange))
    authorize = Authorize(world, desk)
    routes.add_url_rule(AUTHORIZE, "authorize", authorize.page, methods=["GET", "POST"])
    routes.add_url_rule(BEARER, "bearer", token(Tokens.bearer), methods=["POST"])
    routes.add_url_rule(REVOKE, "revoke", token(Tokens.revoke), methods=["POST"])
    routes.add_url_rule("/quickbooks/op/v1/jwks", "jwks", lambda: plain_json(openid.jwks()))
    return routes


def _add_world(
    routes: Blueprint,
    environment: str,
    document: Callable[[str, Callable[[Exchange], Response]], Callable[[], Response]],
    userinfo: Callable[[Exchange], Response],
) -> None:
    name, host = WORLDS[environment]
    shown = document(environment, lambda exchange: plain_json(discovery(exchange.base, environment)))
    routes.add_url_rule(f"/quickbooks/.well-known/{name}", f"discovery_{environment}", shown, strict_slashes=False)
    asked = document(environment, userinfo)
    routes.add_url_rule(f"/{host}/v1/openid_connect/userinfo", f"userinfo_{environment}", asked)
