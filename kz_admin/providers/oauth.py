"""OAuth 2.0 as both providers speak it, by Authlib. Where they differ, the provider's table says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError

from kz_admin import clock
from kz_admin.config_reader import Addresses, KeyPair
from kz_admin.domain.problems import AppRefused, GrantEnded, GrantUnavailable, NotReached, OutcomeUnknown
from kz_admin.providers import http

TOKEN_TIMEOUT_S = 20
DISCOVERY_TIMEOUT_S = 10
DISCOVERY_KEPT_S = 24 * 3600
VERIFIER_LENGTH = 64


@dataclass(frozen=True)
class Endpoints:
    authorize: str
    token: str
    revoke: str


@dataclass(frozen=True)
class Grant:
    """What the token endpoint gave, with lifetimes in seconds from now."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_lasts_s: int
    refresh_lasts_s: int
    consent_lasts_s: int | None
    scopes: str


@dataclass(frozen=True)
class Dialect:
    """How a provider's token answers differ from the standard."""

    scopes: tuple[str, ...]
    refresh_lasts_s: int  # when the answer does not say
    token_headers: Mapping[str, str]
    revoke: Callable[[str, KeyPair, str, float], requests.Response]
    reference_header: str
    usual: Endpoints  # when discovery is down and nobody configured another place


_discovered: dict[str, tuple[float, Endpoints]] = {}


def endpoints(dialect: Dialect, addresses: Addresses, *, usual_discovery: str) -> Endpoints:
    """The provider's addresses: overridden one by one, else from its discovery document (INT-P4)."""
    if addresses.authorize and addresses.token and addresses.revoke:
        return Endpoints(addresses.authorize, addresses.token, addresses.revoke)
    found = _discover(dialect, addresses.discovery, is_usual=addresses.discovery == usual_discovery)
    return Endpoints(
        addresses.authorize or found.authorize, addresses.token or found.token, addresses.revoke or found.revoke
    )


def _discover(dialect: Dialect, address: str, *, is_usual: bool) -> Endpoints:
    kept = _discovered.get(address)
    if kept and clock.monotonic() - kept[0] < DISCOVERY_KEPT_S:
        return kept[1]
    wire = http.Wire("discovery", frozenset({http.origin(address)}), dialect.reference_header)
    try:
        answer = wire.send("GET", address, headers={"Accept": "application/json"}, timeout_s=DISCOVERY_TIMEOUT_S)
        document = answer.json() if answer.status == 200 else None
    except (NotReached, OutcomeUnknown):
        document = None
    if not isinstance(document, dict):
        if kept or is_usual:
            return kept[1] if kept else dialect.usual
        raise GrantUnavailable("discovery")
    found = Endpoints(document["authorization_endpoint"], document["token_endpoint"], document["revocation_endpoint"])
    _discovered[address] = (clock.monotonic(), found)
    return found


def new_verifier() -> str:
    return str(generate_token(VERIFIER_LENGTH))


def authorize_url(
    dialect: Dialect, place: Endpoints, pair: KeyPair, *, redirect_uri: str, state: str, verifier: str
) -> str:
    session = http.oauth_session(
        client_id=pair.client_id,
        redirect_uri=redirect_uri,
        scope=" ".join(dialect.scopes),
        code_challenge_method="S256",
    )
    url, _ = session.create_authorization_url(place.authorize, state=state, code_verifier=verifier)
    return str(url)


def exchange(
    dialect: Dialect, place: Endpoints, pair: KeyPair, *, code: str, redirect_uri: str, verifier: str
) -> Grant:
    """Trade the code for tokens, once: a second try can kill what the first one gave."""
    http.run_guards()
    session = _client(pair, redirect_uri=redirect_uri)
    return _grant(
        dialect,
        lambda: session.fetch_token(
            place.token,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            headers=dict(dialect.token_headers),
            timeout=(http.CONNECT_S, TOKEN_TIMEOUT_S),
            allow_redirects=False,
        ),
    )


def refresh(dialect: Dialect, place: Endpoints, pair: KeyPair, *, token: str) -> Grant:
    http.run_guards()
    session = _client(pair)
    return _grant(
        dialect,
        lambda: session.refresh_token(
            place.token,
            refresh_token=token,
            headers=dict(dialect.token_headers),
            timeout=(http.CONNECT_S, TOKEN_TIMEOUT_S),
            allow_redirects=False,
        ),
    )


def revoke(dialect: Dialect, place: Endpoints, pair: KeyPair, *, token: str, timeout_s: float) -> bool:
    """Whether the provider confirmed that the grant is gone. A grant it does not know is gone as well."""
    http.run_guards()
    try:
        answer = dialect.revoke(place.revoke, pair, token, timeout_s)
    except requests.RequestException:
        return False
    return answer.status_code in (200, 204, 400)


def _client(pair: KeyPair, **options: Any) -> Any:
    return http.oauth_session(
        client_id=pair.client_id,
        client_secret=pair.client_secret,
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the method's name, not a secret
        **options,
    )


def _grant(dialect: Dialect, ask: Callable[[], Mapping[str, Any]]) -> Grant:
    try:
        token = ask()
        return Grant(
            access=token["access_token"],
            refresh=token["refresh_token"],
            access_lasts_s=int(token.get("expires_in", 0)),
            refresh_lasts_s=int(token.get("x_refresh_token_expires_in") or dialect.refresh_lasts_s),
            consent_lasts_s=_whole(token.get("x_refresh_token_hard_expires_in")),
            scopes=str(token.get("scope") or " ".join(dialect.scopes)),
        )
    except OAuthError as error:
        # `from None`: the description can quote the token that was refused.
        raise _refusal(str(error.error)) from None
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise GrantUnavailable(type(error).__name__) from None


def _refusal(code: str) -> GrantEnded | AppRefused | GrantUnavailable:
    if code == "invalid_grant":
        return GrantEnded(code)
    if code in ("invalid_client", "unauthorized_client"):
        return AppRefused(code)
    return GrantUnavailable(code)


def _whole(value: object) -> int | None:
    return int(str(value)) if value is not None else None
