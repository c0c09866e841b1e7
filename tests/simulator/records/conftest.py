"""Companies of every country and plan, as they are right after sign-up."""

from __future__ import annotations

import pytest

from .books import Books


@pytest.fixture
def us() -> Books:
    return Books()


@pytest.fixture
def multi() -> Books:
    return Books(multi=True)


@pytest.fixture
def canada() -> Books:
    return Books("CA", "CAD")
