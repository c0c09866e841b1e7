"""Tenants: made by the operator, described by their admins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kz_admin import ids
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.regions import COUNTRIES, CURRENCIES, time_zones
from kz_admin.models.session import reading, writing
from kz_admin.models.tenant import Tenant
from kz_admin.models.user import Membership
from kz_admin.services import audit
from kz_admin.services.audit import Actor

EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
CHANGED_MEANWHILE = "Somebody else saved these settings meanwhile. Yours were not saved; compare and save again."


@dataclass(frozen=True)
class Description:
    """What a tenant's admins may change about it."""

    name: str
    currency: str
    time_zone: str
    country: str

    def check(self) -> None:
        if not self.name.strip():
            raise Wrong("name", "Enter a name.")
        if len(self.name) > 200:
            raise Wrong("name", "Use at most 200 characters for the name.")
        if self.currency not in CURRENCIES:
            raise Wrong("currency", "Choose a currency from the list.")
        if self.time_zone not in time_zones():
            raise Wrong("time_zone", "Choose a time zone from the list.")
        if self.country not in COUNTRIES:
            raise Wrong("country", "Choose a country from the list.")


@dataclass(frozen=True)
class Row:
    """A tenant as operators see it: counts, never figures."""

    tenant: Tenant
    people: int


def create(
    description: Description, *, external_id: str = "", plan: str = "standard", actor: Actor = audit.COMMAND_LINE
) -> Tenant:
    description.check()
    external_id = external_id or f"t-{ids.uuid7().hex[-12:]}"
    if not EXTERNAL_ID.fullmatch(external_id):
        raise Wrong("external_id", "Use letters, digits, dots, dashes and underscores, at most 100.")
    if len(plan) > 60:
        raise Wrong("plan", "Use at most 60 characters for the plan.")
    tenant = Tenant(external_id=external_id, plan=plan, **vars(description))
    try:
        with writing() as session:
            session.add(tenant)
            session.flush()
            subject = ("tenant", tenant.id, tenant.name)
            audit.record(session, actor, "tenant.created", subject, tenant_id=tenant.id, after=vars(description))
    except IntegrityError:
        raise Conflict(f"There is a tenant with the external id {external_id} already.") from None
    return tenant


def find(tenant_id: UUID) -> Tenant:
    with reading() as session:
        tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound
    return tenant


def by_external_id(external_id: str) -> Tenant:
    with reading() as session:
        tenant = session.scalar(select(Tenant).where(Tenant.external_id == external_id))
    if tenant is None:
        raise NotFound(f"There is no tenant with the external id {external_id}.")
    return tenant


def describe(tenant_id: UUID, description: Description, version: int, actor: Actor) -> Tenant:
    """Save the settings page; refused when somebody saved it since it was opened."""
    description.check()
    with writing() as session:
        tenant = session.get(Tenant, tenant_id)
        if tenant is None:
            raise NotFound
        if tenant.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        was = Description(tenant.name, tenant.currency, tenant.time_zone, tenant.country)
        before, after = audit.changes(vars(was), vars(description))
        if after:
            for name, value in after.items():
                setattr(tenant, name, value)
            subject = ("tenant", tenant.id, tenant.name)
            audit.record(session, actor, "settings.changed", subject, tenant_id=tenant.id, before=before, after=after)
    return tenant


def all_with_counts() -> Sequence[Row]:
    people = (
        select(Membership.tenant_id, func.count().label("people"))
        .where(Membership.disabled_at.is_(None))
        .group_by(Membership.tenant_id)
        .subquery()
    )
    query = (
        select(Tenant, func.coalesce(people.c.people, 0))
        .outerjoin(people, people.c.tenant_id == Tenant.id)
        .order_by(func.lower(Tenant.name), Tenant.id)
    )
    with reading() as session:
        return [Row(tenant, count) for tenant, count in session.execute(query)]


def one_at_a_time(session: Session, tenant_id: UUID) -> None:
    """Lock the tenant's row until the end of the transaction; rows that only refer to it are still added."""
    session.scalar(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))
