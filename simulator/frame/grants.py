"""Who may do what where: codes, access and refresh tokens, rotation, replay, revocation."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .provider import TokenRules

DAY_S = 86_400


@dataclass
class Code:
    """An authorization code: good once, for one app and one redirect address."""

    value: str
    grant_id: str
    client_id: str
    redirect_uri: str
    expires_at: int
    used: bool = False


@dataclass
class Grant:
    """One person's yes for one app to one company."""

    id: str
    provider: str
    environment: str
    client_id: str
    company_id: str
    person: str
    scopes: tuple[str, ...]
    consented_at: int
    hard_end: int
    refresh: str = ""
    refresh_issued_at: int = 0
    refresh_expires_at: int = 0
    superseded: dict[str, int] = field(default_factory=dict)  # old refresh token -> until when it still works
    access: dict[str, int] = field(default_factory=dict)  # access token -> expiry
    ended: str | None = None  # revoked, replaced, disconnected, replayed
    ended_at: int | None = None

    @property
    def live(self) -> bool:
        return self.ended is None


@dataclass(frozen=True)
class Rotation:
    """How strict the token endpoint is now (the strict-rotation fault tightens it)."""

    every_refresh: bool = False
    replay_kills: bool = False
    overlap_s: int = 0


@dataclass(frozen=True)
class Issued:
    grant: Grant
    access: str
    refresh: str
    access_s: int
    refresh_s: int
    hard_s: int


class TokenRefused(Exception):
    """The token endpoint says no; `why` is for the journal and tests, `error` for the wire."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why


class Grants:
    def __init__(self, now_ms: Callable[[], int], rules: dict[str, TokenRules]) -> None:
        self._now_ms = now_ms
        self._rules = rules
        self._lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._codes: dict[str, Code] = {}
        self._by_refresh: dict[str, Grant] = {}
        self._by_access: dict[str, Grant] = {}

    # -- consent ------------------------------------------------------------------------------------

    def consent(
        self,
        *,
        provider: str,
        environment: str,
        client_id: str,
        company_id: str,
        person: str,
        scopes: Iterable[str],
    ) -> Grant:
        """A yes. It replaces the app's earlier grant to this company once its first tokens are issued."""
        now, rules = self._now_ms(), self._rules[provider]
        with self._lock:
            grant = Grant(
                secrets.token_hex(8),
                provider,
                environment,
                client_id,
                company_id,
                person,
                tuple(scopes),
                consented_at=now,
                hard_end=now + rules.hard_s * 1000,
            )
            self._grants[grant.id] = grant
            return grant

    def code(self, grant: Grant, redirect_uri: str) -> str:
        rules = self._rules[grant.provider]
        value = rules.new_code()
        expires_at = self._now_ms() + rules.code_s * 1000
        with self._lock:
            self._codes[value] = Code(value, grant.id, grant.client_id, redirect_uri, expires_at)
        return value

    # -- token endpoint -----------------------------------------------------------------------------

    def exchange(self, client_id: str, code_value: str, redirect_uri: str, rotation: Rotation) -> Issued:
        with self._lock:
            code = self._codes.get(code_value)
            if code is None or code.client_id != client_id:
                raise TokenRefused("invalid_grant", "unknown code")
            grant = self._grants[code.grant_id]
            if code.used:
                if rotation.replay_kills:
                    self.end(grant, "replayed")
                raise TokenRefused("invalid_grant", "code used twice")
            if code.expires_at <= self._now_ms():
                raise TokenRefused("invalid_grant", "code expired")
            if code.redirect_uri != redirect_uri:
                raise TokenRefused("invalid_grant", "redirect_uri differs from the authorization request")
            if not grant.live:
                raise TokenRefused("invalid_grant", f"grant {grant.ended}")
            code.used = True
            return self.issue(grant)

    def refresh(self, client_id: str, token: str, rotation: Rotation) -> Issued:
        with self._lock:
            now, grant = self._now_ms(), self._by_refresh.get(token)
            if grant is None or grant.client_id != client_id:
                raise TokenRefused("invalid_grant", "unknown refresh token")
            self._check_refresh(grant, token, now, rotation)
            if token == grant.refresh and self._is_due(grant, now, rotation):
                grant.superseded[token] = now + rotation.overlap_s * 1000
                self._new_refresh(grant, now)
            return self.issue(grant)

    def _check_refresh(self, grant: Grant, token: str, now: int, rotation: Rotation) -> None:
        if not grant.live:
            raise TokenRefused("invalid_grant", f"grant {grant.ended}")
        if token != grant.refresh and grant.superseded[token] <= now:
            if rotation.replay_kills:
                self.end(grant, "replayed")
            raise TokenRefused("invalid_grant", "superseded refresh token")
        if min(grant.refresh_expires_at, grant.hard_end) <= now:
            raise TokenRefused("invalid_grant", "expired refresh token")

    def _is_due(self, grant: Grant, now: int, rotation: Rotation) -> bool:
        age_ms = now - grant.refresh_issued_at
        return rotation.every_refresh or age_ms >= self._rules[grant.provider].rotate_after_s * 1000

    def _new_refresh(self, grant: Grant, now: int) -> None:
        grant.refresh = self._rules[grant.provider].new_refresh(now)
        grant.refresh_issued_at = now
        self._by_refresh[grant.refresh] = grant

    def issue(self, grant: Grant) -> Issued:
        """A fresh access token; the refresh token's rolling window starts again."""
        now, rules = self._now_ms(), self._rules[grant.provider]
        with self._lock:
            if not grant.refresh:
                for held in self.of(grant.provider, grant.environment, grant.company_id, grant.client_id):
                    self.end(held, "replaced")
                self._new_refresh(grant, now)
            self._drop_expired(grant, now - DAY_S * 1000)
            grant.refresh_expires_at = min(now + rules.refresh_s * 1000, grant.hard_end)
            access = rules.new_access()
            grant.access[access] = now + rules.access_s * 1000
            self._by_access[access] = grant
            rolling_s = (grant.refresh_expires_at - now) // 1000
            return Issued(grant, access, grant.refresh, rules.access_s, rolling_s, (grant.hard_end - now) // 1000)

    def _drop_expired(self, grant: Grant, before: int) -> None:
        for token in [each for each, expiry in grant.access.items() if expiry < before]:
            del grant.access[token]
            self._by_access.pop(token, None)

    # -- use and end --------------------------------------------------------------------------------

    def by_access(self, token: str) -> tuple[Grant, int] | None:
        """The grant of an access token and when the token expires."""
        grant = self._by_access.get(token)
        expires_at = grant.access.get(token) if grant else None
        return None if grant is None or expires_at is None else (grant, expires_at)

    def by_any_token(self, token: str) -> Grant | None:
        """A token that would still work: access not expired, or the current refresh token."""
        with self._lock:
            now, grant = self._now_ms(), self._by_refresh.get(token)
            if grant and grant.live and token == grant.refresh and grant.refresh_expires_at > now:
                return grant
            held = self.by_access(token)
            return held[0] if held and held[0].live and held[1] > now else None

    def by_code(self, value: str) -> Grant | None:
        code = self._codes.get(value)
        return self._grants.get(code.grant_id) if code else None

    def by_refresh(self, token: str) -> Grant | None:
        return self._by_refresh.get(token)

    def of(self, provider: str, environment: str, company_id: str, client_id: str | None = None) -> list[Grant]:
        """The live grants to one company (a consent whose code was never exchanged is none)."""
        wanted = (provider, environment, company_id)
        with self._lock:
            return [
                grant
                for grant in self._grants.values()
                if grant.live
                and grant.refresh
                and (grant.provider, grant.environment, grant.company_id) == wanted
                and client_id in (None, grant.client_id)
            ]

    def end(self, grant: Grant, why: str) -> None:
        with self._lock:
            grant.ended, grant.ended_at = why, self._now_ms()

    def all(self) -> list[Grant]:
        with self._lock:
            return list(self._grants.values())

    # -- saved form ---------------------------------------------------------------------------------

    def to_state(self) -> dict[str, object]:
        with self._lock:
            return {"grants": list(self._grants.values()), "codes": list(self._codes.values())}

    def from_state(self, grants: list[Grant], codes: list[Code]) -> None:
        self.forget()
        self._codes = {code.value: code for code in codes}
        for grant in grants:
            self._grants[grant.id] = grant
            for token in [grant.refresh, *grant.superseded]:
                self._by_refresh[token] = grant
            for token in grant.access:
                self._by_access[token] = grant
