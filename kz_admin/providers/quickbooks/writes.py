"""Writes: drafts to bytes, bytes over, and what came of each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import OutcomeUnknown, ProviderFailure
from kz_admin.domain.pushing import Draft, Limits, Remote, Request, Verb
from kz_admin.providers.base import Access
from kz_admin.providers.http import Answer
from kz_admin.providers.quickbooks import api, remotes

LIMITS = Limits(
    per_minute=500,
    per_second=10,
    at_once=8,
    bulk_items=30,
    bulk_per_minute=40,
    per_day=None,
    throttled_s=api.THROTTLED_S,
)
TIMEOUT_S = 130  # theirs ends after 120 seconds; whoever waits longer learns what they said
LONGEST_REQUEST_ID = 36  # of a batch; with bIds up to "30" well within the 50 of both together
HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}

VOID = "void"
VOID_AS_UPDATE = frozenset({"Payment"})  # voided by an update that says so

# What builders leave out when there is nothing to say; a change has to say the nothing, or the old text stays.
CLEARED: Mapping[str, Mapping[str, Any]] = {
    "Customer": {
        "GivenName": "",
        "MiddleName": "",
        "FamilyName": "",
        "CompanyName": "",
        "PrimaryEmailAddr": {"Address": ""},
        "PrimaryPhone": {"FreeFormNumber": ""},
        "BillAddr": dict.fromkeys(("Line1", "Line2", "City", "CountrySubDivisionCode", "PostalCode", "Country"), ""),
    },
    "Item": {"Description": ""},
    "Invoice": {"CustomerMemo": {"value": ""}},
    "CreditMemo": {"CustomerMemo": {"value": ""}},
    "RefundReceipt": {"PaymentRefNum": "", "PaymentMethodRef": {"value": ""}},
    "Payment": {"PaymentRefNum": "", "PaymentMethodRef": {"value": ""}},
}


def pack(drafts: Sequence[Draft], request_id: str) -> Request:
    if len(request_id) > LONGEST_REQUEST_ID:
        raise ValueError("this request id is too long for a batch")
    params = {"minorversion": api.MINOR_VERSION, "requestid": request_id}
    if len(drafts) == 1:
        draft = drafts[0]
        body = api.as_json(as_sent(draft))
        return Request("POST", draft.entity.lower(), {**params, **_operation(draft)}, HEADERS, body)
    items = [_batch_item(place, draft) for place, draft in enumerate(drafts, start=1)]
    return Request("POST", "batch", params, HEADERS, api.as_json({"BatchItemRequest": items}))


def as_sent(draft: Draft) -> dict[str, Any]:
    """A change says only what we say, so that what people added over there stays; lines are always replaced whole."""
    if draft.verb is Verb.UPDATE:
        # what comes back after it was made inactive keeps all it had; of a project we only ever say the name
        keeps = "Active" in draft.body or draft.kind is Kind.PROJECT
        blank = {} if keeps else CLEARED.get(draft.entity, {})
        return {"sparse": True, **{key: _over(value, draft.body.get(key)) for key, value in blank.items()}} | {
            key: value for key, value in draft.body.items() if key not in blank
        }
    if _voids_by_update(draft):
        return {"sparse": True, **draft.body}
    return dict(draft.body)


def _over(blank: Any, said: Any) -> Any:
    """What is said, and nothing in the parts it does not mention."""
    return {**blank, **(said or {})} if isinstance(blank, Mapping) else said or blank


def _operation(draft: Draft) -> dict[str, str]:
    if _voids_by_update(draft):
        return {"operation": "update", "include": VOID}
    return {"operation": draft.operation} if draft.operation else {}


def _batch_item(place: int, draft: Draft) -> dict[str, Any]:
    operation = draft.operation or draft.verb.value
    options = {"optionsData": f"include={VOID}"} if _voids_by_update(draft) else {}
    if options:
        operation = "update"
    return {"bId": str(place), "operation": operation, **options, draft.entity: as_sent(draft)}


def _voids_by_update(draft: Draft) -> bool:
    return draft.operation == VOID and draft.entity in VOID_AS_UPDATE


def send(access: Access, request: Request) -> Answer:
    return api.send(
        access,
        request.method,
        request.path,
        params=request.params,
        headers=request.headers,
        body=request.body,
        timeout_s=TIMEOUT_S,
    )


def read(answer: Answer, drafts: Sequence[Draft]) -> Sequence[Remote | ProviderFailure]:
    """In the order of the drafts. A call that failed as a whole raises."""
    document = api.read(answer)
    if len(drafts) == 1:
        return [_single(answer, drafts[0], document)]
    items = {str(item.get("bId")): item for item in remotes.rows_of(document.get("BatchItemResponse"))}
    return [_of_batch(answer, draft, items.get(str(place))) for place, draft in enumerate(drafts, start=1)]


def _of_batch(answer: Answer, draft: Draft, item: Mapping[str, Any] | None) -> Remote | ProviderFailure:
    if item is None:
        return OutcomeUnknown("an item without an answer", status=answer.status, reference=answer.reference)
    return api.failure_of(answer, item) or _single(answer, draft, item)


def _single(answer: Answer, draft: Draft, document: Mapping[str, Any]) -> Remote | ProviderFailure:
    row = document.get(draft.entity)
    if not isinstance(row, Mapping) or not row.get("Id"):
        return OutcomeUnknown("an answer without the object", status=answer.status, reference=answer.reference)
    return remotes.as_remote(draft.entity, row)
