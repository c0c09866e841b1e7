"""I4, I5, I10 and I19, broken by hand."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.chaos.judge import calls, verdict
from tests.unit.judge.sound import COMPANY, T0, Sound, rules_broken


def test_i4_sees_a_request_without_a_call(sound: Sound) -> None:
    sound.request("invoice", at=T0, body="{}", request_id="stray")
    assert "without a Call" in str(*calls.committed_before_it_left(sound.evidence()))
    sound.more["lost"] = [(T0 - 1, T0 + 1)]  # its Call went with the database that was restored
    assert list(calls.committed_before_it_left(sound.evidence())) == []


def test_i4_sees_other_bytes(sound: Sound) -> None:
    sound.journal[2]["body"] += " "
    assert "other bytes" in str(*calls.committed_before_it_left(sound.evidence()))


def test_i4_sees_a_request_that_was_faster_than_its_commit(sound: Sound) -> None:
    sound.call_of(sound.invoice_record).first_sent_at += 10_000
    assert "before its Call" in str(*calls.committed_before_it_left(sound.evidence()))


def test_i4_sees_a_call_about_nothing(sound: Sound) -> None:
    sound.rows.attempts = [one for one in sound.rows.attempts if one.sync_record_id != sound.client_record.id]
    assert "about no document" in str(*calls.committed_before_it_left(sound.evidence()))


def test_i4_asks_nothing_of_look_ups(sound: Sound) -> None:
    queries = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Invoice"}]}
    sound.request("query", at=T0, body="select * from Customer")
    sound.request("batch", at=T0, body=json.dumps(queries))
    assert verdict(sound.evidence()) == []


def test_i5_sees_one_id_with_two_bodies(sound: Sound) -> None:
    sound.request("invoice", at=T0, body="{}", request_id=sound.journal[2]["request_id"])
    assert "with 2 bodies" in str(*calls.one_id_one_body(sound.evidence()))


def test_i5_sees_a_write_without_an_id(sound: Sound) -> None:
    sound.request("invoice", at=T0, body="{}")
    assert "no request id" in str(*calls.one_id_one_body(sound.evidence()))


@pytest.mark.parametrize(("what", "request_id", "bid"), [("invoice", "x" * 51, ""), ("batch", "x" * 37, "1")])
def test_i5_sees_ids_that_are_too_long(sound: Sound, what: str, request_id: str, bid: str) -> None:
    body = {"BatchItemRequest": [{"bId": bid, "operation": "create", "Invoice": {}}]} if bid else {}
    sound.request(what, at=T0, body=json.dumps(body), request_id=request_id)
    assert rules_broken(list(calls.ids_are_short(sound.evidence()))) == {"I5"}


def test_i5_sees_a_bid_that_makes_an_id_too_long(sound: Sound) -> None:
    body = {"BatchItemRequest": [{"bId": "b" * 11, "operation": "create", "Invoice": {}}]}
    sound.request("batch", at=T0, body=json.dumps(body), request_id="x")
    assert rules_broken(list(calls.ids_are_short(sound.evidence()))) == {"I5"}


def test_i19_sees_an_id_made_by_chance(sound: Sound) -> None:
    call = sound.call_of(sound.payment_record)
    call.request_id = sound.journal[3]["request_id"] = "by-chance"
    assert rules_broken(list(calls.ids_follow_from_the_document(sound.evidence()))) == {"I19"}


def test_i19_sees_a_write_that_reached_another_company(sound: Sound) -> None:
    sound.journal[3]["company"] = "9341000000000002"
    assert rules_broken(list(calls.one_company_per_connection(sound.evidence()))) == {"I19"}
    assert rules_broken(list(calls.ids_follow_from_the_document(sound.evidence()))) == {"I19"}


def test_i19_sees_a_frozen_document_leave(sound: Sound) -> None:
    sound.connection.reset_at = T0 + 500
    assert list(calls.nothing_frozen_leaves(sound.evidence())) == []
    sound.attempt(sound.invoice_record, at=T0 + 600, verb="update")
    assert rules_broken(list(calls.nothing_frozen_leaves(sound.evidence()))) == {"I19"}


def test_i10_sees_money_that_was_faster_than_its_invoice_over_there(sound: Sound) -> None:
    sound.journal[2]["at"] = T0 + 5000
    assert rules_broken(list(calls.money_after_its_invoice(sound.evidence()))) == {"I10"}


def test_i10_sees_money_that_did_not_wait_for_our_answer(sound: Sound) -> None:
    next(one for one in sound.rows.attempts if one.sync_record_id == sound.invoice_record.id).closed_at = T0 + 9000
    assert rules_broken(list(calls.money_waits_in_our_rows(sound.evidence()))) == {"I10"}


def test_i10_sees_a_revision_that_goes_back(sound: Sound) -> None:
    for revision, at in ((3, T0 + 600), (2, T0 + 700)):
        more = {"verb": "update", "revision": revision, "outcome": "applied"}
        sound.attempt(sound.invoice_record, at=at, closed_at=at + 50, **more)
    assert "revisions [1, 3, 2]" in str(*calls.changes_follow_in_order(sound.evidence()))


def test_i10_sees_a_second_create(sound: Sound) -> None:
    sound.attempt(sound.invoice_record, at=T0 + 600, closed_at=T0 + 650, outcome="applied")
    assert "created after" in str(*calls.changes_follow_in_order(sound.evidence()))


def test_i10_sees_a_version_replaced_twice(sound: Sound) -> None:
    body = json.dumps({"Id": "3", "SyncToken": "4", "sparse": True})
    for number in (1, 2):
        sound.request("invoice", at=T0 + number, body=body, request_id=f"r-{uuid4().hex[:9]}", committed=True)
    assert "version 4" in str(*calls.versions_rise(sound.evidence()))
    assert sound.journal[-1]["company"] == COMPANY
