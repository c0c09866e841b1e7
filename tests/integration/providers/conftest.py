from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.integration.providers.books import Books
from tests.simulator.machine import Machine, running


@pytest.fixture(scope="module")
def served() -> Iterator[Machine]:
    with running() as machine:
        yield machine


@pytest.fixture
def machine(served: Machine) -> Machine:
    """As after its start: no faults, all books at their seed, nobody counted."""
    served.sim("DELETE", "faults")
    served.sim("POST", "reset", {})
    served.sim("POST", "limits", {"on": False})
    return served


@pytest.fixture
def opened(machine: Machine) -> Callable[[str], Books]:
    return lambda key: Books(machine, key)


@pytest.fixture
def us(machine: Machine) -> Books:
    """Numbers invoices by itself; automated sales tax."""
    return Books(machine, "US")


@pytest.fixture
def several(machine: Machine) -> Books:
    """Five currencies; takes our numbers."""
    return Books(machine, "MC")


@pytest.fixture
def canada(machine: Machine) -> Books:
    return Books(machine, "CA")
