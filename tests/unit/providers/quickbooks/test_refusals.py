"""What their refusals mean: codes decide, words only fill sentences. Every code: test_refusal_table.py."""

from __future__ import annotations

import pytest

from kz_admin.domain.problems import Problem, Rejected, Slug
from kz_admin.domain.pushing import Again, Ref
from kz_admin.providers.quickbooks import invoices, refusals
from tests.unit.providers.quickbooks.ours import company, invoice, refs

RECORD = invoice()
CREATE = invoices.build(RECORD, refs(RECORD))
OWN = Ref("266", version="1", created_by_us=True)
UPDATE = invoices.build(RECORD, refs(RECORD, own=OWN))


def told(code: str, words: str = "", **beside: object) -> Problem:
    asked_anew = {"choices": {"closed": code}, **beside}
    answer = refusals.common(RECORD, refs(RECORD, **asked_anew), CREATE, Rejected(words, code=code, reference="tid-1"))
    assert isinstance(answer, Problem)
    return answer


def test_one_cause_for_all_documents_that_meet_a_closed_period() -> None:
    problem = told("6210", there=company(closed_until="2026-02-28"))
    assert (problem.cause, problem.facts["closed_until"]) == ("period_closed", "2026-02-28")


@pytest.mark.parametrize("code", ["6200", "6210"])
def test_a_closing_date_we_did_not_know_is_read_before_a_person_hears_of_it(code: str) -> None:
    answer = refusals.common(RECORD, refs(RECORD), CREATE, Rejected(code=code))
    assert answer == Again({"closed": code}, company=True)


@pytest.mark.parametrize("code", ["610", "2500"])
def test_an_inactive_reference_names_what_it_is(code: str) -> None:
    problem = told(code, "Invalid Reference Id : Items element id 31 not found")
    assert problem.cause == "inactive_reference:Item:31"
    assert (problem.facts["remote_type"], problem.facts["remote_id"]) == ("Item", "31")
    assert told(code, "etwas fehlt").slug is Slug.INACTIVE_REFERENCE


def test_lengths_are_told_where_they_say_them() -> None:
    words = "String length specified does not match the supported length. Min:0 Max:21 supported. Supplied length:25"
    problem = told("2050", words)
    assert (problem.slug, problem.facts["limit"], problem.facts["length"]) == (Slug.TEXT_TOO_LONG, "21", "25")
    assert told("2050", "zu lang").slug is Slug.TEXT_TOO_LONG


def test_a_newer_version_and_one_that_is_gone_are_read_again() -> None:
    for code in ("5010", "610"):
        failure = Rejected(code=code)
        assert refusals.common(RECORD, refs(RECORD, own=OWN), UPDATE, failure) == Again(look=True)
    looked = refs(RECORD, own=OWN, choices={"look": "1"})
    assert isinstance(refusals.common(RECORD, looked, UPDATE, Rejected(code="610")), Problem)


def test_what_we_know_of_the_company_tells_more_than_a_business_rule() -> None:
    foreign = invoice(currency="EUR")
    several = refs(foreign, there=company(multicurrency=True))
    draft = invoices.build(foreign, several)
    off = refs(foreign)
    answer = refusals.common(foreign, off, draft, Rejected("Multicurrency is not on", code="6000"))
    assert isinstance(answer, Problem)
    assert answer.cause == "currency_off:EUR"
    canada = refs(RECORD, there=company("CA", "USD"))
    words = "Make sure all your transactions have a GST/HST rate before you save."
    answer = refusals.common(RECORD, canada, CREATE, Rejected(words, code="6000"))
    assert isinstance(answer, Problem)
    assert answer.slug is Slug.TAX_UNMAPPED
