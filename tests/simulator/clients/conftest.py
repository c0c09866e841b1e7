"""The vendor's client libraries, connected to a served simulator the way an app connects: consent, code, tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks

from simulator.quickbooks import wire
from simulator.quickbooks.schema import check_envelope
from tests.simulator.machine import Machine, running

BACK = "http://localhost:5000/back"
Connect = Callable[..., QuickBooks]


@pytest.fixture(scope="package")
def served() -> Iterator[Machine]:
    """One machine for all client tests; how fast they call is not what they are about."""
    with running() as made:
        made.world.limits.on = False
        yield made


@pytest.fixture(scope="package")
def connect(served: Machine) -> Iterator[Connect]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the simulator speaks http, on this machine only
        yield lambda company, environment="production": _connected(served, company, environment)


def _connected(machine: Machine, company: str, environment: str) -> QuickBooks:
    app = machine.app(environment)
    document = "openid_configuration" if environment == "production" else "openid_sandbox_configuration"
    auth = AuthClient(app["client_id"], app["client_secret"], BACK, f"{machine.base}/quickbooks/.well-known/{document}")
    asked = {"url": auth.get_authorization_url([Scopes.ACCOUNTING]), "company": company}
    location = machine.sim("POST", "consents", asked)["location"]
    back = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    client = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=back["realmId"], minorversion=75)
    client.api_url_v3 = f"{machine.base}/quickbooks/v3"
    client.sandbox_api_url_v3 = f"{machine.base}/quickbooks-sandbox/v3"
    client.sandbox = environment == "sandbox"
    client.session.hooks["response"].append(_checked)
    return client


def _checked(response: requests.Response, *_args: Any, **_more: Any) -> None:
    """Every answer the client gets fits the published schema; the gateway's refusals have a frame of their own."""
    if response.headers.get("Content-Type", "").startswith("application/json"):
        answer = wire.loads(response.content)
        if "warnings" not in answer:
            assert check_envelope(answer) == [], response.text


@pytest.fixture(scope="package")
def us(connect: Connect) -> QuickBooks:
    return connect("US")


@pytest.fixture(scope="package")
def canada(connect: Connect) -> QuickBooks:
    return connect("CA")


@pytest.fixture(scope="package")
def multi(connect: Connect) -> QuickBooks:
    return connect("MC")
