"""One call to the API: admitted, counted, replayed or done, and answered in JSON or XML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from simulator.frame.edge import Cut, Exchange, stale_company
from simulator.frame.world import Slot, World

from . import bodies, times, wire, xml
from .answers import JSON
from .dispatch import Answer, Plan, plan
from .faults import Fault
from .gateway import GatewayFault, admit
from .throttles import within

XML = "application/xml;charset=UTF-8"
FILE_LINK = '"TempDownloadUri":"/files/'


class Call:
    def __init__(self, world: World, exchange: Exchange, rest: str) -> None:
        self.world = world
        self.exchange = exchange
        self.rest = rest
        self.cut = False
        self._key: tuple[str, ...] | None = None

    @property
    def slot(self) -> Slot:
        slot = self.world.slot("quickbooks", self.exchange.environment, self.exchange.company or "")
        assert slot is not None, "admit() has seen it"
        return slot

    def answer(self) -> Response:
        """What QuickBooks says, a refusal included."""
        response = self._answered()
        return Cut() if self.cut else response

    def _answered(self) -> Response:
        try:
            admit(self.world, self.exchange)
            asked = plan(self.exchange.method, self.rest)
            with within(self.world, self.exchange, asked.is_batch, asked.read is not None):
                return self._done(asked)
        except GatewayFault as fault:
            return self._refused_at_the_gate(fault)
        except Fault as fault:
            return self._response({"Fault": fault.body()}, fault.http_status)

    def _done(self, asked: Plan) -> Response:
        if asked.read is not None:
            company = stale_company(self.world, self.exchange, self.slot)
            return self._response(asked.read(company, self.exchange))
        body = bodies.read(asked.body, self.exchange)
        self._key = self._replay_key(body)
        with self.slot.company.lock:
            return self._replayed() or self._written(asked, body)

    # -- request ids ---------------------------------------------------------------------------------

    def _replay_key(self, body: Any) -> tuple[str, ...] | None:
        """In a batch the ids of its items belong to the identity of the request."""
        request_id = self.exchange.request_id
        if request_id is None:
            return None
        items = bodies.batch_ids(body) if self.rest == "batch" else ()
        bodies.check_request_id(request_id, items, self.rest == "batch")
        return (request_id, *items)

    def _replayed(self) -> Response | None:
        if self._key is None or self.world.faults.mode("ignore_request_ids", self.exchange):
            return None
        kept = self.slot.replays.get(self._key)
        if kept is None:
            return None
        self.exchange.replayed = True
        return Response(kept.body, kept.status, content_type=kept.content_type)

    def keep(self, response: Response) -> None:
        """Stores an answer under the request id: every success, and refusals while `replay_errors` stands."""
        key = self._key or self._key_of_a_fault()
        if key is None:
            return
        content_type = response.content_type or JSON
        now_ms = self.world.clock.now_ms()
        self.slot.replays.keep(key, response.status_code, content_type, response.get_data(), now_ms)
        self.slot.changes += 1

    def _key_of_a_fault(self) -> tuple[str, ...] | None:
        """Of a request that a fault answered before anybody looked at it."""
        asked = plan(self.exchange.method, self.rest)
        if self.exchange.fault != "status" or asked.write is None:
            return None
        return self._replay_key(bodies.read(asked.body, self.exchange))

    def _written(self, asked: Plan, body: Any) -> Response:
        assert asked.write is not None
        write, gate = asked.write, self._gate() if asked.is_batch else None
        answer = self.exchange.write(self.world, self.slot, lambda company: write(company, body, self.exchange, gate))
        response = self._response(answer)
        self.keep(response)
        return response

    def _gate(self) -> Callable[[int, Any], Fault | None] | None:
        """The partial-batch fault: items beyond the first few are refused, or never answered."""
        fault = self.world.faults.mode("partial_batch", self.exchange)
        if fault is None:
            return None
        self.exchange.fault = fault.action
        self.cut = fault.option("then", "fault") == "drop"
        first = int(fault.setting("commit", 1))
        refusal = Fault("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429", None, None)
        return lambda index, _item: None if index < first else refusal

    def _refused_at_the_gate(self, fault: GatewayFault) -> Response:
        now_ms = self.world.clock.now_ms()
        if self._wants_json():
            return fault.response(now_ms)
        response = Response(xml.render(fault.envelope(), times.millis_text(now_ms)), fault.status, content_type=XML)
        response.headers.update(fault.headers())
        return response

    def _wants_json(self) -> bool:
        return "application/json" in self.exchange.header("Accept").lower()

    # -- answers -------------------------------------------------------------------------------------

    def _response(self, envelope: Answer, status: int = 200) -> Response:
        if isinstance(envelope, Response):
            return envelope
        if isinstance(envelope, bytes):
            return Response(envelope, status, content_type="application/pdf")
        time = times.millis_text(self.world.clock.now_ms())
        if self._wants_json():
            text = wire.dumps({**envelope, "time": time})
            # The books do not know under which host they are served.
            text = text.replace(FILE_LINK, f"{FILE_LINK[:-7]}{self.exchange.base}/files/")
            return Response(text, status, content_type=JSON)
        return Response(xml.render(envelope, time), status, content_type=XML)
