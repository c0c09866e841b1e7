"""`python -m simulator`: starts, says so, keeps connections, stops at once."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.app import create_app

ROOT = Path(__file__).parents[3]


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "simulator", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            line = started.stdout.readline()
            found = re.search(r"ready at http://127\.0\.0\.1:(\d+)/", line)
            assert found, line
            yield started, int(found[1])
        finally:
            started.kill()


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    connection.request(method, path, json.dumps(body) if body is not None else None)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_it_stops_within_a_second_of_sigterm_though_a_connection_is_open() -> None:
    with process() as (started, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        assert ask(connection, "GET", "/_sim/healthz")[0] == 200
        began = time.monotonic()
        started.send_signal(signal.SIGTERM)
        assert started.wait(5) == 0
        assert time.monotonic() - began < 1
        connection.close()


def test_it_saves_on_sigint_and_goes_on_from_the_file(tmp_path: Path) -> None:
    file = str(tmp_path / "world.db")
    with process("--state", file) as (started, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        ask(connection, "POST", "/_sim/clock", {"advance_s": 864_000})
        connection.close()
        started.send_signal(signal.SIGINT)
        assert started.wait(5) == 0
    with process("--state", file) as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        now = json.loads(ask(connection, "GET", "/_sim/clock")[1])["now"]
        connection.close()
        assert now / 1000 - time.time() > 863_000


def test_killed_hard_it_goes_on_from_a_moment_before(tmp_path: Path) -> None:
    file = str(tmp_path / "world.db")
    with process("--state", file) as (started, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        grant = json.loads(ask(connection, "POST", "/_sim/grants", {})[1])
        connection.close()
        time.sleep(1)
        started.kill()
        started.wait(5)
    with process("--state", file) as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        held = json.loads(ask(connection, "GET", "/_sim/grants")[1])
        connection.close()
        assert [each["refresh"] for each in held] == [grant["refresh_token"]]


def test_the_front_door_leads_to_the_books() -> None:
    answer = create_app().test_client().get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/books/")


def test_one_connection_serves_many_calls() -> None:
    with process() as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        ask(connection, "GET", "/_sim/healthz")
        assert connection.sock is not None
        own_port = connection.sock.getsockname()
        for _ in range(5):
            assert ask(connection, "GET", "/_sim/healthz")[0] == 200
            assert connection.sock.getsockname() == own_port
        connection.close()


def test_a_connection_that_is_asked_to_close_says_so() -> None:
    with process() as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/_sim/healthz", headers={"Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        assert answer.headers["Connection"] == "close"
        assert ask(connection, "GET", "/_sim/healthz")[0] == 200
        connection.close()


def test_the_server_reads_chunked_bodies_and_refuses_broken_ones() -> None:
    with process() as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("POST", "/_sim/clock", iter([b'{"advance', b'_s": 5}']), encode_chunked=True)
        assert connection.getresponse().status == 200
        connection.close()
        for head in (b"Content-Length: many", b"Content-Length: 999999999999"):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
                raw.sendall(b"POST /_sim/clock HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
                assert b" 413 " in raw.recv(1000)


def test_it_imports_nothing_of_kz_admin() -> None:
    code = "import sys, simulator.app; print([n for n in sys.modules if n.split('.')[0] in ('kz_admin', 'jobs')])"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"
