"""The clerk writes a company's past through the same operations as the API, each entry on its own day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from .. import operations
from ..company import Company, Obj
from ..times import instant, pacific_date

OPENING = 420  # days ago on which the company signed up
PAUSE_MS = 97_000  # between two entries of a day


class Clerk:
    """Days are counted backwards from today. `keep` holds rows under labels for entries that build on others."""

    company: Company

    def __init__(self, now_ms: int) -> None:
        self._today = date.fromisoformat(pacific_date(now_ms))
        self._moment = 0
        self.keep: dict[str, Obj] = {}
        self._diary: list[tuple[int, Callable[[], None]]] = []
        self.turn_to(OPENING)

    def take(self, company: Company) -> None:
        self.company = company

    # -- time -----------------------------------------------------------------------------------------------------

    def now_ms(self) -> int:
        return self._moment

    def day(self, ago: int) -> str:
        return (self._today - timedelta(days=ago)).isoformat()

    def turn_to(self, ago: int) -> None:
        """Nine in the morning, Pacific time, that many days ago."""
        self._moment = instant(f"{self.day(ago)}T09:00:00")

    def today(self) -> str:
        return pacific_date(self._moment)

    def on(self, ago: int, entry: Callable[..., Any], *told: Any, **more: Any) -> None:
        """Notes something to be written on that day; `write_up` does it all in order of time."""
        self._diary.append((ago, partial(entry, *told, **more)))

    def write_up(self) -> None:
        for ago, entry in sorted(self._diary, key=lambda noted: -noted[0]):
            self._moment = max(self._moment, instant(f"{self.day(ago)}T09:00:00"))
            entry()
        self._diary.clear()

    # -- rows -----------------------------------------------------------------------------------------------------

    def add(self, entity: str, body: Obj, label: str = "") -> Obj:
        """Creates as the API would; empty values count as not sent."""
        self._moment += PAUSE_MS
        answer = operations.create(self.company, entity, _present(body), {})
        made: Obj = answer.get(entity, answer)
        if label:
            self.keep[label] = made
        return made

    def change(self, entity: str, row_id: str, **changes: Any) -> Obj:
        self._moment += PAUSE_MS
        stored = self.row(entity, row_id)
        body = {"Id": row_id, "SyncToken": stored["SyncToken"], "sparse": True, **changes}
        made: Obj = operations.update(self.company, entity, body, {})[entity]
        return made

    def void(self, entity: str, label: str) -> None:
        self._moment += PAUSE_MS
        row = self.kept(label, entity)
        body = {"Id": row["Id"], "SyncToken": row["SyncToken"]}
        operations.void(self.company, entity, body, {})

    def delete(self, entity: str, label: str) -> None:
        self._moment += PAUSE_MS
        row = self.kept(label, entity)
        body = {"Id": row["Id"], "SyncToken": row["SyncToken"]}
        operations.delete(self.company, entity, body, {})

    def set(self, entity: str, **changes: Any) -> None:
        """CompanyInfo or Preferences, behind the API where it would refuse."""
        self._moment += PAUSE_MS
        with self.company.writing():
            stored = self.row(entity, "1")
            self.company.replace(entity, stored, {**stored, **changes})

    def row(self, entity: str, row_id: str) -> Obj:
        found = self.company.table(entity).get(row_id)
        assert found is not None, f"{entity} {row_id}"
        return found

    def named(self, entity: str, name: str) -> Obj:
        """The row with this full name (`Parent:Child`)."""
        index = "Name" if entity in ("TaxCode", "TaxRate") else "FullName"
        found = self.company.table(entity).first(index, name)
        assert found is not None, f"no {entity} is called {name}"
        return found

    def ref(self, entity: str, name: str) -> Obj | None:
        """A reference by full name; none for an empty name."""
        return {"value": self.named(entity, name)["Id"]} if name else None

    def kept(self, label: str, entity: str) -> Obj:
        """The row under this label as it stands now."""
        return self.row(entity, self.keep[label]["Id"])


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _present(each) for key, each in value.items() if each not in (None, "")}
    if isinstance(value, list):
        return [_present(each) for each in value]
    return value
