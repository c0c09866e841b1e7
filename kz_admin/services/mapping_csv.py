"""A list's mappings as a file, out and in, in one format. A file with one wrong line changes nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kz_admin.domain.failures import Refused, Wrong
from kz_admin.domain.lists import List
from kz_admin.domain.names import name_key
from kz_admin.models.connection import Connection
from kz_admin.models.option import Option
from kz_admin.models.tenant import Tenant
from kz_admin.services import mapping_subjects, mappings
from kz_admin.services.csv_lines import FORMULA_BEGINS
from kz_admin.services.documents.listing import Page, download
from kz_admin.services.documents.work import Work
from kz_admin.services.mapping_subjects import Filters, Row
from kz_admin.services.mappings import NONE, Pick, as_word

HEAD = ("subject", "ours", "their id", "theirs", "chosen")
MOST_LINES = 20_000
MOST_COMPLAINTS = 20


class WrongFile(Refused):
    """What is wrong, by line; nothing was changed."""

    def __init__(self, complaints: Sequence[tuple[int, str]]) -> None:
        self.complaints = complaints[:MOST_COMPLAINTS]
        self.more = len(complaints) - len(self.complaints)
        super().__init__("The file was not imported. Nothing was changed.")


@dataclass(frozen=True)
class _Rows:
    """Lets the download page through a list like through any other."""

    connection: Connection
    which: List
    filters: Filters

    def page(self, session: Session, _query: Select[Any], after: str, size: int) -> Page[Any]:
        found = mapping_subjects.page(session, self.connection, self.which, self.filters, after, size)
        default = mapping_subjects.default(session, self.connection, self.which) if found.first else None
        return Page([*([default] if default else []), *found.rows], found.next, found.first)


def as_csv(connection: Connection, which: List, filters: Filters) -> Generator[str]:
    rows = _Rows(connection, which, filters)
    return download(connection.tenant_id, HEAD, select(Tenant), rows, _cells)


def _cells(row: Any) -> Sequence[object]:
    theirs = row.option.name if row.option else ""
    return [row.subject, row.name, as_word(row.remote_id), theirs, row.how]


def take_in(work: Work, connection: Connection, which: List, data: bytes) -> int:
    """Choose what the file says; returns how many changed. An empty choice leaves what is there."""
    lines = _lines(data)
    wanted = {subject: number for number, (subject, *_) in lines}
    rows = mapping_subjects.by_subject(work.session, connection, which, list(wanted))
    options = _by_id_and_name(work.session, connection, which)
    picks: list[Pick] = []
    complaints: list[tuple[int, str]] = []
    for number, (subject, _, remote_id, theirs, *_) in lines:
        row = rows.get(subject)
        if row is None:
            complaints.append((number, f"“{subject[:40]}” is none of your {which.words.ours_many}."))
        elif wanted[subject] != number:
            complaints.append((number, f"{row.name} stands in line {wanted[subject]} as well."))
        elif remote_id or theirs:
            found = remote_id if remote_id in options[0] or remote_id == NONE else options[1].get(name_key(theirs), "")
            if problem := _problem(which, row, found, remote_id or theirs):
                complaints.append((number, problem))
            picks.append(Pick(subject, as_word(row.remote_id), found))
    if complaints:
        raise WrongFile(complaints)
    try:
        return mappings.save(work, connection, which, picks)
    except Wrong as wrong:
        raise WrongFile([(wanted[wrong.field], wrong.sentence)]) from None


def _problem(which: List, row: Row, found: str, said: str) -> str:
    if not found:
        return f"“{said[:60]}” for {row.name} is not one of their {which.words.theirs_many}, or not the only one."
    if found == NONE and which not in mappings.NONE_ALLOWED:
        return f"{row.name} needs one of their {which.words.theirs_many}; “none” is no choice here."
    return ""


def _lines(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        found = [(reader.line_num, [_unescaped(cell) for cell in line]) for line in reader if any(line)]
    except UnicodeDecodeError:
        raise WrongFile([(1, "The file is not text in UTF-8. Save it as CSV UTF-8.")]) from None
    except csv.Error as error:
        raise WrongFile([(reader.line_num, f"The line cannot be read as CSV: {error}.")]) from None
    if not found or tuple(cell.strip().casefold() for cell in found[0][1]) != HEAD:
        raise WrongFile([(1, f"The first line must be: {', '.join(HEAD)}.")])
    if len(found) > MOST_LINES + 1:
        raise WrongFile([(MOST_LINES + 2, f"A file can have at most {MOST_LINES:,} lines. Split it.")])
    short = [
        (number, f"The line has {len(line)} columns, not {len(HEAD)}.")
        for number, line in found[1:]
        if len(line) != len(HEAD)
    ]
    if short:
        raise WrongFile(short)
    return found[1:]


def _unescaped(cell: str) -> str:
    """Our own apostrophe before what a spreadsheet would run (A23)."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_BEGINS) else text


def _by_id_and_name(session: Session, connection: Connection, which: List) -> tuple[set[str], dict[str, str]]:
    """Known ids, and the names that mean exactly one active option."""
    query = select(Option.remote_id, Option.name, Option.active).where(
        Option.connection_id == connection.id, Option.list == which.value
    )
    known: set[str] = set()
    named: dict[str, str] = {}
    for remote_id, name, active in session.execute(query):
        known.add(remote_id)
        if active:
            named[name_key(name)] = "" if name_key(name) in named else remote_id
    return known, named
