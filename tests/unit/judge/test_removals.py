"""I1 and I10 of what was taken back, broken by hand."""

from __future__ import annotations

from tests.chaos.judge import removals
from tests.unit.judge.sound import T0, Sound, rules_broken

LATER = T0 + 5000


def test_i1_sees_what_was_taken_away_although_it_counts(sound: Sound) -> None:
    sound.take_away(sound.payment_record, "void", at=LATER)
    found = list(removals.nothing_counts_here_and_is_gone_there(sound.evidence()))
    assert rules_broken(found) == {"I1"}
    sound.payment.voided_at = T0 + 4000
    assert list(removals.nothing_counts_here_and_is_gone_there(sound.evidence())) == []


def test_i1_sees_what_was_taken_away_twice(sound: Sound) -> None:
    for place in range(2):
        entry = sound.take_away(sound.payment_record, "void", at=LATER + place * 1000)
    assert "was taken away 2 times" in str(*removals.gone_once(sound.evidence()))
    entry["replayed"] = True
    assert list(removals.gone_once(sound.evidence())) == []


def test_i1_sees_what_was_made_again(sound: Sound) -> None:
    sound.take_away(sound.invoice_record, "void", at=LATER)
    assert list(removals.never_made_again(sound.evidence())) == []
    attempt = sound.attempt(sound.invoice_record, at=LATER + 900, closed_at=LATER + 990, generation=1)
    sound.write(attempt, "Invoice", {}, at=LATER + 910, objects=[("Invoice", "9", "create")])
    assert "again after it had been taken away" in str(*removals.never_made_again(sound.evidence()))


def test_i10_sees_what_went_before_the_money_on_it(sound: Sound) -> None:
    memo, use = sound.credited()
    refund = sound.refunded()
    for place, record in enumerate((use, memo, refund, sound.payment_record, sound.invoice_record)):
        sound.take_away(record, "delete", at=LATER + place * 1000)
    assert list(removals.backwards(sound.evidence())) == []
    sound.journal[-5:] = reversed(sound.journal[-5:])
    for seq, entry in enumerate(sound.journal):
        entry["seq"] = seq
    wrong = [str(one) for one in removals.backwards(sound.evidence())]
    # under the payment and the credit the invoice, under the use the memo, under the refund the payment
    assert len(wrong) == 4
    assert all("which stood on it" in one for one in wrong)
