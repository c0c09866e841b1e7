"""From our application to the simulator and back: consents given by machine, the way a person would give them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kz_admin.models import Connection
from kz_admin.models.session import reading
from tests.page import InspectingClient
from tests.simulator.machine import Machine

INTEGRATIONS = "/kz-admin/integrations"
CONNECT = f"{INTEGRATIONS}/quickbooks/connect"


def settings(machine: Machine) -> dict[str, str]:
    """Our settings that name the simulator as QuickBooks, with both key pairs."""
    production, sandbox = machine.app("production"), machine.app("sandbox")
    return {
        "QUICKBOOKS_DISCOVERY_URL": f"{machine.base}/quickbooks/.well-known/openid_configuration",
        "QUICKBOOKS_API_URL": f"{machine.base}/quickbooks",
        "QUICKBOOKS_SANDBOX_API_URL": f"{machine.base}/quickbooks-sandbox",
        "QUICKBOOKS_APP_URL": f"{machine.base}/quickbooks/app",
        "QUICKBOOKS_CLIENT_ID": production["client_id"],
        "QUICKBOOKS_CLIENT_SECRET": production["client_secret"],
        "QUICKBOOKS_WEBHOOK_VERIFIER": production["webhook_secret"],
        "QUICKBOOKS_SANDBOX_CLIENT_ID": sandbox["client_id"],
        "QUICKBOOKS_SANDBOX_CLIENT_SECRET": sandbox["client_secret"],
        "QUICKBOOKS_SANDBOX_WEBHOOK_VERIFIER": sandbox["webhook_secret"],
    }


@dataclass
class Bridge:
    app: Flask
    machine: Machine

    def ask(self, browser: InspectingClient, environment: str = "production") -> str:
        """Press "Connect to QuickBooks"; returns the provider's address."""
        answer = browser.submit(CONNECT, {"environment": environment})
        assert answer.status_code == 303, answer.text
        return answer.location

    def consent(self, address: str, company: str = "US", person: str = "dana", decision: str = "allow") -> str:
        """Answer on the provider's side; returns where the browser is sent, as a path of ours."""
        asked = {"url": address, "person": person, "company": company, "decision": decision}
        back: str = self.machine.sim("POST", "consents", asked)["location"]
        return back.removeprefix("http://localhost")

    def connect(
        self, browser: InspectingClient, company: str = "US", environment: str = "production", **answers: str
    ) -> TestResponse:
        """The whole way; returns the answer of the callback."""
        return browser.get(self.consent(self.ask(browser, environment), company, **answers))

    def reconnect(self, browser: InspectingClient, company: str = "US") -> TestResponse:
        answer = browser.submit(f"{INTEGRATIONS}/quickbooks/reconnect")
        assert answer.status_code == 303, answer.text
        return browser.get(self.consent(answer.location, company))

    def connection(self, tenant_id: UUID) -> Connection:
        """The tenant's latest connection, whatever its state."""
        with self.app.app_context(), reading() as session:
            query = select(Connection).where(Connection.tenant_id == tenant_id).order_by(Connection.state_since.desc())
            found = session.scalars(query).first()
        assert found is not None, "there is no connection"
        return found

    def connections(self) -> list[Connection]:
        with self.app.app_context(), reading() as session:
            return list(session.scalars(select(Connection)))

    def token_calls(self) -> list[dict[str, object]]:
        return [entry for entry in self.machine.journal() if str(entry["path"]).endswith("/tokens/bearer")]
