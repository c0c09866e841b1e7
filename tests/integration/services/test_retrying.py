"""The end of a cause frees all it held up, in one update; a switch of the company is read first."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from kz_admin import clock
from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import Connection, SyncRecord
from kz_admin.models.session import reading, writing
from kz_admin.providers.base import CompanyFacts
from kz_admin.services import audit, bell, company_facts, records, tokens
from kz_admin.services.documents.work import Work, carry_out
from tests.cast import Cast
from tests.integration.documents.test_pages import statements
from tests.integration.hooks.conftest import connect
from tests.integration.web.failing import Failures


@pytest.fixture
def failures(in_app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Failures:
    monkeypatch.setattr(bell, "ring", lambda *_args, **_kwargs: True)
    connect(cast.tenant_id, facts_read_at=clock.now_ms())
    return Failures(in_app, cast.tenant_id)


def connection() -> Connection:
    with reading() as session:
        return session.scalars(select(Connection)).one()


def retry(cast: Cast, *slugs: Slug) -> int:
    return carry_out(cast.tenant_id, audit.SYSTEM, records.retry_problem, connection().id, *slugs)


@pytest.mark.parametrize(
    "problem",
    [
        Problem(Slug.ACCOUNT_MISSING, "income"),
        Problem(Slug.ACCOUNT_TYPE, "7"),
        Problem(Slug.TAX_UNMAPPED, "t"),
        Problem(Slug.ITEM_UNMAPPED, "s"),
        Problem(Slug.PERMISSION, "invoice"),
        Problem(Slug.SUBSCRIPTION_ENDED),
        Problem(Slug.CURRENCY_OFF, "EUR"),
        Problem(Slug.PERIOD_CLOSED),
    ],
    ids=lambda problem: problem.slug.value,
)
def test_each_cause_frees_all_it_held_up_and_no_other(failures: Failures, cast: Cast, problem: Problem) -> None:
    client = failures.client()
    partner = failures.partner(client, problem)
    held_up = failures.invoices(3, problem, client, waits_for=partner)
    # It carries what was in the way of its partner before, and waits for it still.
    odd = failures.invoices(1, Problem(Slug.TOTALS_DIFFER), client, first="O", waits_for=partner)
    other = failures.invoices(2, Problem(Slug.TAX_OFF), client, first="T")
    assert retry(cast, problem.slug) == 5
    assert failures.states([client, *held_up, *odd]) == {"due"}
    assert failures.states(other) == {"failed"}
    of_company = problem.slug in (Slug.CURRENCY_OFF, Slug.PERIOD_CLOSED)
    assert (connection().facts_read_at is None) == of_company
    assert retry(cast, problem.slug) == 0


def test_as_many_as_there_are_take_the_same_statements(failures: Failures, cast: Cast) -> None:
    client, counts = failures.client(), []
    for number, many in enumerate((1, 1_500)):
        failures.invoices(many, Problem(Slug.TAX_OFF), client, first=f"{number}")
        counts.append(statements(lambda: retry(cast, Slug.TAX_OFF)))
    assert counts[0] == counts[1] <= 8


def test_what_is_at_hand_shows_it_and_shadow_mode_keeps_it(failures: Failures, cast: Cast) -> None:
    (row_id,) = failures.invoices(1, Problem(Slug.TAX_OFF), failures.client())
    with writing() as session:
        work = Work(session, cast.tenant_id, audit.SYSTEM, clock.now_ms())
        row = session.scalars(select(SyncRecord).where(SyncRecord.local_id == row_id)).one()
        records.retry_problem(work, row.connection_id, Slug.TAX_OFF)
        assert row.state == "due"
    with writing() as session:
        session.execute(update(SyncRecord).values(state="failed", problem="tax_off", cause="tax_off"))
        mine = session.scalars(select(Connection)).one()
        mine.settings = mine.settings.replace('"shadow": false', '"shadow": true')
    assert retry(cast, Slug.TAX_OFF) == 0
    assert failures.states([row_id]) == {"failed"}


def test_a_switch_turned_over_there_frees_what_waited_for_it(
    failures: Failures, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = failures.client()
    euros = failures.invoices(2, Problem(Slug.CURRENCY_OFF, "EUR"), client)
    taxed = failures.invoices(2, Problem(Slug.TAX_OFF), client, first="T")
    seen = {"multicurrency": True, "taxes": False, "closed_until": ""}
    with writing() as session:
        session.execute(update(Connection).values(company_facts='{"multicurrency": false, "taxes": false}'))
    facts = CompanyFacts("9341", "Craig's", "US", "USD", "Plus", "SUBSCRIBED", writable=True, facts=seen)
    monkeypatch.setattr(tokens, "call", lambda *_args: facts)
    company_facts.refresh(connection())
    assert failures.states(euros) == {"due"}
    assert failures.states(taxed) == {"failed"}
