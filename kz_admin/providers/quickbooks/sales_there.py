"""Invoices and credit memos that may be there already: looked for with a reason (decision C26), and recognised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kz_admin.domain.names import number_key
from kz_admin.domain.problems import Slug, Unfit
from kz_admin.domain.pushing import MARKER, SOUGHT, Go, Link, LinkedBy, Question, Refs, Remote, Rows
from kz_admin.providers.quickbooks import api, closed_books, invoices, numbering, questions, remotes, sought, telling


@dataclass(frozen=True)
class Shape:
    """What parts an invoice from a credit memo."""

    entity: str
    customer_of: Callable[[Any, Refs], str]
    note_about: Callable[[Any], str]


def asked(record: Any, refs: Refs, shape: Shape, *, reason: bool) -> Sequence[Question]:
    """What this customer has of that day, and whatever has the number."""
    if SOUGHT in refs.choices:
        return sought.asked(shape.entity, record, refs, by_number=True)
    if "link" in refs.choices:
        return [questions.by_id(shape.entity, refs.choices["link"])]
    if not reason:
        return []
    invoices.check(record, refs)
    customer = f"CustomerRef = {api.quoted(shape.customer_of(record, refs))}"
    made = questions.where(shape.entity, customer, closed_books.days(record.issued_on, refs))
    return [made, *numbering.asked(shape.entity, record, refs)]


def decide(record: Any, refs: Refs, answers: Sequence[Rows], shape: Shape) -> Link | Go:
    if not answers:
        return closed_books.go(record, record.issued_on, refs)
    rows = {str(row.get("Id")): row for answer in answers for row in answer}
    there = [remotes.as_remote(shape.entity, row) for row in rows.values()]
    if SOUGHT in refs.choices or "link" in refs.choices:
        return _linked(record, refs, there, shape)
    if marked := [one for one in there if refs.marker in one.text]:  # ours, whatever was said of it: never made twice
        return Link(_ours(record, refs, telling.only(record, refs, marked), shape), LinkedBy.CREATED)
    possible = [one for one in there if one.remote_id not in refs.unlinked]
    number = number_key(numbering.of(record, refs))
    holders = [one for one in there if number_key(one.number) == number]
    forgotten = [one for one in possible if _was_forgotten(record, refs, one, shape)]
    free = [one for one in holders if MARKER not in one.text and one in possible] + forgotten
    if matches := [one for one in free if one.total == record.total and _agrees(record, refs, one, shape)]:
        return Link(telling.only(record, refs, matches))
    if numbering.is_taken(record, refs, holders):
        return closed_books.go(record, record.issued_on, refs, number=numbering.another(record, refs, holders, there))
    if forgotten:
        raise Unfit(telling.about(Slug.DIFFERS_THERE, record, refs, forgotten[0]))
    return closed_books.go(record, record.issued_on, refs)


def _linked(record: Any, refs: Refs, there: Sequence[Remote], shape: Shape) -> Link:
    if SOUGHT in refs.choices:
        there = [sought.only(record, refs, there)]
    if not there:
        raise Unfit(telling.gone(record, refs, shape.entity))
    is_ours = refs.marker in there[0].text or _was_forgotten(record, refs, there[0], shape)
    return numbering.linked(record, refs, there[0], is_ours=is_ours)


def _ours(record: Any, refs: Refs, remote: Remote, shape: Shape) -> Remote:
    """It carries our marker; one that says something else beside it is a person's to look at."""
    if not _agrees(record, refs, remote, shape):
        raise Unfit(telling.about(Slug.DIFFERS_THERE, record, refs, remote))
    return remote


def _agrees(record: Any, refs: Refs, remote: Remote, shape: Shape) -> bool:
    """With number and total: one of these alone is a coincidence."""
    return remote.customer == shape.customer_of(record, refs) and remote.currency in ("", record.currency)


def _was_forgotten(record: Any, refs: Refs, remote: Remote, shape: Shape) -> bool:
    """Made by us since the copy that our rows came back from: its note says our number beside a marker nobody knows."""
    return refs.remembered is not None and f"{shape.note_about(record)}, {MARKER}" in remote.text
