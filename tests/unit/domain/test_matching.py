"""Which customer a client is: by e-mail, else by name where it counts, else a new one that nobody confuses."""

from __future__ import annotations

import pytest

from kz_admin.domain.matching import Candidate, Fits, New, Sought, Twin, choose, next_suffix, shares_address


def sought(name: str = "Ada Lund", email: str = "ada@lund.example", currency: str = "USD", **more: bool) -> Sought:
    return Sought(name, email, currency, by_name=more.get("by_name", False), taken=more.get("taken", False))


def there(remote_id: str, name: str = "Ada Lund", email: str = "ada@lund.example", **more: object) -> Candidate:
    return Candidate(remote_id, name, email, **{"currency": "USD", **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "theirs",
    ["ada@lund.example", " ADA@lund.Example ", "office@lund.example, ada@lund.example", "x@y.z;ada@lund.example"],
)
def test_an_e_mail_address_is_found_whatever_its_case_and_among_others(theirs: str) -> None:
    assert shares_address("Ada@Lund.example", theirs)
    assert isinstance(choose(sought(), [there("9", "Somebody Else", theirs)]), Fits)


@pytest.mark.parametrize("theirs", ["", "eada@lund.example", "ada@lund.example.org", "ada+x@lund.example"])
def test_an_address_that_only_contains_ours_is_another_one(theirs: str) -> None:
    assert choose(sought(), [there("9", "Somebody Else", theirs)]) == New()


def test_of_several_the_oldest_active_one_at_the_top_in_our_currency() -> None:
    candidates = [
        there("110"),
        there("20"),
        there("3", top_level=False),
        there("4", active=False),
        there("5", currency="EUR"),
    ]
    assert choose(sought(), candidates) == Fits(candidates[1])
    assert choose(sought(), candidates[2:3]) == New()


def test_a_name_alone_counts_only_where_that_is_allowed() -> None:
    named = there("7", " ada  LUND", "")
    assert choose(sought(email=""), [named]) == New(" (customer)")
    assert choose(sought(email="", by_name=True), [named]) == Fits(named)
    assert choose(sought(by_name=True), [named]) == Fits(named)
    assert choose(sought(email="", by_name=True), [there("7")]) == Fits(there("7"))


def test_the_same_name_with_another_address_is_somebody_else() -> None:
    other = there("7", email="ada@other.example")
    for by_name in (True, False):
        assert choose(sought(by_name=by_name), [other]) == New(" (ada@lund.example)")


@pytest.mark.parametrize("name", ["Ada Lund (deleted)", "Ada Lund", "Ada Lund (deleted-2)"])
def test_the_same_one_made_inactive_is_a_question_for_people(name: str) -> None:
    twin = there("7", name, active=False)
    assert choose(sought(), [twin]) == Twin(twin)


def test_an_inactive_one_with_another_address_or_name_is_nobody() -> None:
    assert choose(sought(), [there("7", "Ada Lund (deleted)", "b@b.example", active=False)]) == New()
    assert choose(sought(), [there("7", "Ada Lund (deleted)", "", active=False)]) == New()
    assert choose(sought(), [there("7", "Old Name (deleted)", active=False)]) == New()


def test_an_active_one_goes_before_its_inactive_twin() -> None:
    active = there("9", "Ada L.")
    assert choose(sought(), [there("7", "Ada Lund (deleted)", active=False), active]) == Fits(active)


def test_a_second_currency_makes_a_second_customer() -> None:
    assert choose(sought(currency="EUR"), [there("7")]) == New(" (EUR)")
    assert choose(sought(currency="EUR"), [there("7", "Lund Ltd")]) == New()


def test_a_name_that_a_vendor_or_an_employee_has_gets_an_ending() -> None:
    assert choose(sought(taken=True), []) == New(" (customer)")


def test_a_refused_ending_is_followed_by_a_number() -> None:
    assert next_suffix(" (customer)") == " (customer) (2)"
    assert next_suffix(" (customer) (2)") == " (customer) (3)"
