"""A deed done: under the company's lock, told to listeners, written into the journal like every other request."""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from simulator.frame.journal import Entry
from simulator.frame.world import Slot, World

from .shapes import Deed, Done, Form, RefusedDeed, View

REMEMBERED = 200


class Sayings:
    """What a page says once after a deed, by a key in its address."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, str] = OrderedDict()

    def keep(self, words: str) -> str:
        key = secrets.token_urlsafe(6)
        self._held[key] = words
        while len(self._held) > REMEMBERED:
            self._held.popitem(last=False)
        return key

    def take(self, key: str) -> str:
        return self._held.pop(key, "")


def act(world: World, slot: Slot, view: View, deed: Deed, sent: Mapping[str, list[str]], path: str) -> Done:
    """Raises RefusedDeed when the provider's rules or the form say no; then nothing has changed."""
    form = Form(sent, deed.fields)
    try:
        done, changes = world.commit(slot, lambda company: deed.do(company, form))
    except Exception as error:
        refused = error if isinstance(error, RefusedDeed) else view.refusal(error)
        if refused is None:
            raise
        _write_down(world, slot, path, sent, [], 400, refused.sentence)
        if refused is error:
            raise
        raise refused from error
    slot.changes += 1  # what is no row (plan, subscription) is to be saved as well
    _write_down(world, slot, path, sent, changes, 200, done.words)
    return done


def note(world: World, slot: Slot, path: str, words: str) -> None:
    """A deed that changes no books, such as disconnecting an app."""
    _write_down(world, slot, path, {}, [], 200, words)


def _write_down(
    world: World, slot: Slot, path: str, sent: Mapping[str, list[str]], changes: list[Any], status: int, words: str
) -> None:
    """No client and no API address: whoever counts an app's requests does not count these."""
    world.journal.add(
        Entry(
            seq=0,
            at=(now := world.clock.now_ms()),
            until=now,
            provider=slot.provider.key,
            environment=slot.environment,
            company=slot.id,
            client=None,
            method="PERSON",
            path=path,
            query={},
            headers={},
            body=json.dumps(dict(sent), ensure_ascii=False),
            status=status,
            response=words,
            committed=bool(changes),
            request_id=None,
            objects=[{"type": each.entity, "id": each.id, "op": each.operation.lower()} for each in changes],
        )
    )
