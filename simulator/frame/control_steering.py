"""Control that changes the course of things: faults, clock, limits, listeners, reset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from .control_places import Places, RefusedError
from .webhooks import Listener
from .world import World


class Steering:
    def __init__(self, world: World) -> None:
        self.world = world
        self.places = Places(world)

    def reset(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("company"):
            self.places.slot(asked).forget()
        else:
            self.world.reset()
        return {"now": self.world.clock.now_ms()}

    def faults(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.world.faults.all()]

    def fault(self, asked: dict[str, Any]) -> dict[str, Any]:
        match = dict(asked.get("match") or {})
        if match.get("company"):
            match["company"] = self.places.company_ids(match["company"])
        fault = self.world.faults.add(
            match, asked["action"], asked.get("arg"), asked.get("count"), asked.get("probability", 1)
        )
        if fault.action == "stale_reads":
            self._look_back(match)
        return {"id": fault.id}

    def _look_back(self, match: Mapping[str, Any]) -> None:
        """A stale read starts from what stands now; without the picture it would see what comes next."""
        for slot in self.world.slots:
            if slot.id in match.get("company", (slot.id,)):
                slot.look_back()

    def lift(self, fault_id: str) -> dict[str, Any]:
        fired = {each.id: each.fired for each in self.world.faults.all()}
        if not self.world.faults.remove(fault_id):
            raise RefusedError(f"no fault {fault_id!r} stands", 404)
        return {"id": fault_id, "fired": fired[fault_id]}

    def lift_all(self) -> dict[str, Any]:
        standing = self.world.faults.all()
        return {"removed": sum(self.world.faults.remove(each.id) for each in standing)}

    def clock(self, asked: dict[str, Any]) -> dict[str, Any]:
        if ("set" in asked) == ("advance_s" in asked):
            raise RefusedError("body: one of advance_s and set")
        if "set" in asked:
            return {"now": self.world.clock.set(_moment(asked["set"]))}
        return {"now": self.world.clock.advance(int(asked["advance_s"] * 1000))}

    def limits(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.world.limits.forget()
        self.world.limits.on = asked["on"]
        return {"on": asked["on"]}

    def webhooks(self) -> dict[str, Any]:
        return {
            "listeners": [each.public() for each in self.world.webhooks.all()],
            "deliveries": [asdict(each) for each in list(self.world.webhooks.deliveries)],
            "idle": self.world.webhooks.idle(),
        }

    def listen(self, asked: dict[str, Any]) -> dict[str, Any]:
        provider = self.places.provider(asked)
        form, environment = provider.webhooks, asked.get("environment")
        wording = asked.get("format") or form.default_format
        if wording not in form.formats:
            raise RefusedError(f"format: {wording!r} is not one of {list(form.formats)}")
        if not asked["url"].startswith(("http://", "https://")):
            raise RefusedError("url: not http or https")
        often = asked.get("duplicate", 1)
        listener = Listener(
            self.world.webhooks.new_listener_id(),
            provider.key,
            asked["url"],
            asked.get("secret"),
            wording,
            environment=environment,
            duplicate=2 if often is True else max(1, int(often)),
            shuffle=asked.get("shuffle", False),
            delay_s=asked.get("delay_s", 0),
        )
        return self.world.webhooks.listen(listener).public()

    def deafen(self, listener_id: str) -> dict[str, Any]:
        if not self.world.webhooks.remove(listener_id):
            raise RefusedError(f"no listener {listener_id!r}", 404)
        return {"id": listener_id}


def _moment(given: int | str) -> int:
    if isinstance(given, int):
        return given
    try:
        return round(datetime.fromisoformat(given).astimezone().timestamp() * 1000)
    except ValueError as error:
        raise RefusedError(f"set: {given!r} is neither milliseconds nor ISO 8601") from error
