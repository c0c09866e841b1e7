"""Turn a grant into a connection: read the company back, store it, choose the likely accounts, or give it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kz_admin import clock, config, failpoints, logs
from kz_admin.domain.connection import LIVE, USABLE, Environment, State
from kz_admin.domain.failures import Refused, Throttled
from kz_admin.domain.lists import List
from kz_admin.domain.problems import AccessRefused, ProviderFailure, Slug
from kz_admin.models.connection import Connection
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS, oauth
from kz_admin.providers.base import Access, CompanyFacts, Provider
from kz_admin.providers.oauth import Grant
from kz_admin.services import (
    alerts,
    audit,
    bell,
    companies,
    company_facts,
    connections,
    defaults,
    expiry,
    options,
    outbox,
    outcomes,
    paced,
    records,
    refresh,
    settings,
    tokens,
)
from kz_admin.services.documents import services
from kz_admin.services.documents.work import Work
from kz_admin.services.outcomes import Outcome, Refusal
from kz_admin.services.signin import Person, Place

log = logs.get(__name__)

REVOKE_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class Asked:
    """A consent request that came back to the browser, person and tenant it was made for."""

    provider: Provider
    environment: Environment
    verifier: str = field(repr=False)
    reconnects: UUID | None


def settle(person: Person, place: Place, asked: Asked, grant: Grant, company: str) -> Outcome:
    """Read the company back, store the connection, choose the likely accounts. A refusal gives the grant back."""
    try:
        facts, environment = _read_back(asked, grant, company)
    except Refusal:
        _leave_or_revoke(asked, grant, company)
        raise
    try:
        connection_id, first = _store(person, place, asked, grant, facts, environment)
    except Refusal:
        _give_back(asked, grant, facts.company)
        raise
    failpoints.reach("consent.stored")
    _prepare(connection_id)
    outbox.ring(connection_id)  # what waited for a new consent is due again
    label = asked.provider.label
    sentence = f"Connected to {facts.name}." if asked.reconnects is None else f"Reconnected to {facts.name}."
    log.info("connected", provider=label, connection_id=str(connection_id))
    return Outcome("connected", "green", sentence, connection_id, first)


def _read_back(asked: Asked, grant: Grant, company: str) -> tuple[CompanyFacts, Environment]:
    """On the key pair's own host; only a 403 there makes us look at the other one (decision C24)."""
    try:
        return _read_on(asked, grant, company, asked.environment), asked.environment
    except AccessRefused:
        other = Environment.SANDBOX if asked.environment is Environment.PRODUCTION else Environment.PRODUCTION
    try:
        return _read_on(asked, grant, company, other), other
    except (AccessRefused, Refusal):
        provider = asked.provider
        sentence = (
            f"{provider.label} does not let this person open that {provider.company_word}. {provider.role_needed}"
        )
        raise Refusal("not_enough_rights", sentence, "red") from None


def _read_on(asked: Asked, grant: Grant, company: str, environment: Environment) -> CompanyFacts:
    provider = asked.provider
    access = Access(grant.access, company, environment, provider.api_base(config.current(), environment))
    # No row yet, but the calls count: lists, a test and the first push follow within the same second.
    key = companies.company_key(provider.key, environment.value, company)
    to_be = Connection(provider=provider.key, environment=environment.value, company_key=key)
    try:
        return paced.read(to_be, provider.read_company)(access)
    except AccessRefused:
        raise
    except (ProviderFailure, Throttled, KeyError, TypeError):
        raise Refusal("provider_down", outcomes.not_answering(provider)) from None


def _store(
    person: Person, place: Place, asked: Asked, grant: Grant, facts: CompanyFacts, environment: Environment
) -> tuple[UUID, bool]:
    """The connection, and whether it is a new one. Between two callbacks at the same moment partial indexes decide."""
    key = companies.company_key(asked.provider.key, environment.value, facts.company)
    try:
        with writing() as session:
            _refuse_when_not_allowed(session, place, asked, key)
            connection = _row(session, place, asked.provider, environment, key)
            was_live, is_new = connection.state in LIVE, connection not in session
            _fill(connection, person, facts, asked.environment)
            tokens.stored_grant(connection, grant)
            session.add(connection)
            session.flush()
            settings.begin(connection)
            if not was_live:
                connection.start_at = clock.now_ms()
                outbox.leave_behind(session, connection)
                services.built_in(Work(session, place.tenant_id, person.actor, clock.now_ms()))
            moot = [refresh.RECONNECT, *(expiry.CAUSES if expiry.is_far(grant) else ())]
            alerts.close(session, place.tenant_id, moot, connection.id)
            _warn_when_closed(session, connection, facts)
            if was_live:  # whoever reconnected may have the rights that the other one lacked
                work = Work(session, place.tenant_id, person.actor, clock.now_ms())
                records.retry_problem(work, connection.id, Slug.PERMISSION)
            for which in asked.provider.options:
                options.expect(session, connection, which)
            _audit(session, person, connection, "connection.reconnected" if was_live else "connection.connected")
            return connection.id, is_new
    except IntegrityError:
        raise _lost_the_race(place, asked.provider, key) from None


def _refuse_when_not_allowed(session: Session, place: Place, asked: Asked, key: str) -> None:
    provider, live = asked.provider, connections.live_in(session, place.tenant_id)
    if not place.may_integrate:
        raise Refusal("plan", "Your plan does not include accounting integrations. Upgrade it under Billing.")
    _refuse_ending(session, asked, live)
    if live is None or (live.provider == provider.key and live.company_key == key):
        _refuse_taken(session, place, provider, key)
        return
    if live.provider != provider.key:
        raise Refusal("second_provider", outcomes.only_one(provider, live))
    sentence = (
        f"You chose another {provider.company_word}; this connection belongs to {live.company_name}. "
        f"Choose {live.company_name}, or disconnect it and connect the other one."
    )
    raise Refusal("wrong_company", sentence)


def _refuse_ending(session: Session, asked: Asked, live: Connection | None) -> None:
    """Whoever disconnected while somebody else was away giving consent had the last word."""
    if live is not None and live.as_state is State.DISCONNECTING:
        sentence = f"{live.company_name} was being disconnected. Nothing changed; connect again in a minute."
        raise Refusal("disconnecting", sentence)
    if asked.reconnects is not None and live is None:
        name = session.get_one(Connection, asked.reconnects).company_name
        sentence = f"{name} was disconnected meanwhile, so it was not reconnected. To use it again, connect it."
        raise Refusal("disconnected_meanwhile", sentence)


def _refuse_taken(session: Session, place: Place, provider: Provider, key: str) -> None:
    """Somebody else's connection; who they are stays unsaid (A6)."""
    taken = select(Connection.id).where(
        Connection.provider == provider.key,
        Connection.company_key == key,
        Connection.tenant_id != place.tenant_id,
        Connection.state.in_(LIVE),
    )
    if session.scalar(taken):
        raise Refusal("already_connected", outcomes.taken(provider))


def _row(session: Session, place: Place, provider: Provider, environment: Environment, key: str) -> Connection:
    """The row of this company for ever: revived with its mappings, or new."""
    found = session.scalar(
        select(Connection).where(
            Connection.tenant_id == place.tenant_id,
            Connection.provider == provider.key,
            Connection.environment == environment.value,
            Connection.company_key == key,
        )
    )
    if found is not None:
        return found
    return Connection(
        tenant_id=place.tenant_id,
        provider=provider.key,
        environment=environment.value,
        company_key=key,
        state=State.DISCONNECTED.value,
        state_since=clock.now_ms(),
        token_version=0,
    )


def _fill(connection: Connection, person: Person, facts: CompanyFacts, pair_of: Environment) -> None:
    connection.company, connection.key_pair = facts.company, pair_of.value
    connection.company_name = facts.name[:300]
    for name, value in company_facts.columns(facts).items():
        setattr(connection, name, value)
    connection.connected_by, connection.connected_at = person.name, clock.now_ms()
    connection.last_success_at, connection.revoke_confirmed = clock.now_ms(), None
    # A pause outlasts a new consent: only Resume ends it.
    connections.move(connection, State.PAUSED if connection.as_state is State.PAUSED else State.CONNECTED)


def _warn_when_closed(session: Session, connection: Connection, facts: CompanyFacts) -> None:
    cause = "subscription_ended"
    if facts.writable:
        alerts.close(session, connection.tenant_id, [cause], connection.id)
        return
    label = PROVIDERS[connection.provider].label
    sentence = f"The {label} subscription for {facts.name} has ended; pushes wait until it is renewed."
    alerts.raise_alert(session, connection.tenant_id, cause, connection.id, sentence, connection_id=connection.id)


def _lost_the_race(place: Place, provider: Provider, key: str) -> Refusal:
    live = connections.live(place.tenant_id)
    if live is not None and live.company_key == key:
        return Refusal("second_callback", f"{live.company_name} was connected a moment ago in another window.", "green")
    if live is not None:
        return Refusal("second_provider", outcomes.only_one(provider, live))
    return Refusal("already_connected", outcomes.taken(provider))


def _prepare(connection_id: UUID) -> None:
    """Read the accounts and choose the likely ones now, so that the card is complete; else a job does it soon."""
    try:
        if options.refresh(connection_id, List.ACCOUNTS):
            defaults.choose_likely(connection_id)
            bell.ring("read_options", str(connection_id))  # the other lists can wait a moment
            return
    except Refused as refusal:
        log.warning("accounts_not_read", kind=type(refusal).__name__)
    bell.ring("read_options", str(connection_id))


def _leave_or_revoke(asked: Asked, grant: Grant, company: str) -> None:
    """The company was not proven: the browser may have named one this grant has nothing to do with. So its tokens go
    nowhere, and if a live connection holds that company, the grant is left to end by itself."""
    if _live_holder(asked, company) is None:
        _revoke(asked, grant)


def _give_back(asked: Asked, grant: Grant, company: str) -> None:
    """End a grant nobody will use. If a connection with access holds the same company, the consent has replaced that
    grant over there: then these are its newest tokens, and they belong where the company is held (INT-P2)."""
    holder = _live_holder(asked, company)
    if holder is None or holder.as_state not in USABLE:
        _revoke(asked, grant)
        return
    try:
        refresh.adopt(holder, grant)
    except Refused as refusal:  # it ended at this very moment
        log.warning("grant_not_adopted", connection_id=str(holder.id), kind=type(refusal).__name__)


def _revoke(asked: Asked, grant: Grant) -> None:
    pair = asked.provider.key_pair(config.current(), asked.environment)
    try:
        endpoints = refresh.endpoints(asked.provider, asked.environment)
    except refresh.Unavailable:
        return  # an unused grant ends by itself
    if pair is not None:
        oauth.revoke(asked.provider.dialect, endpoints, pair, token=grant.refresh, timeout_s=REVOKE_TIMEOUT_S)


def _live_holder(asked: Asked, company: str) -> Connection | None:
    """The live connection that holds this company with the same key pair: provider and pair have one grant for it."""
    keys = [companies.company_key(asked.provider.key, environment.value, company) for environment in Environment]
    held = select(Connection).where(
        Connection.provider == asked.provider.key,
        Connection.key_pair == asked.environment.value,
        Connection.company_key.in_(keys),
        Connection.state.in_(LIVE),
    )
    with reading() as session:
        return session.scalar(held)


def _audit(session: Session, person: Person, connection: Connection, action: str) -> None:
    subject = ("connection", connection.id, connection.company_name)
    after = {"provider": connection.provider, "environment": connection.environment}
    audit.record(session, person.actor, action, subject, tenant_id=connection.tenant_id, after=after)
