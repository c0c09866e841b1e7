from __future__ import annotations

import pytest

from tests.unit.judge.sound import Sound


@pytest.fixture
def sound() -> Sound:
    return Sound()
