"""The simulator as a test meets it: really served, on a free port, with short words for what tests do often."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from simulator.app import create_app
from simulator.frame.server import Server
from simulator.frame.world import World

ACCOUNTING = "com.intuit.quickbooks.accounting"
HOSTS = {"production": "/quickbooks", "sandbox": "/quickbooks-sandbox"}


@dataclass
class Access:
    """A granted access to one company, as an app holds it."""

    machine: Machine
    environment: str
    client_id: str
    client_secret: str
    access_token: str
    refresh_token: str
    company_id: str

    @property
    def address(self) -> str:
        return f"{self.machine.base}{HOSTS[self.environment]}/v3/company/{self.company_id}"

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}", "Accept": "application/json", **more}

    def get(self, path: str, **more: Any) -> requests.Response:
        headers = {**self.headers(), **more.pop("headers", {})}
        return self.machine.http.get(f"{self.address}/{path}", headers=headers, timeout=10, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        headers = {**self.headers(), **more.pop("headers", {})}
        if "data" not in more:
            more["json"] = body
        return self.machine.http.post(f"{self.address}/{path}", headers=headers, timeout=10, **more)

    def customer(self, name: str, **params: str) -> requests.Response:
        return self.post("customer", {"DisplayName": name}, params=params)

    def find(self, statement: str) -> dict[str, Any]:
        answer = self.get("query", params={"query": statement})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["QueryResponse"]
        return found

    def customers(self, name: str) -> int:
        return len(self.find(f"select * from Customer where DisplayName = '{name}'").get("Customer", []))

    def token(self, **form: str) -> requests.Response:
        return self.machine.token(self.client_id, self.client_secret, **form)

    def refresh(self) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=self.refresh_token)


@dataclass
class Machine:
    base: str
    world: World
    http: requests.Session = field(default_factory=requests.Session)

    def sim(self, method: str, path: str, body: Any = None, /, **params: Any) -> Any:
        answer = self.http.request(method, f"{self.base}/_sim/{path}", json=body, params=params, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def grant(self, company: str = "US", environment: str = "production", **more: Any) -> Access:
        asked = {"provider": "quickbooks", "environment": environment, "company": company, **more}
        return Access(self, environment, **self.sim("POST", "grants", asked))

    def fault(self, action: str, arg: Any = None, count: int | None = 1, **match: str) -> str:
        body = {"match": match, "action": action, "arg": arg, "count": count}
        fault_id: str = self.sim("POST", "faults", body)["id"]
        return fault_id

    def pass_time(self, seconds: float) -> None:
        self.sim("POST", "clock", {"advance_s": seconds})

    def journal(self, **wanted: Any) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.sim("GET", "journal", **wanted)["entries"]
        return entries

    def app(self, environment: str = "production") -> dict[str, str]:
        apps: list[dict[str, str]] = self.sim("GET", "apps")
        return next(each for each in apps if each["environment"] == environment)

    def token(self, client_id: str, secret: str, **form: str) -> requests.Response:
        address = f"{self.base}/quickbooks/oauth2/v1/tokens/bearer"
        headers = {
            "Accept": "application/json",
            **({"x-include-refresh-token-hard-expires-in": "true"} if form.pop("hard", "") else {}),
        }
        return self.http.post(address, data=form, auth=(client_id, secret), headers=headers, timeout=10)

    def revoke(self, access: Access, token: str) -> requests.Response:
        address = f"{self.base}/quickbooks/oauth2/v1/tokens/revoke"
        auth = (access.client_id, access.client_secret)
        return self.http.post(address, json={"token": token}, auth=auth, timeout=10)

    def authorize_url(self, environment: str = "production", **changed: str) -> str:
        query = {
            "client_id": self.app(environment)["client_id"],
            "response_type": "code",
            "scope": ACCOUNTING,
            "redirect_uri": "http://localhost:5000/back",
            "state": "state-1",
            **changed,
        }
        address = f"{self.base}/quickbooks/oauth2/v1/authorize"
        return str(requests.Request("GET", address, params=query).prepare().url)


@contextmanager
def running(state_file: Path | None = None) -> Iterator[Machine]:
    """A simulator in this process, with a world of its own."""
    app = create_app(state_file)
    server = Server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    machine = Machine(f"http://127.0.0.1:{server.port}", app.extensions["world"])
    try:
        yield machine
    finally:
        machine.http.close()
        server.shutdown()
        server.server_close()
        machine.world.clock.stop()
        if "saver" in app.extensions:
            app.extensions["saver"].close()
