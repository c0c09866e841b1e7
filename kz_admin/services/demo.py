"""Demo data: two agencies that share a bookkeeper, so that switching tenants can be tried, and their half year.

Loading twice is loading once.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from kz_admin import config
from kz_admin.domain.failures import Forbidden
from kz_admin.domain.roles import Role
from kz_admin.models.session import reading, writing
from kz_admin.models.tenant import Tenant
from kz_admin.models.user import Membership, User, email_key
from kz_admin.services import audit, demo_agency, demo_documents, passwords, tenants
from kz_admin.services.tenants import Description

PASSWORD = "demo demo demo"  # noqa: S105 - printed by `make run`, refused outside development
NORTHWIND = "northwind-studio"
HARBOUR = "harbour-lane"


@dataclass(frozen=True)
class Actor:
    email: str
    name: str
    roles: dict[str, Role]
    is_operator: bool = False


TENANTS = {
    NORTHWIND: Description("Northwind Studio", "USD", "America/New_York", "US"),
    HARBOUR: Description("Harbour Lane Design", "CAD", "America/Toronto", "CA"),
}
AGENCIES = {NORTHWIND: demo_agency.NORTHWIND, HARBOUR: demo_agency.HARBOUR}
CAST = (
    Actor("dana@demo.test", "Dana Whitfield", {NORTHWIND: Role.ADMIN, HARBOUR: Role.ADMIN}, is_operator=True),
    Actor("sam@demo.test", "Sam Okafor", {NORTHWIND: Role.BOOKKEEPER, HARBOUR: Role.BOOKKEEPER}),
    Actor("priya@demo.test", "Priya Shah", {NORTHWIND: Role.VIEWER}),
    Actor("luc@demo.test", "Luc Tremblay", {HARBOUR: Role.ADMIN}),
)


def load() -> None:
    if config.current().production:
        raise Forbidden("Demo people have a public password, so production refuses them.")
    for external_id, description in TENANTS.items():
        if not _exists(external_id):
            tenants.create(description, external_id=external_id, actor=audit.SYSTEM)
    for actor in CAST:
        _ensure(actor)
    for external_id, agency in AGENCIES.items():
        tenant = tenants.by_external_id(external_id)
        demo_documents.load(tenant.id, tenant.time_zone, agency)


def _exists(external_id: str) -> bool:
    with reading() as session:
        return session.scalar(select(Tenant.id).where(Tenant.external_id == external_id)) is not None


def _ensure(actor: Actor) -> None:
    with reading() as session:
        if session.scalar(select(User.id).where(User.email_key == email_key(actor.email))):
            return
    password_hash = passwords.hashed(PASSWORD)
    with writing() as session:
        user = User(
            email=actor.email,
            email_key=email_key(actor.email),
            name=actor.name,
            is_operator=actor.is_operator,
            password_hash=password_hash,
        )
        session.add(user)
        session.flush()
        for external_id, role in actor.roles.items():
            tenant = session.scalars(select(Tenant).where(Tenant.external_id == external_id)).one()
            session.add(Membership(tenant_id=tenant.id, user_id=user.id, role=role.value))
            subject = ("person", user.id, f"{user.name} <{user.email}>")
            audit.record(
                session, audit.SYSTEM, "person.joined", subject, tenant_id=tenant.id, after={"role": role.value}
            )
