"""Unlink and link to another, from the panel: who may, what is said, what is refused, what stays with the record."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import select

from kz_admin.domain.kinds import Kind
from kz_admin.domain.problems import Slug
from kz_admin.models import AuditEntry, SyncRecord
from kz_admin.models.session import reading, writing
from tests.cast import Cast
from tests.integration.web.desk import HTMX, Change, Desk, SignIn, audited
from tests.page import InspectingClient


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database; the engine's part runs in tests/integration/push."""
    return sqlite_url


def linked(desk: Desk, **values: object) -> None:
    desk.succeed(**{"linked_by": "match", "remote_number": "INV-9", **values})


def test_a_wrong_link_is_taken_back_after_a_page_that_says_what_happens(
    desk: Desk, books: InspectingClient, rung: list[str]
) -> None:
    linked(desk)
    page = books.page(desk.url)
    assert f"{desk.url}/unlink" in page.links
    rung.clear()
    asked = books.page(f"{desk.url}/unlink")
    for words in ("Unlink this invoice from INV-9 in QuickBooks?", "Nothing is touched.", "Not synced", "Cancel"):
        assert words in asked.text, words
    assert desk.record().remote_id == "266"
    answer = books.submit(f"{desk.url}/unlink", headers=HTMX)
    assert answer.status_code == 200
    assert "Unlinked. Nothing was changed over there." in answer.text
    record = desk.record()
    assert (record.state, record.reason, record.remote_id, record.linked_by) == ("idle", "unlinked", None, None)
    assert (record.wanted_revision, record.pushed_revision, record.look_first) == (0, 0, True)
    assert json.loads(record.choices or "{}") == {"unlinked": "266"}
    assert rung == []
    text = books.page(desk.url).text
    assert "Not there: unlinked: waits until a person links or copies it." in text
    assert "Unlinked by" not in text
    assert "linked to INV-9" in text  # in what people did
    entry = one_entry(desk, "document.unlinked")
    assert (entry.subject, json.loads(entry.before or "{}")) == ("INV-104", {"linked to": "INV-9", "by": "match"})
    assert books.submit(f"{desk.url}/unlink").status_code == 409  # once is enough


def test_it_stays_here_whatever_changes_until_a_person_says_so(desk: Desk, books: InspectingClient) -> None:
    linked(desk)
    books.submit(f"{desk.url}/unlink")
    desk.made("pay", desk.invoice)
    assert (desk.record().state, desk.record().reason) == ("idle", "unlinked")
    asked = books.submit(f"{desk.url}/copy")
    assert asked.status_code == 409
    assert "unlinked: waits until a person links or copies it" in asked.text
    assert books.submit(f"{desk.url}/copy", {"confirmed": "1"}).status_code == 303
    record = desk.record()
    assert (record.state, record.look_first, record.remote_id) == ("due", True, None)
    assert json.loads(record.choices or "{}") == {"unlinked": "266"}  # it is never found to be that one again


def test_what_was_created_from_here_cannot_be_unlinked_and_says_why(desk: Desk, books: InspectingClient) -> None:
    desk.succeed()
    page = books.page(desk.url)
    assert f"{desk.url}/unlink" not in page.links
    assert "unlinked, it would be created a second time" in page.text
    assert "This one cannot be unlinked now" in books.page(f"{desk.url}/unlink").text
    refused = books.submit(f"{desk.url}/unlink")
    assert refused.status_code == 409
    assert "created over there from here" in refused.text
    assert desk.record().remote_id == "266"


@pytest.mark.parametrize("state", ["sent", "unknown", "due"])
def test_not_while_it_is_on_its_way_or_nobody_knows(desk: Desk, books: InspectingClient, state: str) -> None:
    linked(desk, state=state, due_at=1)
    desk.tried(closed_at=None, outcome=None)
    refused = books.submit(f"{desk.url}/unlink")
    assert refused.status_code == 409
    assert "whether it arrived is not known yet" in refused.text
    assert desk.record().remote_id == "266"


def test_not_while_money_over_there_refers_to_it(desk: Desk, books: InspectingClient) -> None:
    linked(desk)
    payment = desk.made("pay", desk.invoice, 40_00)
    of_payment(desk, payment.id, state="done", remote_id="77", remote_type="Payment", linked_by="match")
    assert "this refers to it: the payment of 2026-07-15." in books.page(f"{desk.url}/unlink").text
    assert books.submit(f"{desk.url}/unlink").status_code == 409
    assert books.submit(f"/kz-admin/payments/{payment.id}/unlink").status_code == 303
    assert books.submit(f"{desk.url}/unlink").status_code == 303
    assert desk.record().remote_id is None
    paid = of_payment(desk, payment.id)
    assert (paid.state, paid.remote_id, paid.look_first) == ("idle", None, True)


def test_money_that_waited_goes_with_a_new_copy_and_looks_first(desk: Desk, books: InspectingClient) -> None:
    linked(desk)
    payment = desk.made("pay", desk.invoice)
    of_payment(desk, payment.id, state="idle", reason="before_link")
    books.submit(f"{desk.url}/unlink")
    assert of_payment(desk, payment.id).reason == "waits_for_partner"
    books.submit(f"{desk.url}/copy", {"confirmed": "1"})
    paid = of_payment(desk, payment.id)
    assert (paid.state, paid.look_first) == ("due", True)


def test_a_person_names_the_one_it_is(desk: Desk, books: InspectingClient, rung: list[str]) -> None:
    linked(desk)
    books.submit(f"{desk.url}/unlink")
    payment = desk.made("pay", desk.invoice)
    rung.clear()
    asked = books.page(f"{desk.url}/link-to")
    assert "Link this invoice to one in QuickBooks" in asked.text
    empty = books.submit(f"{desk.url}/link-to", {"sought": " "}, headers=HTMX)
    assert empty.status_code == 422
    assert "There is a problem" in empty.text
    answer = books.submit(f"{desk.url}/link-to", {"sought": " INV-204 "}, headers=HTMX)
    assert answer.status_code == 200
    record = desk.record()
    assert (record.state, json.loads(record.choices or "{}")) == ("due", {"sought": "INV-204", "unlinked": "266"})
    assert rung == ["push_now"]
    assert of_payment(desk, payment.id).reason == "before_link"  # over there it may be paid by theirs
    assert books.submit(f"{desk.url}/link-to", {"sought": "INV-205"}).status_code == 409


def test_a_number_that_is_not_there_has_a_card_and_ways_on(desk: Desk, books: InspectingClient) -> None:
    facts = {"provider": "QuickBooks", "what": "invoice", "sought": "INV-204"}
    desk.fail(Slug.NOT_FOUND_THERE, **facts)
    desk.put(choices='{"sought": "INV-204", "unlinked": "266"}')
    page = books.page(desk.url)
    assert "QuickBooks has no invoice with the number or id INV-204." in page.text
    assert f"{desk.url}/link-to" in page.links
    assert "/kz-admin/help/problems/not_found_there" in page.links
    assert "Copy it anew instead" in page.text
    assert books.submit(f"{desk.url}/retry").status_code == 303
    assert json.loads(desk.record().choices or "{}")["sought"] == "INV-204"  # a retry makes nothing new
    desk.fail(Slug.NOT_FOUND_THERE, **facts)
    assert books.submit(f"{desk.url}/decide", {"choice": "copy_anew"}).status_code == 303
    record = desk.record()
    assert (record.state, record.look_first) == ("due", True)
    assert json.loads(record.choices or "{}") == {"unlinked": "266"}
    assert books.submit(f"{desk.url}/decide", {"choice": "copy_anew"}).status_code == 409


def test_what_was_deleted_over_there_is_linked_to_what_stands_for_it(desk: Desk, books: InspectingClient) -> None:
    desk.succeed()
    desk.fail(Slug.GONE_THERE, remote_id="266")
    assert f"{desk.url}/link-to" in books.page(desk.url).links
    assert books.submit(f"{desk.url}/link-to", {"sought": "INV-204"}).status_code == 303
    record = desk.record()
    assert (record.state, record.remote_id, record.linked_by) == ("due", None, None)
    assert json.loads(record.choices or "{}") == {"sought": "INV-204"}


def test_nothing_is_linked_in_shadow_mode_and_unlinking_sends_nothing(
    desk: Desk, change: Change, books: InspectingClient
) -> None:
    linked(desk)
    change(settings='{"shadow": true}')
    assert books.submit(f"{desk.url}/unlink").status_code == 303
    assert desk.record().remote_id is None
    refused = books.submit(f"{desk.url}/link-to", {"sought": "INV-204"})
    assert refused.status_code == 409
    assert "Shadow mode is on" in refused.text


@pytest.mark.promise("A3")
def test_viewers_read_and_strangers_find_nothing(
    desk: Desk, cast: Cast, signed_in: SignIn, books: InspectingClient
) -> None:
    linked(desk)
    viewer, stranger = signed_in(cast.viewer), signed_in(cast.stranger)
    assert "Unlink" not in viewer.page(desk.url).text
    for deed in ("unlink", "link-to"):
        form = {"sought": "INV-204"}
        assert viewer.get(f"{desk.url}/{deed}").status_code == 403, deed
        assert viewer.submit(f"{desk.url}/{deed}", form).status_code == 403, deed
        assert stranger.get(f"{desk.url}/{deed}").status_code == 404, deed
        assert stranger.submit(f"{desk.url}/{deed}", form).status_code == 404, deed
        assert books.post(f"{desk.url}/{deed}", data=form).status_code == 403, deed  # no token
    assert desk.record().remote_id == "266"
    assert "document.unlinked" not in audited(desk)


def test_clients_and_services_are_linked_on_their_mapping_page(desk: Desk, books: InspectingClient) -> None:
    assert books.get(f"/kz-admin/clients/{desk.client.id}/unlink").status_code == 404
    assert books.get(f"/kz-admin/clients/{desk.client.id}/link-to").status_code == 404


def one_entry(desk: Desk, action: str) -> AuditEntry:
    with desk.app.app_context(), reading() as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()


def of_payment(desk: Desk, payment_id: UUID, **values: object) -> SyncRecord:
    with desk.app.app_context(), writing() as session:
        mine = (SyncRecord.kind == Kind.PAYMENT.value, SyncRecord.local_id == payment_id)
        record = session.scalars(select(SyncRecord).where(*mine)).one()
        for name, value in values.items():
            setattr(record, name, value)
    return record
