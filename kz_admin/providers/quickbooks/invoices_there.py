"""Invoices that may be there already, and what a refusal of one means."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.problems import Problem, ProviderFailure
from kz_admin.domain.pushing import Again, Draft, Go, Link, Question, Ref, Refs, Rows
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import invoices, numbering, questions, refusals, remotes, sales_there, showing
from kz_admin.providers.quickbooks.invoices import ENTITY
from kz_admin.providers.quickbooks.recognising import find, recognise

SHAPE = sales_there.Shape(ENTITY, invoices.customer_of, invoices.note_about)


def asked(record: InvoiceRecord, refs: Refs) -> Sequence[Question]:
    reason = refs.look_first or refs.paid_by_provider or "look" in refs.choices
    return sales_there.asked(record, refs, SHAPE, reason=reason)


def decide(record: InvoiceRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    return sales_there.decide(record, refs, answers, SHAPE)


def refused(record: InvoiceRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    if failure.code != numbering.TAKEN:
        return refusals.common(record, refs, draft, failure)
    return numbering.refused(record, refs, draft, failure)


def reread(own: Ref) -> Question:
    return questions.by_id(ENTITY, own.remote_id)


PUSHER = Pusher(
    build=invoices.build,
    questions=asked,
    decide=decide,
    refused=refused,
    find=find,
    recognise=recognise,
    reread=reread,
    as_remote=remotes.invoice,
    shown=showing.sale,
    longest_number=numbering.LONGEST,
)
