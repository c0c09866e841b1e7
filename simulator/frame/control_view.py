"""Control that only looks: journal and state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from . import control_schema as schema
from .control_access import shown
from .control_places import Places, RefusedError
from .journal import FILTERS
from .world import Slot, World


class View:
    def __init__(self, world: World) -> None:
        self.world = world
        self.places = Places(world)

    def journal(self, asked: Mapping[str, str]) -> dict[str, Any]:
        unknown = set(asked) - set(schema.JOURNAL_QUERY)
        if unknown:
            raise RefusedError(f"query: {sorted(unknown)} not known here, only {list(schema.JOURNAL_QUERY)}")
        since, limit = _whole(asked, "since", 0), _whole(asked, "limit", 0)
        wanted: dict[str, Any] = {name: asked[name] for name in FILTERS if asked.get(name)}
        if "company" in wanted:
            wanted["company"] = self.places.company_ids(wanted["company"])
        last = self.world.journal.last
        entries = self.world.journal.search(since, wanted)
        if limit and len(entries) > limit:
            entries = entries[:limit]
            return {"entries": entries, "next": entries[-1]["seq"]}
        return {"entries": entries, "next": max([last, since, *(each["seq"] for each in entries[-1:])])}

    def state(self, asked: Mapping[str, str]) -> dict[str, Any]:
        slots = self.world.slots
        if asked.get("company"):
            slots = [self.places.slot(asked)]
        elif asked.get("provider"):
            slots = [each for each in slots if each.provider.key == asked["provider"]]
        return {
            "now": self.world.clock.now_ms(),
            "companies": [self._described(slot, bool(asked.get("company"))) for slot in slots],
            "people": {
                key: [{"id": each.id, "name": each.name, "email": each.email} for each in provider.people]
                for key, provider in self.world.providers.items()
            },
            "grants": [shown(grant) for grant in self.world.grants.all()],
            "faults": [asdict(fault) for fault in self.world.faults.all()],
            "webhooks": [each.public() for each in self.world.webhooks.all()],
            "limits": {"on": self.world.limits.on},
            "journal": {"next": self.world.journal.last},
        }

    def _described(self, slot: Slot, with_objects: bool) -> dict[str, Any]:
        about = {
            "provider": slot.provider.key,
            "environment": slot.environment,
            "company": slot.id,
            "key": slot.key,
            "name": slot.seed.name,
            "built": slot.built,
        }
        if slot.built or with_objects:
            about |= slot.provider.books.describe(slot.company)
        if with_objects:
            about["objects"] = slot.provider.books.objects(slot.company)
        return about


def _whole(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name) or str(default)
    if not text.isdigit():
        raise RefusedError(f"{name}: {text!r} is not a whole number")
    return int(text)
