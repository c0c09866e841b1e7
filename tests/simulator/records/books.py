"""A company at hand in a test: calls go through the edge's operations, every answer is held to the schema."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.quickbooks import founding, operations, wire
from simulator.quickbooks.company import Company, Event, Fault
from simulator.quickbooks.schema import check_envelope

START_MS = 1_772_000_000_000  # 2026-02-24T22:13:20-08:00
SECOND = 1000
DAY = 86_400 * SECOND


class Books:
    def __init__(self, country: str = "US", currency: str = "USD", edition: str = "Plus", multi: bool = False) -> None:
        self.now = START_MS
        self.company: Company = founding.found(
            key=country,
            realm="9130355377388383",
            world="production",
            name=f"Nordlicht {country}",
            country=country,
            home_currency=currency,
            multicurrency=multi,
            edition=edition,
            now_ms=lambda: self.now,
        )
        self.events: list[Event] = []
        self.company.listeners.append(lambda _company, events: self.events.extend(events))

    def later(self, ms: int = SECOND) -> None:
        self.now += ms

    def checked(self, answer: Any) -> Any:
        """As it goes over the wire and comes back, with nothing the schema does not allow."""
        sent = wire.loads(wire.dumps(answer))
        assert check_envelope(sent) == []
        return sent

    def write(self, name: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
        answer = self.checked(operations.write(self.company, name, body, params))
        found: dict[str, Any] = next(iter(answer.values()))
        return found

    def refused(self, name: str, body: dict[str, Any], **params: str) -> Fault:
        before = self.company.to_state()
        with pytest.raises(Fault) as raised:
            operations.write(self.company, name, body, params)
        assert self.company.to_state() == before, "a refused write left something behind"
        self.checked({"Fault": raised.value.body()})
        return raised.value

    def read(self, name: str, row_id: str, **params: str) -> dict[str, Any]:
        answer = self.checked(operations.read(self.company, name, row_id, params))
        found: dict[str, Any] = next(iter(answer.values()))
        return found

    def not_read(self, name: str, row_id: str) -> Fault:
        with pytest.raises(Fault) as raised:
            operations.read(self.company, name, row_id, {})
        return raised.value

    def query(self, text: str) -> dict[str, Any]:
        found: dict[str, Any] = self.checked(operations.query(self.company, text))["QueryResponse"]
        return found

    def rows(self, text: str) -> list[dict[str, Any]]:
        found = self.query(text)
        return next((value for value in found.values() if isinstance(value, list)), [])

    def not_queried(self, text: str) -> Fault:
        with pytest.raises(Fault) as raised:
            operations.query(self.company, text)
        return raised.value

    def batch(self, *items: dict[str, Any], **params: str) -> list[dict[str, Any]]:
        answer = self.checked(operations.batch(self.company, {"BatchItemRequest": list(items)}, params))
        found: list[dict[str, Any]] = answer["BatchItemResponse"]
        return found

    def cdc(self, entities: str, since: str) -> list[dict[str, Any]]:
        answer = self.checked(operations.cdc(self.company, {"entities": entities, "changedSince": since}))
        found: list[dict[str, Any]] = answer["CDCResponse"][0]["QueryResponse"]
        return found

    def account(self, account_type: str) -> dict[str, str]:
        row = self.company.table("Account").first("AccountType", account_type)
        assert row is not None
        return {"value": row["Id"]}

    def customer(self, name: str = "Ada Lund", **more: Any) -> dict[str, Any]:
        return self.write("Customer", {"DisplayName": name, **more})

    def item(self, name: str = "Design", **more: Any) -> dict[str, Any]:
        body = {"Name": name, "Type": "Service", "IncomeAccountRef": self.account("Income"), **more}
        return self.write("Item", body)

    def invoice(self, customer: dict[str, Any], item: dict[str, Any], amount: int = 100) -> dict[str, Any]:
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "TaxCodeRef": {"value": "NON"}},
        }
        return self.write("Invoice", {"CustomerRef": {"value": customer["Id"]}, "Line": [line]})


def ref(row: dict[str, Any]) -> dict[str, str]:
    return {"value": row["Id"]}


def sparse(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, **changes}
