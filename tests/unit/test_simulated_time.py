"""With a simulated clock, waiting moves the simulator too, and nothing but a simulator."""

from __future__ import annotations

import json

import pytest
import responses

from kz_admin import clock, simulated_time
from tests.conftest import make_app


@pytest.mark.parametrize(
    ("address", "simulator"),
    [
        ("http://127.0.0.1:5001/quickbooks", "http://127.0.0.1:5001"),
        ("http://localhost:5001/quickbooks", "http://localhost:5001"),
        ("https://quickbooks.api.intuit.com", None),
        ("http://127.0.0.1.evil.example", None),
    ],
)
def test_a_simulator_is_a_provider_on_this_machine(address: str, simulator: str | None) -> None:
    app = make_app("sqlite://", QUICKBOOKS_API_URL=address)
    assert simulated_time._simulator(app.config["KZ"]) == simulator


class Offset:
    def __init__(self, _engine: object) -> None:
        self.ms = 0

    def read(self) -> int:
        return self.ms

    def advance(self, ms: int) -> None:
        self.ms += ms


@pytest.fixture
def waits_with_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_time, "SharedOffset", Offset)
    make_app("sqlite://", KZ_CLOCK="simulated", QUICKBOOKS_API_URL="http://127.0.0.1:5001/quickbooks")


@responses.activate
@pytest.mark.usefixtures("waits_with_simulator")
def test_waiting_tells_the_simulator_how_long() -> None:
    told = responses.post("http://127.0.0.1:5001/_sim/clock", json={"now": 1})
    before = clock.now_ms()
    clock.wait(90)
    assert clock.now_ms() - before >= 90 * clock.SECOND
    assert json.loads(told.calls[0].request.body or "") == {"advance_s": 90.0}


@responses.activate
@pytest.mark.usefixtures("waits_with_simulator")
def test_a_simulator_that_refuses_is_not_ignored() -> None:
    responses.post("http://127.0.0.1:5001/_sim/clock", status=500)
    with pytest.raises(Exception, match="500"):
        clock.wait(1)


def test_an_application_without_simulation_returns_to_the_real_clock() -> None:
    clock.simulate(lambda: clock.DAY, None)
    make_app("sqlite://")
    assert not clock.simulated()
