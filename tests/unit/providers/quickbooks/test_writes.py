"""Drafts to bytes, and answers to what came of each draft."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.problems import (
    AccessRefused,
    OutcomeUnknown,
    ProviderFailure,
    Rejected,
    SlowDown,
    TokenRefused,
)
from kz_admin.domain.pushing import Draft, Ref, Remote
from kz_admin.providers.http import Answer
from kz_admin.providers.quickbooks import customers, invoices, payments_there, writes
from tests.unit.providers.quickbooks.ours import client, invoice, payment, refs, settled, sold

REQUEST_ID = "a" * 32
RECORD = invoice(sold("3", "33.333333"))
CREATE = invoices.build(RECORD, refs(RECORD))
CHANGE = invoices.build(RECORD, refs(RECORD, own=Ref("266", version="4", created_by_us=True)))
VOIDED = invoice(state=InvoiceState.VOID)
VOID = invoices.build(VOIDED, refs(VOIDED, own=Ref("266", version="4")))
PAID = uuid4()
MONEY = payment((PAID, 100), voided=True)
VOID_PAYMENT = payments_there.build(MONEY, refs(MONEY, partners=settled((PAID, Ref("266"))), own=Ref("9", version="1")))


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers, text, "tid-1")


def fault(code: str, words: str = "words", kind: str = "ValidationFault") -> dict[str, Any]:
    return {"Fault": {"Error": [{"Message": words, "code": code}], "type": kind}}


def said(draft: Draft) -> tuple[str, dict[str, str], dict[str, Any]]:
    request = writes.pack([draft], REQUEST_ID)
    return request.path, dict(request.params), json.loads(request.body, parse_float=Decimal)


def test_a_create_leaves_with_exact_numbers_and_its_request_id() -> None:
    request = writes.pack([CREATE], REQUEST_ID)
    assert (request.method, request.path) == ("POST", "invoice")
    assert request.params == {"minorversion": "75", "requestid": REQUEST_ID}
    assert request.headers == {"Accept": "application/json", "Content-Type": "application/json"}
    assert b'"Amount":100.00,' in request.body
    assert b'"UnitPrice":33.333333' in request.body
    assert "Authorization" not in request.headers


def test_the_same_draft_is_the_same_bytes() -> None:
    assert writes.pack([CREATE], REQUEST_ID) == writes.pack([CREATE], REQUEST_ID)


def test_a_change_is_sparse_and_takes_back_what_is_said_no_more() -> None:
    path, params, body = said(CHANGE)
    assert (path, "operation" in params) == ("invoice", False)
    assert (body["sparse"], body["Id"], body["SyncToken"]) == (True, "266", "4")
    assert body["CustomerMemo"] == {"value": ""}
    twin = client()
    back = customers.build(twin, refs(twin, choices={"reactivate": "7", "version": "3"}))
    assert said(back)[2].keys() == {"sparse", "Id", "SyncToken", "Active", "DisplayName"}


def test_each_kind_is_voided_their_way() -> None:
    assert said(VOID)[1]["operation"] == "void"
    path, params, body = said(VOID_PAYMENT)
    assert (path, params["operation"], params["include"]) == ("payment", "update", "void")
    assert body == {"sparse": True, "Id": "9", "SyncToken": "1"}


def test_several_travel_in_one_batch_with_short_ids() -> None:
    drafts = [CREATE, CHANGE, VOID, VOID_PAYMENT] + [CREATE] * 26
    request = writes.pack(drafts, REQUEST_ID)
    items = json.loads(request.body)["BatchItemRequest"]
    assert (request.path, len(items)) == ("batch", 30)
    assert [item["bId"] for item in items] == [str(number) for number in range(1, 31)]
    assert [item["operation"] for item in items[:4]] == ["create", "update", "void", "update"]
    assert items[1]["Invoice"]["sparse"] is True
    assert items[3]["optionsData"] == "include=void"
    with pytest.raises(ValueError, match="too long"):
        writes.pack(drafts, "a" * 37)


def test_one_answer_is_one_object_read_exactly() -> None:
    body = b'{"Invoice":{"Id":"266","SyncToken":"0","TotalAmt":300.10,"Balance":0,"CurrencyRef":{"value":"USD"}}}'
    (found,) = writes.read(answer(body), [CREATE])
    assert isinstance(found, Remote)
    assert (found.remote_id, found.total, found.balance) == ("266", 30010, 0)


@pytest.mark.parametrize(
    ("given", "failure"),
    [
        (answer(b"<html>", 502), OutcomeUnknown),
        (answer(b"{", 200), OutcomeUnknown),
        (answer(fault("10000", kind="SystemFault"), 400), OutcomeUnknown),
        (answer(fault("600"), 400), OutcomeUnknown),
        (answer(fault("6240"), 400), Rejected),
        (answer(fault("6240"), 200), Rejected),
        (answer(b"<html>", 404), Rejected),
        (answer({"Fault": "odd"}, 400), Rejected),
        (answer(fault("003001"), 429), SlowDown),
        (answer(fault("1", "message=ThrottleExceeded; errorCode=003001"), 403), SlowDown),
        (answer(fault("150"), 400), SlowDown),
        (answer(fault("3200"), 401), TokenRefused),
        (answer(fault("3100"), 403), AccessRefused),
        (answer(fault("120"), 401), AccessRefused),
    ],
)
def test_a_call_that_failed_as_a_whole_raises(given: Answer, failure: type[ProviderFailure]) -> None:
    for drafts in ([CREATE], [CREATE, VOID]):
        with pytest.raises(failure) as told:
            writes.read(given, drafts)
        assert told.value.reference == "tid-1" or given.body in (b"{",)


def test_an_answer_without_the_object_tells_nothing() -> None:
    for body in ({}, {"Invoice": {}}, {"Customer": {"Id": "1"}}, {"Invoice": []}):
        (found,) = writes.read(answer(body), [CREATE])
        assert isinstance(found, OutcomeUnknown)


def test_each_item_of_a_batch_has_its_own_result_in_our_order() -> None:
    items = [
        {"bId": "3", **fault("3001")},
        {"bId": "1", "Invoice": {"Id": "266", "SyncToken": "0"}},
        {"bId": "2", **fault("6140")},
        {"bId": "5", **fault("10000")},
        {"bId": "99", "Invoice": {"Id": "267"}},
    ]
    found = writes.read(answer({"BatchItemResponse": items}), [CREATE] * 5)
    assert [type(one) for one in found] == [Remote, Rejected, SlowDown, OutcomeUnknown, OutcomeUnknown]
    slow = found[2]
    assert isinstance(slow, SlowDown)
    assert slow.retry_after_s == 60


def test_their_word_on_waiting_is_obeyed() -> None:
    with pytest.raises(SlowDown) as told:
        writes.read(answer({}, 429, **{"Retry-After": "7"}), [CREATE])
    assert told.value.retry_after_s == 7
