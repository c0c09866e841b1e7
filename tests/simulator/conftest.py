"""Fixtures of the simulator's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator.machine import Access, Machine, running


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A served simulator, everything at its seed."""
    with running() as made:
        yield made


@pytest.fixture
def access(machine: Machine) -> Access:
    """Access to the US company, production."""
    return machine.grant()
