"""Refunds that may be there already: looked for with a reason (decision C26), recognised, refused."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import MARKER, Again, Draft, Go, Link, LinkedBy, Question, Ref, Refs, Rows
from kz_admin.domain.records import RefundRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, closed_books, questions, refunds, refusals, remotes
from kz_admin.providers.quickbooks.recognising import find, recognise
from kz_admin.providers.quickbooks.refunds import ENTITY


def asked(record: RefundRecord, refs: Refs) -> Sequence[Question]:
    if not (refs.look_first or "look" in refs.choices):
        return []
    customer = f"CustomerRef = {api.quoted(refunds.customer_of(record, refs))}"
    return [questions.where(ENTITY, customer, closed_books.days(record.refunded_on, refs))]


def decide(record: RefundRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    there = [remotes.refund_receipt(row) for answer in answers for row in answer]
    ours = [one for one in there if refs.marker in one.text]
    free = [one for one in there if MARKER not in one.text or refs.remembered is not None]
    theirs = [one for one in free if one.total == record.amount]
    found = ours or theirs
    if len(found) > 1:
        facts = {**refusals.facts_of(record, refs), "remote_type": ENTITY, "remote_id": found[0].remote_id}
        raise Unfit(Problem(Slug.SEVERAL_MATCHES, str(record.id), facts))
    if found:
        return Link(found[0], LinkedBy.CREATED if ours else LinkedBy.MATCH)
    return closed_books.go(record, record.refunded_on, refs)


def refused(record: RefundRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    return refusals.common(record, refs, draft, failure)


def reread(own: Ref) -> Question:
    return questions.by_id(ENTITY, own.remote_id)


PUSHER = Pusher(
    build=refunds.build,
    questions=asked,
    decide=decide,
    refused=refused,
    find=find,
    recognise=recognise,
    reread=reread,
    as_remote=remotes.refund_receipt,
)
