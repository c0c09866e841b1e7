from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketBlockedError


def test_no_unit_test_can_open_a_socket() -> None:
    with pytest.warns(UserWarning, match="socket"), pytest.raises(SocketBlockedError):
        socket.socket()
