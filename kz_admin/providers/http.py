"""Every byte that leaves for a provider goes through here.

Exactly the configured origins, no redirects, time-outs always, one shared pool, no transaction open meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

from kz_admin import clock, logs
from kz_admin.domain.problems import NotReached, OutcomeUnknown

log = logs.get(__name__)

CONNECT_S = 5
POOL = HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=0)

_guards: list[Callable[[], None]] = []


def guard(check: Callable[[], None]) -> None:
    """Run before every call, in the calling thread; models.session forbids open transactions this way."""
    if check not in _guards:
        _guards.append(check)


class ForeignOrigin(RuntimeError):
    """Somebody tried to send a request to an address nobody configured."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    reference: str

    def json(self) -> Any:
        """The decoded body with exact numbers, or None when it is not JSON: proxies answer HTML whenever they like."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except ValueError:
            return None


def oauth_session(**options: Any) -> Any:
    """Authlib's session on the shared pool: a session per call costs nothing, a pool per call 22 ms."""
    return _pooled(OAuth2Session(**options))


def _pooled(session: Any) -> Any:
    session.mount("https://", POOL)
    session.mount("http://", POOL)
    session.trust_env = False  # neither proxies nor .netrc of the machine decide where tokens go
    return session


@dataclass(frozen=True)
class Wire:
    """The way to one provider: which origins it may use, and how it names a request."""

    provider: str
    origins: frozenset[str]
    reference_header: str

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float,
    ) -> Answer:
        check(url, self.origins)
        started = clock.monotonic()
        answer = _exchange(
            method,
            url,
            headers=dict(headers or {}),
            params=dict(params or {}),
            data=body,
            timeout=(CONNECT_S, timeout_s),
            allow_redirects=False,
        )
        reference = answer.headers.get(self.reference_header, "")
        log.info(
            "provider_called",
            provider=self.provider,
            method=method,
            path=_path_without_ids(url),
            status=answer.status_code,
            reference=reference,
            took_ms=round((clock.monotonic() - started) * 1000),
        )
        return Answer(answer.status_code, answer.headers, answer.content, reference)


def _exchange(method: str, url: str, **how: Any) -> requests.Response:
    """One request and its answer; what went wrong on the way says whether anything can have happened over there."""
    session = _pooled(requests.Session())
    try:
        answer: requests.Response = session.request(method, url, **how)
        return answer
    except requests.exceptions.ConnectTimeout:
        raise NotReached("it did not answer") from None
    except requests.exceptions.ConnectionError as error:
        raise _connection_failure(error) from None
    except requests.exceptions.RequestException as error:
        raise OutcomeUnknown(type(error).__name__) from None


def run_guards() -> None:
    for forbid in _guards:
        forbid()


def check(url: str, origins: Collection[str]) -> None:
    """Refuse foreign addresses, and callers that hold a transaction open."""
    run_guards()
    if origin(url) not in origins:
        raise ForeignOrigin(origin(url))


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _connection_failure(error: requests.exceptions.ConnectionError) -> NotReached | OutcomeUnknown:
    """Refused or unresolved: no byte left. Reset after the request began: nobody knows."""
    reason = error.args[0] if error.args else None
    inner = type(getattr(reason, "reason", reason)).__name__
    if inner in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "SSLError"):
        return NotReached("it could not be reached")
    return OutcomeUnknown("the connection broke")


def _path_without_ids(url: str) -> str:
    """Company ids stand in paths and stay out of logs (INT-S17): every long number is left out."""
    return "/".join("…" if part.isdigit() and len(part) > 5 else part for part in urlsplit(url).path.split("/"))
