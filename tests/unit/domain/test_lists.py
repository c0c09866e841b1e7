from __future__ import annotations

import pytest

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import LONGEST_SUBJECT, List, term_key


def test_every_list_has_its_words() -> None:
    assert all(which.words.title and which.words.ours_many and which.words.theirs_many for which in List)


def test_what_we_can_create_over_there_is_linked_by_its_record() -> None:
    linked = {which: which.kind for which in List if which.kind}
    assert linked == {
        List.ITEMS: Kind.SERVICE,
        List.CUSTOMERS: Kind.CLIENT,
        List.PROJECTS: Kind.PROJECT,
        List.VENDORS: Kind.VENDOR,
    }


@pytest.mark.parametrize("text", ["Net 30", " net  30 ", "NET 30", "Net\u00a030"])
def test_terms_are_one_subject_however_they_are_written(text: str) -> None:
    assert term_key(text) == "net 30"


def test_long_terms_fit_their_column() -> None:
    assert len(term_key("ß" * 60)) <= LONGEST_SUBJECT
