from __future__ import annotations

import re

import pytest

from kz_admin.domain.catalogue import card_of, headline_of, token_expired
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.problems import Problem, Slug

FULL = {
    "document": "INV-104",
    "name": "Acme Ltd",
    "number": "INV-104",
    "email": "a@acme.example",
    "currency": "EUR",
    "company_currency": "USD",
    "account": "1200",
    "tax": "VAT 20 %",
    "what": "invoices",
    "limit": "21",
    "length": "25",
    "closed_until": "2026-06-30",
    "differs": "total",
    "words": "Business Validation Error",
    "code": "6000",
    "reference": "1-abc",
    "remote_type": "Invoice",
    "remote_id": "266",
    "suggestion": "INV-104-1",
}
NEVER = re.compile(r"please|sorry|oops|invalid|illegal|an error occurred|\bQBO?\b|[{}]", re.IGNORECASE)


@pytest.mark.parametrize("facts", [FULL, {}], ids=["all facts", "no fact"])
@pytest.mark.parametrize("slug", list(Slug))
def test_every_problem_is_said_in_whole_plain_sentences(slug: Slug, facts: dict[str, str]) -> None:
    card = card_of(Problem(slug, "", facts), "QuickBooks")
    for text in (card.headline, card.why, card.created):
        assert text
        assert not NEVER.search(text.replace(FULL["words"], "")), text
    assert card.why.endswith(".")
    assert facts.get("code", "6000") not in card.headline
    assert card.actions or slug is Slug.UNKNOWN


@pytest.mark.promise("KZ-37", "K-QBO-59")
def test_quoted_headlines_are_word_for_word() -> None:
    assert headline_of(Problem(Slug.EMAIL_MISSING), "QuickBooks") == "Could not find customer email"
    income = headline_of(Problem(Slug.ACCOUNT_MISSING), "QuickBooks")
    assert income == "Ensure your default income account is configured"
    taken = card_of(Problem(Slug.DUPLICATE_NUMBER, "", FULL), "QuickBooks")
    assert taken.headline == "QuickBooks already has an invoice numbered INV-104."
    assert taken.created == "Nothing was created."


def test_what_cannot_be_done_is_not_offered() -> None:
    bare = card_of(Problem(Slug.DUPLICATE_NUMBER), "QuickBooks")
    assert set(bare.actions) == {Do.LINK_OTHER, Do.RETRY, Do.IGNORE}
    same = {name: value for name, value in FULL.items() if name != "differs"}
    full = card_of(Problem(Slug.DUPLICATE_NUMBER, "", same), "QuickBooks")
    assert full.actions[:3] == (Do.LINK, Do.OPEN_THERE, Do.OTHER_NUMBER)
    other = card_of(Problem(Slug.DUPLICATE_NUMBER, "", {**same, "differs": "it is of Bo Berg"}), "QuickBooks")
    assert Do.LINK not in other.actions
    assert other.why.startswith("It is not the same one: it is of Bo Berg.")


def test_a_customers_name_cannot_break_a_sentence() -> None:
    card = card_of(Problem(Slug.INACTIVE_TWIN, "", {"name": "{0} {provider} %s"}), "QuickBooks")
    assert card.headline == "{0} {provider} %s is inactive in QuickBooks."


def test_an_account_that_is_missing_is_named_by_its_purpose() -> None:
    expense = headline_of(Problem(Slug.ACCOUNT_MISSING, "expense"), "QuickBooks")
    assert expense == "Ensure your default expense account is configured"


def test_facts_read_as_people_write_them() -> None:
    days = {"closed_until": "2026-06-30", "document": "INV-104", "dated": "2026-06-12"}
    closed = headline_of(Problem(Slug.PERIOD_CLOSED, "", days), "")
    assert closed == "The books are closed up to 30 Jun 2026; INV-104 is dated 12 Jun 2026."
    long = headline_of(Problem(Slug.TEXT_TOO_LONG, "", {"length": "1204", "limit": "1000"}), "QuickBooks")
    assert long == "A text has 1,204 characters; QuickBooks takes 1,000."


def test_long_words_are_short_in_the_headline_and_whole_in_the_details() -> None:
    said = "a very long explanation " * 30
    card = card_of(Problem(Slug.UNKNOWN, "", {"document": "INV-104", "words": said}), "QuickBooks")
    assert len(card.headline) < 150
    assert card.headline.endswith(" …’.")
    assert card.said == said


def test_a_change_that_failed_left_what_was_there() -> None:
    assert card_of(Problem(Slug.UNKNOWN), "QuickBooks", over_there=True).created.startswith("What is over there stayed")
    assert card_of(Problem(Slug.UNKNOWN), "QuickBooks").created == "Nothing was created."


def test_ended_access_is_said_in_the_promised_words() -> None:
    card = token_expired("QuickBooks", "Acme Ltd")
    assert card.headline == "QuickBooks token expired"
    assert "nothing is lost" in card.why
