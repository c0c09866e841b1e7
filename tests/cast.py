"""The people of the tests, in one place: two tenants, everybody's roles, and a stranger always at hand."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask

from kz_admin import clock, crypto
from kz_admin.domain.roles import Role
from kz_admin.models import Membership, SignIn, Tenant, User
from kz_admin.models.session import writing
from kz_admin.models.user import email_key
from tests.page import InspectingClient

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Actor:
    user_id: UUID
    email: str
    name: str
    membership_id: UUID | None = None


@dataclass(frozen=True)
class Cast:
    tenant_id: UUID
    other_tenant_id: UUID
    admin: Actor
    second_admin: Actor
    bookkeeper: Actor
    viewer: Actor
    disabled: Actor  # belongs to the tenant, access disabled
    stranger: Actor  # admin of the other tenant
    operator: Actor
    loner: Actor  # belongs nowhere


def tenant(external_id: str = "acme", **values: object) -> Tenant:
    return Tenant(
        **{
            "external_id": external_id,
            "name": external_id.title(),
            "currency": "USD",
            "time_zone": "America/New_York",
            "country": "US",
            "plan": "standard",
            **values,
        }
    )


def assemble(password_hash: str) -> Cast:
    with writing() as session:
        ours, theirs = tenant("acme"), tenant("beta")
        session.add_all([ours, theirs])
        session.flush()

        def person(name: str, where: Tenant | None, role: Role | None = None, **values: object) -> Actor:
            email = f"{name.lower().replace(' ', '.')}@example.com"
            user = User(email=email, email_key=email_key(email), name=name, password_hash=password_hash)
            disabled_at = values.pop("disabled_at", None)
            for field, value in values.items():
                setattr(user, field, value)
            session.add(user)
            session.flush()
            membership = None
            if where is not None and role is not None:
                membership = Membership(tenant_id=where.id, user_id=user.id, role=role.value, disabled_at=disabled_at)
                session.add(membership)
            return Actor(user.id, email, name, membership and membership.id)

        return Cast(
            tenant_id=ours.id,
            other_tenant_id=theirs.id,
            admin=person("Ada Admin", ours, Role.ADMIN),
            second_admin=person("Andy Admin", ours, Role.ADMIN),
            bookkeeper=person("Bea Books", ours, Role.BOOKKEEPER),
            viewer=person("Vic View", ours, Role.VIEWER),
            disabled=person("Dee Disabled", ours, Role.ADMIN, disabled_at=clock.now_ms()),
            stranger=person("Sid Stranger", theirs, Role.ADMIN),
            operator=person("Olga Operator", None, is_operator=True),
            loner=person("Lee Loner", None),
        )


def sign_in(app: Flask, actor: Actor, tenant_id: UUID | None = None) -> InspectingClient:
    """A browser in which this person is signed in, without the cost of a password."""
    token = crypto.token()
    with app.app_context(), writing() as session:
        session.add(
            SignIn(
                token_hash=crypto.fingerprint(token),
                user_id=actor.user_id,
                tenant_id=tenant_id,
                expires_at=clock.now_ms() + clock.HOUR,
            )
        )
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    with client.session_transaction() as browser:
        browser["_user_id"] = token
        browser["_fresh"] = True
    return client
