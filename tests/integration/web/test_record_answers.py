"""What the cards of refusals offer: who sees it, what it does, and that an old page decides nothing."""

from __future__ import annotations

import json

import pytest

from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.problems import Slug
from kz_admin.models import SyncRecord
from kz_admin.models.session import writing
from tests.cast import Cast
from tests.integration.documents.agency import Agency
from tests.integration.web.desk import HTMX, Change, Desk, SignIn, audited
from tests.page import InspectingClient

NOTE = "The total is 100.02 USD in QuickBooks and 100.00 USD here: QuickBooks rounds tax once for each rate."
CHOICES = ("new_customer", "revive", "invoice_again", "shorten", "accept", "test_again")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not hang on the database."""
    return sqlite_url


def test_a_difference_is_accepted_once_and_stays_in_the_log(
    desk: Desk, books: InspectingClient, rung: list[str]
) -> None:
    desk.succeed(remote_total=100_02, note=NOTE)
    page = books.page(desk.url)
    assert NOTE in page.text
    assert "/kz-admin/help/problems/tax_total_differs" in page.links
    assert "Accept" in page.text
    rung.clear()
    answer = books.submit(f"{desk.url}/decide", {"choice": "accept"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Accepted. The difference stays in the activity log." in answer.text
    assert f"Accepted: {NOTE}" in answer.text
    assert 'id="record-accept"' not in answer.text
    record = desk.record()
    assert (record.note, json.loads(record.choices or "{}")) == (None, {"accepted": NOTE})
    assert "document.difference_accepted" in audited(desk)
    assert books.submit(f"{desk.url}/decide", {"choice": "accept"}).status_code == 409
    assert rung == []  # nothing is sent by it


def test_a_customer_that_was_left_out_is_created_when_a_person_says_so(
    desk: Desk, books: InspectingClient, rung: list[str]
) -> None:
    desk.fail(Slug.CUSTOMER_MISSING)
    desk.put("client", state="idle", reason="ignored", ignored_at=1, ignored_by="Ada", note="not this one")
    rung.clear()
    assert "Create the customer now" in books.page(desk.url).text
    answer = books.submit(f"{desk.url}/decide", {"choice": "new_customer"}, headers=HTMX)
    assert answer.status_code == 200
    assert "The customer goes first" in answer.text
    assert (desk.record("client").state, desk.record("client").ignored_at) == ("due", None)
    assert desk.record().state == "due"
    assert set(rung) == {"push_now"}
    assert books.submit(f"{desk.url}/decide", {"choice": "new_customer"}, headers=HTMX).status_code == 409


def test_what_the_card_does_not_offer_is_refused(desk: Desk, books: InspectingClient) -> None:
    desk.fail(Slug.UNKNOWN)
    for choice in CHOICES:
        expected = 409 if choice in ("accept", "test_again") else 422
        assert books.submit(f"{desk.url}/decide", {"choice": choice}).status_code == expected, choice
    assert desk.record().state == "failed"
    desk.fail(Slug.CUSTOMER_MISSING)
    desk.put("client", state="idle")
    assert books.submit(f"{desk.url}/decide", {"choice": "revive"}).status_code == 409  # never was over there


def test_viewers_and_strangers_answer_nothing(desk: Desk, cast: Cast, signed_in: SignIn) -> None:
    desk.succeed(remote_total=100_02, note=NOTE)
    viewer, stranger = signed_in(cast.viewer), signed_in(cast.stranger)
    assert "Accept" not in viewer.page(desk.url).text
    for choice in CHOICES:
        assert viewer.submit(f"{desk.url}/decide", {"choice": choice}).status_code == 403
        assert stranger.submit(f"{desk.url}/decide", {"choice": choice}).status_code == 404
    assert desk.record().note == NOTE


@pytest.mark.parametrize("slug", [Slug.IN_USE_THERE, Slug.TEXT_TOO_LONG, Slug.DUPLICATE_NAME, Slug.OUR_MISTAKE])
def test_whatever_it_waits_for_its_card_stands_on_the_page(desk: Desk, books: InspectingClient, slug: Slug) -> None:
    """The card of a partner of any kind, with what can be done about that one."""
    with desk.app.app_context():
        made = Agency(desk.tenant_id).one_of_each()
    arguments = {Kind.CREDIT_NOTE: "credit_note", Kind.TIME_ENTRY: "entry"}
    facts = json.dumps({"document": "Partner 7", "name": "Partner 7", "code": "1", "words": "no", "remote_id": "9"})
    desk.fail(slug)
    for kind in Kind:
        partner = SyncRecord(
            tenant_id=desk.tenant_id,
            connection_id=desk.record().connection_id,
            kind=kind.value,
            local_id=made[arguments.get(kind, kind.value.replace("-", "_"))],
            part="one-more",  # beside the record that the document has already
            lane="interactive",
            state="failed",
            problem=slug.value,
            cause=slug.value,
            problem_facts=facts,
        )
        with desk.app.app_context(), writing() as session:
            session.add(partner)
        desk.put(waits_for_id=partner.id)
        page = books.page(desk.url)
        assert f"It waits for the {kind.word}" in page.text, kind
        assert "/kz-admin/help/problems/" + slug in page.links, kind
        if slug is Slug.DUPLICATE_NAME and kind in NEVER_FROZEN:
            assert "Create with this name" in page.text, kind


def test_an_old_page_tests_no_subscription(desk: Desk, change: Change, books: InspectingClient) -> None:
    said = books.submit("/kz-admin/integrations/quickbooks/test-again", follow_redirects=True)
    assert "Nothing waits for the subscription any more." in said.text
