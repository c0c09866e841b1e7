"""Test Connection: reads only, line by line, within five seconds, and it says so when that was not enough."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app

from kz_admin import clock, logs
from kz_admin.domain.connection import USABLE
from kz_admin.domain.failures import Refused
from kz_admin.domain.problems import AccessRefused, NotReached, OutcomeUnknown, ProviderFailure, SlowDown, TokenRefused
from kz_admin.models.connection import Connection
from kz_admin.providers import PROVIDERS
from kz_admin.providers.base import Check, Finding, Provider, Seen
from kz_admin.services import connections, defaults, paced, tokens
from kz_admin.services.refresh import NoAccess

log = logs.get(__name__)

AT_MOST_S = 5.0
THREAD = "kz-checkup"


@dataclass(frozen=True)
class Line:
    label: str
    ok: bool
    sentence: str
    fix: str
    fix_link: str  # a page below the provider's address, or empty


@dataclass(frozen=True)
class Report:
    lines: tuple[Line, ...]
    took_s: float

    @property
    def passed(self) -> int:
        return sum(line.ok for line in self.lines)


def run(tenant_id: UUID, provider_key: str) -> Report:
    connection = connections.live_of(tenant_id, provider_key)
    provider = PROVIDERS[provider_key]
    chosen = {**defaults.chosen_ids(connection), "company_name": connection.company_name}
    started = clock.monotonic()
    seen: Seen = {}
    lines = _within(AT_MOST_S, lambda check: _line(provider, check, _find(connection, check, chosen, seen)), provider)
    lines += [_not_asked(provider, check) for check in provider.checks[len(lines) :]]
    report = Report(tuple(lines), clock.monotonic() - started)
    log.info("tested", provider=provider_key, passed=report.passed, of=len(lines))
    return report


def _within(seconds: float, ask: Callable[[Check], Line], provider: Provider) -> list[Line]:
    """The lines answered in time. A call that hangs goes on in its thread until its own time-out, unheard."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a thread needs the app itself
    answered: list[Line] = []

    def ask_all() -> None:
        with app.app_context():
            for check in provider.checks:
                answered.append(ask(check))  # noqa: PERF401 - one by one: whoever waits looks at what there is

    thread = threading.Thread(target=ask_all, name=THREAD, daemon=True)
    thread.start()
    thread.join(seconds)
    return list(answered)


def _find(connection: Connection, check: Check, chosen: dict[str, str], seen: Seen) -> Finding:
    provider = PROVIDERS[connection.provider]
    if connection.as_state not in USABLE:
        sentence = f"{provider.label} token expired."
        return Finding(False, sentence, f"Reconnect to {provider.label}.", "reconnect")
    try:
        ask = paced.read(connection, lambda access: check.run(access, chosen, seen), despite_silence=True)
        return tokens.call(connection.id, ask)
    except ProviderFailure as failure:
        return _explained(provider, failure)
    except NoAccess:
        return Finding(False, f"{provider.label} token expired.", f"Reconnect to {provider.label}.", "reconnect")
    except (KeyError, TypeError, ValueError):
        return Finding(False, f"{provider.label} gave an answer we cannot read.", "Test again in some minutes.")
    except Refused as refusal:
        return Finding(False, refusal.sentence, "Test again in some minutes.")


def _explained(provider: Provider, failure: ProviderFailure) -> Finding:
    label = provider.label
    match failure:
        case TokenRefused():
            return Finding(False, f"{label} no longer accepts our access.", f"Reconnect to {label}.", "reconnect")
        case AccessRefused():
            fix = f"Reconnect as somebody who administers this {provider.company_word}."
            return Finding(False, f"{label} does not let us in.", fix, "reconnect")
        case SlowDown():
            return Finding(False, f"{label} asks us to wait.", f"Test again in {failure.retry_after_s} seconds.")
        case NotReached() | OutcomeUnknown():
            return Finding(False, f"{label} is not answering.", "Test again in some minutes.")
        case _:
            return Finding(False, f"{label} refused to answer ({failure.code or failure.status}).", "Test again.")


def _line(provider: Provider, check: Check, finding: Finding) -> Line:
    link = f"/kz-admin/integrations/{provider.key}/{finding.fix_link}" if finding.fix_link else ""
    return Line(check.label, finding.ok, finding.sentence, finding.fix, link)


def _not_asked(provider: Provider, check: Check) -> Line:
    sentence = f"Not asked: {provider.label} took more than {AT_MOST_S:.0f} seconds for the lines above."
    return Line(check.label, False, sentence, "Test again in some minutes.", "")
