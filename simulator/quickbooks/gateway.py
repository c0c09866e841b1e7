"""What stands in front of QuickBooks: tokens, hosts, companies, scopes. Its faults have a frame of their own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from simulator.frame.edge import Exchange
from simulator.frame.grants import Grant
from simulator.frame.world import World

from . import wire
from .answers import JSON
from .faults import AUTHORIZATION, Fault
from .scopes import ACCOUNTING

KEY = "quickbooks"


@dataclass
class GatewayFault(Exception):
    """401, 403 or 429 with lower-case keys and the time in milliseconds."""

    status: int
    word: str  # as in message=AuthenticationFailed
    code: str
    detail: str | None
    kind: str

    @property
    def message(self) -> str:
        return f"message={self.word}; errorCode={self.code.zfill(6)}; statusCode={self.status}"

    def envelope(self) -> dict[str, object]:
        """The same in the application's words, for answers in XML."""
        error = {"Message": self.message, "Detail": self.detail or "", "code": self.code}
        return {"Fault": {"Error": [error], "type": self.kind}}

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'} if self.status == 401 else {}

    def body(self, now_ms: int) -> dict[str, object]:
        error = {"message": self.message, "detail": self.detail, "code": self.code, "element": None}
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error], "type": self.kind},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": now_ms,
            "status": None,
            "cdcresponse": [],
        }

    def response(self, now_ms: int) -> Response:
        response = Response(wire.dumps(self.body(now_ms)), self.status, content_type=JSON)
        response.headers.update(self.headers())
        return response


def not_authenticated(detail: str) -> GatewayFault:
    return GatewayFault(401, "AuthenticationFailed", "3200", detail, "AUTHENTICATION")


def not_authorized() -> GatewayFault:
    return GatewayFault(403, "ApplicationAuthorizationFailed", "3100", None, "SERVICE")


def throttled() -> GatewayFault:
    return GatewayFault(429, "ThrottleExceeded", "3001", None, "SERVICE")


def capped() -> GatewayFault:
    """The monthly cap on reads: 429 as well, but without the throttle's code."""
    return GatewayFault(429, "CorePlusLimitExceeded", "429", "The monthly limit of the app is used up.", "SERVICE")


def bearer_token(exchange: Exchange) -> str | None:
    scheme, _, token = exchange.header("Authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def bearer_grant(world: World, exchange: Exchange) -> Grant:
    """The grant of the token, which must be alive."""
    token = bearer_token(exchange)
    if token is None:
        raise GatewayFault(401, "EmptyField", "3202", "No authentication token in the request", "AUTHENTICATION")
    held = world.grants.by_access(token)
    if held is None or held[0].provider != KEY:
        raise not_authenticated("Malformed bearer token: too short or too long")
    grant, expires_at = held
    if not grant.live:
        raise not_authenticated(f"Token revoked: {_shown(token)}")
    if expires_at <= world.clock.now_ms():
        raise not_authenticated(f"Token expired: {_shown(token)}")
    return grant


def _shown(token: str) -> str:
    return f"AB01{token[-24:]}"


def admit(world: World, exchange: Exchange) -> Grant:
    """Token, then host, company and scope (all three say 3100), then whether the person is still admin."""
    grant = bearer_grant(world, exchange)
    here = (exchange.environment, exchange.company)
    if (grant.environment, grant.company_id) != here or ACCOUNTING not in grant.scopes:
        raise not_authorized()
    slot = world.slot(KEY, grant.environment, grant.company_id)
    if slot is None:
        raise not_authorized()
    if world.role(slot, grant.person) != "admin":
        raise Fault(
            "120",
            "Authorization Failure",
            "Authorization Failure : -11014-You do not have access to use QuickBooks Online Plus.",
            "",
            403,
            AUTHORIZATION,
        )
    return grant
