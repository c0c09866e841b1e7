"""Auto-Match: what each unmapped subject probably is over there, kept as a suggestion until a person decides."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kz_admin.domain.auto_match import Certainty, Side, contested, match
from kz_admin.domain.auto_match import Suggestion as Guess
from kz_admin.domain.connection import LIVE
from kz_admin.domain.lists import List
from kz_admin.domain.payments import Method
from kz_admin.models.connection import Connection
from kz_admin.models.option import Option, Suggestion
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS
from kz_admin.services import links, mapping_subjects, options
from kz_admin.services.mapping_subjects import Filters, Row

IN_A_REQUEST = 1_000  # subjects and options; more are matched by a worker
AT_ONCE = 1_000


def is_small(connection: Connection, which: List) -> bool:
    """Whether a request can wait for it."""
    with reading() as session:
        ours = mapping_subjects.counts(session, connection, which)["unmapped"]
    return max(ours, options.count(connection.id, which)) <= IN_A_REQUEST


def run_all(connection_id: UUID) -> None:
    """After the lists were read for the first time: the pages open with suggestions."""
    for which in List:
        if which is not List.ACCOUNTS:
            run(connection_id, which)


def run(connection_id: UUID, which: List) -> Counter[str]:
    """Suggest anew for everything that is unmapped; returns how many of each certainty."""
    with reading() as session:
        connection = session.get(Connection, connection_id)
        if connection is None or connection.as_state not in LIVE:
            return Counter()
        rows = _unmapped(session, connection, which)
    found = options.of(connection.tenant_id, connection.id, which)
    guesses = _guess(connection, which, rows, found)
    _store(connection, which, guesses)
    return Counter(guess.certainty.value for guess in guesses.values())


def _guess(connection: Connection, which: List, rows: Sequence[Row], found: Sequence[Option]) -> dict[str, Guess]:
    if which is List.PAYMENT_METHODS:
        return _methods(connection, rows, found)
    guesses: dict[str, Guess] = {}
    for group, ours in _grouped(which, rows).items():
        theirs = [_side(option) for option in found if not group or option.group in ("", group)]
        guesses |= match([Side(row.subject, row.name, row.email, row.code) for row in ours], theirs)
    if which is List.TAXES:
        return _of_same_percentage(guesses, rows, found)
    if which is List.TERMS:
        return {key: one for key, one in guesses.items() if one.certainty is Certainty.EXACT}
    return guesses


def _grouped(which: List, rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Clients are compared with customers of their own currency only."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.group if which is List.CUSTOMERS else "", []).append(row)
    return grouped


def _side(option: Option) -> Side:
    details: dict[str, str] = json.loads(option.details)
    name = option.name.rpartition(":")[2] if option.list == List.PROJECTS.value else option.name
    return Side(option.remote_id, name, details.get("email", ""), details.get("code", ""), option.active)


def _methods(connection: Connection, rows: Sequence[Row], found: Sequence[Option]) -> dict[str, Guess]:
    """The provider knows the words its companies use: a cheque is a check there."""
    likely, choices = PROVIDERS[connection.provider].likely_method, [options.as_choice(option) for option in found]
    meant = {row.subject: likely(Method(row.subject), choices) for row in rows}
    return {
        subject: Guess(subject, (choice.remote_id,), Certainty.EXACT, "same name", 1.0)
        for subject, choice in meant.items()
        if choice is not None
    }


def _of_same_percentage(guesses: Mapping[str, Guess], rows: Sequence[Row], found: Sequence[Option]) -> dict[str, Guess]:
    """Two rates of the same name with other percentages are not the same tax, whatever they are called."""
    percents = {option.remote_id: _percent(json.loads(option.details).get("rate")) for option in found}
    kept: dict[str, Guess] = {}
    for row in rows:
        ours = _percent(row.code)
        guess = guesses.get(row.subject)
        fitting = tuple(one for one in guess.options if percents.get(one) == ours) if guess else ()
        same = [one.remote_id for one in found if one.active and percents[one.remote_id] == ours and ours is not None]
        if guess and fitting:
            kept[row.subject] = replace(guess, options=fitting)
        elif len(same) == 1:
            kept[row.subject] = Guess(row.subject, (same[0],), Certainty.NEAR, "the only one of this percentage", 0.8)
    return kept


def _percent(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _unmapped(session: Session, connection: Connection, which: List) -> list[Row]:
    rows: list[Row] = []
    after: str | None = ""
    while after is not None:
        page = mapping_subjects.page(session, connection, which, Filters("unmapped"), after, AT_ONCE)
        rows += page.rows
        after = page.next
    return rows


def _store(connection: Connection, which: List, guesses: Mapping[str, Guess]) -> None:
    wanted_twice = contested(guesses)
    ids_there = {guess.options[0] for guess in guesses.values()}
    taken = links.taken(connection, which, ids_there) if which.kind and which is not List.ITEMS else set()
    own = {"tenant_id": connection.tenant_id, "connection_id": connection.id, "list": which.value}
    with writing() as session:
        session.execute(
            delete(Suggestion).where(Suggestion.connection_id == connection.id, Suggestion.list == which.value)
        )
        session.add_all(
            Suggestion(
                **own,
                subject=guess.subject,
                remote_id=guess.options[0],
                others=json.dumps(guess.options[1:]),
                certainty=guess.certainty.value,
                why=guess.why[:200],
                contested=guess.subject in wanted_twice or guess.options[0] in taken,
            )
            for guess in guesses.values()
        )
