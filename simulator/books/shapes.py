"""What a page of the books is made of, whatever the provider: tables, sheets, forms, deeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

Asked = Mapping[str, str]


@dataclass(frozen=True)
class Cell:
    """One value. `to` is an address inside the company (`Invoice/12`); a tone makes it a pill."""

    text: str = ""
    to: str = ""
    tone: str = ""  # good, bad, warn, info, quiet
    under: str = ""  # a second, smaller line


@dataclass(frozen=True)
class Column:
    title: str
    number: bool = False


@dataclass(frozen=True)
class Row:
    cells: Sequence[Cell]
    faded: bool = False


@dataclass(frozen=True)
class Table:
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: str = "Nothing here yet."
    foot: Sequence[Cell] = ()
    note: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0
    hidden: int = 0  # inactive rows that are not shown
    all_shown: bool = False


@dataclass(frozen=True)
class Fact:
    label: str
    cell: Cell


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Field:
    """An input. `kind`: text, area, email, date, amount, choice, many, check, lines, hidden."""

    name: str
    label: str = ""
    kind: str = "text"
    value: str = ""
    required: bool = False
    hint: str = ""
    options: Sequence[Option] = ()
    chosen: frozenset[str] = frozenset()
    parts: Sequence[Field] = ()  # of one line, for kind "lines"
    lines: Sequence[Mapping[str, str]] = ()
    longest: int = 0

    def with_sent(self, form: Mapping[str, list[str]]) -> Field:
        """The same field, showing what was sent."""
        if self.kind == "lines":
            return replace(self, lines=read_lines(self, form))
        sent = form.get(self.name, [])
        if self.kind in ("many", "check"):
            return replace(self, chosen=frozenset(sent))
        return replace(self, value=sent[0]) if sent else self


@dataclass(frozen=True)
class Done:
    """What came of a deed: a sentence, and where to look at it."""

    words: str
    to: str = ""


@dataclass(frozen=True)
class Deed:
    """Something a person inside the company can do."""

    key: str
    label: str
    lead: str  # what will happen, said before it does
    button: str
    do: Callable[[Any, Form], Done]
    fields: Sequence[Field] = ()
    grave: bool = False  # takes something away


@dataclass(frozen=True)
class Form:
    """What was sent, read by kind of field."""

    sent: Mapping[str, list[str]]
    fields: Sequence[Field] = ()

    def text(self, name: str) -> str:
        return (self.sent.get(name) or [""])[0].strip()

    def many(self, name: str) -> list[str]:
        return [each for each in self.sent.get(name, []) if each]

    def ticked(self, name: str) -> bool:
        return bool(self.many(name))

    def lines(self, name: str) -> list[dict[str, str]]:
        """Lines with anything in them."""
        held = next(each for each in self.fields if each.name == name)
        return [line for line in read_lines(held, self.sent) if any(line[part.name] for part in _typed(held))]


def _typed(field_: Field) -> list[Field]:
    return [part for part in field_.parts if part.kind not in ("hidden", "choice")]


def read_lines(held: Field, form: Mapping[str, list[str]]) -> list[dict[str, str]]:
    columns = [[each.strip() for each in form.get(f"{held.name}.{part.name}", [])] for part in held.parts]
    longest = max((len(column) for column in columns), default=0)
    padded = [column + [""] * (longest - len(column)) for column in columns]
    return [{part.name: padded[at][row] for at, part in enumerate(held.parts)} for row in range(longest)]


class RefusedDeed(Exception):
    """A deed that cannot be done; the sentence is for the page."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """Everything about one object."""

    kind: str  # in plain words: "Invoice"
    title: str
    up: tuple[str, str]  # label and address of the list it is in
    pills: Sequence[Cell] = ()
    figures: Sequence[Fact] = ()
    facts: Sequence[Fact] = ()
    tables: Sequence[Table] = ()
    raw: str = ""  # as the API answers it


@dataclass(frozen=True)
class MenuEntry:
    label: str
    to: str
    count: int | None = None


@dataclass(frozen=True)
class MenuGroup:
    label: str
    entries: Sequence[MenuEntry]


@dataclass(frozen=True)
class Overview:
    figures: Sequence[Fact]
    facts: Sequence[Fact]
    tables: Sequence[Table]


class View(Protocol):
    """The books of one provider's companies. Every method is called under the company's lock."""

    def menu(self, company: Any) -> list[MenuGroup]: ...

    def overview(self, company: Any) -> Overview: ...

    def listing(self, company: Any, kind: str, asked: Asked) -> Table | None: ...

    def sheet(self, company: Any, kind: str, row_id: str) -> Sheet | None: ...

    def deeds(self, company: Any, kind: str, row_id: str) -> list[Deed]:
        """For one object; for a whole list with an empty id; for the company with both empty."""

    def search(self, company: Any, text: str) -> Table: ...

    def trial_balance(self, company: Any) -> Table: ...

    def refusal(self, error: Exception) -> RefusedDeed | None:
        """How the provider's own refusal reads on a page; None for an error that is none."""
