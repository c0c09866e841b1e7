"""A person at the books of the US company."""

from __future__ import annotations

import pytest

from tests.simulator.machine import Access, Machine

from .browser import Person


@pytest.fixture
def person(machine: Machine, access: Access) -> Person:
    return Person(machine, access)
