"""Link and leave out for several invoices at once: what they do, what they never do, and what they say afterwards."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import AuditEntry, SyncRecord
from kz_admin.models.session import reading
from tests.cast import Cast
from tests.integration.documents.test_pages import statements
from tests.integration.web.desk import SignIn
from tests.integration.web.failing import Failures
from tests.page import InspectingClient

BULK = "/kz-admin/invoices/bulk"


@pytest.fixture
def failures(app: Flask, connected: UUID, cast: Cast) -> Failures:
    return Failures(app, cast.tenant_id)


def taken(remote_id: str) -> Problem:
    return Problem(Slug.DUPLICATE_NUMBER, "", {"number": "L-0", "remote_type": "Invoice", "remote_id": remote_id})


def choices(failures: Failures, row_id: UUID) -> str | None:
    with failures.app.app_context(), reading() as session:
        return session.scalars(select(SyncRecord.choices).where(SyncRecord.local_id == row_id)).one()


def test_those_with_exactly_one_match_are_linked_after_a_second_click(
    failures: Failures, books: InspectingClient, rung: list[str]
) -> None:
    client = failures.client()
    one = failures.invoices(1, taken("266"), client, first="A", each=True)
    other = failures.invoices(1, taken("267"), client, first="B", each=True)
    twice = failures.invoices(2, taken("300"), client, first="C", each=True)  # both found the same: people decide
    several = failures.invoices(1, Problem(Slug.SEVERAL_MATCHES, "", {"remote_id": "9"}), client, first="D", each=True)
    mute = failures.invoices(1, Problem(Slug.CURRENCY_OFF, "EUR"), client, first="E")
    form = {"step": "link", "everything": "1", "books": "failed"}
    asked = books.submit(BULK, form)
    assert "Link 6 invoices to what QuickBooks has?" in asked.text
    assert failures.states([*one, *other]) == {"failed"}
    said = books.submit(BULK, {**form, "confirmed": "1"}, follow_redirects=True).text
    assert "2 invoices are being linked, 4 not." in said
    assert "Failed: This company does not keep this currency" in said
    assert "and 1 more." in said
    assert failures.states([*one, *other]) == {"due"}
    assert choices(failures, one[0]) == '{"link": "266"}'
    assert failures.states([*twice, *several, *mute]) == {"failed"}
    assert set(rung) == {"push_now"}


def test_several_are_left_out_with_one_reason(failures: Failures, books: InspectingClient) -> None:
    client = failures.client()
    unsent = failures.invoices(2, taken("1"), client, first="A", each=True)
    parked = failures.invoices(1, Problem(Slug.KILLED_WORKERS), client, first="P", each=True, state="parked")
    there = failures.invoices(1, taken("1"), client, first="T", each=True, remote_id="1", remote_type="Invoice")
    chosen = [str(one) for one in (*unsent, *parked, *there)]
    asked = books.submit(BULK, {"step": "ignore", "selected": chosen})
    assert "Leave 4 invoices out of QuickBooks?" in asked.text
    refused = books.submit(BULK, {"step": "ignore", "selected": chosen, "reason": ""})
    assert refused.status_code == 422
    assert f'name="selected" value="{unsent[0]}"' in refused.text
    form = {"step": "ignore", "selected": chosen, "reason": "Booked by hand"}
    said = books.submit(BULK, form, follow_redirects=True).text
    assert "3 invoices stay here, 1 not." in said
    assert ">T-0</a>" in said
    assert failures.states([*unsent, *parked]) == {"idle"}
    assert failures.states(there) == {"failed"}
    assert "Nothing to do for 4 invoices" in books.submit(BULK, form, follow_redirects=True).text
    with failures.app.app_context(), reading() as session:
        noted = session.scalar(select(func.count()).where(AuditEntry.action == "document.ignored"))
    assert noted == 3


def test_one_foreign_id_refuses_the_whole_selection(
    failures: Failures, signed_in: SignIn, cast: Cast, books: InspectingClient
) -> None:
    mine = failures.invoices(1, taken("1"), failures.client(), each=True)
    stranger = signed_in(cast.stranger)
    for step in ("link", "ignore"):
        form = {"step": step, "selected": [str(mine[0])], "confirmed": "1", "reason": "no"}
        assert stranger.submit(BULK, form).status_code in (303, 404)
    assert failures.states(mine) == {"failed"}
    assert signed_in(cast.viewer).submit(BULK, {"step": "ignore", "selected": [str(mine[0])]}).status_code == 403


def test_the_statements_do_not_grow_with_the_selection(failures: Failures, books: InspectingClient) -> None:
    client = failures.client()
    few = failures.invoices(2, taken("1"), client, first="A", each=True)
    many = failures.invoices(60, taken("1"), client, first="B", each=True)
    counts = []
    for some in (few, many):
        form = {"step": "ignore", "selected": [str(one) for one in some], "reason": "no"}
        with failures.app.app_context():
            counts.append(statements(lambda form=form: books.submit(BULK, form)))
    entries = len(many) - len(few)  # of the log, which SQLite takes one by one
    assert counts[1] <= counts[0] + entries + 1
