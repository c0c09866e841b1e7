"""Refunds that may be there already: looked for with a reason (decision C26), recognised, refused."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import MARKER, SOUGHT, Again, Draft, Go, Link, LinkedBy, Question, Ref, Refs, Remote, Rows
from kz_admin.domain.records import RefundRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, closed_books, questions, refunds, refusals, remotes, sought, telling
from kz_admin.providers.quickbooks.recognising import find, recognise
from kz_admin.providers.quickbooks.refunds import ENTITY


def asked(record: RefundRecord, refs: Refs) -> Sequence[Question]:
    if SOUGHT in refs.choices:
        return sought.asked(ENTITY, record, refs)
    if "link" in refs.choices:
        return [questions.by_id(ENTITY, refs.choices["link"])]
    if not (refs.look_first or "look" in refs.choices):
        return []
    customer = f"CustomerRef = {api.quoted(refunds.customer_of(record, refs))}"
    return [questions.where(ENTITY, customer, closed_books.days(record.refunded_on, refs))]


def decide(record: RefundRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    there = [remotes.refund_receipt(row) for answer in answers for row in answer]
    if SOUGHT in refs.choices:
        return sought.link(record, refs, sought.only(record, refs, there), record.amount)
    if "link" in refs.choices:
        return _linked(record, refs, there)
    if ours := [one for one in there if refs.marker in one.text]:
        return Link(telling.only(record, refs, ours), LinkedBy.CREATED)
    possible = [one for one in there if one.remote_id not in refs.unlinked]
    equal = [one for one in possible if one.total == record.amount and one.currency in ("", record.currency)]
    if any(_may_be_forgotten(refs, one) for one in equal):
        raise Unfit(telling.about(Slug.SEVERAL_MATCHES, record, refs, equal[0]))
    free = [one for one in equal if MARKER not in one.text]
    if free:
        return Link(telling.only(record, refs, free))
    return closed_books.go(record, record.refunded_on, refs)


def _may_be_forgotten(refs: Refs, remote: Remote) -> bool:
    """Since the copy that our rows came back from we made this one, for a refund that nobody knows any more.

    A refund has no number, so an equal amount on the same day is no proof that it is this one: a person says."""
    if refs.remembered is None or MARKER not in remote.text:
        return False
    return not any(marker in remote.text for marker in refs.remembered)


def _linked(record: RefundRecord, refs: Refs, there: Sequence[Remote]) -> Link:
    if not there:
        raise Unfit(telling.gone(record, refs, ENTITY))
    return Link(there[0], LinkedBy.PERSON)


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
