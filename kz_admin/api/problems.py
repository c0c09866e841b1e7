"""Errors for machines: application/problem+json with the field it is about."""

from __future__ import annotations

from flask import Blueprint, Response, g, json, make_response
from werkzeug.exceptions import HTTPException

from kz_admin import logs
from kz_admin.domain.failures import Conflict, NotFound, Refused, Throttled, Wrong
from kz_admin.services.hooks import NotSigned
from kz_admin.services.races import Busy

log = logs.get(__name__)

TITLES = {
    400: "This request cannot be used",
    401: "Not signed",
    404: "There is nothing here",
    409: "This does not fit what is known",
    413: "This is too large",
    415: "This format is not accepted",
    429: "Too many calls",
    503: "Not reachable just now",
}
STATUS: dict[type[Refused], int] = {
    Wrong: 400,
    NotSigned: 401,
    NotFound: 404,
    Conflict: 409,
    Throttled: 429,
    Busy: 503,
}
RETRY_AFTER_S = 5


def init_blueprint(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(Refused, _refused)
    blueprint.register_error_handler(HTTPException, _http)


def _refused(error: Refused) -> Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)
    field = getattr(error, "field", None)
    log.info("machine_refused", status=status, field=field)
    answer = problem(status, error.sentence, field)
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    elif status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return problem(status, error.description or "")


def problem(status: int, detail: str, field: str | None = None) -> Response:
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, "This did not work"),
        "status": status,
        "detail": detail,
        "reference": str(g.get("request_id", "")),
    }
    if field is not None:
        body["field"] = field
    return make_response(json.dumps(body), status, {"Content-Type": "application/problem+json"})
