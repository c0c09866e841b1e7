"""What a person does in the books reaches the app's webhook, as it would from the real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.frame.test_webhooks import Ear
from tests.simulator.machine import Machine

from .browser import Person


@pytest.fixture
def ear(machine: Machine) -> Iterator[Ear]:
    made = Ear()
    machine.sim("POST", "webhooks", {"provider": "quickbooks", "url": made.url, "secret": "verifier"})
    yield made
    made.server.shutdown()
    made.server.server_close()


def told(ear: Ear, kind: str) -> dict[str, Any]:
    """The event of this type; messages come one deed at a time."""
    ear.wait(1)
    events = [event for _headers, body in ear.heard for event in json.loads(body)]
    found: dict[str, Any] = next(event for event in events if event["type"] == kind)
    return found


def open_invoice(person: Person) -> dict[str, Any]:
    return next(row for row in person.rows("Invoice") if row["Balance"] == row["TotalAmt"] > 0)


@pytest.mark.parametrize(
    ("deed", "filled", "word"),
    [("edit", {"PrivateNote": "seen"}, "updated"), ("void", {}, "void"), ("delete", {}, "deleted")],
)
def test_an_edit_a_void_and_a_delete_are_told(
    person: Person, ear: Ear, deed: str, filled: dict[str, str], word: str
) -> None:
    invoice = open_invoice(person)
    person.do(f"Invoice/{invoice['Id']}/{deed}", **filled)
    event = told(ear, f"qbo.invoice.{word}.v1")
    assert event["intuitentityid"] == invoice["Id"]
    assert event["intuitaccountid"] == person.access.company_id


def test_a_payment_received_over_there_is_told_with_its_own_id(person: Person, ear: Ear) -> None:
    invoice = open_invoice(person)
    person.do(f"Invoice/{invoice['Id']}/pay", amount="5", reference="over there")
    event = told(ear, "qbo.payment.created.v1")
    assert person.rows("Payment", "where PaymentRefNum = 'over there'")[0]["Id"] == event["intuitentityid"]


def test_a_merge_is_told_with_the_lost_id(person: Person, ear: Ear) -> None:
    loser = open_invoice(person)["CustomerRef"]["value"]
    winner = person.rows("Customer", "where DisplayName = 'Marigold Yoga'")[0]["Id"]
    person.do(f"Customer/{loser}/merge", into=winner)
    event = told(ear, "qbo.customer.merged.v1")
    assert event["intuitentityid"] == winner
    assert event["data"]["deletedid"] == loser


def test_after_disconnecting_nothing_is_told(person: Person, ear: Ear) -> None:
    invoice = open_invoice(person)
    person.do("company/disconnect")
    person.do(f"Invoice/{invoice['Id']}/void")
    ear.stays_silent()
