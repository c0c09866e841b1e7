"""Points 5 and 6: the consent pages, as a person walks them and as the app gets its answer."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.simulator.machine import Machine


class Person:
    """Somebody with a browser that follows no redirect by itself."""

    def __init__(self, machine: Machine, url: str) -> None:
        self.machine = machine
        self.page = machine.http.get(url, allow_redirects=False, timeout=5)

    def press(self, **choice: str) -> Person:
        found = re.search(r'name="flow" value="([^"]+)"', self.page.text)
        assert found, self.page.text
        address = f"{self.machine.base}/quickbooks/oauth2/v1/authorize"
        data = {"flow": found[1], **choice}
        answer = self.machine.http.post(address, data=data, allow_redirects=False, timeout=5)
        self.page = answer
        if answer.headers.get("Location", "").startswith("/"):
            self.page = self.machine.http.get(self.machine.base + answer.headers["Location"], timeout=5)
        return self

    @property
    def back(self) -> dict[str, str]:
        """What the app gets."""
        url = urlsplit(self.page.headers["Location"])
        assert f"{url.scheme}://{url.netloc}{url.path}" == "http://localhost:5000/back"
        return {name: values[0] for name, values in parse_qs(url.query).items()}


def company(machine: Machine, key: str, environment: str = "production") -> str:
    return str(machine.grant(key, environment).company_id)


def exchange(machine: Machine, code: str, **changed: str) -> requests.Response:
    app = machine.app()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "http://localhost:5000/back",
        **changed,
    }
    return machine.token(app["client_id"], app["client_secret"], **form)


def test_an_admin_signs_in_chooses_a_company_and_allows(machine: Machine) -> None:
    person = Person(machine, machine.authorize_url()).press(person="dana")
    assert "Choose a company" in person.page.text
    person.press(company=company(machine, "CA"))
    assert "Read and change the books" in person.page.text
    back = person.press(decision="allow").back
    assert back["state"] == "state-1"
    assert back["realmId"] == company(machine, "CA")
    assert exchange(machine, back["code"]).status_code == 200


def test_s05_05_cancelling_sends_back_access_denied_and_the_state_only(machine: Machine) -> None:
    assert Person(machine, machine.authorize_url()).press(decision="cancel").back == {
        "error": "access_denied",
        "state": "state-1",
    }
    late = Person(machine, machine.authorize_url()).press(person="dana").press(company=company(machine, "US"))
    assert late.press(decision="cancel").back["error"] == "access_denied"


def test_s05_06_a_reconnect_can_choose_another_company(machine: Machine) -> None:
    def connect(key: str) -> str:
        url = machine.authorize_url()
        location = machine.sim("POST", "consents", {"url": url, "company": key})["location"]
        return parse_qs(urlsplit(location).query)["realmId"][0]

    assert connect("US") != connect("GB")


def test_s05_06_the_same_company_again_replaces_the_grant_once_the_code_is_exchanged(machine: Machine) -> None:
    first = machine.grant("US")
    location = machine.sim("POST", "consents", {"url": machine.authorize_url(), "company": "US"})["location"]
    assert first.refresh().status_code == 200
    code = parse_qs(urlsplit(location).query)["code"][0]
    assert exchange(machine, code).status_code == 200
    assert first.refresh().json()["error"] == "invalid_grant"
    assert first.get("preferences").status_code == 401


def test_a_member_without_admin_rights_cannot_connect_the_company(machine: Machine) -> None:
    person = Person(machine, machine.authorize_url()).press(person="priya")
    assert "Only a company admin can connect an app" in person.page.text
    refused = person.press(company=company(machine, "US")).page
    assert refused.status_code == 400
    assert "cannot be connected" in refused.text


def test_somebody_with_one_company_is_not_asked_which(machine: Machine) -> None:
    person = Person(machine, machine.authorize_url()).press(person="tom")
    assert "Connect to Harbour Lane Works?" in person.page.text


def test_somebody_without_company_is_told_so(machine: Machine) -> None:
    assert "belongs to no company" in Person(machine, machine.authorize_url()).press(person="lena").page.text


def test_the_keys_decide_which_world_is_offered(machine: Machine) -> None:
    production = Person(machine, machine.authorize_url()).press(person="dana").page.text
    sandbox = Person(machine, machine.authorize_url("sandbox")).press(person="dana").page.text
    assert company(machine, "US") in production
    assert company(machine, "US", "sandbox") not in production
    assert company(machine, "US", "sandbox") in sandbox


def test_a_code_is_good_once(machine: Machine) -> None:
    person = Person(machine, machine.authorize_url()).press(person="tom")
    code = person.press(decision="allow").back["code"]
    assert exchange(machine, code).status_code == 200
    again = exchange(machine, code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


def test_a_knob_lets_a_second_use_of_the_code_end_the_first_result(machine: Machine) -> None:
    machine.fault("strict_rotation", {"every_refresh": False}, None)
    code = Person(machine, machine.authorize_url()).press(person="tom").press(decision="allow").back["code"]
    first = exchange(machine, code).json()
    assert exchange(machine, code).status_code == 400
    app = machine.app()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert machine.token(app["client_id"], app["client_secret"], **form).status_code == 400


def test_a_code_is_bound_to_its_redirect_address_and_to_ten_minutes(machine: Machine) -> None:
    def code() -> str:
        return Person(machine, machine.authorize_url()).press(person="tom").press(decision="allow").back["code"]

    assert exchange(machine, code(), redirect_uri="http://localhost:5000/other").status_code == 400
    old = code()
    machine.pass_time(601)
    assert exchange(machine, old).json()["error"] == "invalid_grant"


def test_a_page_answers_once(machine: Machine) -> None:
    person = Person(machine, machine.authorize_url()).press(person="tom")
    page = person.page
    person.press(decision="allow")
    person.page = page
    assert person.press(decision="allow").page.status_code == 400


@pytest.mark.parametrize("name", ["client_id", "response_type", "scope", "redirect_uri", "state"])
def test_all_five_parameters_are_required(machine: Machine, name: str) -> None:
    page = Person(machine, machine.authorize_url(**{name: ""})).page
    assert page.status_code == 400
    assert name in page.text


def test_an_unknown_scope_goes_back_as_invalid_scope(machine: Machine) -> None:
    person = Person(machine, machine.authorize_url(scope="com.intuit.everything"))
    assert person.back == {"error": "invalid_scope", "state": "state-1"}


def test_nobody_is_sent_to_an_address_that_is_not_the_apps(machine: Machine) -> None:
    for changed in (
        {"client_id": "AB-unknown"},
        {"redirect_uri": "http://elsewhere.example/back"},
        {"redirect_uri": "http://elsewhere.example/back", "scope": "com.intuit.everything"},
    ):
        page = Person(machine, machine.authorize_url(**changed)).page
        assert page.status_code == 400
        assert "Location" not in page.headers


def test_registered_addresses_have_to_match_exactly(machine: Machine) -> None:
    machine.sim("POST", "apps", {"environment": "production", "redirect_uris": ["http://localhost:5000/other"]})
    assert Person(machine, machine.authorize_url()).page.status_code == 400
    url = machine.authorize_url(redirect_uri="http://localhost:5000/other")
    assert Person(machine, url).page.status_code == 200


def test_pages_cannot_be_framed_or_cached_and_say_whose_they_are(machine: Machine) -> None:
    person = Person(machine, machine.authorize_url())
    for page in (person.page, person.press(person="dana").page):
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self' http://localhost:5000" in policy
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
        assert "This is not Intuit" in page.text
        assert "<script" not in page.text
