"""The front door: where each person's day begins."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kz_admin.web.access import allow, person

bp = Blueprint("home", __name__)


@bp.get("/")
@allow("public")
def front() -> ResponseReturnValue:
    return redirect(url_for("home.index"))


@bp.get("/kz-admin/")
@bp.get("/kz-admin")
@allow("signed_in")
def index() -> ResponseReturnValue:
    whoever = person()
    if whoever is not None and whoever.place is None:
        return redirect(url_for("platform.index")) if whoever.is_operator else render_template("pages/home.html")
    return redirect(url_for("integrations.overview"))
