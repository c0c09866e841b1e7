"""The consent somebody goes to give: where to send the browser, and what its return means.

Every return has an outcome; the callback only redirects.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update

from kz_admin import clock, config, crypto, failpoints, logs
from kz_admin.domain.connection import Environment
from kz_admin.domain.failures import Conflict, Forbidden, Wrong
from kz_admin.domain.problems import AppRefused, GrantEnded, GrantUnavailable
from kz_admin.models.connection import OAuthState
from kz_admin.models.session import changed_rows, writing
from kz_admin.providers import oauth
from kz_admin.providers.base import Provider
from kz_admin.providers.oauth import Grant
from kz_admin.services import audit, connect, connections, installation, outcomes, refresh
from kz_admin.services.connect import Asked
from kz_admin.services.outcomes import Outcome, Refusal
from kz_admin.services.signin import Person, Place

log = logs.get(__name__)

STATE_LASTS = 10 * clock.MINUTE


def begin(person: Person, place: Place, provider: Provider, environment: Environment) -> str:
    """Where to send the browser for a new connection."""
    _refuse_without_entitlement(place)
    other = connections.live(place.tenant_id)
    if other is not None:
        raise Conflict(outcomes.only_one(provider, other))
    return _ask(person, place, provider, environment, reconnects=None)


def begin_again(person: Person, place: Place, provider: Provider) -> str:
    """Where to send the browser to renew the consent of the live connection."""
    _refuse_without_entitlement(place)
    connection = connections.live_of(place.tenant_id, provider.key)
    return _ask(person, place, provider, Environment(connection.key_pair), reconnects=connection.id)


def finish(person: Person, place: Place, provider: Provider, params: Mapping[str, str]) -> Outcome:
    """The browser is back. Whatever came with it, there is an outcome."""
    try:
        asked = _redeem(person, place, provider, params)
        _refuse_cancelled(provider, params)
        grant, company = _exchange(asked, params), provider.company_from_callback(params)
        if company is None:
            raise Refusal("no_company", f"{provider.owner} named no {provider.company_word}. Connect again.")
        return connect.settle(person, place, asked, grant, company)
    except Refusal as refusal:
        _note_refusal(person, place, provider, refusal.outcome)
        return refusal.outcome


def _refuse_without_entitlement(place: Place) -> None:
    if not place.may_integrate:
        raise Forbidden("Your plan does not include accounting integrations. Upgrade it under Billing.")


def _ask(person: Person, place: Place, provider: Provider, environment: Environment, reconnects: UUID | None) -> str:
    pair = provider.key_pair(config.current(), environment)
    if pair is None:
        raise Wrong("environment", f"This installation has no {provider.label} keys for a {environment} company.")
    installation.refuse_copy()  # a consent given here would end the original's
    endpoints = refresh.endpoints(provider, environment)
    state, verifier = crypto.token(), oauth.new_verifier()
    row = OAuthState(
        tenant_id=place.tenant_id,
        state_hash=crypto.fingerprint(state),
        sign_in_hash=crypto.fingerprint(person.token),
        user_id=person.user_id,
        provider=provider.key,
        environment=environment.value,
        reconnects=reconnects,
        expires_at=clock.now_ms() + STATE_LASTS,
    )
    row.verifier = verifier
    with writing() as session:
        session.add(row)
    return oauth.authorize_url(
        provider.dialect, endpoints, pair, redirect_uri=redirect_uri(provider), state=state, verifier=verifier
    )


def redirect_uri(provider: Provider) -> str:
    """One callback path per provider, below the configured address: a forged Host changes nothing."""
    return f"{config.current().base_url}/kz-admin/integrations/{provider.key}/callback"


def _redeem(person: Person, place: Place, provider: Provider, params: Mapping[str, str]) -> Asked:
    """The state works once, for ten minutes, for whoever asked, in the browser and tenant they asked from."""
    mismatch = Refusal("state_mismatch", "This answer did not belong to your request. Nothing changed; connect again.")
    with writing() as session:
        row = session.scalar(
            select(OAuthState).where(OAuthState.state_hash == crypto.fingerprint(params.get("state", "")))
        )
        if row is None or not _is_whose(row, person, place, provider):
            raise mismatch
        unused = update(OAuthState).where(OAuthState.id == row.id, OAuthState.used_at.is_(None))
        if changed_rows(session, unused.values(used_at=clock.now_ms())) != 1:
            raise Refusal("state_used", "This answer was used already. The card shows what came of it.")
        asked = Asked(provider, Environment(row.environment), row.verifier or "", row.reconnects)
        expired = row.expires_at <= clock.now_ms()
    if expired:
        raise Refusal("state_expired", "The request was older than ten minutes. Nothing changed; connect again.")
    return asked


def _is_whose(row: OAuthState, person: Person, place: Place, provider: Provider) -> bool:
    return (
        row.provider == provider.key
        and row.user_id == person.user_id
        and row.tenant_id == place.tenant_id
        and crypto.same(row.sign_in_hash, crypto.fingerprint(person.token))
    )


def _refuse_cancelled(provider: Provider, params: Mapping[str, str]) -> None:
    error = params.get("error", "")
    if error == "access_denied":
        raise Refusal("refused", f"You did not give access at {provider.owner}. Nothing changed; connect when ready.")
    if error or not params.get("code"):
        raise Refusal("refused", f"{provider.owner} gave no access. Nothing changed; connect again.")


def _exchange(asked: Asked, params: Mapping[str, str]) -> Grant:
    provider = asked.provider
    pair = provider.key_pair(config.current(), asked.environment)
    try:
        if pair is None:
            raise AppRefused("no key pair")
        endpoints = refresh.endpoints(provider, asked.environment)
        failpoints.reach("consent.exchange")
        return oauth.exchange(
            provider.dialect,
            endpoints,
            pair,
            code=params["code"],
            redirect_uri=redirect_uri(provider),
            verifier=asked.verifier,
        )
    except GrantEnded:
        raise Refusal("expired", "The answer came too late to be used. Nothing changed; connect again.") from None
    except AppRefused:
        sentence = f"{provider.owner} does not accept this installation's keys. Tell whoever operates it."
        raise Refusal("app_refused", sentence, "red") from None
    except (GrantUnavailable, refresh.Unavailable):
        raise Refusal("provider_down", outcomes.not_answering(provider)) from None


def _note_refusal(person: Person, place: Place, provider: Provider, outcome: Outcome) -> None:
    log.info("consent_without_connection", provider=provider.key, outcome=outcome.slug)
    with writing() as session:
        subject = ("provider", provider.key, provider.label)
        after = {"outcome": outcome.slug}
        audit.record(session, person.actor, "connection.not_connected", subject, tenant_id=place.tenant_id, after=after)
