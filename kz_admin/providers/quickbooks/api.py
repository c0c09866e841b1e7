"""Calls to one QuickBooks company: addresses, headers, and which failure an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import simplejson

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
PAGE = 1000
LONGEST_IN_ADDRESS = 800  # a longer statement travels as a body

THROTTLED_S = 60  # Intuit names no time; a minute clears every window it documents
THROTTLE_CODE = "3001"
TOKEN_CODES = frozenset({"3200", "100", "110"})
SHUT_OUT_CODES = frozenset({"3100", "120"})  # 120: who connected is no longer an admin
# The company rests: asked of the wrong cluster, locked out, under maintenance.
LOCKED_S = {"130": 60, "140": 1800, "150": 1800}
# 600 says the request id was used before, 10000 that something broke inside: either may have been done.
UNCLEAR_CODES = frozenset({"600", "10000"})
BROKE_INSIDE = "SystemFault"
NO_TOKEN_CODE = "3202"  # noqa: S105 - the number of a fault: we sent none, so a new one would not help


def get(access: Access, path: str, *, timeout_s: float = READ_TIMEOUT_S, **params: str) -> Any:
    """Read something; `path` is below the company."""
    return read(send(access, "GET", path, params=params, timeout_s=timeout_s))


def send(
    access: Access,
    method: str,
    path: str,
    *,
    params: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_s: float,
) -> Answer:
    wire = Wire("quickbooks", frozenset({origin(access.base_url)}), REFERENCE_HEADER)
    return wire.send(
        method,
        f"{access.base_url}/v3/company/{access.company}/{path}",
        # without Accept the answer is XML
        headers={"Accept": "application/json", **(headers or {}), "Authorization": f"Bearer {access.token}"},
        params={"minorversion": MINOR_VERSION, **params},
        body=body,
        timeout_s=timeout_s,
    )


def query(
    access: Access, statement: str, entity: str, *, after: int = 0, timeout_s: float = READ_TIMEOUT_S
) -> list[dict[str, Any]]:
    """All rows of a query behind the first `after`, page by page in a stable order."""
    rows: list[dict[str, Any]] = []
    while True:
        found = page(access, statement, entity, after=after + len(rows), timeout_s=timeout_s)
        rows.extend(found)
        if len(found) < PAGE:
            return rows


def page(
    access: Access, statement: str, entity: str, *, after: int, timeout_s: float = READ_TIMEOUT_S
) -> list[dict[str, Any]]:
    """One page of a query, for what is read and stored page by page."""
    rows: list[dict[str, Any]] = _answer(access, paged(statement, after, PAGE), timeout_s).get(entity, [])
    return rows


def paged(statement: str, after: int, size: int) -> str:
    return f"{statement} ORDERBY Id STARTPOSITION {after + 1} MAXRESULTS {size}"


def _answer(access: Access, statement: str, timeout_s: float) -> Mapping[str, Any]:
    if len(statement) <= LONGEST_IN_ADDRESS:
        answer = get(access, "query", query=statement, timeout_s=timeout_s)
    else:
        text = {"Content-Type": "application/text"}
        sent = send(access, "POST", "query", params={}, headers=text, body=statement.encode(), timeout_s=timeout_s)
        answer = read(sent)
    found: Mapping[str, Any] = answer.get("QueryResponse", {})
    return found


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
    """Of a whole answer, or with one item of a batch as the document, of that item."""
    errors = _errors(document)
    if answer.status < 300 and not errors:
        return None if isinstance(document, Mapping) else OutcomeUnknown("an unreadable answer", status=answer.status)
    code, words = _first(errors)
    return _failure(answer, code, words, broke_inside=_fault(document).get("type") == BROKE_INSIDE)


def _failure(answer: Answer, code: str, words: str, *, broke_inside: bool) -> ProviderFailure:
    facts: dict[str, Any] = {"code": code, "reference": answer.reference}
    if answer.status == 429 or code == THROTTLE_CODE or "ThrottleExceeded" in words:
        return SlowDown(words, retry_after_s=_retry_after(answer.headers), **facts)
    if code in LOCKED_S:
        return SlowDown(words, retry_after_s=LOCKED_S[code], locked=True, **facts)
    if answer.status >= 500 or code in UNCLEAR_CODES or broke_inside:
        return OutcomeUnknown(words, status=answer.status, **facts)
    if code in SHUT_OUT_CODES or answer.status == 403:
        return AccessRefused(words, status=answer.status, **facts)
    if code != NO_TOKEN_CODE and (code in TOKEN_CODES or answer.status == 401):
        return TokenRefused(words, status=answer.status, **facts)
    return Rejected(words, status=answer.status, **facts)


def _fault(document: Any) -> Mapping[str, Any]:
    """Two shapes: Fault.Error from the application, fault.error from the gateway."""
    if not isinstance(document, Mapping):
        return {}
    fault = document.get("Fault") or document.get("fault")
    return fault if isinstance(fault, Mapping) else {}


def _errors(document: Any) -> list[Mapping[str, Any]]:
    fault = _fault(document)
    if not fault:
        return []
    found = fault.get("Error") or fault.get("error")
    errors: list[Mapping[str, Any]] = []
    errors += [error for error in found if isinstance(error, Mapping)] if isinstance(found, list) else []
    return errors or [{"Message": "a fault without words"}]


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
    """Numbers stay the decimals they are: 100.00 leaves as 100.00."""
    text: str = simplejson.dumps(body, use_decimal=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()
