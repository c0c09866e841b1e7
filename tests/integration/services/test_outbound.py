"""The one way out to addresses that people typed: where it goes, what it never does, and how long it takes (A55)."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from kz_admin.services import outbound
from kz_admin.services.outbound import NotDelivered
from tests.fixtures.listener import OK, Listener

SECRET = "T0-B0-never-said"


@pytest.fixture
def listening() -> Iterator[Callable[..., Listener]]:
    started: list[Listener] = []

    def start(answer: bytes | Callable[[socket.socket], None] = OK, tls: ssl.SSLContext | None = None) -> Listener:
        said = answer if callable(answer) else lambda line: line.sendall(answer)
        started.append(Listener(said, tls))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def here(made: Callable[..., Flask], sqlite_url: str) -> Iterator[Flask]:
    app = made(sqlite_url)
    with app.app_context():
        yield app


@pytest.fixture
def there(production: Flask) -> Iterator[Flask]:
    with production.app_context():
        yield production


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name server of the test: each question takes the next answer, as one that rebinds would give it."""
    answers: dict[str, list[str]] = {}
    asked: dict[str, int] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: object, **kwargs: object):
        if host not in answers:
            return real(host, port, *args, **kwargs)
        turn = asked.get(host, 0)
        asked[host] = turn + 1
        text = answers[host][min(turn, len(answers[host]) - 1)]
        found = []
        for address in text.split():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            found.append((family, socket.SOCK_STREAM, 6, "", (address, port)))
        return found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    answers["_asked"] = asked  # type: ignore[assignment]
    return answers


def refused(address: str) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        outbound.post_json(address, {"text": "hello"})
    assert SECRET not in caught.value.sentence
    return caught.value


def test_it_sends_once_and_says_what_was_answered(here: Flask, listening: Callable[..., Listener]) -> None:
    server = listening()
    answer = outbound.post_json(f"http://127.0.0.1:{server.port}/{SECRET}", {"text": "hello"})
    assert (answer.status, answer.words) == (200, "ok")
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /{SECRET} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n".encode())
    assert json.loads(body) == {"text": "hello"}
    assert len(server.heard) == 1


@pytest.mark.promise("A54", "A55")
def test_a_redirect_is_not_followed(here: Flask, listening: Callable[..., Listener]) -> None:
    inside = listening()
    moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n"
    failure = refused(f"http://127.0.0.1:{listening(moved.encode()).port}/{SECRET}")
    assert "do not follow" in failure.sentence
    assert failure.for_good
    assert inside.heard == []


@pytest.mark.promise("A55")
def test_an_answer_without_end_is_cut_at_its_size_and_a_slow_one_at_its_time(
    here: Flask, listening: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2_000):
            line.sendall(b"x" * 1024)

    answer = outbound.post_json(f"http://127.0.0.1:{listening(endless).port}/", {})
    assert len(answer.words) == outbound.LONGEST_ANSWER_SHOWN
    monkeypatch.setattr(outbound, "SECONDS", 0.3)

    def dripping(line: socket.socket) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 100:
            line.sendall(bytes([letter]))
            threading.Event().wait(0.02)

    assert "did not answer within" in refused(f"http://127.0.0.1:{listening(dripping).port}/{SECRET}").sentence
    assert (
        "did not answer within"
        in refused(f"http://127.0.0.1:{listening(lambda _: threading.Event().wait(1)).port}/").sentence
    )


def test_what_is_no_answer_and_what_is_a_no_are_told_apart(here: Flask, listening: Callable[..., Listener]) -> None:
    gone = listening(b"HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nno_service").port
    failure = refused(f"http://127.0.0.1:{gone}/{SECRET}")
    assert failure.sentence == "127.0.0.1 answered 404: “no_service”."
    assert failure.for_good
    busy = listening(b"HTTP/1.1 503 Busy\r\n\r\n").port
    assert not refused(f"http://127.0.0.1:{busy}/").for_good
    mail_server = listening(b"220 mail.example ESMTP\r\n").port
    assert "could not be reached" in refused(f"http://127.0.0.1:{mail_server}/").sentence


@pytest.mark.promise("A55")
@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:10.0.0.7", "fd00:ec2::254"]
)
def test_production_calls_no_name_that_leads_inside(there: Flask, names: dict[str, list[str]], inside: str) -> None:
    for found in (inside, f"8.8.8.8 {inside}", f"{inside} 8.8.8.8"):
        names["evil.example.com"] = [found]
        failure = refused(f"https://evil.example.com/{SECRET}")
        assert "private network" in failure.sentence
        assert failure.for_good
    for text in ("http://hooks.slack.com/x", "https://127.0.0.1/x", "https://localhost/x", "https://2130706433/x"):
        assert refused(text).for_good


@pytest.mark.promise("A55")
def test_a_name_is_looked_up_once_and_exactly_that_address_is_called_by_its_name(
    there: Flask,
    names: dict[str, list[str]],
    listening: Callable[..., Listener],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Rebinding: the first answer is fine, every later one leads elsewhere. TLS still asks for the name."""
    server = listening(tls=_certified(tmp_path, "chat.example.com"))
    monkeypatch.setattr(outbound, "_trusting", lambda: ssl.create_default_context(cafile=str(tmp_path / "ca.pem")))
    monkeypatch.setattr(outbound, "is_public", lambda address, **_: address == "127.0.0.1")
    names["chat.example.com"] = ["127.0.0.1", "10.0.0.1"]
    address = f"https://chat.example.com:{server.port}/{SECRET}"
    assert outbound.post_json(address, {"text": "hello"}).status == 200
    assert names["_asked"]["chat.example.com"] == 1  # type: ignore[call-overload]
    assert b"Host: chat.example.com" in server.heard[0]
    names["other.example.com"] = ["127.0.0.1"]
    assert "certificate" in refused(f"https://other.example.com:{server.port}/{SECRET}").sentence
    assert len(server.heard) == 1  # not a byte of the request went to whoever is somebody else
    monkeypatch.undo()


@pytest.mark.promise("A55")
def test_the_handshake_has_no_more_time_than_connecting_left(
    here: Flask, listening: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, seen = socket.socket.connect, list[float | None]()

    def slow(line: socket.socket, address: object) -> None:
        threading.Event().wait(0.2)
        connect(line, address)  # type: ignore[arg-type]  # whatever the system takes

    class Handshake:
        def wrap_socket(self, line: socket.socket, **_named: object) -> None:
            seen.append(line.gettimeout())
            raise TimeoutError

    monkeypatch.setattr(socket.socket, "connect", slow)
    monkeypatch.setattr(outbound, "_trusting", Handshake)
    assert "did not answer within" in refused(f"https://127.0.0.1:{listening().port}/{SECRET}").sentence
    assert seen[0] is not None
    assert seen[0] <= outbound.SECONDS - 0.2


def test_the_environments_proxy_is_not_asked(
    here: Flask, listening: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = listening(), listening()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    outbound.post_json(f"http://127.0.0.1:{server.port}/", {})
    assert (len(server.heard), proxy.heard) == (1, [])


def _certified(folder: Path, host: str) -> ssl.SSLContext:
    """A certificate for this host by an authority of the test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context
