"""The one way out to addresses that people typed, such as their chat's (A55). What knows a provider goes another way.

https only, the name resolved once, every address it has public, the connection made to exactly that address while TLS
still asks for the name; no redirects, no proxy, five seconds and 64 kB in all. Development may call this machine.
The address is a secret: nothing here puts it into a log or an exception.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kz_admin import clock, config, logs
from kz_admin.domain.outward import Forbidden, Target, is_public, target
from kz_admin.models.session import forbid_open_transaction

log = logs.get(__name__)

SECONDS = 5.0
MOST_BYTES = 64 * 1024
LONGEST_ANSWER_SHOWN = 100


class NotDelivered(Exception):
    """The sentence tells a person what the other side did."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        self.sentence, self.for_good = sentence, for_good
        super().__init__(sentence)


@dataclass(frozen=True)
class Answer:
    status: int
    words: str  # how their answer begins, for the person who asked


def check(address: str) -> Target:
    """The address taken apart, or Forbidden with what is the matter; nothing is resolved or called."""
    return target(address, loopback=config.current().development)


def post_json(address: str, body: Mapping[str, Any]) -> Answer:
    """Send it and read the answer; any answer but 2xx is NotDelivered, a redirect as well."""
    forbid_open_transaction()
    deadline = clock.monotonic() + SECONDS
    try:
        to = check(address)
        place = _resolved(to, deadline)
    except Forbidden as refused:
        raise NotDelivered(refused.sentence, for_good=True) from None
    try:
        answer = _exchange(to, place, json.dumps(body).encode(), deadline)
    except ssl.SSLError:
        raise NotDelivered(f"{to.host} has no certificate that we can trust.") from None
    except TimeoutError:
        raise NotDelivered(f"{to.host} did not answer within {SECONDS:.0f} seconds.") from None
    except (OSError, http.client.HTTPException):
        raise NotDelivered(f"{to.host} could not be reached, or broke off.") from None
    log.info("outbound_called", host=to.host, status=answer.status)
    if 300 <= answer.status < 400:
        raise NotDelivered(f"{to.host} sent us on to another address, which we do not follow.", for_good=True)
    if not 200 <= answer.status < 300:
        gone = answer.status in (400, 401, 403, 404, 410)
        said = f": “{answer.words}”" if answer.words else ""
        raise NotDelivered(f"{to.host} answered {answer.status}{said}.", for_good=gone)
    return answer


def _resolved(to: Target, deadline: float) -> tuple[int, str]:
    """Family and address to connect to. One that is not public refuses the name, whatever else it has."""
    found = _look_up(to, deadline)
    if not found:
        raise NotDelivered(f"{to.host} is not a name that anybody knows.")
    loopback = config.current().development
    if not all(is_public(address, loopback=loopback) for _, address in found):
        raise Forbidden("This address leads into a private network. Chats on the internet only.")
    return found[0]


def _look_up(to: Target, deadline: float) -> list[tuple[int, str]]:
    """Looked up once. The system's resolver knows no time limit, so it is asked beside us and left when it is slow."""
    found: list[tuple[int, str]] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend((int(family), str(place[0])) for family, _, _, _, place in answers)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_left(deadline))
    if asking.is_alive():
        raise NotDelivered(f"The name {to.host} could not be looked up in time.")
    return list(dict.fromkeys(found))


def _exchange(to: Target, place: tuple[int, str], body: bytes, deadline: float) -> Answer:
    family, address = place
    with socket.socket(family, socket.SOCK_STREAM) as plain:
        plain.settimeout(_left(deadline))
        plain.connect((address, to.port))
        plain.settimeout(_left(deadline))  # for the handshake, which has no more than what connecting left
        line = plain if not to.secure else _trusting().wrap_socket(plain, server_hostname=to.host)
        try:
            _send(line, _request(to, body), deadline)
            return _read(line, deadline)
        finally:
            line.close()


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _request(to: Target, body: bytes) -> bytes:
    usual = 443 if to.secure else 80
    host = to.host if to.port == usual else f"{to.host}:{to.port}"
    head = (
        f"POST {to.path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nUser-Agent: kz-admin\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _send(line: socket.socket, request: bytes, deadline: float) -> None:
    line.settimeout(_left(deadline))
    line.sendall(request)


class _Kept:
    """Bytes that were read, as http.client likes to find them."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._text)


def _read(line: socket.socket, deadline: float) -> Answer:
    """Up to 64 kB, and never longer than the time left, however slowly they drip."""
    found = b""
    while len(found) < MOST_BYTES:
        line.settimeout(_left(deadline))
        try:
            part = line.recv(min(8192, MOST_BYTES - len(found)))
        except ssl.SSLEOFError:
            break
        if not part:
            break
        found += part
        if _is_whole(found):
            break
    parsed = http.client.HTTPResponse(_Kept(found), method="POST")  # type: ignore[arg-type]  # all it asks is makefile
    parsed.begin()
    try:
        said = parsed.read(LONGEST_ANSWER_SHOWN * 4)
    except http.client.HTTPException:
        said = b""
    words = " ".join(said.decode("utf-8", "replace").split())
    return Answer(parsed.status, "".join(one for one in words if one.isprintable())[:LONGEST_ANSWER_SHOWN])


def _is_whole(found: bytes) -> bool:
    """An answer that says how long it is need not be waited for any longer."""
    head, ended, body = found.partition(b"\r\n\r\n")
    if not ended:
        return False
    for header in head.split(b"\r\n")[1:]:
        name, _, value = header.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return len(body) >= int(value.strip())
    return False


def _left(deadline: float) -> float:
    left = deadline - clock.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
