"""Whether what stands over there is what we sent, when its answer was lost (reliability.md 2.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from kz_admin.domain.agreement import disagreements
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Question, Remote, Rows, Verb
from kz_admin.providers.quickbooks import api, questions, remotes

AsRemote = Callable[[Mapping[str, Any]], Remote]

# What they rewrite by their own rules: versions, addresses in lines, tax by their rates.
NOT_COMPARED = frozenset({"Id", "SyncToken", "BillAddr", "TxnTaxDetail", "ApplyTaxAfterDiscount"})
ADDED_BY_THEM = "SubTotalLineDetail"


def find(draft: Draft, sent_at: int) -> Sequence[Question]:
    """Of sales and money: what was made since for this customer, and what has this number."""
    if draft.verb is not Verb.CREATE:
        return [questions.by_id(draft.entity, draft.remote_id)]
    customer = f"CustomerRef = {api.quoted(draft.expected.customer)}"
    found = [questions.where(draft.entity, customer, questions.made_since(sent_at))]
    if draft.expected.number:
        found.append(questions.where(draft.entity, f"DocNumber = {api.quoted(draft.expected.number)}"))
    return found


def recognise(draft: Draft, answers: Sequence[Rows]) -> Remote | None:
    """What carries our marker, or what was changed as we said."""
    seen = changed if draft.verb is not Verb.CREATE else marked
    return seen(draft, answers, partial(remotes.as_remote, draft.entity))


def agrees(expected: Expected, remote: Remote) -> bool:
    return not disagreements(expected, remote)


def marked(draft: Draft, answers: Sequence[Rows], as_remote: AsRemote) -> Remote | None:
    """The one object that carries our marker; one that carries it and says something else is nobody's to adopt."""
    marker = draft.expected.marker
    rows = {str(row.get("Id")): row for answer in answers for row in answer}
    found = [one for one in map(as_remote, rows.values()) if marker and marker in one.text]
    if not found:
        return None
    remote, subject = found[0], marker.rpartition(":")[2]
    facts = {"remote_type": remote.remote_type, "remote_id": remote.remote_id, "number": remote.number}
    if len(found) > 1:
        raise Unfit(Problem(Slug.SEVERAL_MATCHES, subject, facts))
    wrong = disagreements(draft.expected, remote) + (["total"] if _total_differs(draft, remote) else [])
    if wrong:
        raise Unfit(Problem(Slug.DIFFERS_THERE, subject, {**facts, "differs": ", ".join(wrong)}))
    return remote


def _total_differs(draft: Draft, remote: Remote) -> bool:
    """With or without tax, which their side may work out by its own rates: equal in one of them is enough."""
    ours = draft.expected
    if ours.total is None or remote.total is None or ours.total == remote.total:
        return False
    tax = ours.tax
    if tax is None:  # kept before drafts said it
        tax = remotes.minor_of(draft.body.get("TxnTaxDetail", {}).get("TotalTax"), ours.currency) or 0
    return ours.total - tax != remote.total - (remote.tax or 0)


def changed(draft: Draft, answers: Sequence[Rows], as_remote: AsRemote) -> Remote | None:
    """An update or a removal: the object as it is now, if it shows what we said."""
    if draft.operation == "delete":
        return None if any(answers) else Remote(draft.entity, draft.remote_id)
    for row in (row for answer in answers for row in answer):
        remote = as_remote(row)
        if remote.remote_id == draft.remote_id and _done(draft, row, remote):
            return remote
    return None


def _done(draft: Draft, row: Mapping[str, Any], remote: Remote) -> bool:
    if draft.verb is Verb.REMOVE:
        return not remote.total and remote.version != draft.body.get("SyncToken")
    return shows(draft.body, row)


def shows(said: object, found: object) -> bool:
    """Everything we say is there; what they say beside it does not matter."""
    if isinstance(said, Mapping):
        if not isinstance(found, Mapping):
            return False
        return all(shows(value, found.get(key)) for key, value in said.items() if key not in NOT_COMPARED)
    if isinstance(said, list):
        theirs = [one for one in remotes.rows_of(found) if one.get("DetailType") != ADDED_BY_THEM]
        return len(said) == len(theirs) and all(shows(one, other) for one, other in zip(said, theirs, strict=True))
    if isinstance(said, Decimal | int) and not isinstance(said, bool):
        return remotes.decimal_of(found) == said
    return said == found
