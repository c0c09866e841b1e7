from __future__ import annotations

from kz_admin.domain import failures


def test_every_refusal_is_one_sentence_for_people() -> None:
    refusals = [
        failures.NotFound(),
        failures.Forbidden("No."),
        failures.Conflict("No."),
        failures.Throttled("No.", 30),
        failures.Wrong("name", "No."),
    ]
    for refusal in refusals:
        assert isinstance(refusal, failures.Refused)
        assert str(refusal) == refusal.sentence
        assert refusal.sentence.endswith(".")


def test_what_more_there_is_to_know_goes_with_it() -> None:
    assert failures.Throttled("Wait.", 30).retry_after_s == 30
    assert failures.Wrong("name", "Enter a name.").field == "name"
