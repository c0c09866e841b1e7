"""Pages for what went wrong: what happened, what became of the data, what to do, and a reference."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, current_app, json, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from kz_admin import logs
from kz_admin.domain.failures import Conflict, Forbidden, NotFound, Refused, Throttled, Wrong
from kz_admin.web import access
from kz_admin.web.access import has_secret_in_address
from kz_admin.web.headers import request_id
from kz_admin.web.htmx import wants_fragment

log = logs.get(__name__)

RETRY_AFTER_S = "5"
# For programs there are no buttons and no overview.
MACHINE_WORDS = {
    404: "This address does not exist. docs/api.md lists those that do.",
    405: "This address does not take this method; the header Allow names those it takes.",
}
MACHINE_PATHS = ("/api/", "/hooks/", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class Explanation:
    headline: str
    what: str
    next: str


EXPLANATIONS = {
    400: Explanation(
        "This request could not be read", "Nothing was changed.", "Go back, check what you entered and try again."
    ),
    403: Explanation("This needs other rights", "Nothing was changed.", "Ask an admin of this tenant."),
    404: Explanation(
        "There is nothing here",
        "The address is mistyped, or what it showed belongs to another tenant or is gone.",
        "Start again from the overview.",
    ),
    405: Explanation("This cannot be done here", "Nothing was changed.", "Go back and use the buttons on the page."),
    409: Explanation("Someone was faster", "Your change was not saved.", "Load the page again and look at both."),
    413: Explanation("This is too large", "Nothing was stored.", "Send a smaller file or a shorter text."),
    415: Explanation("This format is not accepted", "Nothing was changed.", "Use the form on the page."),
    419: Explanation(
        "This page was open too long",
        "It belongs to an earlier sign-in, so nothing was changed.",
        "Load it again and repeat what you did.",
    ),
    429: Explanation("Too many tries", "Nothing was changed.", "Wait a little, then try again."),
    500: Explanation(
        "Something broke on our side",
        "What you did was either saved whole or not at all. The error was recorded.",
        "Try again. If it happens twice, send us the reference below.",
    ),
    503: Explanation(
        "Not reachable just now", "The database did not answer. Nothing was half-saved.", "Try again in a minute."
    ),
}
STATUS_OF: dict[type[Refused], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Throttled: 429, Wrong: 422}


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _untrusted)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(InterfaceError, _database_gone)
    app.register_error_handler(NoConnectionFree, _database_gone)
    app.register_error_handler(DataError, _not_storable)
    app.register_error_handler(Exception, _unforeseen)


def _refused(error: Refused) -> Response:
    # Whatever else is refused (a copied installation, access that ended) does not fit the state of things.
    status = next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 409)
    if status in (403, 404):
        # Who looks where they may not: ids are bound to the line already.
        log.warning("refused", status=status, endpoint=request.endpoint)
    response = explain(status, error.sentence)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _untrusted(error: CSRFError) -> Response:
    """Without a token it is an attack or a mistake, with somebody else's it is an old page."""
    missing = error.description == "The CSRF token is missing."  # of the form; without the session's it is an old page
    log.warning("csrf_refused", reason=str(error.description))
    return explain(403, "This request did not come from one of our pages.") if missing else explain(419)


def _stale(_error: StaleDataError) -> Response:
    return explain(409)


def _http(error: HTTPException) -> Response:
    if error.code is None or 300 <= error.code < 400:
        return make_response(error.get_response())
    response = explain(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _not_storable(error: DataError) -> Response:
    """A value that no column takes, such as a NUL letter: PostgreSQL refuses what SQLite keeps."""
    log.warning("not_storable", kind=type(error.orig).__name__)
    return explain(400)


def _database_gone(error: OperationalError | InterfaceError | NoConnectionFree) -> Response:
    # Only the driver's class: its message can carry the address with the password.
    log.error("database_unreachable", kind=type(getattr(error, "orig", error)).__name__)
    access.stay_unknown()
    return explain(503)


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen", kind=type(error).__name__)
    if current_app.testing and current_app.config.get("PROPAGATE_UNFORESEEN"):
        raise error
    access.stay_unknown()
    return explain(500)


def explain(status: int, sentence: str = "") -> Response:
    explanation = EXPLANATIONS.get(status) or EXPLANATIONS[500 if status >= 500 else 400]
    if request.path.startswith(MACHINE_PATHS):
        return _problem_json(status, explanation, sentence)
    if has_secret_in_address():
        return make_response(sentence or explanation.headline, status, {"Content-Type": "text/plain; charset=utf-8"})
    template = "partials/error.html" if wants_fragment() else "pages/error.html"
    body = render_template(template, status=status, explanation=explanation, sentence=sentence, reference=request_id())
    return make_response(body, f"{status} Page Expired" if status == 419 else status)


def _problem_json(status: int, explanation: Explanation, sentence: str) -> Response:
    problem = {
        "type": "about:blank",
        "title": explanation.headline,
        "status": status,
        "detail": sentence or MACHINE_WORDS.get(status) or f"{explanation.what} {explanation.next}",
        "reference": request_id(),
    }
    response = make_response(json.dumps(problem), status, {"Content-Type": "application/problem+json"})
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response
