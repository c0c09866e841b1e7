"""Projects under the customer of their client."""

from __future__ import annotations

from uuid import uuid4

import pytest

from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.problems import Rejected
from kz_admin.domain.pushing import Again, Go, Link, Ref
from kz_admin.domain.records import ProjectRecord
from kz_admin.providers.quickbooks import projects, writes
from tests.unit.providers.quickbooks.ours import CLIENT_ID, company, refs, texts_of

RECORD = ProjectRecord(uuid4(), 1, Origin.OURS, 0, client_id=CLIENT_ID, name="Website", code="", archived=False)
USUAL = {"partners": {(Kind.CLIENT, CLIENT_ID, "EUR"): Ref("70")}, "names": {CLIENT_ID: "Ada Lund"}, "part": "EUR"}


@pytest.mark.promise("K-QBO-28")
def test_it_is_made_under_its_client_in_the_same_currency() -> None:
    body = projects.build(RECORD, refs(RECORD, there=company(multicurrency=True), **USUAL)).body
    assert body == {
        "DisplayName": "Website",
        "Job": True,
        "ParentRef": {"value": "70"},
        "CurrencyRef": {"value": "EUR"},
    }


def test_a_taken_name_is_looked_at_and_then_told_apart_by_the_client() -> None:
    known = refs(RECORD, **USUAL)
    assert projects.asked(RECORD, known) == []
    again = projects.PUSHER.refused(RECORD, known, projects.build(RECORD, known), Rejected("taken", code="6240"))
    assert again == Again({"taken": "Website", "suffix": ""}, look=True)
    looking = refs(RECORD, **USUAL, choices={"taken": "Website", "look": "1"})
    assert "DisplayName = 'Website'" in texts_of(projects.asked(RECORD, looking))[0]
    other = {"Id": "8", "DisplayName": "Website", "ParentRef": {"value": "71"}}
    assert projects.decide(RECORD, looking, [[other]]) == Go({"suffix": " (Ada Lund)"})
    mine = projects.decide(RECORD, looking, [[other, {**other, "Id": "9", "ParentRef": {"value": "70"}}]])
    assert isinstance(mine, Link)
    assert mine.remote.remote_id == "9"


def test_a_changed_name_follows_and_it_stays_where_it_is() -> None:
    draft = projects.build(RECORD, refs(RECORD, **USUAL, own=Ref("9", version="3")))
    # no e-mail, no phone: what people added to it over there is theirs
    assert writes.as_sent(draft) == {"Id": "9", "SyncToken": "3", "sparse": True, "DisplayName": "Website"}
