"""I8, I9 and I20, broken by hand."""

from __future__ import annotations

from tests.chaos.judge import access
from tests.unit.judge.sound import T0, Sound, rules_broken

HOUR = 3_600_000


def test_i8_sees_two_refreshes_at_once(sound: Sound) -> None:
    sound.token_call(at=T0, shown="one", got="two", until=T0 + 500)
    sound.token_call(at=T0 + 600, shown="two", got="three")
    assert list(access.one_refresh_at_a_time(sound.evidence())) == []
    sound.token_call(at=T0 + 400, shown="two")
    assert rules_broken(list(access.one_refresh_at_a_time(sound.evidence()))) == {"I8"}


def test_i8_sees_more_refreshes_than_an_hour_needs(sound: Sound) -> None:
    for number in range(3):
        sound.token_call(at=T0 + number * HOUR // 4, shown=f"t{number}", got=f"t{number + 1}")
    assert rules_broken(list(access.no_more_refreshes_than_needed(sound.evidence()))) == {"I8"}
    sound.journal[-1]["at"] += HOUR
    assert list(access.no_more_refreshes_than_needed(sound.evidence())) == []


def test_i9_sees_a_dead_grant_that_is_asked_again_and_again(sound: Sound) -> None:
    for number in range(4):
        sound.token_call(at=T0 + number * 1000, shown="dead", status=400)
    assert rules_broken(list(access.a_dead_grant_is_left_alone(sound.evidence()))) == {"I9"}


def ended(sound: Sound) -> None:
    sound.connection.state, sound.connection.state_since = "disconnected", T0 + 1000
    entry = sound.request("", at=T0 + 990, company=None)
    entry["path"] = "/quickbooks/oauth2/v1/tokens/revoke"


def test_i20_sees_tokens_that_were_kept(sound: Sound) -> None:
    ended(sound)
    assert list(access.the_end_is_the_end(sound.evidence())) == []
    sound.connection.previous_refresh_sealed = "kz1.sealed"
    assert "keeps tokens" in str(*access.the_end_is_the_end(sound.evidence()))


def test_i20_sees_a_provider_that_was_not_told(sound: Sound) -> None:
    ended(sound)
    sound.journal.pop()
    assert "nobody told" in str(*access.the_end_is_the_end(sound.evidence()))


def test_i20_sees_a_call_after_the_end(sound: Sound) -> None:
    ended(sound)
    sound.request("query", at=T0 + 2000)
    assert "after connection" in str(*access.the_end_is_the_end(sound.evidence()))


def test_i20_lets_through_what_was_leaving_already(sound: Sound) -> None:
    ended(sound)
    call = sound.call_of(sound.invoice_record)
    call.last_sent_at = T0 + 900
    sound.request("invoice", at=T0 + 2000, request_id=call.request_id)
    assert list(access.the_end_is_the_end(sound.evidence())) == []
    sound.journal[-1]["at"] = T0 + 13_000
    assert "after connection" in str(*access.the_end_is_the_end(sound.evidence()))
