"""Intuit's OAuth 2.0 addresses: discovery, authorize, bearer, revoke, and what OpenID adds."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from flask import Response, request

from simulator.frame.apps import App
from simulator.frame.consent import Desk, Pages, RefusedPage, SentBack, address_with
from simulator.frame.edge import Exchange
from simulator.frame.grants import Grant, Issued, Rotation, TokenRefused
from simulator.frame.provider import Asked
from simulator.frame.world import World

from . import openid
from .answers import plain_json
from .scopes import SCOPES

KEY = "quickbooks"
AUTHORIZE = "/quickbooks/oauth2/v1/authorize"
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
BARE_REASONS = {"superseded refresh token", "expired refresh token"}


class OAuthError(Exception):
    """An error body of the token endpoint."""

    def __init__(self, error: str, status: int = 400, description: str | None = None) -> None:
        super().__init__(error)
        self.error, self.status, self.description = error, status, description

    def response(self) -> Response:
        body = {"error": self.error}
        if self.description:
            body["error_description"] = self.description
        return plain_json(body, self.status)


# -- authorize ---------------------------------------------------------------------------------------


def read_authorize(query: Mapping[str, str]) -> Asked:
    """All five parameters are required; a scope nobody knows goes back to the app as invalid_scope."""
    needed = ("client_id", "response_type", "scope", "redirect_uri", "state")
    absent = [name for name in needed if not query.get(name)]
    if absent:
        raise RefusedPage("The link is not complete", f"These parameters are missing: {', '.join(absent)}.")
    scopes = tuple(query["scope"].split())
    back = {"state": query["state"]}
    if query["response_type"] != "code":
        raise SentBack(address_with(query["redirect_uri"], {"error": "unsupported_response_type"} | back))
    if any(scope not in SCOPES for scope in scopes):
        raise SentBack(address_with(query["redirect_uri"], {"error": "invalid_scope"} | back))
    if not any(SCOPES[scope].of_company for scope in scopes):
        raise RefusedPage(
            "The simulator does not model sign-in alone",
            "The app asks about you but about no company. Add com.intuit.quickbooks.accounting to its scopes.",
        )
    return Asked(query["client_id"], query["redirect_uri"], query["state"], scopes)


class Authorize:
    def __init__(self, world: World, desk: Desk) -> None:
        self.world, self.desk, self.pages = world, desk, Pages(desk)
        self.provider = world.providers[KEY]

    def page(self) -> Response:
        try:
            if request.method == "POST":
                return self.pages.submit(request.form, AUTHORIZE)
            if "flow" in request.args:
                flow = self.desk.flow(request.args["flow"])
                return self.pages.show(flow, AUTHORIZE, request.args.get("step", ""))
            query = request.args.to_dict()
            try:
                flow = self.desk.begin(self.provider, read_authorize(query))
            except SentBack as answer:
                self.desk.check(self.provider, query)
                return Response(status=302, headers={"Location": answer.location})
            return self.pages.show(flow, AUTHORIZE)
        except RefusedPage as page:
            return self.pages.refused(page, self.provider)


# -- tokens ------------------------------------------------------------------------------------------


class Tokens:
    """The bearer and revoke endpoints, for one request."""

    def __init__(self, world: World, exchange: Exchange) -> None:
        self.world = world
        self.exchange = exchange

    def bearer(self) -> Response:
        return self._guarded(self._bearer)

    def revoke(self) -> Response:
        return self._guarded(self._revoke)

    def _guarded(self, work: Callable[[], Response]) -> Response:
        try:
            return work()
        except OAuthError as error:
            return error.response()
        except TokenRefused as refused:
            bare = refused.why in BARE_REASONS
            description = None if bare else "Incorrect or invalid refresh token"
            if self._form().get("grant_type") == "authorization_code":
                description = None
            return OAuthError(refused.error, 400, description).response()

    def _form(self) -> dict[str, str]:
        kind = self.exchange.header("Content-Type").split(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            raise OAuthError("invalid_request")
        return {name: values[0] for name, values in parse_qs(self.exchange.body).items()}

    def _app(self, form: Mapping[str, str]) -> App:
        """Who calls: Basic, or id and secret in the form."""
        client_id, secret = basic(self.exchange.header("Authorization")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        app = self.world.apps.get(client_id)
        if app is None or app.provider != KEY or app.client_secret != secret:
            raise OAuthError("invalid_client", 401)
        return app

    def _bearer(self) -> Response:
        form = self._form()
        app = self._app(form)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            issued = self._exchanged(app, form)
        elif kind == "refresh_token":
            issued = self._refreshed(app, form)
        else:
            raise OAuthError("unsupported_grant_type" if kind else "invalid_request")
        self.exchange.committed = True
        return plain_json(self._token_body(issued))

    def _exchanged(self, app: App, form: Mapping[str, str]) -> Issued:
        if not form.get("code") or not form.get("redirect_uri"):
            raise OAuthError("invalid_request")
        return self.world.grants.exchange(app.client_id, form["code"], form["redirect_uri"], self._rotation())

    def _refreshed(self, app: App, form: Mapping[str, str]) -> Issued:
        if not form.get("refresh_token"):
            raise OAuthError("invalid_request")
        return self.world.grants.refresh(app.client_id, form["refresh_token"], self._rotation())

    def _rotation(self) -> Rotation:
        strict = self.world.faults.mode("strict_rotation", self.exchange)
        if strict is None:
            return Rotation()
        return Rotation(
            strict.option("every_refresh", True),
            strict.option("replay_kills", True),
            int(strict.option("overlap_s", 0)),
        )

    def _token_body(self, issued: Issued) -> dict[str, Any]:
        body: dict[str, Any] = {
            "token_type": "bearer",
            "access_token": issued.access,
            "expires_in": issued.access_s,
            "refresh_token": issued.refresh,
            "x_refresh_token_expires_in": issued.refresh_s,
        }
        if self.exchange.header(HARD_EXPIRY_HEADER).lower() == "true":
            body["x_refresh_token_hard_expires_in"] = issued.hard_s
        if "openid" in issued.grant.scopes:
            body["id_token"] = openid.id_token(issued.grant, self.exchange.base, self.world.clock.now_ms())
        return body

    def _revoke(self) -> Response:
        kind = self.exchange.header("Content-Type").split(";")[0].strip().lower()
        app = self._app({})
        token = _member(self.exchange.body, "token") if kind == "application/json" else None
        if token is None:
            raise OAuthError("invalid_request")
        grant = self.world.grants.by_any_token(token)
        if grant is None or grant.client_id != app.client_id:
            raise OAuthError("invalid_request", 400, "Token is not valid or has been revoked already")
        self.world.grants.end(grant, "revoked")
        self.exchange.committed = True
        return Response(status=200)


def basic(header: str) -> tuple[str, str] | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return ("", "")
    return client_id, secret


def _member(text: str, name: str) -> str | None:
    try:
        body = json.loads(text)
    except ValueError:
        return None
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) and value else None


def identify(world: World, exchange: Exchange, form_text: str) -> None:
    """Fills in whose request it is before anything is judged, for faults and journal."""
    form = {name: values[0] for name, values in parse_qs(form_text).items()}
    client = basic(exchange.header("Authorization"))
    exchange.client = client[0] if client else form.get("client_id")
    app = world.apps.get(exchange.client)
    exchange.environment = app.environment if app else ""
    grant = _grant_meant(world, form, exchange.body)
    exchange.company = grant.company_id if grant else None


def _grant_meant(world: World, form: Mapping[str, str], text: str) -> Grant | None:
    if "code" in form:
        return world.grants.by_code(form["code"])
    token = form.get("refresh_token") or _member(text, "token") or ""
    held = world.grants.by_access(token)
    return world.grants.by_refresh(token) or (held[0] if held else None)
