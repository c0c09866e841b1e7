"""Invoices that may be there already, and what a refusal of one means."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.problems import Problem, ProviderFailure
from kz_admin.domain.pushing import (
    CREDITED,
    CREDITED_APPLIED,
    OF_A_CREDIT,
    Again,
    Company,
    Draft,
    Go,
    Link,
    Needless,
    Question,
    Ref,
    Refs,
    Rows,
)
from kz_admin.domain.records import InvoiceRecord
from kz_admin.domain.showing import Shown
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import (
    credit_notes_there,
    invoices,
    invoices_credited,
    invoices_credited_applied,
    numbering,
    questions,
    refusals,
    remotes,
    sales_there,
    showing,
)
from kz_admin.providers.quickbooks.invoices import ENTITY
from kz_admin.providers.quickbooks.recognising import find, recognise

SHAPE = sales_there.Shape(ENTITY, invoices.customer_of, invoices.note_about)


def build(record: InvoiceRecord, refs: Refs) -> Draft:
    if refs.part == CREDITED:
        return invoices_credited.build(record, refs)
    if refs.part == CREDITED_APPLIED:
        return invoices_credited_applied.build(record, refs)
    return invoices.build(record, refs)


def asked(record: InvoiceRecord, refs: Refs) -> Sequence[Question]:
    if refs.part == CREDITED:
        return invoices_credited.asked(record, refs)
    if refs.part == CREDITED_APPLIED:
        return invoices_credited_applied.asked(record, refs)
    reason = refs.look_first or refs.paid_by_provider or "look" in refs.choices
    return sales_there.asked(record, refs, SHAPE, reason=reason)


def decide(record: InvoiceRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go | Needless:
    if refs.part == CREDITED:
        return invoices_credited.decide(record, refs, answers)
    if refs.part == CREDITED_APPLIED:
        return invoices_credited_applied.decide(record, refs, answers)
    return sales_there.decide(record, refs, answers, SHAPE)


def refused(record: InvoiceRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    if refs.part == CREDITED_APPLIED and failure.code in credit_notes_there.DOES_NOT_FIT and "look" not in refs.choices:
        return Again(look=True)
    if refs.part or failure.code != numbering.TAKEN:
        return refusals.common(record, refs, draft, failure)
    return numbering.refused(record, refs, draft, failure)


def shown(draft: Draft, company: Company) -> Shown:
    is_use = draft.entity == invoices_credited_applied.ENTITY
    return showing.payment(draft, company) if is_use else showing.sale(draft, company)


def reread(own: Ref) -> Question:
    return questions.by_id(ENTITY, own.remote_id)


PUSHER = Pusher(
    build=build,
    questions=asked,
    decide=decide,
    refused=refused,
    find=find,
    recognise=recognise,
    reread=reread,
    as_remote=remotes.invoice,
    shown=shown,
    longest_number=numbering.LONGEST,
    instead=invoices_credited.INSTEAD,
    once=OF_A_CREDIT,
)
