"""A person with a browser in the books: opens a page, fills in its form, sends it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import requests

from tests.simulator.machine import Access, Machine


@dataclass
class Page(HTMLParser):
    """What a page says, where it leads, and what its form would send untouched."""

    answer: requests.Response
    words: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    form: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._link = self._select = self._area = ""
        self._options: list[tuple[str, bool]] = []
        self._in_form = False
        self.feed(self.answer.text)

    def __hash__(self) -> int:
        return id(self)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in_form = held.get("method") == "post"
        elif tag == "a":
            self._link = held.get("href", "")
        elif tag == "select":
            self._select, self._options = held["name"], []
        elif tag == "option":
            self._options.append((held["value"], "selected" in held))
        elif tag == "textarea":
            self._area = held["name"]
            self.form.append((self._area, ""))
        elif tag == "input" and self._in_form and (held.get("type") != "checkbox" or "checked" in held):
            self.form.append((held["name"], held.get("value", "")))

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._link:
            self.links[data.strip()] = self._link
        if self._area:
            self.form[-1] = (self._area, self.form[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._in_form = False
        elif tag == "select" and self._in_form:
            chosen = next(
                (value for value, picked in self._options if picked), self._options[0][0] if self._options else ""
            )
            self.form.append((self._select, chosen))


@dataclass
class Person:
    """Somebody over there, in the books of one company."""

    machine: Machine
    access: Access
    provider: str = "quickbooks"

    @property
    def at(self) -> str:
        return f"/books/{self.provider}/{self.access.environment}/{self.access.company_id}/"

    def open(self, path: str = "") -> Page:
        where = path if path.startswith("/") else self.at + path
        return Page(self.machine.http.get(self.machine.base + where, timeout=10))

    def do(self, path: str, **filled: Any) -> Page:
        """Opens the page of a deed, fills in what is given (a list ticks several), sends, and follows."""
        page = self.open(path)
        assert page.answer.status_code == 200, path
        sent = [(name, value) for name, value in page.form if name not in filled]
        for name, value in filled.items():
            sent += [(name, each) for each in (value if isinstance(value, list) else [value])]
        return Page(self.machine.http.post(self.machine.base + self.at + path, data=sent, timeout=10))

    def read(self, entity: str, row_id: str) -> dict[str, Any]:
        answer = self.access.get(f"{entity.lower()}/{row_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()[entity]
        return found

    def fault(self, entity: str, row_id: str) -> str:
        answer = self.access.get(f"{entity.lower()}/{row_id}")
        assert answer.status_code == 400
        code: str = answer.json()["Fault"]["Error"][0]["code"]
        return code

    def rows(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.access.find(f"select * from {entity} {where} maxresults 1000").get(
            entity, []
        )
        return found
