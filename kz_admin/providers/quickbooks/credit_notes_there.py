"""Credit notes over there: the credit memo, and beside it the payment of nothing that applies it to invoices."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.names import number_key
from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import (
    APPLIED,
    MARKER,
    Again,
    Draft,
    Go,
    Link,
    LinkedBy,
    Question,
    Ref,
    Refs,
    Remote,
    Rows,
)
from kz_admin.domain.records import CreditNoteRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import (
    api,
    closed_books,
    credit_notes,
    credit_notes_applied,
    invoices,
    numbering,
    questions,
    refusals,
    remotes,
)
from kz_admin.providers.quickbooks.credit_notes import ENTITY
from kz_admin.providers.quickbooks.recognising import find, recognise


def build(record: CreditNoteRecord, refs: Refs) -> Draft:
    if refs.part == APPLIED:
        return credit_notes_applied.build(record, refs)
    return credit_notes.build(record, refs)


# -- looking before creating ----------------------------------------------------------------------------------


def asked(record: CreditNoteRecord, refs: Refs) -> Sequence[Question]:
    if refs.part == APPLIED:
        return credit_notes_applied.asked(record, refs)
    if "link" in refs.choices:
        return [questions.by_id(ENTITY, refs.choices["link"])]
    if not (refs.look_first or "look" in refs.choices):
        return []
    invoices.check(record, refs)
    customer = f"CustomerRef = {api.quoted(credit_notes.customer_of(record, refs))}"
    made = questions.where(ENTITY, customer, closed_books.days(record.issued_on, refs))
    return [made, *numbering.asked(ENTITY, record, refs)]


def decide(record: CreditNoteRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    if refs.part == APPLIED:
        return credit_notes_applied.decide(record, refs, answers)
    rows = {str(row.get("Id")): row for answer in answers for row in answer}
    there = [remotes.credit_memo(row) for row in rows.values()]
    if "link" in refs.choices:
        return _linked(record, refs, there)
    if marked := [one for one in there if refs.marker in one.text]:
        return Link(_only(record, refs, marked), LinkedBy.CREATED)
    holders = [one for one in there if number_key(one.number) == number_key(numbering.of(record, refs))]
    forgotten = [one for one in there if _was_forgotten(record, refs, one)]
    free = [one for one in holders if MARKER not in one.text] + forgotten
    if matches := [one for one in free if _is_it(record, refs, one)]:
        return Link(_only(record, refs, matches))
    if numbering.is_taken(record, refs, holders):
        return closed_books.go(record, record.issued_on, refs, number=numbering.another(record, refs, holders, there))
    if forgotten:
        raise Unfit(_about(Slug.DIFFERS_THERE, record, refs, forgotten[0].remote_id))
    return closed_books.go(record, record.issued_on, refs)


def _was_forgotten(record: CreditNoteRecord, refs: Refs, remote: Remote) -> bool:
    """Made by us since the copy that our rows came back from: its note says our number beside a marker nobody knows."""
    return refs.remembered is not None and f"{credit_notes.note_about(record)}, {MARKER}" in remote.text


def _linked(record: CreditNoteRecord, refs: Refs, there: Sequence[Remote]) -> Link:
    if not there:
        raise Unfit(_about(Slug.GONE_THERE, record, refs, refs.choices["link"]))
    is_ours = refs.marker in there[0].text or _was_forgotten(record, refs, there[0])
    return numbering.linked(record, refs, there[0], is_ours=is_ours)


def _only(record: CreditNoteRecord, refs: Refs, found: Sequence[Remote]) -> Remote:
    if len(found) > 1:
        raise Unfit(_about(Slug.SEVERAL_MATCHES, record, refs, found[0].remote_id))
    return found[0]


def _is_it(record: CreditNoteRecord, refs: Refs, remote: Remote) -> bool:
    """Number, total, customer and currency agree: one of these alone is a coincidence."""
    same_amount = remote.total == record.total and remote.currency in ("", record.currency)
    return same_amount and remote.customer == credit_notes.customer_of(record, refs)


def _about(slug: Slug, record: CreditNoteRecord, refs: Refs, remote_id: str) -> Problem:
    there = {"remote_type": ENTITY, "remote_id": remote_id}
    return Problem(slug, str(record.id), {**refusals.facts_of(record, refs), **there})


# -- afterwards -----------------------------------------------------------------------------------------------


def refused(record: CreditNoteRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    if refs.part == APPLIED:
        again = failure.code in ("610", "2500", "6000") and "look" not in refs.choices
        return Again(look=True) if again else refusals.common(record, refs, draft, failure)
    if failure.code != numbering.TAKEN:
        return refusals.common(record, refs, draft, failure)
    return numbering.refused(record, refs, draft, failure)


def reread(own: Ref) -> Question:
    return questions.by_id(own.remote_type or ENTITY, own.remote_id)


PUSHER = Pusher(
    build=build,
    questions=asked,
    decide=decide,
    refused=refused,
    find=find,
    recognise=recognise,
    reread=reread,
    as_remote=remotes.credit_memo,  # of both: a new version and a balance are all that is read of it
    longest_number=numbering.LONGEST,
)
