"""All that a world holds at one moment, as plain values: what the state file keeps, and what a test goes back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .journal import Entry
from .world import Slot, World

Books = tuple[dict[str, Any], dict[tuple[str, ...], Any]]  # of one company, with the answers kept for repeated requests


@dataclass(frozen=True)
class Picture:
    about: dict[str, Any]
    books: dict[str, Books]  # by the name of their slot
    entries: list[Entry]


def taken(world: World) -> Picture:
    """It shares what it holds with the world: pickle it before anything else is written there."""
    kept = {slot.name: books(slot)[1] for slot in world.slots if slot.built}
    return Picture(about(world), kept, list(world.journal.since()))


def about(world: World) -> dict[str, Any]:
    """All but the books and the journal."""
    return {
        "offset_ms": world.clock.offset_ms,
        "limits_on": world.limits.on,
        "lost": set(world.people.lost),
        "grants": world.grants.to_state(),
        "listeners": world.webhooks.to_state(),
        "redirect_uris": {app.client_id: app.redirect_uris for app in world.apps.all()},
    }


def books(slot: Slot) -> tuple[int, Books]:
    """How many changes they have seen, and what they hold."""
    with slot.company.lock:
        # Rows are never changed in place, so the lists can be pickled after the lock is given back.
        return slot.changes, (slot.company.to_state(), dict(slot.replays.kept))


def put_back(world: World, picture: Picture) -> None:
    """Into a world at its seed."""
    said = picture.about
    world.clock.offset_ms = said["offset_ms"]
    world.limits.on = said["limits_on"]
    world.people.lost = said["lost"]
    world.grants.from_state(**said["grants"])
    world.webhooks.from_state(said["listeners"])
    for client_id, uris in said["redirect_uris"].items():
        app = world.apps.get(client_id)
        if app is not None:
            app.redirect_uris = uris
    for slot in world.slots:
        if slot.name in picture.books:
            slot.revive(*picture.books[slot.name])
    world.journal.load(picture.entries)
