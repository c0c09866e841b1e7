"""Payments, credit notes and refunds, several at once: the same deeds as for invoices, by the same routes."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Problem, Slug
from kz_admin.models import AuditEntry
from kz_admin.models.session import reading
from kz_admin.services.documents import listing
from tests.cast import Cast
from tests.integration.documents.test_pages import statements
from tests.integration.web.desk import Change, SignIn
from tests.integration.web.failing import Failures
from tests.integration.web.money import LISTS, Money
from tests.page import InspectingClient

KINDS = list(LISTS)
REFUSED = Problem(Slug.UNKNOWN, "6000", {"words": "no", "code": "6000"})


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database; test_selections.py runs on both."""
    return sqlite_url


@pytest.fixture
def money(app: Flask, connected: UUID, cast: Cast) -> Money:
    return Money(app, cast.tenant_id)


@pytest.fixture
def failures(app: Flask, connected: UUID, cast: Cast) -> Failures:
    return Failures(app, cast.tenant_id)


def bulk(kind: Kind) -> str:
    return f"/kz-admin/{LISTS[kind]}/bulk"


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_filter_is_tried_again_after_a_page_that_counts(
    money: Money, failures: Failures, books: InspectingClient, rung: list[str], kind: Kind
) -> None:
    failed, other = money.fail(kind, REFUSED, 2), money.made(kind)
    standing = failures.states(other)
    page = books.page(f"/kz-admin/{LISTS[kind]}?books=failed")
    assert all(f"/kz-admin/{LISTS[kind]}/{one}" in page.links for one in failed)
    assert f"/kz-admin/{LISTS[kind]}/{other[0]}" not in page.links
    assert "/kz-admin/problems" in page.links
    rung.clear()
    form = {"step": "retry", "everything": "1", "books": "failed"}
    asked = books.submit(bulk(kind), form)
    assert f"Try 2 {kind.plural} again?" in asked.text
    assert "Are tried again" in asked.text
    assert (failures.states(failed), rung) == ({"failed"}, [])  # nothing was done by asking
    said = books.submit(bulk(kind), {**form, "confirmed": "1"}, follow_redirects=True).text
    assert f"Trying 2 {kind.plural} again." in said
    assert failures.states(failed) == {"due"}
    assert failures.states(other) == standing
    assert rung == ["push_now"]


@pytest.mark.parametrize("kind", KINDS)
def test_several_are_left_out_with_one_reason_and_each_page_says_who(
    money: Money, failures: Failures, books: InspectingClient, kind: Kind
) -> None:
    failed = money.fail(kind, REFUSED, 2)
    there = money.made(kind)
    money.put(there, state="done", remote_id="9", remote_type="Theirs", linked_by="match")
    chosen = {"step": "ignore", "selected": [str(one) for one in (*failed, *there)]}
    asked = books.submit(bulk(kind), chosen)
    assert f"Leave 3 {kind.plural} out of QuickBooks?" in asked.text
    assert "Are left out" in asked.text
    assert "Are there already" in asked.text
    assert books.submit(bulk(kind), {**chosen, "reason": " "}).status_code == 422
    assert failures.states(failed) == {"failed"}
    said = books.submit(bulk(kind), {**chosen, "reason": "Booked by hand"}, follow_redirects=True).text
    assert f"2 {kind.plural} stay here, 1 not." in said
    assert failures.states(failed) == {"idle"}
    assert failures.states(there) == {"done"}
    text = books.page(f"/kz-admin/{LISTS[kind]}/{failed[0]}").text
    assert "Left out by Bea Books" in text
    assert "Booked by hand" in text


def test_what_was_laid_aside_is_copied_and_what_is_there_is_not(
    money: Money, failures: Failures, books: InspectingClient, rung: list[str]
) -> None:
    waiting, there = money.made(Kind.PAYMENT, 2), money.made(Kind.PAYMENT)
    money.put(there, state="done", remote_id="9", remote_type="Payment", linked_by="match", pushed_revision=1)
    form = {"step": "copy", "everything": "1"}
    asked = books.submit(bulk(Kind.PAYMENT), form)
    assert "Nothing would be done for any of them." in asked.text  # their invoice does not go
    money.put(waiting, reason="before_link")
    rung.clear()
    asked = books.submit(bulk(Kind.PAYMENT), form)
    assert asked.status_code == 409
    assert "2 of these payments are from before the start date" in asked.text
    assert "Copy 3 payments to QuickBooks?" in asked.text
    assert "Go to QuickBooks" in asked.text
    assert "Are there already" in asked.text
    assert (failures.states(waiting), rung) == ({"idle"}, [])
    said = books.submit(bulk(Kind.PAYMENT), {**form, "confirmed": "1"}, follow_redirects=True).text
    assert "2 payments are on their way to QuickBooks, 1 not." in said
    assert failures.states(waiting) == {"due"}
    assert failures.states(there) == {"done"}


@pytest.mark.parametrize("kind", KINDS)
def test_linking_several_is_for_invoices_alone(money: Money, books: InspectingClient, kind: Kind) -> None:
    """Past linking compares invoices and nothing else."""
    failed = money.fail(kind, REFUSED)
    text = books.page(f"/kz-admin/{LISTS[kind]}").text
    assert "Copy to QuickBooks" in text
    assert "Leave out…" in text
    assert "Link…" not in text
    form = {"step": "link", "selected": str(failed[0]), "confirmed": "1"}
    assert f"Select {kind.plural} first." in books.submit(bulk(kind), form, follow_redirects=True).text


@pytest.mark.promise("A3")
@pytest.mark.parametrize("kind", KINDS)
def test_who_may_and_whose_they_are(
    money: Money, failures: Failures, signed_in: SignIn, cast: Cast, books: InspectingClient, kind: Kind
) -> None:
    failed = money.fail(kind, REFUSED)
    viewer, stranger = signed_in(cast.viewer), signed_in(cast.stranger)
    assert "Copy to QuickBooks" not in viewer.page(f"/kz-admin/{LISTS[kind]}").text
    for step in ("copy", "retry", "ignore"):
        form = {"step": step, "selected": str(failed[0]), "confirmed": "1", "reason": "no"}
        assert viewer.submit(bulk(kind), form).status_code == 403
        assert stranger.submit(bulk(kind), form).status_code in (303, 404)
        assert books.post(bulk(kind), data=form).status_code == 403  # no token
        assert stranger.submit(bulk(kind), {**form, "everything": "1"}).status_code == 303  # their own list is empty
    assert failures.states(failed) == {"failed"}


def test_more_than_a_turn_asks_for_the_next(
    money: Money, failures: Failures, books: InspectingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "CHANGED_AT_ONCE", 2)
    failed = money.fail(Kind.PAYMENT, REFUSED, 3)
    form = {"step": "ignore", "everything": "1", "books": "failed"}
    asked = books.submit(bulk(Kind.PAYMENT), form)
    assert "Leave 2 payments out of QuickBooks?" in asked.text
    assert "More of them match." in asked.text
    following = books.submit(bulk(Kind.PAYMENT), {**form, "reason": "Booked by hand"})
    assert "2 payments stay here." in following.text
    assert "Leave 1 payment out of QuickBooks?" in following.text
    assert "Booked by hand" in following.text
    assert failures.states(failed) == {"failed", "idle"}
    after = hidden(following.text, "after")
    last = books.submit(bulk(Kind.PAYMENT), {**form, "after": after, "reason": "Booked by hand"})
    assert last.status_code == 303
    assert failures.states(failed) == {"idle"}


def hidden(text: str, name: str) -> str:
    return text.partition(f'name="{name}" value="')[2].partition('"')[0]


@pytest.mark.parametrize("name", ["invoices", *LISTS.values()])
def test_a_list_with_its_buttons_keeps_to_six_statements(
    app: Flask, money: Money, books: InspectingClient, change: Change, name: str
) -> None:
    for kind in KINDS:
        money.fail(kind, REFUSED)
    with app.app_context():
        for query in ("", "?books=failed", "?cause=unknown:6000"):
            assert statements(lambda query=query: books.get(f"/kz-admin/{name}{query}")) <= 6, query


def test_leaving_a_whole_cause_out_stands_on_each_page(
    failures: Failures, books: InspectingClient, signed_in: SignIn, cast: Cast
) -> None:
    taken = Problem(Slug.DUPLICATE_NUMBER, "", {"number": "T-0", "remote_id": "266"})
    left_out = failures.invoices(2, taken, failures.client(), first="T", each=True)
    form = {"cause": "duplicate_number", "reason": "Entered twice"}
    assert books.submit("/kz-admin/integrations/quickbooks/problems/ignore", form).status_code == 303
    assert noted(failures, lambda: select(func.count()).where(AuditEntry.action == "cause.ignored")) == 1
    of_one = [AuditEntry.subject_id == str(left_out[0]), AuditEntry.action == "document.ignored"]
    assert noted(failures, lambda: select(func.count()).where(*of_one, AuditEntry.subject == "T-0")) == 1
    address = f"/kz-admin/invoices/{left_out[0]}"
    assert books.submit(f"{address}/take-back").status_code == 303
    text = signed_in(cast.viewer).page(address).text
    assert "What people did (2)" in text
    assert "Left out" in text
    assert "Entered twice" in text
    assert "No longer left out" in text


def noted(failures: Failures, query: Callable[[], object]) -> int:
    with failures.app.app_context(), reading() as session:
        return session.scalar(query())
