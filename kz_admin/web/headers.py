"""What every answer carries: request id, security headers, no caching of anything that was made for a person."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for

from kz_admin import config, ids, logs

REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
YEAR_S = 31_536_000

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not "no-referrer": the CSRF check on https reads the Referer
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    app.before_request(_name_request)
    app.after_request(_dress)
    app.teardown_request(_forget_request)
    app.jinja_env.globals["asset"] = asset


def request_id() -> str:
    return str(g.get("request_id", ""))


def allow_form_action(origin: str) -> None:
    """On pages whose form redirects to a provider: Chromium holds redirects to `form-action` too."""
    g.form_action = origin


def asset(filename: str) -> str:
    """A static file's address with its content's hash, so that it may be cached for ever."""
    return url_for("static", filename=filename, v=_digest(current_app.static_folder or "", filename))


@cache
def _digest(folder: str, filename: str) -> str:
    return hashlib.sha256(Path(folder, filename).read_bytes()).hexdigest()[:10]


def _name_request() -> None:
    logs.unbind()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else str(ids.uuid7())
    logs.bind(request_id=g.request_id)


def _dress(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["Content-Security-Policy"] = _content_security_policy()
    if config.current().secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_S}; includeSubDomains"
    if request.endpoint == "static":
        if response.status_code == 200 and "v" in request.args:
            response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        return response
    response.headers["Cache-Control"] = "no-cache, no-store, must-revalidate, private"
    response.vary.update(("HX-Request", "Cookie"))
    return response


def _content_security_policy() -> str:
    policy = dict(POLICY)
    if origin := g.get("form_action"):
        policy["form-action"] = f"'self' {origin}"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _forget_request(_error: BaseException | None) -> None:
    logs.unbind()
