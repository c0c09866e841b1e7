"""Point 44: what listeners are told, in which form, how often and when."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.simulator.machine import Access, Machine


class Ear:
    """A listener of the test: keeps what it hears and answers with `status`."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((dict(self.headers.items()), body))
                self.send_response(ear.statuses.pop(0) if ear.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def wait(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        end = time.monotonic() + 5
        while len(self.heard) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.heard) >= count, f"heard {len(self.heard)} of {count}"
        return self.heard

    def stays_silent(self, seconds: float = 0.5) -> None:
        time.sleep(seconds)
        assert self.heard == []


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()


def listen(machine: Machine, ear: Ear, **more: Any) -> dict[str, Any]:
    body = {"provider": "quickbooks", "url": ear.url, "secret": "verifier"} | more
    made: dict[str, Any] = machine.sim("POST", "webhooks", body)
    return made


def tried(machine: Machine, count: int) -> None:
    """Waits until that many tries are over (heard is not yet answered)."""
    end = time.monotonic() + 5
    while len(machine.sim("GET", "webhooks")["deliveries"]) < count and time.monotonic() < end:
        time.sleep(0.01)


def events(heard: list[tuple[dict[str, str], bytes]]) -> list[dict[str, Any]]:
    return [event for _, body in heard for event in json.loads(body)]


def test_s05_44_cloud_events_come_as_an_array(machine: Machine, access: Access, ear: Ear) -> None:
    listen(machine, ear)
    made = access.customer("Ada").json()["Customer"]
    [event] = events(ear.wait(1))
    assert event["specversion"] == "1.0"
    assert event["type"] == "qbo.customer.created.v1"
    assert event["intuitentityid"] == made["Id"]
    assert event["intuitaccountid"] == access.company_id
    assert event["data"] == {}
    assert event["time"].endswith("Z")
    assert len(event["time"].split(".")[1]) == 10


def test_s05_44_the_older_form_is_an_object_per_company(machine: Machine, access: Access, ear: Ear) -> None:
    listen(machine, ear, format="legacy")
    made = access.customer("Ada").json()["Customer"]
    headers, body = ear.wait(1)[0]
    assert headers["intuit-notification-schema-version"] == "1.0"
    [notification] = json.loads(body)["eventNotifications"]
    [entity] = notification["dataChangeEvent"]["entities"]
    assert notification["realmId"] == access.company_id
    assert (entity["id"], entity["name"], entity["operation"]) == (made["Id"], "Customer", "Create")
    assert entity["lastUpdated"].endswith("Z")


@pytest.mark.parametrize("form", ["cloudevents", "legacy"])
def test_s05_44_the_signature_is_over_the_raw_body(machine: Machine, access: Access, ear: Ear, form: str) -> None:
    listen(machine, ear, format=form)
    access.customer("Ada")
    headers, body = ear.wait(1)[0]
    expected = base64.b64encode(hmac.new(b"verifier", body, hashlib.sha256).digest()).decode()
    assert headers["intuit-signature"] == expected


def test_without_a_secret_each_world_signs_with_its_own_apps(machine: Machine, access: Access, ear: Ear) -> None:
    machine.sim("POST", "webhooks", {"url": ear.url})
    sandbox = machine.grant("US", "sandbox")
    access.customer("Ada")
    sandbox.customer("Ada")
    for headers, body in ear.wait(2):
        world = "sandbox" if sandbox.company_id.encode() in body else "production"
        secret = machine.app(world)["webhook_secret"].encode()
        expected = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
        assert headers["intuit-signature"] == expected


def test_s05_44_events_of_several_companies_travel_together(machine: Machine, access: Access, ear: Ear) -> None:
    other = machine.grant("CA")
    listen(machine, ear)
    access.customer("Ada")
    other.customer("Ada")
    told = events(ear.wait(1))
    if len(told) < 2:
        told = events(ear.wait(2))
    assert {each["intuitaccountid"] for each in told} == {access.company_id, other.company_id}


def test_s05_44_duplicates_are_the_same_bytes(machine: Machine, access: Access, ear: Ear) -> None:
    listen(machine, ear, duplicate=True)
    access.customer("Ada")
    first, second = ear.wait(2)
    assert first[1] == second[1]
    assert first[0]["intuit-signature"] == second[0]["intuit-signature"]


def test_s05_44_a_delay_follows_the_virtual_clock(machine: Machine, access: Access, ear: Ear) -> None:
    listen(machine, ear, delay_s=300)
    access.customer("Ada")
    ear.stays_silent()
    machine.pass_time(301)
    assert len(events(ear.wait(1))) == 1


def test_s05_44_shuffled_events_come_one_by_one_in_another_order(machine: Machine, access: Access, ear: Ear) -> None:
    listen(machine, ear, shuffle=True, delay_s=60)
    ids = [access.customer(f"C{number}").json()["Customer"]["Id"] for number in range(8)]
    machine.pass_time(61)
    told = [event["intuitentityid"] for event in events(ear.wait(8))]
    assert sorted(told) == sorted(ids)
    assert told != ids


def test_s05_44_what_fails_is_sent_again_unchanged_and_holds_up_what_comes_later(
    machine: Machine, access: Access, ear: Ear
) -> None:
    ear.statuses = [503, 500]
    listen(machine, ear)
    access.customer("Ada")
    tried(machine, 1)
    access.customer("Grace")
    time.sleep(0.3)
    assert len(ear.heard) == 1
    machine.pass_time(11)
    tried(machine, 2)
    machine.pass_time(21)
    heard = ear.wait(4)
    assert heard[0][1] == heard[1][1] == heard[2][1]
    assert heard[3][1] != heard[0][1]


def test_a_refusal_by_the_listener_is_not_sent_again(machine: Machine, access: Access, ear: Ear) -> None:
    ear.statuses = [401]
    listen(machine, ear)
    access.customer("Ada")
    tried(machine, 1)
    machine.pass_time(86_400)
    time.sleep(0.2)
    assert len(ear.heard) == 1
    assert machine.sim("GET", "webhooks")["deliveries"][0]["status"] == 401


def test_s05_44_a_listener_that_is_too_slow_hears_it_again(machine: Machine, access: Access) -> None:
    """Three seconds are the rule; here they pass on a socket that accepts and says nothing."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as mute:
        machine.sim("POST", "webhooks", {"url": f"http://127.0.0.1:{mute.getsockname()[1]}/"})
        access.customer("Ada")
        end = time.monotonic() + 6
        while not (tries := machine.sim("GET", "webhooks")["deliveries"]) and time.monotonic() < end:
            time.sleep(0.1)
    assert tries[0]["status"] is None


def test_companies_nobody_is_connected_to_are_silent(machine: Machine, access: Access, ear: Ear) -> None:
    listen(machine, ear)
    machine.sim("POST", "disconnects", {"company": "US"})
    slot = machine.world.slot("quickbooks", "production", "US")
    assert slot is not None
    from simulator.quickbooks import operations

    machine.world.commit(slot, lambda company: operations.create(company, "Customer", {"DisplayName": "X"}, {}))
    ear.stays_silent()


def test_a_listener_of_one_environment_hears_nothing_of_the_other(machine: Machine, access: Access, ear: Ear) -> None:
    listen(machine, ear, environment="sandbox")
    access.customer("Ada")
    ear.stays_silent()
    machine.grant("US", "sandbox").customer("Ada")
    assert len(events(ear.wait(1))) == 1


def test_s05_44_an_unchanged_object_is_no_news(machine: Machine, access: Access, ear: Ear) -> None:
    made = access.customer("Ada").json()["Customer"]
    listen(machine, ear)
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Ada"}
    assert access.post("customer", body).json()["Customer"]["SyncToken"] == "0"
    ear.stays_silent()


def test_a_removed_listener_hears_nothing(machine: Machine, access: Access, ear: Ear) -> None:
    made = listen(machine, ear)
    machine.sim("DELETE", f"webhooks/{made['id']}")
    access.customer("Ada")
    ear.stays_silent()
