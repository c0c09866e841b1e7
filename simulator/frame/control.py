"""The control interface under /_sim: how tests, the demo and a supervisor steer the simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from . import control_schema as schema
from .consent import Desk, RefusedPage, SentBack
from .grants import Grant
from .journal import FILTERS
from .provider import Provider
from .webhooks import Listener
from .world import Slot, World


class RefusedError(Exception):
    """Control was asked for something it does not know; the sentence says what."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class Control:
    """One method per operation; each takes the checked body and returns plain data."""

    def __init__(self, world: World, desk: Desk) -> None:
        self.world = world
        self.desk = desk

    # -- where ---------------------------------------------------------------------------------------

    def _provider(self, asked: Mapping[str, Any]) -> Provider:
        key = asked.get("provider") or next(iter(self.world.providers))
        if key not in self.world.providers:
            raise RefusedError(f"provider: {key!r} is not one of {list(self.world.providers)}")
        return self.world.providers[key]

    def _environment(self, provider: Provider, asked: Mapping[str, Any]) -> str:
        environment = str(asked.get("environment") or provider.environments[0])
        if environment not in provider.environments:
            raise RefusedError(f"environment: {provider.label} has only {list(provider.environments)}")
        return environment

    def _slot(self, asked: Mapping[str, Any]) -> Slot:
        provider = self._provider(asked)
        environment = self._environment(provider, asked)
        name = asked.get("company") or provider.seeds[0].key
        slot = self.world.slot(provider.key, environment, name)
        if slot is None:
            known = [f"{each.key} ({each.id})" for each in self.world.slots_of(provider.key, environment)]
            raise RefusedError(f"company: {name!r} is not one of {known} in {environment}", 404)
        return slot

    def _company_ids(self, name: str) -> tuple[str, ...]:
        """The ids a company may be meant by: itself, or all with that seed key."""
        ids = tuple(slot.id for slot in self.world.slots if name in (slot.id, slot.key))
        return ids or (name,)

    # -- apps and access -------------------------------------------------------------------------------

    def apps(self) -> list[dict[str, Any]]:
        return [app.public() for app in self.world.apps.all()]

    def register(self, asked: dict[str, Any]) -> dict[str, Any]:
        provider = self._provider(asked)
        app = self.world.apps.of(provider.key, self._environment(provider, asked))
        app.redirect_uris = asked["redirect_uris"]
        return app.public()

    def grant(self, asked: dict[str, Any]) -> dict[str, Any]:
        slot = self._slot(asked)
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
        return [_shown(grant) for grant in self.world.grants.all()]

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
        return {"ended": self.world.disconnect(self._slot(asked), asked.get("client_id"))}

    def rights(self, asked: dict[str, Any]) -> dict[str, Any]:
        slot = self._slot(asked)
        if self.world.role(slot, asked["person"]) is None:
            known = [each.id for each in self.world.people.of(slot.provider.key)]
            raise RefusedError(f"person: {asked['person']!r} has no place in this company; known are {known}", 404)
        self.world.people.lose_admin(slot.provider.key, slot.environment, slot.id, asked["person"])
        return {"person": asked["person"]}

    # -- journal and state -----------------------------------------------------------------------------

    def journal(self, asked: Mapping[str, str]) -> dict[str, Any]:
        unknown = set(asked) - set(schema.JOURNAL_QUERY)
        if unknown:
            raise RefusedError(f"query: {sorted(unknown)} not known here, only {list(schema.JOURNAL_QUERY)}")
        since, limit = _whole(asked, "since", 0), _whole(asked, "limit", 0)
        wanted: dict[str, Any] = {name: asked[name] for name in FILTERS if asked.get(name)}
        if "company" in wanted:
            wanted["company"] = self._company_ids(wanted["company"])
        last = self.world.journal.last
        entries = self.world.journal.search(since, wanted)
        if limit and len(entries) > limit:
            entries = entries[:limit]
            return {"entries": entries, "next": entries[-1]["seq"]}
        return {"entries": entries, "next": max([last, since, *(each["seq"] for each in entries[-1:])])}

    def state(self, asked: Mapping[str, str]) -> dict[str, Any]:
        slots = self.world.slots
        if asked.get("company"):
            slots = [self._slot(asked)]
        elif asked.get("provider"):
            slots = [each for each in slots if each.provider.key == asked["provider"]]
        return {
            "now": self.world.clock.now_ms(),
            "companies": [self._described(slot, bool(asked.get("company"))) for slot in slots],
            "people": {
                key: [{"id": each.id, "name": each.name, "email": each.email} for each in provider.people]
                for key, provider in self.world.providers.items()
            },
            "grants": self.grants(),
            "faults": self.faults(),
            "webhooks": self.webhooks()["listeners"],
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

    def reset(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("company"):
            self._slot(asked).forget()
        else:
            self.world.reset()
        return {"now": self.world.clock.now_ms()}

    # -- trouble and time ------------------------------------------------------------------------------

    def faults(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.world.faults.all()]

    def fault(self, asked: dict[str, Any]) -> dict[str, Any]:
        match = dict(asked.get("match") or {})
        if match.get("company"):
            match["company"] = self._company_ids(match["company"])
        fault = self.world.faults.add(
            match, asked["action"], asked.get("arg"), asked.get("count"), asked.get("probability", 1)
        )
        if fault.action == "stale_reads":
            self._look_back(match)
        return {"id": fault.id}

    def _look_back(self, match: Mapping[str, Any]) -> None:
        """A stale read starts from what stands now; without the picture it would see what comes next."""
        for slot in self.world.slots:
            if slot.built and slot.id in match.get("company", (slot.id,)):
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

    # -- webhooks --------------------------------------------------------------------------------------

    def webhooks(self) -> dict[str, Any]:
        return {
            "listeners": [each.public() for each in self.world.webhooks.all()],
            "deliveries": [asdict(each) for each in list(self.world.webhooks.deliveries)],
            "idle": self.world.webhooks.idle(),
        }

    def listen(self, asked: dict[str, Any]) -> dict[str, Any]:
        provider = self._provider(asked)
        form, environment = provider.webhooks, asked.get("environment")
        wording = asked.get("format") or form.default_format
        if wording not in form.formats:
            raise RefusedError(f"format: {wording!r} is not one of {list(form.formats)}")
        if not asked["url"].startswith(("http://", "https://")):
            raise RefusedError("url: not http or https")
        app = self.world.apps.of(provider.key, environment or provider.environments[0])
        often = asked.get("duplicate", 1)
        listener = Listener(
            self.world.webhooks.new_listener_id(),
            provider.key,
            asked["url"],
            asked.get("secret") or app.webhook_secret,
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


def _whole(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name) or str(default)
    if not text.isdigit():
        raise RefusedError(f"{name}: {text!r} is not a whole number")
    return int(text)


def _moment(given: int | str) -> int:
    if isinstance(given, int):
        return given
    try:
        return round(datetime.fromisoformat(given).astimezone().timestamp() * 1000)
    except ValueError as error:
        raise RefusedError(f"set: {given!r} is neither milliseconds nor ISO 8601") from error


def _shown(grant: Grant) -> dict[str, Any]:
    """A grant without its dead tokens."""
    names = (
        "provider environment client_id company_id person scopes consented_at refresh refresh_issued_at"
        " refresh_expires_at hard_end ended ended_at"
    )
    shown = {name: getattr(grant, name) for name in names.split()}
    return {"id": grant.id, "live": grant.live, **shown, "access": dict(grant.access)}


# -- the way in --------------------------------------------------------------------------------------


def blueprint(world: World, desk: Desk) -> Blueprint:
    control, routes = Control(world, desk), Blueprint("control", __name__, url_prefix="/_sim")

    def post(path: str, body: Mapping[str, Any], do: Callable[[dict[str, Any]], Any]) -> None:
        routes.add_url_rule(path, f"post{path}", lambda: jsonify(do(_checked_body(body))), methods=["POST"])

    def get(path: str, do: Callable[[], Any]) -> None:
        routes.add_url_rule(path, f"get{path}", lambda: jsonify(do()), methods=["GET"])

    def delete(path: str, do: Callable[..., Any]) -> None:
        routes.add_url_rule(path, f"delete{path}", lambda **ids: jsonify(do(**ids)), methods=["DELETE"])

    get("/healthz", lambda: {"status": "ready", "now": world.clock.now_ms()})
    get("/schema", lambda: schema.DOCUMENT)
    get("/apps", control.apps)
    post("/apps", schema.APP, control.register)
    get("/grants", control.grants)
    post("/grants", schema.GRANT, control.grant)
    post("/consents", schema.CONSENT, control.consent)
    post("/disconnects", schema.DISCONNECT, control.disconnect)
    post("/rights", schema.RIGHTS, control.rights)
    get("/journal", lambda: control.journal(request.args.to_dict()))
    get("/state", lambda: control.state(request.args.to_dict()))
    post("/reset", schema.RESET, control.reset)
    get("/faults", control.faults)
    post("/faults", schema.FAULT, control.fault)
    delete("/faults", control.lift_all)
    delete("/faults/<fault_id>", control.lift)
    get("/clock", lambda: {"now": world.clock.now_ms()})
    post("/clock", schema.CLOCK, control.clock)
    get("/webhooks", control.webhooks)
    post("/webhooks", schema.WEBHOOKS, control.listen)
    delete("/webhooks/<listener_id>", control.deafen)
    post("/limits", schema.LIMITS, control.limits)
    routes.register_error_handler(RefusedError, _refused)
    return routes


def _checked_body(body_schema: Mapping[str, Any]) -> dict[str, Any]:
    body = request.get_json(force=True, silent=True) if request.get_data() else {}
    found = schema.fault_in(body_schema, body)
    if found or not isinstance(body, dict):
        raise RefusedError(found or "body: not a JSON object")
    return body


def _refused(error: RefusedError) -> tuple[Response, int]:
    return jsonify({"error": error.sentence}), error.status
