from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from kz_admin import clock, ids


def test_ids_are_uuids_of_version_7_in_the_common_variant() -> None:
    made = ids.uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_an_id_begins_with_the_moment_it_was_made() -> None:
    before = clock.now_ms()
    made = ids.uuid7()
    assert before <= made.int >> 80 <= clock.now_ms()


def test_ids_sort_in_the_order_of_their_milliseconds() -> None:
    moment = 0
    clock.simulate(lambda: moment, None)
    made = []
    for _ in range(50):
        moment += clock.SECOND
        made.append(ids.uuid7())
    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)


def test_ids_of_one_moment_differ() -> None:
    assert len({ids.uuid7() for _ in range(2000)}) == 2000


@pytest.mark.parametrize("text", ["", "1", "not-an-id", "../../etc/passwd", "0" * 31, "g" * 32])
@pytest.mark.promise("A10")
def test_a_text_that_spells_no_id_is_no_id(text: str) -> None:
    assert ids.parse(text) is None


def test_a_text_that_spells_an_id_is_that_id() -> None:
    known = uuid4()
    assert ids.parse(str(known)) == known
    assert isinstance(ids.parse(known.hex), UUID)
