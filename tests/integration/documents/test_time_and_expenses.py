"""Time with approval, expenses with receipts, and everything they name belongs to the tenant."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.models import StoredChunk, StoredFile
from kz_admin.models.session import reading
from kz_admin.services.documents import expenses, files, projects, time_entries
from kz_admin.services.documents.expenses import PaidWith
from kz_admin.services.documents.files import Given
from kz_admin.services.documents.time_entries import Details, Filters
from tests.integration.documents.agency import Agency

PDF = b"%PDF-1.4 " + bytes(range(256)) * 700  # three pieces


def test_only_approved_time_is_ready_and_it_can_be_taken_back(agency: Agency) -> None:
    entry = agency.time()
    assert not time_entries.record_of(entry).approved
    assert agency.do(time_entries.approve, [entry.id]) == 1
    assert agency.do(time_entries.approve, [entry.id]) == 0
    found = time_entries.find(agency.tenant_id, entry.id)
    assert (time_entries.record_of(found).approved, found.approved_by, found.revision) == (True, "kz-admin", 2)
    agency.do(time_entries.approve, [entry.id], approved=False)
    assert time_entries.find(agency.tenant_id, entry.id).approved_at is None


def test_approved_time_no_longer_changes(agency: Agency) -> None:
    entry = agency.time()
    agency.do(time_entries.approve, [entry.id])
    details = Details(entry.member_id, entry.client_id, "2026-07-02", 60)
    with pytest.raises(Conflict, match="Take the approval back"):
        agency.do(time_entries.change, entry.id, details, None)
    with pytest.raises(Conflict, match="Take the approval back"):
        agency.do(time_entries.delete, entry.id, None)


def test_a_members_rate_is_used_when_none_is_given(agency: Agency) -> None:
    from decimal import Decimal

    member = agency.member(hourly_rate=Decimal("62.5"))
    assert agency.time(member_id=member.id).hourly_rate == Decimal("62.5")


@pytest.mark.promise("A3")
def test_one_foreign_entry_refuses_the_whole_selection(agency: Agency, stranger: Agency) -> None:
    mine, foreign = agency.time(), stranger.time()
    with pytest.raises(NotFound):
        agency.do(time_entries.approve, [mine.id, foreign.id])
    assert time_entries.find(agency.tenant_id, mine.id).approved_at is None


def test_time_names_only_what_belongs_together(agency: Agency, stranger: Agency) -> None:
    acme, other = agency.client(), agency.client("Other")
    project = agency.do(projects.create, projects.Details(other.id, "Website"))
    with pytest.raises(Wrong, match="another client"):
        agency.time(client_id=acme.id, project_id=project.id)
    for foreign in ({"member_id": stranger.member().id}, {"client_id": stranger.client().id}):
        with pytest.raises(NotFound):
            agency.time(**foreign)


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_an_entry_is_longer_than_nothing_and_at_most_a_day(agency: Agency, minutes: int) -> None:
    with pytest.raises(Wrong):
        agency.time(minutes=minutes)


def test_time_is_filtered_by_its_approval(agency: Agency) -> None:
    waiting, approved = agency.time(), agency.time()
    agency.do(time_entries.approve, [approved.id])
    for state, expected in (("waiting", waiting), ("approved", approved)):
        rows = time_entries.list_time_entries(agency.tenant_id, Filters(state=state)).rows
        assert [row.id for row in rows] == [expected.id]


@pytest.mark.promise("A63")
def test_a_receipt_comes_back_byte_by_byte_and_is_sealed_at_rest(agency: Agency, stranger: Agency) -> None:
    expense = agency.expense(Given("../../lunch <b>.pdf", PDF))
    file = files.find(agency.tenant_id, expense.receipt_id)
    assert (file.name, file.content_type, file.size) == ("lunch b.pdf", "application/pdf", len(PDF))
    assert b"".join(files.content(file)) == PDF
    with reading() as session:
        stored = session.scalars(text("SELECT data_sealed FROM stored_chunk")).all()
        assert session.scalar(select(func.count()).select_from(StoredChunk)) == 3
    assert "%PDF" not in stored  # "%" stands in no base64, so that chance cannot spell it
    with pytest.raises(NotFound):
        files.find(stranger.tenant_id, expense.receipt_id)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "Choose a PDF"),
        (b"MZ\x90", "Choose a PDF"),
        (b"%PDF-" + b"x" * files.MOST_BYTES, "larger than"),
    ],
)
def test_what_is_no_receipt_is_refused_and_nothing_is_kept(agency: Agency, content: bytes, sentence: str) -> None:
    with pytest.raises(Wrong, match=sentence):
        agency.expense(Given("receipt.pdf", content))
    assert expenses.list_expenses(agency.tenant_id, expenses.Filters()).rows == []


def test_a_new_receipt_replaces_the_old_one(agency: Agency) -> None:
    expense = agency.expense(Given("one.pdf", PDF))
    details = expenses.Details(expense.category_id, "2026-07-01", "USD", 25_00)
    changed = agency.do(expenses.change, expense.id, details, None, Given("two.png", b"\x89PNG\r\n\x1a\nx"))
    assert files.find(agency.tenant_id, changed.receipt_id).name == "two.png"
    agency.do(expenses.change, expense.id, details, None, without_receipt=True)
    agency.do(expenses.delete, agency.expense(Given("three.pdf", PDF)).id, None)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
        assert session.scalar(select(func.count()).select_from(StoredChunk)) == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"tax": 25_00}, "tax"),
        ({"billable": True}, "client"),
        ({"paid_with": PaidWith.MEMBER}, "member"),
        ({"category_id": None}, "category"),
    ],
)
def test_an_expense_that_cannot_be_is_refused_at_its_field(agency: Agency, more: dict, field: str) -> None:
    with pytest.raises(Wrong) as refused:
        agency.expense(**more)
    assert refused.value.field == field


def test_a_category_is_made_once_without_regard_to_case(agency: Agency, stranger: Agency) -> None:
    first, second = (agency.do(expenses.category, name) for name in ("Software", " SOFTWARE "))
    assert first.id == second.id
    foreign = stranger.do(expenses.category, "Software")
    with pytest.raises(NotFound):
        agency.expense(category_id=foreign.id)
