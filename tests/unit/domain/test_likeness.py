"""How alike two names are: what is the same, what is nearly the same, and what only looks so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kz_admin.domain.likeness import likeness, read

NAMES = st.text(" aAbBéÉß&.,'-0 1の가की+/", max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME  Trading", "acme trading"),
        ("Müller & Söhne GmbH", "Muller and Sohne G.m.b.H."),
        ("O'Brien Ltd", "O’Brien Limited"),
        ("Lund, Ada", "Ada Lund"),
        ("The Harbour Bakery", "Harbour Bakery Inc."),
        ("Acme, Inc.", "Acme Incorporated"),
        ("Dupont S.A.R.L.", "Dupont SARL"),
        ("Kowalski Sp. z o.o.", "Kowalski sp z o o"),
        ("Baltic Intl", "Baltic International"),
        ("I.B.M.", "IBM"),
        ("Ørsted A/S", "Orsted"),
        ("Ørsted A/S", "Ørsted AS"),
    ],
)
def test_the_same_name_written_in_two_ways(one: str, other: str) -> None:
    assert read(one).key == read(other).key != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme North Ltd", "Acme South Ltd"),
        ("Smith & Sons", "Smith & Daughters"),
        ("VAT 20%", "VAT 2%"),
        ("VAT 17.5 %", "VAT 175 %"),
        ("Smith & Co", "Smith"),
        ("Widget 10 mm", "Widget 12 mm"),
        ("かき", "がき"),
        ("की", "का"),
        ("White", "Joshua White"),
    ],
)
def test_what_only_looks_alike(one: str, other: str) -> None:
    assert read(one).key != read(other).key
    assert likeness(read(one), read(other)) < 0.8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour Bakery", "Harbuor Bakery"),
        ("J Smith", "John Smith"),
        ("Mueller Bau", "Müller Bau"),
        ("Web Shop", "Webshop"),
    ],
)
def test_a_typing_error_or_an_initial_is_near(one: str, other: str) -> None:
    assert 0.8 <= likeness(read(one), read(other)) < 1


def test_forms_that_mean_the_same_are_one_and_others_are_not() -> None:
    assert read("Acme Ltd").form == read("ACME LIMITED").form != read("Acme GmbH").form
    assert read("Acme").form is None
    assert read("AG").core == ("ag",)


@given(NAMES, NAMES)
@settings(max_examples=60, deadline=None)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(read(one), read(other)) <= 1
    assert likeness(read(one), read(other)) == likeness(read(other), read(one))


@given(NAMES)
@settings(max_examples=60, deadline=None)
def test_space_around_a_name_and_case_make_no_other_name(name: str) -> None:
    assert read(f"  {name.upper()} ").key == read(name).key
    assert bool(read(name).key) == bool(name.strip())
