"""What to do about a Problem, step by step: the pages that cards link to."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kz_admin.domain.failures import NotFound
from kz_admin.services import guides
from kz_admin.web.access import allow

bp = Blueprint("help", __name__, url_prefix="/kz-admin/help")


@bp.get("/problems")
@allow("viewer")
def problems() -> ResponseReturnValue:
    return render_template("pages/guides.html", titles=guides.titles())


@bp.get("/problems/<slug>")
@allow("viewer")
def problem(slug: str) -> ResponseReturnValue:
    guide = guides.of(slug)
    if guide is None:
        raise NotFound
    return render_template("pages/guide.html", guide=guide)


@bp.app_template_test("explained")
def is_explained(slug: str) -> bool:
    return guides.of(slug) is not None
