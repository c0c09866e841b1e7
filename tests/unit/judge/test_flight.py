"""I11 to I13 and I18, broken by hand, and the measure for I16."""

from __future__ import annotations

import json

import pytest

from tests.chaos.judge import flight
from tests.chaos.judge.evidence import most_at_once, most_within
from tests.unit.judge.sound import T0, Sound, rules_broken


def test_i11_sees_two_open_attempts_of_one_document(sound: Sound) -> None:
    sound.attempt(sound.invoice_record, at=T0 + 310, closed_at=T0 + 320)
    assert rules_broken(list(flight.one_attempt_at_a_time(sound.evidence()))) == {"I11"}


def test_i11_sees_an_attempt_beside_one_that_was_never_closed(sound: Sound) -> None:
    sound.attempt(sound.invoice_record, at=T0 + 900)
    sound.attempt(sound.invoice_record, at=T0 + 950)
    assert rules_broken(list(flight.one_attempt_at_a_time(sound.evidence()))) == {"I11"}


def test_i11_sees_two_requests_about_one_document_under_way(sound: Sound) -> None:
    sound.journal.append({**sound.journal[2], "at": sound.journal[2]["at"] + 20})
    assert rules_broken(list(flight.one_write_at_a_time(sound.evidence()))) == {"I11"}
    sound.journal[-1]["at"] = sound.journal[2]["until"]
    assert list(flight.one_write_at_a_time(sound.evidence())) == []


@pytest.mark.parametrize(("number", "broken"), [(8, set()), (9, {"I11"})])
def test_i11_sees_too_many_calls_under_way(sound: Sound, number: int, broken: set[str]) -> None:
    for _ in range(number):
        sound.request("query", at=T0 + 5000)
    assert rules_broken(list(flight.caps_hold(sound.evidence()))) == broken


@pytest.mark.parametrize(
    ("what", "limit", "apart_ms"),
    [("query", 10, 99), ("batch", 40, 1400), ("query", 500, 119)],
    ids=["a second", "batches", "a minute"],
)
def test_i12_sees_a_window_that_overflows(sound: Sound, what: str, limit: int, apart_ms: int) -> None:
    sound.journal.clear()
    empty = json.dumps({"BatchItemRequest": []})
    for number in range(limit):
        sound.request(what, at=T0 + number * apart_ms, body=empty)
    assert list(flight.windows_hold(sound.evidence())) == []
    sound.request(what, at=T0 + limit * apart_ms, body=empty)
    assert rules_broken(list(flight.windows_hold(sound.evidence()))) == {"I12"}


def test_i13_sees_a_call_into_the_silence_and_none_into_another_company(sound: Sound) -> None:
    sound.request("query", at=T0 + 10_000, status=429)
    sound.request("query", at=T0 + 30_000, company="another")
    sound.request("query", at=T0 + 10_500)  # it was leaving already
    sound.request("query", at=T0 + 70_100)
    assert list(flight.silence_is_kept(sound.evidence())) == []
    sound.request("query", at=T0 + 69_000)
    assert rules_broken(list(flight.silence_is_kept(sound.evidence()))) == {"I13"}


def test_i18_sees_two_probes_within_half_a_minute(sound: Sound) -> None:
    start = T0 + 3_600_000
    sound.more["outages"] = [(start, start + 600_000)]
    for after in (0, 0.5, 1, 70, 100):
        sound.request("query", at=start + int(after * 1000), status=503)
    assert list(flight.outages_are_left_alone(sound.evidence())) == []
    sound.request("query", at=start + 110_000, status=503)
    assert rules_broken(list(flight.outages_are_left_alone(sound.evidence()))) == {"I18"}


def test_i16_counts_the_bulk_writes_before_it(sound: Sound) -> None:
    look_up = json.dumps({"BatchItemRequest": [{"bId": "1", "Query": "select * from Customer"}]})
    write = json.dumps({"BatchItemRequest": [{"bId": "1", "operation": "create", "Invoice": {}}]})
    sound.journal.clear()
    for number, body in enumerate((look_up, write, "invoice N-1, kz:", write)):
        sound.request("batch", at=T0 + number, body=body)
        sound.request("batch", at=T0 + number, body=write, company="another")
    assert flight.batches_before(sound.journal, sound.company, "invoice N-1, kz:") == 1
    assert flight.batches_before(sound.journal, sound.company, "invoice N-2, kz:") is None


def test_moments_and_spans_are_counted_at_their_worst() -> None:
    assert most_within([0, 10, 20, 100], 21) == 3
    assert most_within([], 21) == 0
    assert most_at_once([(0, 10), (10, 20), (5, 15)]) == 2
    assert most_at_once([(3, 3), (0, 10)]) == 1
