"""Credit notes over there: the credit memo, and beside it the payment of nothing that applies it to invoices."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.problems import Problem, ProviderFailure
from kz_admin.domain.pushing import APPLIED, Again, Draft, Go, Link, Question, Ref, Refs, Rows
from kz_admin.domain.records import CreditNoteRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import (
    credit_notes,
    credit_notes_applied,
    numbering,
    questions,
    refusals,
    remotes,
    sales_there,
)
from kz_admin.providers.quickbooks.credit_notes import ENTITY
from kz_admin.providers.quickbooks.recognising import find, recognise

SHAPE = sales_there.Shape(ENTITY, credit_notes.customer_of, credit_notes.note_about)
DOES_NOT_FIT = frozenset({"610", "2500", "6000"})  # gone, not known, or used already: what is there tells


def build(record: CreditNoteRecord, refs: Refs) -> Draft:
    if refs.part == APPLIED:
        return credit_notes_applied.build(record, refs)
    return credit_notes.build(record, refs)


def asked(record: CreditNoteRecord, refs: Refs) -> Sequence[Question]:
    if refs.part == APPLIED:
        return credit_notes_applied.asked(record, refs)
    return sales_there.asked(record, refs, SHAPE, reason=refs.look_first or "look" in refs.choices)


def decide(record: CreditNoteRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    if refs.part == APPLIED:
        return credit_notes_applied.decide(record, refs, answers)
    return sales_there.decide(record, refs, answers, SHAPE)


def refused(record: CreditNoteRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    if refs.part == APPLIED and failure.code in DOES_NOT_FIT and "look" not in refs.choices:
        return Again(look=True)
    if refs.part == APPLIED or failure.code != numbering.TAKEN:
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
