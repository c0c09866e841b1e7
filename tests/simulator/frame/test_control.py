"""The control contract of DESIGN section 9, word by word."""

from __future__ import annotations

import pytest

from simulator.app import create_app
from tests.simulator.machine import Access, Machine

SEEDS = ("US", "CA", "GB", "AU", "MC")
ENTRY = {
    "seq", "at", "provider", "environment", "company", "client", "method", "path", "query", "headers", "body",
    "status", "response", "committed", "request_id", "objects",
}  # fmt: skip


def refused(machine: Machine, method: str, path: str, body: object = None, **params: str) -> str:
    address = f"{machine.base}/_sim/{path}"
    answer = machine.http.request(method, address, json=body, params=params, timeout=5)
    assert answer.status_code in (400, 404), answer.text
    sentence: str = answer.json()["error"]
    return sentence


def test_a_grant_gives_everything_an_app_needs(machine: Machine) -> None:
    made = machine.sim("POST", "grants", {"provider": "quickbooks", "environment": "sandbox", "company": "CA"})
    assert set(made) == {"client_id", "client_secret", "access_token", "refresh_token", "company_id"}
    assert made["client_id"] == machine.app("sandbox")["client_id"]
    assert machine.grant("CA", "sandbox").get("preferences").status_code == 200


def test_a_grant_defaults_to_production_and_the_first_company(machine: Machine) -> None:
    made = machine.sim("POST", "grants", {})
    assert made["client_id"] == machine.app("production")["client_id"]
    assert made["company_id"] == machine.grant("US").company_id


def test_a_grant_takes_an_id_as_well_as_a_seed_key(machine: Machine) -> None:
    company_id = machine.grant("GB").company_id
    assert machine.grant(company_id).company_id == company_id


def test_every_seed_exists_in_both_worlds_as_two_companies(machine: Machine) -> None:
    ids = {machine.grant(key, world).company_id for key in SEEDS for world in ("production", "sandbox")}
    assert len(ids) == 2 * len(SEEDS)
    assert all(10 <= len(each) <= 19 and each.isdigit() for each in ids)


def test_each_world_gives_rows_its_own_ids(machine: Machine) -> None:
    ids = [machine.grant("US", world).customer("Ada").json()["Customer"]["Id"] for world in ("production", "sandbox")]
    assert ids[0] != ids[1]


def test_the_key_pairs_are_the_same_after_every_start(machine: Machine) -> None:
    apps = machine.sim("GET", "apps")
    assert [set(each) for each in apps] == [
        {"provider", "environment", "client_id", "client_secret", "webhook_secret"}
    ] * 2
    assert [each["environment"] for each in apps] == ["production", "sandbox"]
    again = create_app().test_client().get("/_sim/apps").get_json()
    assert again == apps


def test_the_journal_tells_the_whole_request_and_what_it_wrote(machine: Machine, access: Access) -> None:
    made = access.customer("Ada", requestid="r-1", minorversion="75").json()["Customer"]
    [entry] = machine.journal()
    assert set(entry) >= ENTRY
    assert entry["method"] == "POST"
    assert entry["path"] == f"/quickbooks/v3/company/{access.company_id}/customer"
    assert entry["query"] == {"requestid": "r-1", "minorversion": "75"}
    assert (entry["provider"], entry["environment"]) == ("quickbooks", "production")
    assert (entry["company"], entry["client"]) == (access.company_id, access.client_id)
    assert entry["headers"]["Authorization"] == f"Bearer {access.access_token}"
    assert '"DisplayName": "Ada"' in entry["body"]
    assert entry["at"] <= entry["until"] < entry["at"] + 10_000
    assert '"DisplayName":"Ada"' in entry["response"]
    assert (entry["status"], entry["committed"], entry["request_id"]) == (200, True, "r-1")
    assert entry["objects"] == [{"type": "Customer", "id": made["Id"], "op": "create"}]


def test_the_journal_goes_on_from_next(machine: Machine, access: Access) -> None:
    access.customer("Ada")
    first = machine.sim("GET", "journal")
    assert machine.sim("GET", "journal", since=first["next"]) == {"entries": [], "next": first["next"]}
    access.customer("Grace")
    later = machine.sim("GET", "journal", since=first["next"])
    assert [each["seq"] for each in later["entries"]] == [first["next"] + 1]


def test_the_journal_filters_by_company_method_and_path(machine: Machine, access: Access) -> None:
    machine.grant("CA").get("preferences")
    access.get("preferences")
    access.customer("Ada")
    assert len(machine.journal(company="US")) == 2
    assert len(machine.journal(company=access.company_id, method="POST")) == 1
    assert len(machine.journal(path="/preferences")) == 2
    assert len(machine.journal(path="*/customer")) == 1
    assert machine.journal(provider="xero") == []


def test_the_journal_tells_of_token_calls(machine: Machine, access: Access) -> None:
    access.refresh()
    [entry] = machine.journal(path="/tokens/bearer")
    assert (entry["client"], entry["company"]) == (access.client_id, access.company_id)
    assert entry["environment"] == "production"


def test_the_journal_limits_on_request(machine: Machine, access: Access) -> None:
    for name in ("A", "B", "C"):
        access.customer(name)
    page = machine.sim("GET", "journal", limit=2)
    assert [len(page["entries"]), page["next"]] == [2, 2]
    assert len(machine.sim("GET", "journal", since=page["next"])["entries"]) == 1


def test_state_sums_up_and_with_a_company_shows_its_objects(machine: Machine, access: Access) -> None:
    access.customer("Ada")
    state = machine.sim("GET", "state")
    places = {(each["environment"], each["key"]) for each in state["companies"]}
    assert {(world, key) for key in SEEDS for world in ("production", "sandbox")} <= places
    own = machine.sim("GET", "state", company="US")["companies"]
    assert [each["company"] for each in own] == [access.company_id]
    names = [each["DisplayName"] for each in own[0]["objects"]["Customer"]]
    assert "Ada" in names
    assert own[0]["trial_balance_sum"] == 0


def test_reset_goes_back_to_the_seed_and_keeps_the_key_pairs(machine: Machine, access: Access) -> None:
    apps = machine.sim("GET", "apps")
    access.customer("Ada")
    machine.fault("status", 503, None)
    machine.pass_time(1000)
    machine.sim("POST", "reset", {})
    assert machine.journal() == []
    assert machine.sim("GET", "faults") == []
    assert machine.sim("GET", "apps") == apps
    assert access.get("preferences").status_code == 401
    assert machine.grant().customers("Ada") == 0


def test_one_company_alone_can_be_reset(machine: Machine, access: Access) -> None:
    other = machine.grant("CA")
    access.customer("Ada")
    other.customer("Ada")
    machine.sim("POST", "reset", {"company": "CA"})
    assert access.customers("Ada") == 1
    assert other.customers("Ada") == 0


def test_the_clock_jumps_by_seconds_or_to_a_moment(machine: Machine) -> None:
    before = machine.sim("GET", "clock")["now"]
    after = machine.sim("POST", "clock", {"advance_s": 90.5})["now"]
    assert 90_500 <= after - before < 95_000
    assert machine.sim("POST", "clock", {"set": 2_000_000_000_000})["now"] - 2_000_000_000_000 < 1000
    assert machine.sim("POST", "clock", {"set": "2030-01-01T00:00:00Z"})["now"] // 1000 in (1893456000, 1893456001)


def test_a_webhook_listener_is_set_in_the_words_of_the_contract(machine: Machine) -> None:
    body = {
        "provider": "quickbooks",
        "url": "http://127.0.0.1:9/hook",
        "secret": "s",
        "format": "legacy",
        "duplicate": True,
        "shuffle": True,
        "delay_s": 5,
    }
    made = machine.sim("POST", "webhooks", body)
    assert {name: made[name] for name in ("url", "format", "shuffle", "delay_s")} == {
        "url": body["url"],
        "format": "legacy",
        "shuffle": True,
        "delay_s": 5,
    }
    assert made["duplicate"] == 2
    again = machine.sim("POST", "webhooks", body | {"format": "cloudevents"})
    assert again["id"] == made["id"]


def test_the_schema_is_published_and_names_every_route(machine: Machine) -> None:
    published = machine.sim("GET", "schema")
    app = create_app()
    rules = {
        str(rule).replace("<fault_id>", "{id}").replace("<listener_id>", "{id}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("control.")
    }
    assert rules == set(published["paths"])
    for path, operations in published["paths"].items():
        matching = [
            rule
            for rule in app.url_map.iter_rules()
            if str(rule).replace("<fault_id>", "{id}").replace("<listener_id>", "{id}") == path
        ]
        methods = {each.lower() for rule in matching for each in rule.methods or ()} - {"head", "options"}
        assert methods == set(operations)


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("grants", {"company": "ZZ"}, "ZZ"),
        ("grants", {"environment": "moon"}, "moon"),
        ("grants", {"provider": "sage"}, "sage"),
        ("grants", {"realm": "1"}, "realm is not known"),
        ("faults", {"match": {}}, "action is missing"),
        ("faults", {"action": "status", "probability": 2}, "more than 1"),
        ("faults", {"action": "status", "match": {"colour": "red"}}, "colour"),
        ("clock", {}, "one of advance_s and set"),
        ("clock", {"set": "tomorrow"}, "tomorrow"),
        ("webhooks", {"url": "ftp://x"}, "http"),
        ("webhooks", {"url": "http://x", "format": "soap"}, "soap"),
        ("grants", ["US"], "body"),
    ],
)
def test_control_refuses_what_it_does_not_know_and_says_what(
    machine: Machine, path: str, body: object, says: str
) -> None:
    assert says in refused(machine, "POST", path, body)


def test_control_refuses_unknown_filters_faults_and_listeners(machine: Machine) -> None:
    assert "colour" in refused(machine, "GET", "journal", colour="red")
    assert "since" in refused(machine, "GET", "journal", since="yesterday")
    assert "fault-99" in refused(machine, "DELETE", "faults/fault-99")
    assert "listener-99" in refused(machine, "DELETE", "webhooks/listener-99")


def test_readiness_can_be_asked(machine: Machine) -> None:
    assert machine.sim("GET", "healthz")["status"] == "ready"


def test_walking_a_consent_without_browser_tells_what_is_wrong(machine: Machine) -> None:
    assert "scope" in refused(machine, "POST", "consents", {"url": machine.authorize_url(scope="")})
    url = machine.authorize_url()
    assert "admin" in refused(machine, "POST", "consents", {"url": url, "person": "priya", "company": "US"})
    location = machine.sim("POST", "consents", {"url": url, "decision": "cancel"})["location"]
    assert "error=access_denied" in location
