"""Answers for htmx and for plain browsers from the same view (rules HX-1 to HX-19 of the UX reference)."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, redirect, render_template, request


def wants_fragment() -> bool:
    """A page restored from history needs the whole page, although htmx asks for it."""
    details = getattr(request, "htmx", None)
    return details is not None and bool(details) and not details.history_restore_request and not details.boosted


def answer(page: str, partial: str, status: int = 200, **context: Any) -> Response:
    """The partial for htmx, the page that includes the same partial for everybody else."""
    name = partial if wants_fragment() else page
    return make_response(render_template(name, **context), status)


def go(location: str) -> Response:
    """Send people to another page after a POST."""
    if wants_fragment():
        return make_response("", 200, {"HX-Redirect": location})
    return make_response(redirect(location, 303))


def announce(response: Response, event: str, **ids: object) -> Response:
    """Tell other parts of the page what happened: noun and past verb, ids only."""
    # ASCII-only JSON keeps line breaks and foreign letters out of a header.
    response.headers["HX-Trigger"] = json.dumps({event: {name: str(value) for name, value in ids.items()}})
    return response
