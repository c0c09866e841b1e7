"""The published schema of the control interface, and the small checker that holds callers to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .faults import ACTIONS, MATCHERS

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
NUMBER = {"type": "number"}
PLACE: dict[str, Any] = {
    "provider": {"type": "string", "description": "default: the only or first provider"},
    "environment": {"enum": ["production", "sandbox"], "description": "default: production"},
    "company": {"type": "string", "description": "an id or a seed key; default: the first"},
}


def _object(properties: dict[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


GRANT = _object(PLACE | {"person": TEXT, "scopes": {"type": "array", "items": TEXT}})
CONSENT = _object({"url": TEXT, "person": TEXT, "company": TEXT, "decision": {"enum": ["allow", "cancel"]}}, ["url"])
DISCONNECT = _object(PLACE | {"client_id": TEXT}, ["company"])
RIGHTS = _object(PLACE | {"person": TEXT, "admin": {"enum": [False]}}, ["company", "person"])
APP = _object(
    {
        "provider": TEXT,
        "environment": PLACE["environment"],
        "redirect_uris": {"type": "array", "items": TEXT},
    },
    ["redirect_uris"],
)
FAULT = _object(
    {
        "match": _object(dict.fromkeys(MATCHERS, TEXT)),
        "action": {"enum": list(ACTIONS)},
        "arg": {"description": "; ".join(f"{name}: {words}" for name, words in ACTIONS.items())},
        "count": {"type": ["integer", "null"], "minimum": 1, "description": "null: until deleted"},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
    },
    ["action"],
)
CLOCK = _object(
    {
        "advance_s": NUMBER,
        "set": {"type": ["integer", "string"], "description": "milliseconds since 1970, or ISO 8601"},
    }
)
WEBHOOKS = _object(
    {
        "provider": TEXT,
        "environment": PLACE["environment"] | {"description": "default: both"},
        "url": TEXT,
        "secret": {"type": "string", "description": "default: webhook_secret of the app of each event's environment"},
        "format": {"type": "string", "description": "QuickBooks: cloudevents (default) or legacy"},
        "duplicate": {"type": ["boolean", "integer"], "description": "true: twice; a number: that often"},
        "shuffle": {"type": "boolean"},
        "delay_s": NUMBER | {"minimum": 0},
    },
    ["url"],
)
RESET = _object(PLACE)
LIMITS = _object({"on": {"type": "boolean"}}, ["on"])

_ID = {"type": "string"}
_ENTRY = {
    "seq": WHOLE,
    "at": WHOLE | {"description": "virtual milliseconds when the request arrived"},
    "provider": TEXT,
    "environment": TEXT,
    "company": {"type": ["string", "null"]},
    "client": {"type": ["string", "null"]},
    "method": TEXT,
    "path": TEXT,
    "query": {"type": "object", "additionalProperties": TEXT},
    "headers": {"type": "object", "additionalProperties": TEXT},
    "body": TEXT,
    "status": {"type": ["integer", "null"], "description": "null: the connection was cut"},
    "response": {"type": ["string", "null"]},
    "committed": {"type": "boolean", "description": "whether this request changed anything"},
    "request_id": {"type": ["string", "null"]},
    "objects": {"type": "array", "items": _object({"type": TEXT, "id": TEXT, "op": TEXT})},
    "fault": {"type": ["string", "null"], "description": "the action of the fault that struck"},
    "replayed": {"type": "boolean", "description": "answered from the store of request ids"},
    "until": WHOLE | {"description": "virtual milliseconds when it was answered or cut"},
}
JOURNAL_QUERY = ("since", "limit", "provider", "environment", "company", "client", "method", "path", "request_id")


def _operation(summary: str, body: dict[str, Any] | None, answer: dict[str, Any]) -> dict[str, Any]:
    content = {"200": {"description": "", "content": {"application/json": {"schema": answer}}}}
    made: dict[str, Any] = {"summary": summary, "responses": content}
    if body is not None:
        made["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return made


def _answer(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_GRANTED = dict.fromkeys(("client_id", "client_secret", "access_token", "refresh_token", "company_id"), TEXT)
_APPS = dict.fromkeys(("provider", "environment", "client_id", "client_secret", "webhook_secret"), TEXT)

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Control interface of the simulator", "version": "1"},
    "paths": {
        "/_sim/healthz": {"get": _operation("Ready?", None, _answer(status=TEXT, now=WHOLE))},
        "/_sim/apps": {
            "get": _operation(
                "Key pairs, the same after every start", None, {"type": "array", "items": _answer(**_APPS)}
            ),
            "post": _operation("Register redirect addresses of an app", APP, _answer(**_APPS)),
        },
        "/_sim/grants": {
            "get": _operation("All grants", None, {"type": "array"}),
            "post": _operation("A grant as if somebody had consented", GRANT, _answer(**_GRANTED)),
        },
        "/_sim/consents": {
            "post": _operation("Walk an authorize address as a person would", CONSENT, _answer(location=TEXT))
        },
        "/_sim/disconnects": {
            "post": _operation("Somebody disconnects the app over there", DISCONNECT, _answer(ended=WHOLE))
        },
        "/_sim/rights": {"post": _operation("A person stops being admin of a company", RIGHTS, _answer(person=TEXT))},
        "/_sim/journal": {
            "get": {
                **_operation(
                    "Requests later than `since`",
                    None,
                    _answer(entries={"type": "array", "items": _answer(**_ENTRY)}, next=WHOLE),
                ),
                "parameters": [{"name": name, "in": "query", "schema": TEXT} for name in JOURNAL_QUERY],
            }
        },
        "/_sim/state": {"get": _operation("Summary; with `company` also its objects", None, {"type": "object"})},
        "/_sim/reset": {"post": _operation("Back to the seed (all, or one company)", RESET, _answer(now=WHOLE))},
        "/_sim/faults": {
            "get": _operation("Standing faults", None, {"type": "array"}),
            "post": _operation("Set a fault", FAULT, _answer(id=_ID)),
            "delete": _operation("Lift all faults", None, _answer(removed=WHOLE)),
        },
        "/_sim/faults/{id}": {"delete": _operation("Lift a fault", None, _answer(id=_ID, fired=WHOLE))},
        "/_sim/clock": {
            "get": _operation("Now", None, _answer(now=WHOLE)),
            "post": _operation("Jump", CLOCK, _answer(now=WHOLE)),
        },
        "/_sim/webhooks": {
            "get": _operation("Listeners and the last deliveries", None, {"type": "object"}),
            "post": _operation("Add or change a listener", WEBHOOKS, _answer(id=_ID)),
        },
        "/_sim/webhooks/{id}": {"delete": _operation("Remove a listener", None, _answer(id=_ID))},
        "/_sim/limits": {"post": _operation("Rate limits on or off", LIMITS, _answer(on={"type": "boolean"}))},
        "/_sim/schema": {"get": _operation("This document", None, {"type": "object"})},
    },
}


# -- the checker -------------------------------------------------------------------------------------

_TYPES: dict[str, Any] = {
    "object": Mapping,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def fault_in(schema: Mapping[str, Any], value: Any, where: str = "body") -> str | None:
    """What is wrong with the value, as a sentence, or None."""
    if "enum" in schema and value not in schema["enum"]:
        return f"{where}: {value!r} is not one of {schema['enum']}"
    if "type" in schema and not _is_of(schema["type"], value):
        return f"{where}: {value!r} is not of type {schema['type']}"
    if isinstance(value, Mapping):
        return _fault_in_object(schema, value, where)
    if isinstance(value, list):
        found = (fault_in(schema.get("items", {}), each, where) for each in value)
        return next(filter(None, found), None)
    return _fault_in_range(schema, value, where)


def _is_of(types: str | list[str], value: Any) -> bool:
    names = [types] if isinstance(types, str) else types
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _fault_in_object(schema: Mapping[str, Any], value: Mapping[str, Any], where: str) -> str | None:
    known = schema.get("properties")
    if known is None:
        return None
    for name in schema.get("required", ()):
        if name not in value:
            return f"{where}: {name} is missing"
    for name, each in value.items():
        if name not in known:
            return f"{where}: {name} is not known here, only {', '.join(known)}"
        found = fault_in(known[name], each, f"{where}.{name}")
        if found:
            return found
    return None


def _fault_in_range(schema: Mapping[str, Any], value: Any, where: str) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            return f"{where}: {value} is less than {schema['minimum']}"
        if value > schema.get("maximum", value):
            return f"{where}: {value} is more than {schema['maximum']}"
    return None
