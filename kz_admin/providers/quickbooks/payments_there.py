"""Payments that may be there already: QuickBooks Payments books its own, people book by hand (decision C26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import (
    MARKER,
    SOUGHT,
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
    Wait,
    marked_by,
)
from kz_admin.domain.records import PaymentRecord
from kz_admin.providers.base import Pusher, Watch
from kz_admin.providers.quickbooks import (
    api,
    closed_books,
    payments,
    questions,
    refusals,
    remotes,
    showing,
    sought,
    telling,
)
from kz_admin.providers.quickbooks.payments import ENTITY, Part
from kz_admin.providers.quickbooks.recognising import find, recognise

LOOK_AGAIN_S = 6 * 3600
TOGETHER_MS = 60_000
EXPECTED_WORDS = "QuickBooks Payments records this payment itself. We look again in six hours."
DOES_NOT_FIT = frozenset({"610", "2500", "6000"})  # gone, not known, or more than is open: the invoice tells


# -- looking before creating ----------------------------------------------------------------------------------


def asked(record: PaymentRecord, refs: Refs) -> Sequence[Question]:
    if SOUGHT in refs.choices:
        return sought.asked(ENTITY, record, refs)
    if "link" in refs.choices:
        replaced = [refs.choices["instead_of"]] if "instead_of" in refs.choices else []
        return [questions.by_id(ENTITY, one) for one in (refs.choices["link"], *replaced)]
    parts = payments.parts_of(record, refs)
    if not parts or not _has_reason(refs, parts):
        return []
    customer = api.quoted(payments.customer_of(record, refs, parts))
    theirs = [questions.by_id("Invoice", part.invoice.remote_id) for part in parts]
    return [questions.where(ENTITY, f"CustomerRef = {customer}"), *theirs]


def _has_reason(refs: Refs, parts: Sequence[Part]) -> bool:
    """Beside the usual reasons: by the last answer less is open there than is paid here, so somebody else was at it."""
    settled = any(part.taken < part.amount for part in parts)
    return settled or refs.look_first or refs.paid_by_provider or "look" in refs.choices


def decide(record: PaymentRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go | Wait:
    if not answers:
        return closed_books.go(record, record.paid_on, refs)
    if SOUGHT in refs.choices or "link" in refs.choices:
        return _found(record, refs, *answers) if SOUGHT in refs.choices else _linked(record, refs, *answers)
    parts = payments.parts_of(record, refs)
    there = [row for row in answers[0] if remotes.minor_of(row.get("TotalAmt"), record.currency)]
    if found := _ours(record, refs, there):
        return Link(found, LinkedBy.CREATED)
    if found := _same(record, refs, there, parts):
        return Link(found)
    rows = [(part, answer[0] if answer else None) for part, answer in zip(parts, answers[1:], strict=True)]
    fresh = [_as_it_is(record, refs, part, row) for part, row in rows]
    waits = refs.paid_by_provider and "anyway" not in refs.choices
    if waits and any(_waited_for(record, part, row) for part, row in rows):
        return Wait(LOOK_AGAIN_S, EXPECTED_WORDS)
    if not any(part.taken for part in fresh):
        raise Unfit(_about(Slug.DIFFERS_THERE, record, refs, parts[0].invoice))
    balances = {f"open/{part.invoice.remote_id}": str(part.invoice.balance) for part in fresh}
    return closed_books.go(record, record.paid_on, refs, **balances)


def _linked(record: PaymentRecord, refs: Refs, rows: Rows, replaced: Sequence[Mapping[str, Any]] = ()) -> Link:
    if not rows:
        raise Unfit(telling.gone(record, refs, ENTITY))
    if any(not remotes.payment(row).voided for row in replaced):  # ours still counts beside it
        raise Unfit(_paid_twice(record, refs, remotes.payment(rows[0])))
    return Link(remotes.payment(rows[0]), LinkedBy.PERSON)


def _found(record: PaymentRecord, refs: Refs, rows: Rows) -> Link:
    """Of as much: another amount is another payment, whoever says otherwise."""
    remote = sought.only(record, refs, [remotes.payment(row) for row in rows])
    return sought.link(record, refs, remote, payments.total_of(record, refs, payments.parts_of(record, refs)))


def _ours(record: PaymentRecord, refs: Refs, there: Sequence[Mapping[str, Any]]) -> Remote | None:
    # of one customer there is one part at most, whichever was the first when its marker was written
    marked = [remotes.payment(row) for row in there if record.id in marked_by(str(row.get("PrivateNote") or ""))]
    return telling.only(record, refs, marked) if marked else None


def _same(
    record: PaymentRecord, refs: Refs, there: Sequence[Mapping[str, Any]], parts: Sequence[Part]
) -> Remote | None:
    """Somebody else's payment of the same amount on the same invoices; of several the one of the same day."""
    wanted = {part.invoice.remote_id: part.amount for part in parts}
    found = [row for row in there if _is_free(refs, row) and _applied(row, record.currency) == wanted]
    same_day = [row for row in found if row.get("TxnDate") == record.paid_on] if len(found) > 1 else found
    if len(found) > 1 and len(same_day) != 1:
        raise Unfit(telling.about(Slug.SEVERAL_MATCHES, record, refs, remotes.payment(found[0])))
    return remotes.payment(same_day[0]) if same_day else None


def _is_free(refs: Refs, row: Mapping[str, Any]) -> bool:
    """Nobody's of ours, nor unlinked; after a restore from a copy also what we made since, under an unknown marker."""
    note = str(row.get("PrivateNote") or "")
    if str(row.get("Id")) in refs.unlinked:
        return False
    if MARKER not in note:
        return True
    return refs.remembered is not None and not any(marker in note for marker in refs.remembered)


def _applied(row: Mapping[str, Any], currency: str) -> dict[str, int | None]:
    """Invoice → how much of it this payment settles."""
    return {
        str(link.get("TxnId")): remotes.minor_of(line.get("Amount"), currency)
        for line in remotes.rows_of(row.get("Line"))
        for link in remotes.rows_of(line.get("LinkedTxn"))
        if link.get("TxnType") == "Invoice"
    }


def _as_it_is(record: PaymentRecord, refs: Refs, part: Part, row: Mapping[str, Any] | None) -> Part:
    if row is None:
        raise Unfit(_about(Slug.INVOICE_GONE, record, refs, part.invoice))
    remote = remotes.invoice(row)
    if remote.customer and part.invoice.customer and remote.customer != part.invoice.customer:
        raise Unfit(_about(Slug.WRONG_CUSTOMER_LINK, record, refs, part.invoice))
    return replace(part, invoice=replace(part.invoice, balance=remote.balance))


def _waited_for(record: PaymentRecord, part: Part, row: Mapping[str, Any] | None) -> bool:
    """It was there well before it was paid, so their own payments know it, and it is still open.

    Their times are whole seconds of another clock: what came about together is no evidence."""
    if row is None or not remotes.invoice(row).balance:
        return False
    made = questions.moment_of(str(remotes.as_row(row.get("MetaData")).get("CreateTime") or ""))
    return made is not None and made + TOGETHER_MS < record.created_at


def _about(slug: Slug, record: PaymentRecord, refs: Refs, invoice: Ref) -> Problem:
    return telling.about(slug, record, refs, Remote("Invoice", invoice.remote_id), number=invoice.number)


# -- theirs may still come after ours -----------------------------------------------------------------------------


def _of_the_customer(record: PaymentRecord, refs: Refs) -> Sequence[Question]:
    customer = api.quoted(payments.customer_of(record, refs, payments.parts_of(record, refs)))
    return [questions.where(ENTITY, f"CustomerRef = {customer}")]


def _came_after_all(record: PaymentRecord, refs: Refs, answers: Sequence[Rows]) -> Problem | None:
    """Of as much, not from here, and on the same invoices or on none: there was nothing left for it to settle."""
    parts = payments.parts_of(record, refs)
    invoices = {part.invoice.remote_id for part in parts}
    amount, own = payments.total_of(record, refs, parts), refs.own.remote_id if refs.own is not None else ""
    for row in answers[0]:
        remote, settles = remotes.payment(row), set(_applied(row, record.currency))
        not_ours = remote.remote_id != own and MARKER not in remote.text
        if not_ours and remote.total == amount and (not settles or settles & invoices):
            return _paid_twice(record, refs, remote)
    return None


def _paid_twice(record: PaymentRecord, refs: Refs, theirs: Remote) -> Problem:
    return telling.about(Slug.PAID_TWICE, record, refs, theirs, their_date=str(theirs.raw.get("TxnDate") or ""))


# -- building with what was seen, and afterwards -----------------------------------------------------------------


def build(record: PaymentRecord, refs: Refs) -> Draft:
    """On balances as they were just read, where they were."""
    if not _has_reason(refs, payments.parts_of(record, refs)):
        return payments.build(record, refs)  # what an earlier try saw is older than the last answer
    seen = {key: ref for key, ref in refs.partners.items() if f"open/{ref.remote_id}" in refs.choices}
    fresh = {key: replace(ref, balance=int(refs.choices[f"open/{ref.remote_id}"])) for key, ref in seen.items()}
    return payments.build(record, replace(refs, partners={**refs.partners, **fresh}))


def refused(record: PaymentRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    if failure.code in DOES_NOT_FIT and "look" not in refs.choices:
        return Again(look=True)
    return refusals.common(record, refs, draft, failure)


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
    as_remote=remotes.payment,
    shown=showing.payment,
    further=payments.further,
    watch=Watch(_of_the_customer, _came_after_all),
)
