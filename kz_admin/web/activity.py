"""Who did what, when: the audit log as people read it. Filters and place are in the address."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from kz_admin.services import audit, record_deeds
from kz_admin.services.audit import Filters
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.htmx import answer

bp = Blueprint("activity", __name__, url_prefix="/kz-admin/activity")

SENTENCES = {
    "person.signed_in": "Signed in",
    "person.joined": "Joined",
    "person.invited": "Invited",
    "person.invitation_withdrawn": "Withdrew invitation",
    "person.role_changed": "Changed role",
    "person.disabled": "Disabled",
    "person.enabled": "Enabled",
    "person.removed": "Removed",
    "person.password_changed": "Chose a new password",
    "settings.changed": "Changed settings",
    "tenant.created": "Created tenant",
    "connection.connected": "Connected",
    "connection.reconnected": "Reconnected",
    "connection.not_connected": "Came back without a connection",
    "connection.paused": "Paused",
    "connection.resumed": "Resumed",
    "connection.reset": "Reset the connection",
    "connection.disconnected": "Disconnected",
    "default.chosen": "Chose a default account",
    "default.changed": "Changed a default account",
    "key.created": "Created an API key",
    "key.revoked": "Revoked an API key",
    "secret.added": "Added a signing secret",
    "secret.ended": "Ended an older signing secret",
    "cause.retried": "Retried all of a cause",
    "cause.credited": "Credited voided invoices of a cause",
    "cause.ignored": "Left out all of a cause",
    **record_deeds.WORDS,
    "notifications.changed": "Changed who gets which mail",
    "chat.changed": "Set the chat",
    "chat.tested": "Sent a test message to the chat",
    "chat.removed": "Removed the chat",
    "stripe.changed": "Changed how Stripe reaches us",
}


def in_words(action: str) -> str:
    return SENTENCES.get(action) or action.replace(".", " ").replace("_", " ").capitalize()


def changes(before: str | None, after: str | None) -> list[tuple[str, Any, Any]]:
    """Field, was, is: from the two JSON documents of an entry."""
    was, now = (json.loads(text) if text else {} for text in (before, after))
    return [(name.replace("_", " "), was.get(name), now.get(name)) for name in {**was, **now}]


bp.add_app_template_filter(in_words, "action_in_words")
bp.add_app_template_global(changes, "audit_changes")


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    filters = _filters()
    page = audit.page(tenant_id(), filters, request.args.get("before", type=int))
    chosen = {name: value for name, value in vars(filters).items() if value}
    return answer(
        "pages/activity.html",
        "partials/activity_list.html",
        shown=page,
        filters=filters,
        chosen=chosen,
        actions=_choices(filters.action),
        first=url_for("activity.index", **chosen) if page.newer else "",
        next=url_for("activity.index", **chosen, before=page.older) if page.older else "",
        csv=url_for("activity.download", **chosen),
    )


@bp.get("/download")
@allow("viewer")
def download() -> ResponseReturnValue:
    lines = stream_with_context(audit.as_csv(tenant_id(), _filters()))
    return Response(lines, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="activity.csv"'})


def _choices(chosen: str) -> list[tuple[str, str]]:
    """Every action we have words for, without asking a million entries which of them occur."""
    known = {**SENTENCES, **({chosen: in_words(chosen)} if chosen else {})}
    return sorted(known.items(), key=lambda pair: pair[1])


def _filters() -> Filters:
    # No text in the database holds a NUL letter, and PostgreSQL does not even look for one.
    typed = {name: request.args.get(name, "").replace("\0", "") for name in ("action", "actor", "subject")}
    return Filters(**{name: text.strip()[:100] for name, text in typed.items()})
