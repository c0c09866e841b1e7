"""Intuit's own Python client for OAuth, pointed at the simulator, is content with it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from tests.simulator.machine import Machine

BACK = "http://localhost:5000/back"


@pytest.fixture(params=["production", "sandbox"])
def client(request: pytest.FixtureRequest, machine: Machine) -> Iterator[AuthClient]:
    app = machine.app(request.param)
    document = "openid_configuration" if request.param == "production" else "openid_sandbox_configuration"
    discovery = f"{machine.base}/quickbooks/.well-known/{document}"
    with AuthClient(app["client_id"], app["client_secret"], BACK, discovery) as made:
        yield made


def consent(machine: Machine, client: AuthClient, scopes: list[Scopes], **choice: str) -> dict[str, str]:
    url = client.get_authorization_url(scopes)
    location = machine.sim("POST", "consents", {"url": url, **choice})["location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def connected(machine: Machine, client: AuthClient, scopes: list[Scopes]) -> AuthClient:
    back = consent(machine, client, scopes)
    assert back["state"] == client.state_token
    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    return client


def test_it_connects_refreshes_and_revokes(machine: Machine, client: AuthClient) -> None:
    connected(machine, client, [Scopes.ACCOUNTING])
    first = client.access_token
    assert client.expires_in == 3600
    assert client.x_refresh_token_expires_in == 8_640_000
    client.refresh()
    assert client.access_token != first
    assert client.revoke()
    with pytest.raises(AuthClientError) as refused:
        client.refresh()
    assert refused.value.status_code == 400
    assert "invalid_grant" in str(refused.value.content)
    assert refused.value.intuit_tid


def test_it_accepts_the_id_token_and_reads_who_it_is(machine: Machine, client: AuthClient) -> None:
    connected(machine, client, [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.PROFILE, Scopes.EMAIL])
    assert client.id_token, "checked by the client against jwks, issuer and audience"
    about = client.get_user_info().json()
    assert about["email"] == "dana@example.com"
    assert about["givenName"] == "Dana"


def test_a_code_is_refused_the_second_time(machine: Machine, client: AuthClient) -> None:
    back = consent(machine, client, [Scopes.ACCOUNTING])
    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    with pytest.raises(AuthClientError):
        client.get_bearer_token(back["code"], realm_id=back["realmId"])


def test_a_cancelled_consent_brings_no_code(machine: Machine, client: AuthClient) -> None:
    back = consent(machine, client, [Scopes.ACCOUNTING], decision="cancel")
    assert back == {"error": "access_denied", "state": client.state_token}


def test_the_two_discovery_documents_differ_in_the_userinfo_address_only(machine: Machine) -> None:
    documents = [
        machine.http.get(f"{machine.base}/quickbooks/.well-known/{name}", timeout=5).json()
        for name in ("openid_configuration", "openid_sandbox_configuration/")
    ]
    differing = [name for name in documents[0] if documents[0][name] != documents[1][name]]
    assert differing == ["userinfo_endpoint"]
