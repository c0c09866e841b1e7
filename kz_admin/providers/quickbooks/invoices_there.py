"""Invoices that may be there already: looked for with a reason (decision C26), recognised, refused."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.names import number_key
from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import MARKER, Again, Draft, Go, Link, LinkedBy, Question, Ref, Refs, Remote, Rows
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, closed_books, invoices, numbering, questions, refusals, remotes, showing
from kz_admin.providers.quickbooks.invoices import ENTITY
from kz_admin.providers.quickbooks.recognising import find, recognise

# -- looking before creating ----------------------------------------------------------------------------------


def asked(record: InvoiceRecord, refs: Refs) -> Sequence[Question]:
    if "link" in refs.choices:
        return [questions.by_id(ENTITY, refs.choices["link"])]
    if not (refs.look_first or refs.paid_by_provider or "look" in refs.choices):
        return []
    invoices.check(record, refs)
    customer = f"CustomerRef = {api.quoted(invoices.customer_of(record, refs))}"
    made = questions.where(ENTITY, customer, closed_books.days(record.issued_on, refs))
    return [made, *numbering.asked(ENTITY, record, refs)]


def decide(record: InvoiceRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    if not answers:
        return closed_books.go(record, record.issued_on, refs)
    rows = {str(row.get("Id")): row for answer in answers for row in answer}
    there = [remotes.invoice(row) for row in rows.values()]
    if "link" in refs.choices:
        return _linked(record, refs, there)
    if found := _ours(record, refs, there):
        return Link(found, LinkedBy.CREATED)
    number = number_key(numbering.of(record, refs))
    holders = [one for one in there if number_key(one.number) == number]
    forgotten = [one for one in there if _was_forgotten(record, refs, one)]
    free = [one for one in holders if MARKER not in one.text] + forgotten
    matches = [one for one in free if _is_it(record, refs, one)]
    if len(matches) > 1:
        raise Unfit(_about(Slug.SEVERAL_MATCHES, record, refs, matches[0]))
    if matches:
        return Link(matches[0])
    if numbering.is_taken(record, refs, holders):
        return closed_books.go(record, record.issued_on, refs, number=numbering.another(record, refs, holders, there))
    if forgotten:
        raise Unfit(_about(Slug.DIFFERS_THERE, record, refs, forgotten[0]))
    return closed_books.go(record, record.issued_on, refs)


def _was_forgotten(record: InvoiceRecord, refs: Refs, remote: Remote) -> bool:
    """Made by us since the copy that our rows came back from: its note says our number beside a marker nobody knows."""
    return refs.remembered is not None and f"{invoices.note_about(record)}, {MARKER}" in remote.text


def _linked(record: InvoiceRecord, refs: Refs, there: Sequence[Remote]) -> Link:
    if not there:
        facts = {**refusals.facts_of(record, refs), "remote_type": ENTITY, "remote_id": refs.choices["link"]}
        raise Unfit(Problem(Slug.GONE_THERE, str(record.id), facts))
    is_ours = refs.marker in there[0].text or _was_forgotten(record, refs, there[0])
    return numbering.linked(record, refs, there[0], is_ours=is_ours)


def _ours(record: InvoiceRecord, refs: Refs, there: Sequence[Remote]) -> Remote | None:
    marked = [one for one in there if refs.marker in one.text]
    if not marked:
        return None
    if len(marked) > 1:
        raise Unfit(_about(Slug.SEVERAL_MATCHES, record, refs, marked[0]))
    if not _same_customer(record, refs, marked[0]) or marked[0].currency not in ("", record.currency):
        raise Unfit(_about(Slug.DIFFERS_THERE, record, refs, marked[0]))
    return marked[0]


def _is_it(record: InvoiceRecord, refs: Refs, remote: Remote) -> bool:
    """Number, total, customer and currency agree: one of these alone is a coincidence."""
    same_amount = remote.total == record.total and remote.currency in ("", record.currency)
    return same_amount and _same_customer(record, refs, remote)


def _same_customer(record: InvoiceRecord, refs: Refs, remote: Remote) -> bool:
    return remote.customer == invoices.customer_of(record, refs)


def _about(slug: Slug, record: InvoiceRecord, refs: Refs, remote: Remote) -> Problem:
    there = {"remote_type": ENTITY, "remote_id": remote.remote_id}
    return Problem(slug, str(record.id), {**refusals.facts_of(record, refs), **there})


# -- afterwards -----------------------------------------------------------------------------------------------


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
