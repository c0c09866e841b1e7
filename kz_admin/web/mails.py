"""Outgoing mail. Its text may hold a link that lets the reader in, so only development shows it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kz_admin import config
from kz_admin.services import mails
from kz_admin.web.access import allow, require, tenant_id

bp = Blueprint("mails", __name__, url_prefix="/kz-admin/mails")

# tone, word, what it means
STATES = {
    "waiting": ("blue", "Waiting", ""),
    "sending": ("blue", "Sending", ""),
    "sent": ("green", "Sent", ""),
    "kept": ("grey", "Kept here", "no mail server is configured"),
    "failed": ("red", "Failed", ""),
}


@bp.before_request
def _admins_in_production() -> ResponseReturnValue | None:
    """In development everybody may look, so that a link to choose a password reaches whoever is signed out."""
    return None if config.current().development else require("admin")


@bp.get("/")
@bp.get("")
@allow("public")
def index() -> ResponseReturnValue:
    return render_template("pages/mails.html", mails=mails.list_mails(_whose()), states=STATES, **_where())


@bp.get("/<uuid:mail>")
@allow("public")
def show(mail: UUID) -> ResponseReturnValue:
    return render_template("pages/mail.html", mail=mails.find(_whose(), mail), states=STATES, **_where())


def _whose() -> UUID | None:
    """In development also mails that belong to no tenant, such as links to choose a password."""
    return None if config.current().development else tenant_id()


def _where() -> dict[str, bool]:
    return {"development": config.current().development, "has_server": bool(config.current().smtp_url)}
