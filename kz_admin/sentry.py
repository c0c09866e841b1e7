"""Errors to Sentry, when an operator gave an address. Without bodies, cookies, local variables or anything secret."""

from __future__ import annotations

from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.flask import FlaskIntegration
from sentry_sdk.integrations.rq import RqIntegration
from sentry_sdk.types import Event, Hint

from kz_admin import logs
from kz_admin.config import Config

DROPPED = ("cookies", "data", "env", "headers", "query_string")


def start(cfg: Config) -> None:
    if not cfg.sentry_dsn:
        return
    sentry_sdk.init(
        dsn=cfg.sentry_dsn,
        environment=cfg.env,
        integrations=[FlaskIntegration(), RqIntegration()],
        before_send=without_secrets,
        include_local_variables=False,
        max_request_body_size="never",
    )


def without_secrets(event: Event, _hint: Hint) -> Event:
    """The same event as a log line would show it: ids and code, no customer's data."""
    request: dict[str, Any] = dict(event.get("request") or {})
    event["request"] = {name: value for name, value in request.items() if name not in DROPPED}
    event["tags"] = {**dict(event.get("tags") or {}), "request_id": logs.bound("request_id")}
    return cast("Event", logs.redact(event))
