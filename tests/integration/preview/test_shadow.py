"""Shadow mode: whatever is clicked, not one write leaves; afterwards only what is new goes, and the rest is offered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.status import Lane
from kz_admin.models import AuditEntry
from kz_admin.models.session import reading
from kz_admin.services import unplanned
from tests import cast as people
from tests.bridge import INTEGRATIONS
from tests.integration.push.conftest import Books
from tests.page import InspectingClient

SHADOW = f"{INTEGRATIONS}/quickbooks/shadow"


@pytest.fixture
def admin_in(books: Books) -> InspectingClient:
    return people.sign_in(books.app, books.cast.admin, books.cast.tenant_id)


def drained(books: Books) -> list[str]:
    """Everything that the platform's clock and workers would do; what was created over there meanwhile."""
    since = books.now_there()
    with books.app.app_context():
        unplanned.sweep(books.connection.id)
    books.push()
    books.push(Lane.BULK)
    return [f"{one['op']} {one['type']}" for one in books.writes(since)]


def address(books: Books, number: str) -> str:
    return f"/kz-admin/invoices/{books.invoice(number).id}"


def is_there(books: Books, number: str) -> bool:
    return any(f"kz-admin invoice {number}," in row.get("PrivateNote", "") for row in books.there("Invoice"))


def audited(books: Books) -> list[str]:
    with books.app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_nothing_leaves_and_the_rest_is_offered(books: Books, admin_in: InspectingClient) -> None:
    books.pay("before")
    assert "create Invoice" in drained(books)
    books.pay("due")  # due when the mode begins
    assert "Turn shadow mode on" in admin_in.page(f"{SHADOW}/enter").text
    assert admin_in.submit(f"{SHADOW}/enter").status_code == 303
    books.pay("within")
    books.pay("no-address", **{"client.id": "cus-2", "client.email": None, "client.name": "Paper only"})
    for number in ("due", "within", "no-address"):
        refused = admin_in.submit(f"{address(books, number)}/copy", {"confirmed": "1"})
        assert refused.status_code == 409
        assert "Shadow mode is on" in refused.text
        assert admin_in.submit(f"{address(books, number)}/retry").status_code == 409
    ticked = {"selected": str(books.invoice("due").id), "step": "copy", "confirmed": "1"}
    assert admin_in.submit("/kz-admin/invoices/bulk", ticked).status_code == 303
    assert drained(books) == []
    report = admin_in.page(SHADOW).text
    assert "Could not find customer email" in report
    assert report.count("created") == 6  # three invoices and their payments
    lines = admin_in.get(f"{SHADOW}/download").text.splitlines()
    assert len(lines) == 1 + 6
    for page in (INTEGRATIONS, "/kz-admin/payments", f"{INTEGRATIONS}/quickbooks/mappings"):
        assert "Shadow mode: nothing is written to QuickBooks" in admin_in.page(page).text
        assert f"{SHADOW}/leave" in admin_in.page(page).links
    viewer = people.sign_in(books.app, books.cast.viewer, books.cast.tenant_id).page("/kz-admin/payments")
    assert SHADOW in viewer.links
    assert f"{SHADOW}/leave" not in viewer.links
    assert "Shadow mode: nothing is sent" in admin_in.page(f"{address(books, 'within')}/preview").text

    books.later(5)
    assert admin_in.submit(f"{SHADOW}/leave").status_code == 303
    books.later(5)
    assert drained(books) == []
    books.pay("after", **{"payment.paid_on": None, "payment.paid_at": _now(books)})
    assert [one for one in drained(books) if one.startswith("create")] == ["create Invoice", "create Payment"]
    assert is_there(books, "after")
    assert not is_there(books, "within")
    asked = admin_in.submit("/kz-admin/invoices/bulk", {**ticked, "confirmed": ""})
    assert asked.status_code == 409
    assert "1 of these invoices is from before the start date" in asked.text
    assert admin_in.submit("/kz-admin/invoices/bulk", ticked).status_code == 303
    assert [one for one in drained(books) if one.startswith("create")] == ["create Invoice", "create Payment"]
    assert is_there(books, "due")
    assert not is_there(books, "within")
    assert audited(books).count("connection.shadow_entered") == 1
    assert audited(books).count("connection.shadow_left") == 1


def _now(books: Books) -> str:
    with books.app.app_context():
        return clock.to_datetime(clock.now_ms(), "UTC").isoformat().replace("+00:00", "Z")


def test_what_was_on_its_way_is_looked_up_and_never_sent_again(books: Books, admin_in: InspectingClient) -> None:
    books.machine.fault("drop_before_commit", None, path="*/invoice", method="POST")
    books.pay("one")
    books.push()
    assert books.record("invoice").state == "unknown"
    admin_in.submit(f"{SHADOW}/enter")
    for _ in range(3):
        books.later(131)
        assert drained(books) == []
    record = books.record("invoice")
    assert (record.state, record.reason) == ("idle", "shadow")
    assert all(attempt.closed_at for attempt in books.attempts())


def test_only_admins_switch_it(books: Books) -> None:
    browser = people.sign_in(books.app, books.cast.bookkeeper, books.cast.tenant_id)
    assert browser.page(SHADOW)
    assert browser.submit(f"{SHADOW}/enter").status_code == 403
    assert browser.submit(f"{SHADOW}/leave").status_code == 403
