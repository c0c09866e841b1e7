"""Unit tests open no socket: whatever needs a server belongs to tests/integration."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _without_sockets(socket_disabled: None) -> None:
    """pytest-socket's fixture, for the whole folder."""
