"""Control of who has access: apps, grants, consents, disconnects, rights."""

from __future__ import annotations

from typing import Any

from .consent import Desk, RefusedPage, SentBack
from .control_places import Places, RefusedError
from .grants import Grant
from .world import Slot, World


class Access:
    def __init__(self, world: World, desk: Desk) -> None:
        self.world = world
        self.desk = desk
        self.places = Places(world)

    def apps(self) -> list[dict[str, Any]]:
        return [app.public() for app in self.world.apps.all()]

    def register(self, asked: dict[str, Any]) -> dict[str, Any]:
        provider = self.places.provider(asked)
        app = self.world.apps.of(provider.key, self.places.environment(provider, asked))
        app.redirect_uris = asked["redirect_uris"]
        return app.public()

    def grant(self, asked: dict[str, Any]) -> dict[str, Any]:
        slot = self.places.slot(asked)
        app = self.world.apps.of(slot.provider.key, slot.environment)
        person = asked.get("person") or self._first_admin(slot)
        grant = self.world.grants.consent(
            provider=slot.provider.key,
            environment=slot.environment,
            client_id=app.client_id,
            company_id=slot.id,
            person=person,
            scopes=asked.get("scopes") or slot.provider.consent.usual_scopes,
        )
        issued = self.world.grants.issue(grant)
        return {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "access_token": issued.access,
            "refresh_token": issued.refresh,
            "company_id": slot.id,
        }

    def _first_admin(self, slot: Slot) -> str:
        people = self.world.people.of(slot.provider.key)
        return next(each.id for each in people if self.world.role(slot, each.id) == "admin")

    def grants(self) -> list[dict[str, Any]]:
        return [shown(grant) for grant in self.world.grants.all()]

    def consent(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            location = self.desk.walk(
                asked["url"], asked.get("person"), asked.get("company"), asked.get("decision", "allow")
            )
        except SentBack as answer:
            location = answer.location
        except RefusedPage as page:
            raise RefusedError(f"{page.headline}. {page.why}") from page
        return {"location": location}

    def disconnect(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"ended": self.world.disconnect(self.places.slot(asked), asked.get("client_id"))}

    def rights(self, asked: dict[str, Any]) -> dict[str, Any]:
        slot = self.places.slot(asked)
        if self.world.role(slot, asked["person"]) is None:
            known = [each.id for each in self.world.people.of(slot.provider.key)]
            raise RefusedError(f"person: {asked['person']!r} has no place in this company; known are {known}", 404)
        self.world.people.lose_admin(slot.provider.key, slot.environment, slot.id, asked["person"])
        return {"person": asked["person"]}


def shown(grant: Grant) -> dict[str, Any]:
    """A grant without its dead tokens."""
    names = (
        "provider environment client_id company_id person scopes consented_at refresh refresh_issued_at"
        " refresh_expires_at hard_end ended ended_at"
    )
    shown = {name: getattr(grant, name) for name in names.split()}
    return {"id": grant.id, "live": grant.live, **shown, "access": dict(grant.access)}
