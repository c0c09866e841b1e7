"""The object over there that a person named, by its number or its id: found, compared, linked; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kz_admin.domain.money import Money
from kz_admin.domain.names import number_key
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import SOUGHT, Link, LinkedBy, Question, Refs, Remote
from kz_admin.providers.quickbooks import api, questions, refusals, telling


def asked(entity: str, record: Any, refs: Refs, *, by_number: bool = False) -> Sequence[Question]:
    """Their numbers are what people know; an id stands in the address of the page over there."""
    said, found = refs.choices[SOUGHT], list[Question]()
    if by_number:
        found.append(questions.where(entity, f"DocNumber = {api.quoted(said)}"))
    if said.isascii() and said.isdecimal():
        found.append(questions.by_id(entity, said))
    if not found:
        raise Unfit(_nothing(record, refs))
    return found


def only(record: Any, refs: Refs, there: Sequence[Remote]) -> Remote:
    """What has the number; else what has the id. Of several nobody guesses."""
    counts = [one for one in there if not one.voided]
    numbered = [one for one in counts if one.number and number_key(one.number) == number_key(refs.choices[SOUGHT])]
    if not counts:
        raise Unfit(_nothing(record, refs))
    return telling.only(record, refs, numbered or counts)


def _nothing(record: Any, refs: Refs) -> Problem:
    facts = {**refusals.facts_of(record, refs), "sought": refs.choices[SOUGHT], "what": record.kind.word}
    return Problem(Slug.NOT_FOUND_THERE, str(record.id), facts)


def link(record: Any, refs: Refs, remote: Remote, amount: int) -> Link:
    """Of what has no number to compare: the amount and the currency say whether it can be this one."""
    wrong = []
    if remote.currency not in ("", record.currency):
        wrong.append(f"it is in {remote.currency}, ours in {record.currency}")
    elif remote.total != amount:
        theirs = "unknown" if remote.total is None else str(Money(remote.total, record.currency))
        wrong.append(f"its amount is {theirs}, ours {Money(amount, record.currency)}")
    if wrong:
        raise Unfit(telling.about(Slug.DIFFERS_THERE, record, refs, remote, differs="; ".join(wrong)))
    return Link(remote, LinkedBy.PERSON)
