"""What is suggested for each of ours, and how sure it is."""

from __future__ import annotations

import pytest

from kz_admin.domain.auto_match import Certainty, Side, contested, match


@pytest.mark.promise("K-QBO-26")
def test_an_equal_name_is_exact_and_two_equal_ones_are_ambiguous() -> None:
    found = match(
        [Side("a", " ACME  inc"), Side("b", "Baltic")],
        [Side("1", "Acme Inc."), Side("2", "BALTIC"), Side("3", "Baltic")],
    )
    assert (found["a"].options, found["a"].certainty) == (("1",), Certainty.EXACT)
    assert (found["b"].options, found["b"].certainty) == (("2", "3"), Certainty.AMBIGUOUS)


def test_two_subjects_with_one_exact_option_are_contested() -> None:
    found = match(
        [Side("a", "Acme"), Side("b", "Acme Ltd"), Side("c", "Zebra")], [Side("1", "Acme"), Side("2", "Zebra")]
    )
    assert contested(found) == {"a", "b"}
