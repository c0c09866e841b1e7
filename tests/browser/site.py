"""The real application, served by gunicorn on a free port with a database of its own, and people to use it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import requests
from flask import Flask
from flask_migrate import upgrade

from kz_admin import clock, config, create_app, crypto
from kz_admin.dev import plan
from kz_admin.domain.roles import Role
from kz_admin.models import Membership, SignIn, Tenant, User
from kz_admin.models.session import engine, writing
from kz_admin.services import passwords
from tests.cast import PASSWORD, tenant
from tests.fixtures.processes import bare_environment, free_port, http_status, python, running, wait_until

_serial = itertools.count(1)


@dataclass(frozen=True)
class Someone:
    user_id: UUID
    name: str
    email: str
    membership_id: UUID


@dataclass(frozen=True)
class Crew:
    """A tenant of one test, with a person in each role."""

    tenant_id: UUID
    tenant_name: str
    admin: Someone
    bookkeeper: Someone
    viewer: Someone


@dataclass(frozen=True)
class Site:
    address: str
    app: Flask  # the same database, in this process: to prepare and to look

    def url(self, path: str) -> str:
        return self.address + path

    def crew(self, name: str = "", **tenant_values: Any) -> Crew:
        number = f"{next(_serial)}-{secrets.token_hex(3)}"
        with self.app.app_context(), writing() as session:
            ours = tenant(f"acme-{number}", **{"name": name or f"Acme {number}", **tenant_values})
            session.add(ours)
            session.flush()
            people = [
                _someone(session, ours, f"{name} {number}", role)
                for name, role in (("Ada", Role.ADMIN), ("Bea", Role.BOOKKEEPER), ("Vic", Role.VIEWER))
            ]
            return Crew(ours.id, ours.name, *people)

    def join(self, someone: Someone, tenant_id: UUID, role: Role) -> None:
        with self.app.app_context(), writing() as session:
            session.add(Membership(tenant_id=tenant_id, user_id=someone.user_id, role=role.value))

    def cookie(self, someone: Someone, tenant_id: UUID | None = None) -> dict[str, Any]:
        """A browser's cookie of a sign-in, without the cost of a password."""
        token = crypto.token()
        with self.app.app_context(), writing() as session:
            session.add(
                SignIn(
                    token_hash=crypto.fingerprint(token),
                    user_id=someone.user_id,
                    tenant_id=tenant_id,
                    expires_at=clock.now_ms() + clock.HOUR,
                )
            )
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = signer.dumps({"_user_id": token, "_fresh": True})
        return {"name": "kz_session", "value": value, "url": self.address}


def _someone(session: Any, ours: Tenant, name: str, role: Role) -> Someone:
    email = f"{name.lower().replace(' ', '.')}@example.com"
    user = User(email=email, email_key=email, name=name, password_hash=passwords.hashed(PASSWORD))
    session.add(user)
    session.flush()
    membership = Membership(tenant_id=ours.id, user_id=user.id, role=role.value)
    session.add(membership)
    return Someone(user.id, name, email, membership.id)


@contextmanager
def simulating(folder: Path) -> Iterator[dict[str, str]]:
    """The simulator as a process of its own; gives the settings that lead to it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = python("-m", "simulator", "--port", str(port), "--state", str(folder / "simulator.json"))
    with running(command, bare_environment()) as simulator:
        try:
            wait_until(lambda: http_status(f"{address}/_sim/apps") == 200, "the simulator to answer", 60)
        except AssertionError as never:
            raise AssertionError(f"{never}; it said:\n{simulator.output()[-4000:]}") from None
        # A test clicks faster than people do; limits are shown where they are meant (tests/integration).
        requests.post(f"{address}/_sim/limits", json={"on": False}, timeout=5).raise_for_status()
        yield plan.simulator_environment(address, {})


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[Site]:
    """The site and the simulator it connects to."""
    with simulating(folder) as providers, _serving(folder, **providers, **more) as site:
        yield site


@contextmanager
def _serving(folder: Path, **more: str) -> Iterator[Site]:
    port = free_port()
    environment = {
        "KZ_ENV": "development",
        "SECRET_KEY": "browser tests only: 7f3k9q2m8x4v6b1n5c0z",
        "KZ_ENCRYPTION_KEYS": "browser tests only too: 1a2s3d4f5g6h7j8k9l0p",
        "KZ_BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{folder / 'kz.db'}",
        "KZ_PLANS_WITH_INTEGRATIONS": "standard, Professional",
        "REDIS_URL": "redis://127.0.0.1:1/0",  # nothing there: pages must not need it
        **more,
    }
    app = create_app(config.load(environment))
    with app.app_context():
        upgrade()
    command = python("-m", "gunicorn", "-k", "gthread", "--threads", "8", "--no-control-socket")
    with running([*command, "-b", f"127.0.0.1:{port}", "app:app"], bare_environment(**environment)) as server:
        address = environment["KZ_BASE_URL"]
        try:
            wait_until(lambda: http_status(f"{address}/healthz") == 200, "the site to answer", 30)
        except AssertionError as never:
            raise AssertionError(f"{never}; it said:\n{server.output()[-4000:]}") from None
        yield Site(address, app)
    with app.app_context():
        engine().dispose()
