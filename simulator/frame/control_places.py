"""How control is told where: provider, environment, company, each with its default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .provider import Provider
from .world import Slot, World


class RefusedError(Exception):
    """Control was asked for something it does not know; the sentence says what."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class Places:
    def __init__(self, world: World) -> None:
        self.world = world

    def provider(self, asked: Mapping[str, Any]) -> Provider:
        key = asked.get("provider") or next(iter(self.world.providers))
        if key not in self.world.providers:
            raise RefusedError(f"provider: {key!r} is not one of {list(self.world.providers)}")
        return self.world.providers[key]

    def environment(self, provider: Provider, asked: Mapping[str, Any]) -> str:
        environment = str(asked.get("environment") or provider.environments[0])
        if environment not in provider.environments:
            raise RefusedError(f"environment: {provider.label} has only {list(provider.environments)}")
        return environment

    def slot(self, asked: Mapping[str, Any]) -> Slot:
        provider = self.provider(asked)
        environment = self.environment(provider, asked)
        name = asked.get("company") or provider.seeds[0].key
        slot = self.world.slot(provider.key, environment, name)
        if slot is None:
            known = [f"{each.key} ({each.id})" for each in self.world.slots_of(provider.key, environment)]
            raise RefusedError(f"company: {name!r} is not one of {known} in {environment}", 404)
        return slot

    def company_ids(self, name: str) -> tuple[str, ...]:
        """The ids a company may be meant by: itself, or all with that seed key."""
        ids = tuple(slot.id for slot in self.world.slots if name in (slot.id, slot.key))
        return ids or (name,)
