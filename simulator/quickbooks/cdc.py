"""Change data capture: everything of some kinds that changed since a moment, deleted things as stubs at the end."""

from __future__ import annotations

from collections.abc import Mapping

from . import faults
from .company import Company, Obj
from .entities import ENTITIES
from .entities.entity import Entity
from .render import rendered
from .times import instant

DAYS = 30
LARGEST = 1000
_DAY_MS = 86_400_000


def run(company: Company, params: Mapping[str, str]) -> Obj:
    """`{"CDCResponse": [{"QueryResponse": [...]}]}`, one element for each entity asked for."""
    names = [each.strip() for each in params.get("entities", "").split(",") if each.strip()]
    if not names:
        raise faults.missing("entities")
    with company.lock:
        since = _since(company, params.get("changedSince"))
        found: list[Obj] = []
        room = LARGEST
        for name in names:
            group = _group(company, _entity(name), since, room)
            found.append(group)
            room -= group.get("maxResults", 0)
        return {"CDCResponse": [{"QueryResponse": found}]}


def _entity(name: str) -> Entity:
    entity = next((each for each in ENTITIES.values() if each.name.lower() == name.lower()), None)
    if entity is None or not entity.cdc:
        raise faults.unsupported_operation(f"Operation cdc is not supported for the entity {name}.")
    return entity


def _since(company: Company, text: str | None) -> int:
    if not text:
        raise faults.missing("changedSince")
    try:
        moment = instant(text.replace(" ", "+"))  # an offset's plus sign that was not encoded
    except ValueError:
        raise faults.bad_datetime("changedSince", text) from None
    if moment < company.now_ms() - DAYS * _DAY_MS:
        raise faults.Fault(
            "2060",
            "Invalid Date",
            f"Invalid Date : changedSince must not be more than {DAYS} days ago. Supplied value:{text}",
            "changedSince",
        )
    return moment


def _group(company: Company, entity: Entity, since: int, room: int) -> Obj:
    """Oldest change first, stubs of deleted objects last; cut off without a word where the cap is reached."""
    since_second = since // 1000 * 1000  # MetaData knows seconds only
    dated = [(_changed(row), row) for row in company.table(entity.name).all()]
    changed = sorted((each for each in dated if each[0] >= since_second), key=lambda each: each[0])
    shown = [rendered(company, entity, row) for _, row in changed[:room]]
    shown += _stubs(company, entity.name, since_second)[: room - len(shown)]
    return {entity.name: shown, "startPosition": 1, "maxResults": len(shown)} if shown else {}


def _changed(row: Obj) -> int:
    return instant(row["MetaData"]["LastUpdatedTime"])


def _stubs(company: Company, name: str, since: int) -> list[Obj]:
    gone = company.table("_deleted").by("entity", name)
    return [
        {"domain": "QBO", "status": "Deleted", "Id": each["id"], "MetaData": {"LastUpdatedTime": each["time"]}}
        for each in gone
        if instant(each["time"]) >= since
    ]
