"""By what failures are grouped, and how a group is said in one sentence."""

from __future__ import annotations

import pytest

from kz_admin.domain import causes
from kz_admin.domain.problems import Problem, Slug

LABEL = "QuickBooks"


def test_what_is_about_one_thing_is_grouped_by_it_and_what_is_of_each_document_by_its_kind() -> None:
    assert causes.key_of(Problem(Slug.ACCOUNT_MISSING, "income")) == "account_missing:income"
    assert causes.key_of(Problem(Slug.PERIOD_CLOSED)) == "period_closed"
    assert causes.key_of(Problem(Slug.DUPLICATE_NUMBER, "0198-any-id")) == "duplicate_number"
    assert len(causes.key_of(Problem(Slug.MAPPED_INACTIVE, "x" * 200))) == 120
    assert causes.slug_of("mapped_inactive:taxes:7") == "mapped_inactive"


def test_a_sentence_about_several_names_none_of_them() -> None:
    one = Problem(Slug.DUPLICATE_NUMBER, "id", {"number": "INV-7", "remote_id": "9"})
    assert causes.said_of_many(one, LABEL, 1).headline == "QuickBooks already has an invoice numbered INV-7."
    assert causes.said_of_many(one, LABEL, 2).headline == "QuickBooks already has an invoice with this number."
    off = Problem(Slug.CURRENCY_OFF, "EUR", {"document": "INV-7", "currency": "EUR", "company_currency": "USD"})
    card = causes.said_of_many(off, LABEL, 38)
    assert causes.headline(card) == "What waits is in EUR; this company keeps USD only."
    assert "INV-7" in causes.said_of_many(off, LABEL, 1).headline


@pytest.mark.parametrize("slug", list(Slug))
@pytest.mark.parametrize("documents", [1, 40])
def test_every_problem_can_be_said_of_one_and_of_many(slug: Slug, documents: int) -> None:
    card = causes.said_of_many(Problem(slug, "", {"document": "INV-7", "words": "no"}), LABEL, documents)
    assert card.headline
    assert "{" not in card.headline + card.why
    if documents > 1:
        assert "INV-7" not in card.headline + card.why
