"""Calls to one QuickBooks company: addresses, headers, and which failure an answer is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kz_admin.domain.problems import (
    AccessRefused,
    OutcomeUnknown,
    ProviderFailure,
    Rejected,
    SlowDown,
    TokenRefused,
)
from kz_admin.providers.base import Access
from kz_admin.providers.http import Answer, Wire, origin

REFERENCE_HEADER = "intuit_tid"
MINOR_VERSION = "75"
READ_TIMEOUT_S = 30
THROTTLED_S = 60  # Intuit names no time; a minute clears every window it documents
THROTTLE_CODE = "3001"
NOT_ADMIN_CODE = "120"


def get(access: Access, path: str, *, timeout_s: float = READ_TIMEOUT_S, **params: str) -> Any:
    """Read something; `path` is below the company."""
    wire = Wire("quickbooks", frozenset({origin(access.base_url)}), REFERENCE_HEADER)
    answer = wire.send(
        "GET",
        f"{access.base_url}/v3/company/{access.company}/{path}",
        headers={"Authorization": f"Bearer {access.token}", "Accept": "application/json"},
        params={**params, "minorversion": MINOR_VERSION},
        timeout_s=timeout_s,
    )
    return read(answer)


def query(access: Access, statement: str, entity: str, *, timeout_s: float = READ_TIMEOUT_S) -> list[dict[str, Any]]:
    """All rows of a query, page by page in a stable order."""
    rows: list[dict[str, Any]] = []
    while True:
        page = f"{statement} ORDERBY Id STARTPOSITION {len(rows) + 1} MAXRESULTS {PAGE}"
        found = get(access, "query", query=page, timeout_s=timeout_s).get("QueryResponse", {}).get(entity, [])
        rows.extend(found)
        if len(found) < PAGE:
            return rows


PAGE = 1000


def quoted(value: str) -> str:
    """A value inside a query; the only two letters that could end it are escaped (A58)."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def read(answer: Answer) -> Any:
    """The decoded body of a success, or the failure it is. A 200 can hold a fault as well."""
    document = answer.json()
    failure = failure_of(answer, document)
    if failure:
        raise failure
    return document


def failure_of(answer: Answer, document: Any) -> ProviderFailure | None:
    errors = _errors(document)
    if answer.status < 300 and not errors:
        return None if isinstance(document, Mapping) else OutcomeUnknown("an unreadable answer", status=answer.status)
    code, words = _first(errors)
    facts = {"code": code, "reference": answer.reference}
    if answer.status == 429 or code == THROTTLE_CODE:
        return SlowDown(words, retry_after_s=_retry_after(answer.headers), **facts)
    if answer.status >= 500:
        return OutcomeUnknown(words, status=answer.status, **facts)
    if code == NOT_ADMIN_CODE or answer.status == 403:
        return AccessRefused(words, status=answer.status, **facts)
    if answer.status == 401:
        return TokenRefused(words, status=answer.status, **facts)
    return Rejected(words, status=answer.status, **facts)


def _errors(document: Any) -> list[Mapping[str, Any]]:
    """Two shapes: Fault.Error from the application, fault.error from the gateway."""
    if not isinstance(document, Mapping):
        return []
    fault = document.get("Fault") or document.get("fault") or {}
    found = fault.get("Error") or fault.get("error") or []
    return [error for error in found if isinstance(error, Mapping)]


def _first(errors: list[Mapping[str, Any]]) -> tuple[str, str]:
    if not errors:
        return "", ""
    error = errors[0]
    code = str(error.get("code") or "").lstrip("0")
    message = str(error.get("Message") or error.get("message") or "")
    detail = str(error.get("Detail") or error.get("detail") or "")
    return code, detail if message in detail else f"{message} {detail}".strip()


def _retry_after(headers: Mapping[str, str]) -> int:
    given = headers.get("Retry-After", "")
    return int(given) if given.isdecimal() else THROTTLED_S


def as_json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
