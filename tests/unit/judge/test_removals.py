"""I1 and I10 of what was taken back, broken by hand."""

from __future__ import annotations

from tests.chaos.judge import calls, once, removals, verdict
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


def test_i1_lets_an_invoice_be_credited_in_place_of_its_void_and_only_then(sound: Sound) -> None:
    memo, use = sound.credited_instead()
    assert verdict(sound.evidence()) == []
    memo.remote_id = use.remote_id = None  # whatever our rows have forgotten of it
    sound.invoice.voided_at = None
    found = list(removals.voided_or_credited(sound.evidence()))
    assert "is credited there, and counts here" in str(*found)


def test_i1_sees_what_was_voided_and_credited(sound: Sound) -> None:
    sound.credited_instead()
    sound.take_away(sound.invoice_record, "void", at=LATER)
    found = [str(one) for one in removals.voided_or_credited(sound.evidence())]
    assert "was voided there and credited there" in found[0]
    sound.objects["Invoice"].clear()
    assert "is credited here and gone there" in str(*once.done_means_there(sound.evidence()))


def test_i1_sees_two_credits_for_one_invoice(sound: Sound) -> None:
    memo, _ = sound.credited_instead()
    attempt = sound.attempt(memo, at=LATER, closed_at=LATER + 60, generation=1)
    sound.write(attempt, "CreditMemo", {}, at=LATER + 10, objects=[("CreditMemo", "99", "create")])
    assert "was credited 2 times" in str(*removals.voided_or_credited(sound.evidence()))
    sound.objects["CreditMemo"].append({**sound.objects["CreditMemo"][0], "Id": "99"})
    assert "is there 2 times" in str(*once.at_most_one_live_object(sound.evidence()))


def test_i10_sees_a_use_that_left_before_its_credit_was_known(sound: Sound) -> None:
    memo, _ = sound.credited_instead()
    for attempt in sound.rows.attempts:
        if attempt.sync_record_id == memo.id:
            attempt.closed_at = LATER
    assert "left before invoice" in str(*calls.money_waits_in_our_rows(sound.evidence()))
