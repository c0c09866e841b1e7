"""One request on its way through: faults are played, the answer is finished, the journal is written."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Response
from werkzeug.wrappers import Request

from .faults import Fault
from .journal import Entry
from .world import Slot, World

TEXT_TYPES = ("text/", "application/json", "application/xml", "application/x-www-form-urlencoded")


@dataclass
class Exchange:
    """A request with all that is needed to do it, even after the call is gone (slow commits)."""

    provider: str
    environment: str
    at: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    base: str  # scheme and host as the caller wrote them
    company: str | None = None
    client: str | None = None
    request_id: str | None = None
    committed: bool = False
    objects: list[dict[str, str]] = field(default_factory=list)
    fault: str | None = None
    replayed: bool = False
    beside: int = 1  # how many calls of its scope are at work, itself included

    @property
    def body(self) -> str:
        return self.raw.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        return self.headers.get(name.title(), "")

    @classmethod
    def of(cls, world: World, provider: str, environment: str, request: Request) -> Exchange:
        return cls(
            provider,
            environment,
            world.clock.now_ms(),
            request.method,
            request.path,
            request.args.to_dict(),
            dict(request.headers.items()),
            request.get_data(cache=True, parse_form_data=False),
            request.host_url.rstrip("/"),
        )

    def write(self, world: World, slot: Slot, work: Callable[[Any], Any]) -> Any:
        """Does a write on the books and notes what it changed."""
        result, changes = world.commit(slot, work)
        self.objects += [{"type": each.entity, "id": each.id, "op": each.operation.lower()} for each in changes]
        self.committed = self.committed or bool(changes)
        return result


@dataclass(frozen=True)
class Handling:
    """What a provider does with a request, in the pieces that faults rearrange."""

    work: Callable[[], Response]
    finish: Callable[[Response], Response]  # the headers every answer has
    trouble: Callable[[int], Response]  # how this provider words a failure with that status
    throttle: Callable[[Fault], None] = lambda _fault: None  # shuts the scope the fault names
    keep: Callable[[Response], None] = lambda _response: None  # stores an answer under the request id


class Cut(Response):
    """No answer: the connection is closed, after `data` if there is any (then in the middle of it)."""

    cut_after = b""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self.cut_after:
            raise ConnectionAbortedError("cut by a fault")
        start_response("200 OK", list(self.headers))
        return self._first_half()

    def _first_half(self) -> Iterable[bytes]:
        yield self.cut_after
        raise ConnectionAbortedError("cut by a fault")


def handle(world: World, exchange: Exchange, handling: Handling) -> Response:
    """The way of every provider request."""
    skew = world.faults.mode("clock_skew", exchange)
    skewed = world.clock.skewed(int(float(skew.arg or 0) * 1000)) if skew else nullcontext()
    with skewed:
        response = _safely(world, exchange, handling)
        if response.status_code >= 400 and not isinstance(response, Cut):
            _keep_refusal(world, exchange, handling, response)
        if not isinstance(response, Cut):
            response = handling.finish(response)
    if exchange.fault != "slow_commit":
        _write_down(world, exchange, response)
    return response


def _safely(world: World, exchange: Exchange, handling: Handling) -> Response:
    """An error of our own is no answer of the provider's: it is loud, and named as what it is."""
    try:
        return _play(world, exchange, handling)
    except Exception:
        traceback.print_exc()
        exchange.fault = "simulator_error"
        return Response("The simulator failed; its output has the traceback.", 500, content_type="text/plain")


def _keep_refusal(world: World, exchange: Exchange, handling: Handling, response: Response) -> None:
    if exchange.request_id and not exchange.replayed and world.faults.mode("replay_errors", exchange):
        handling.keep(response)


def _write_down(world: World, exchange: Exchange, response: Response) -> Entry:
    cut = isinstance(response, Cut)
    return world.journal.add(
        Entry(
            seq=0,
            at=exchange.at,
            provider=exchange.provider,
            environment=exchange.environment,
            company=exchange.company,
            client=exchange.client,
            method=exchange.method,
            path=exchange.path,
            query=exchange.query,
            headers=exchange.headers,
            body=exchange.body,
            status=None if cut else response.status_code,
            response=None if cut else _text(response),
            committed=exchange.committed,
            request_id=exchange.request_id,
            objects=exchange.objects,
            fault=exchange.fault,
            replayed=exchange.replayed,
            until=world.clock.now_ms(),
        )
    )


def _text(response: Response) -> str:
    if (response.mimetype or "text/").startswith(TEXT_TYPES):
        return response.get_data(as_text=True)
    return f"<{len(response.get_data())} bytes of {response.mimetype}>"


# -- the troubles ------------------------------------------------------------------------------------


def _play(world: World, exchange: Exchange, handling: Handling) -> Response:
    fault = world.faults.trouble(exchange)
    if fault is None:
        return handling.work()
    exchange.fault = fault.action
    return _PLAYS[fault.action](world, exchange, handling, fault)


def _status(_world: World, _exchange: Exchange, handling: Handling, fault: Fault) -> Response:
    return _worded(handling, fault, 500)


def _worded(handling: Handling, fault: Fault, default: int) -> Response:
    """The answer a fault asks for: its own body, else the provider's usual one for that status."""
    status = int(fault.setting("status", default))
    body = fault.option("body", None)
    if body is None:
        response = handling.trouble(status)
    else:
        text = body if isinstance(body, str) else json.dumps(body)
        kind = fault.option("content_type", "text/html" if isinstance(body, str) else "application/json")
        response = Response(text, status, content_type=kind)
    response.headers.update(fault.option("headers", {}))
    return response


def _delay(_world: World, _exchange: Exchange, handling: Handling, fault: Fault) -> Response:
    seconds = float(fault.setting("seconds", 1))
    if fault.option("when", "before") == "after":
        response = handling.work()
        time.sleep(seconds)
        return response
    time.sleep(seconds)
    return handling.work()


def _drop_before(_world: World, _exchange: Exchange, _handling: Handling, _fault: Fault) -> Response:
    return Cut()


def _commit_then_drop(_world: World, _exchange: Exchange, handling: Handling, _fault: Fault) -> Response:
    handling.work()
    return Cut()


def _commit_then_status(_world: World, _exchange: Exchange, handling: Handling, fault: Fault) -> Response:
    handling.work()
    return _worded(handling, fault, 500)


def _truncate(_world: World, _exchange: Exchange, handling: Handling, _fault: Fault) -> Response:
    done = handling.finish(handling.work())
    cut = Cut(headers=list(done.headers))
    cut.cut_after = done.get_data()[: max(1, len(done.get_data()) // 2)]
    return cut


def _slow_commit(world: World, exchange: Exchange, handling: Handling, fault: Fault) -> Response:
    """Cut now; the entry is in the journal at once and amended when the work is done."""
    entry = _write_down(world, exchange, Cut())

    def late() -> None:
        response = handling.work()
        entry.committed, entry.objects = exchange.committed, exchange.objects
        entry.response = f"(nobody heard it) {response.status_code} {_text(response)}"
        world.journal.amend(entry)

    world.clock.at(exchange.at + int(float(fault.setting("seconds", 100)) * 1000), late)
    time.sleep(float(fault.option("hold_s", 0)))
    return Cut()


def _html(_world: World, _exchange: Exchange, _handling: Handling, fault: Fault) -> Response:
    status = int(fault.setting("status", 502))
    page = f"<html><head><title>{status}</title></head><body><h1>Service trouble ({status})</h1></body></html>"
    return Response(page, status, content_type="text/html; charset=utf-8")


def _throttle(_world: World, _exchange: Exchange, handling: Handling, fault: Fault) -> Response:
    handling.throttle(fault)
    response = handling.work()
    if fault.option("retry_after", None) is not None:
        response.headers["Retry-After"] = str(fault.option("retry_after", None))
    return response


_PLAYS: dict[str, Callable[[World, Exchange, Handling, Fault], Response]] = {
    "status": _status,
    "delay": _delay,
    "drop_before_commit": _drop_before,
    "commit_then_drop": _commit_then_drop,
    "commit_then_status": _commit_then_status,
    "slow_commit": _slow_commit,
    "truncate": _truncate,
    "html": _html,
    "throttle": _throttle,
}


def stale_company(world: World, exchange: Exchange, slot: Slot) -> Any:
    """The books as this read sees them: the live ones, or older ones while `stale_reads` stands."""
    fault = world.faults.mode("stale_reads", exchange)
    return slot.company if fault is None else slot.seen_from(int(float(fault.arg or 60) * 1000))
