"""What is suggested for each of ours, and how sure it is. A wrong suggestion accepted is money in the wrong place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kz_admin.domain.auto_match import STRONG, Certainty, Side, Suggestion, contested, match

EXACT, NEAR, AMBIGUOUS = Certainty.EXACT, Certainty.NEAR, Certainty.AMBIGUOUS


def only(mine: Side, *theirs: Side) -> Suggestion | None:
    return match([mine], theirs).get(mine.key)


def sure(mine: Side, *theirs: Side) -> Suggestion:
    found = only(mine, *theirs)
    assert found
    return found


@pytest.mark.promise("K-QBO-26")
def test_names_equal_but_for_case_and_space_pair_and_two_such_do_not() -> None:
    theirs = [Side("1", "Acme trading"), Side("2", "BALTIC"), Side("3", "Baltic")]
    found = match([Side("a", " ACME  Trading"), Side("b", "baltic"), Side("c", "Zebra")], theirs)
    assert (found["a"].options, found["a"].certainty, found["a"].why) == (("1",), EXACT, "same name")
    assert (found["b"].options, found["b"].certainty) == (("2", "3"), AMBIGUOUS)
    assert "c" not in found


def test_an_e_mail_comes_first_whatever_the_name() -> None:
    found = sure(Side("a", "Acme", "pay@acme.example"), Side("1", "Zebra", "PAY@acme.example"), Side("2", "Bcme"))
    assert (found.options, found.certainty, found.why) == (("1",), EXACT, "same e-mail")


def test_of_two_with_the_same_e_mail_the_one_with_the_name() -> None:
    mine = Side("a", "Acme", "x@y.example")
    both = [Side("1", "Other", "x@y.example"), Side("2", "ACME", "x@y.example")]
    assert (sure(mine, *both).options, sure(mine, *both).why) == (("2",), "same e-mail and name")
    assert sure(mine, both[0], Side("3", "Third", "x@y.example")).certainty is AMBIGUOUS


def test_e_mail_and_name_that_point_at_two_are_a_question() -> None:
    found = sure(Side("a", "Acme", "x@y.example"), Side("1", "Zebra", "x@y.example"), Side("2", "Acme"))
    assert (set(found.options), found.certainty) == ({"1", "2"}, AMBIGUOUS)
    assert found.why == "one has the same e-mail, another the same name"


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        (Side("a", "Acme", "a@x.example"), Side("1", "Acme", "b@x.example"), "same name, other e-mail"),
        (Side("a", "Acme", code="7"), Side("1", "Acme", code="8"), "same name, other code"),
        (Side("a", "Acme", address="1 Low St"), Side("1", "Acme", address="9 Hill Rd"), "same name, other address"),
        (Side("a", "Acme Ltd"), Side("1", "Acme GmbH"), "same name with another legal form"),
        (Side("a", "Acme"), Side("1", "Acme", active=False), "same name, inactive over there"),
        (Side("a", "Acme"), Side("1", "Acme (deleted)", active=False), "same name, inactive over there"),
        (Side("a", "Hotel Adlon"), Side("1", "Adlon Hotel"), "same words in another order"),
    ],
)
def test_what_speaks_against_an_equal_name_or_is_only_near(mine: Side, theirs: Side, why: str) -> None:
    found = sure(mine, theirs)
    assert found.certainty is NEAR
    assert found.why == why
    assert found.score < STRONG


def test_letters_alone_only_suggest() -> None:
    found = sure(Side("a", "Harbour Bakery"), Side("1", "Harbuor Bakery"), Side("2", "Harbor Bakery"))
    assert (set(found.options), found.certainty) == ({"1", "2"}, NEAR)
    assert found.why.startswith("name ")
    assert found.why.endswith(" % alike")


def test_the_better_reason_wins_and_says_itself() -> None:
    found = sure(Side("a", "Acme"), Side("1", "Acme Ltd"), Side("2", "Acme"))
    assert (found.options, found.certainty) == (("2",), EXACT)
    found = sure(Side("a", "Acme"), Side("1", "Acme Ltd"))
    assert (found.certainty, found.why) == (EXACT, "same name but for the legal form")


def test_an_address_makes_a_near_name_strong_but_never_exact() -> None:
    mine = Side("a", "Michaela Neumann", address="8 Stanley Street Winston Hills 4223")
    there = Side("1", "Micheala Neuman", address="8 stanley st, winston hills 4223")
    found = sure(mine, there, Side("2", "Michael Newman", address="77 Hay Road Perth 6000"))
    assert (found.options[0], found.certainty) == ("1", NEAR)
    assert found.score >= STRONG
    assert "same address" in found.why


def test_the_same_code_is_worth_a_look_whatever_the_name() -> None:
    found = sure(Side("a", "Website care", code="WC-1"), Side("1", "Maintenance", code="wc-1"))
    assert found.certainty is NEAR
    assert found.why.startswith("same code")


def test_a_namesake_of_another_place_is_not_suggested() -> None:
    assert only(Side("a", "Acme North Ltd"), Side("1", "Acme South Ltd")) is None
    assert only(Side("a", "Smith & Sons"), Side("1", "Smith & Daughters")) is None


def test_two_subjects_with_one_exact_option_are_contested() -> None:
    found = match(
        [Side("a", "Acme"), Side("b", "Acme Ltd"), Side("c", "Zebra")], [Side("1", "Acme"), Side("2", "Zebra")]
    )
    assert contested(found) == {"a", "b"}


def test_nothing_is_suggested_for_names_that_say_nothing() -> None:
    assert match([Side("a", ""), Side("b", " ")], [Side("1", ""), Side("2", "  ")]) == {}


def test_names_of_ten_thousand_letters_take_no_time() -> None:
    long = "ab " * 3_400
    began = time.process_time()
    found = match([Side(str(n), long + str(n)) for n in range(10)], [Side(str(n), f"{long}{n} x") for n in range(10)])
    assert time.process_time() - began < 1
    assert all(one.certainty is not EXACT for one in found.values())


WORDS = st.sampled_from(["acme", "Acmé", "north", "south", "Ltd", "GmbH", "&", "sons", "7", "Lund,", "Ada"])
SIDES = st.builds(
    lambda name, email, code, active: (" ".join(name), email, code, active),
    st.lists(WORDS, max_size=4),
    st.sampled_from(["", "a@x.example", "b@x.example"]),
    st.sampled_from(["", "1", "2"]),
    st.booleans(),
)


def sides(rows: list[tuple[str, str, str, bool]], prefix: str) -> list[Side]:
    return [Side(f"{prefix}{n}", *row) for n, row in enumerate(rows)]


@given(st.lists(SIDES, max_size=6), st.lists(SIDES, max_size=6), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_rules_hold_for_all_and_in_any_order(mine: list, theirs: list, chance: object) -> None:  # type: ignore[type-arg]
    ours, options = sides(mine, "o"), sides(theirs, "t")
    found = match(ours, options)
    by_key = {side.key: side for side in options}
    for key, one in found.items():
        assert one.subject == key
        assert len(set(one.options)) == len(one.options)
        assert 0 < one.score <= 1
        if one.certainty is EXACT:
            assert len(one.options) == 1
            assert by_key[one.options[0]].active
            assert "alike" not in one.why
        elif one.certainty is AMBIGUOUS:
            assert len(one.options) > 1
            assert all(by_key[option].active for option in one.options)
        else:
            assert 1 <= len(one.options) <= 3
    shuffled = list(options)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert match(list(reversed(ours)), shuffled) == found
