"""The states an invoice can be in on its way into the books, written straight into the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin import clock, ids
from kz_admin.clock import DAY, HOUR, MINUTE
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import CREDIT, CREDITED, CREDITED_APPLIED, DECIDED
from kz_admin.models import Attempt, Call, Client, Connection, Invoice, SyncRecord
from kz_admin.models.session import writing
from kz_admin.services.documents import invoice_steps
from tests.browser import card_states
from tests.browser.site import Crew, Site
from tests.integration.documents.agency import Agency

CLIENT = "Acme Ltd"
NUMBER = "INV-104"
THERE = {
    "remote_type": "Invoice",
    "remote_id": "266",
    "remote_number": NUMBER,
    "remote_total": 100_00,
    "linked_by": "created",
    "pushed_revision": 1,
}
FAILED = "failed"
CREDITED_SAYS = "Voided here. Credited in QuickBooks on 1 Aug 2026, because the books are closed up to 31 Jul 2026."


@dataclass(frozen=True)
class RecordState:
    """What the rows say, and what a bookkeeper must find on the page."""

    word: str
    hint: str = ""
    words: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    row: Mapping[str, Any] | None = field(default_factory=dict)  # of the invoice's record; None: it has none
    slug: Slug | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    of_client: bool = False  # the problem is the client's
    connection: Mapping[str, Any] = field(default_factory=dict)
    tries: tuple[Mapping[str, Any], ...] = ()
    voided: bool = False
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what it is over there besides


REFUSED = {"outcome": "refused", "code": "6140", "words": "Duplicate Document Number Error", "reference": "1-64f0c2aa"}
STATES: dict[str, RecordState] = {
    "not-synced": RecordState(
        "Not synced", "goes over when it is paid", ("Not there",), ("Copy to QuickBooks",), {"reason": "not_paid"}
    ),
    "pending": RecordState("Pending", "on its way", ("Not there yet.",), row={"state": "due", "due_at": 1}),
    "not-answering": RecordState(
        "Pending",
        "QuickBooks is not answering. Next try",
        row={"state": "due", "tries": 4},
        connection={"silent_since": "now", "probe_at": "soon"},
        tries=({"outcome": "later"}, {"outcome": "later"}),
    ),
    "answer-lost": RecordState(
        "Pending",
        "the answer was lost, looking in QuickBooks",
        row={"state": "unknown", "due_at": "soon"},
        tries=({"outcome": None, "closed_at": None, "unknown_since": 1},),
    ),
    "success": RecordState(
        "Success",
        "",
        ("Totals equal", "Created from here"),
        ("Open in QuickBooks",),
        {**THERE, "state": "done"},
        tries=({"outcome": "applied"},),
    ),
    "first-success": RecordState(
        "Success",
        "",
        ("The first invoice that went over.",),
        ("Open in QuickBooks",),
        {**THERE, "state": "done"},
        connection={"connected_at": "yesterday"},
        tries=({"outcome": "applied"},),
    ),
    "differs": RecordState(
        "Success",
        "tax is 0.00 here and 0.02 there",
        ("100.02",),
        ("Open in QuickBooks",),
        {**THERE, "state": "done", "remote_total": 100_02, "note": "tax is 0.00 here and 0.02 there"},
    ),
    "no-email": RecordState(
        "Failed",
        "Could not find customer email",
        ("has no e-mail address to find the customer by", "It waits for the client"),
        ("Save and retry",),
        slug=Slug.EMAIL_MISSING,
        of_client=True,
    ),
    "no-account": RecordState(
        "Failed",
        "Ensure your default income account is configured",
        (),
        ("Choose account", "Retry"),
        slug=Slug.ACCOUNT_MISSING,
    ),
    "number-taken": RecordState(
        "Failed",
        "QuickBooks already has an invoice numbered INV-104.",
        ("Nothing was created.", "Duplicate Document Number Error"),
        ("Link to it", "Open it in QuickBooks", "Push with number INV-104-1"),
        slug=Slug.DUPLICATE_NUMBER,
        facts={"number": NUMBER, "remote_type": "Invoice", "remote_id": "31", "suggestion": "INV-104-1", **REFUSED},
        tries=(REFUSED, {"outcome": "not_found"}),
    ),
    "inactive-twin": RecordState(
        "Failed",
        "Acme Ltd is inactive in QuickBooks.",
        ("It can be made active again",),
        ("Reactivate it", "Create another"),
        slug=Slug.INACTIVE_TWIN,
        facts={"remote_type": "Customer", "remote_id": "58", "suggestion": CLIENT},
        of_client=True,
    ),
    "refused": RecordState(
        "Failed",
        "QuickBooks refused INV-104",
        ("We do not know this refusal.",),
        ("Retry", "Copy details for support"),
        slug=Slug.UNKNOWN,
        facts={"words": "Business Validation Error: " + "a long explanation in their words, " * 6, "code": "6000"},
        tries=({"outcome": "refused", "code": "6000", "words": "Business Validation Error", "reference": "1-64f0"},),
    ),
    "token-expired": RecordState(
        "Pending",
        "QuickBooks token expired",
        ("nothing is lost", "can reconnect it"),
        row={"state": "held", "reason": "reconnect"},
        connection={"state": "needs_reconnect"},
    ),
    "left-out": RecordState(
        "Not synced",
        "ignored by Bea",
        ("booked by hand in June",),
        ("Take that back",),
        {
            "reason": "ignored",
            "ignored_at": "now",
            "ignored_by": "Bea <bea@acme.example>",
            "note": "booked by hand in June",
        },
    ),
    "credited": RecordState(
        "Success",
        CREDITED_SAYS,
        (CREDITED_SAYS, "Open the credit memo in QuickBooks"),
        ("Open in QuickBooks",),
        {**THERE, "state": "done", "choices": json.dumps({CREDIT: DECIDED})},
        tries=({"outcome": "applied"},),
        voided=True,
        parts={
            CREDITED: {"remote_type": "CreditMemo", "remote_id": "301", "remote_total": 100_00, "note": CREDITED_SAYS},
            CREDITED_APPLIED: {"remote_type": "Payment", "remote_id": "302", "remote_total": 0},
        },
    ),
}


def put(site: Site, crew: Crew, state: RecordState) -> str:
    """The address of the invoice."""
    card_states.put(site, crew, card_states.CardState("", "", row=_moments(state.connection)))
    with site.app.app_context():
        agency = Agency(crew.tenant_id)
        client = agency.client(CLIENT, email="" if state.slug is Slug.EMAIL_MISSING else "books@acme.example")
        invoice = agency.invoice(client, number=NUMBER)
        if state.voided:
            agency.do(invoice_steps.void, invoice.id)
        with writing() as session:
            record = _record(session, crew, state, invoice, client)
            for number, one in enumerate(state.tries):
                _try(session, record, one, clock.now_ms() - (number * 7 + 1) * MINUTE)
    return f"/kz-admin/invoices/{invoice.id}"


def _record(session: Session, crew: Crew, state: RecordState, invoice: Invoice, client: Client) -> SyncRecord:
    connection = session.scalars(select(Connection).where(Connection.tenant_id == crew.tenant_id)).one()
    usual = {"tenant_id": crew.tenant_id, "connection_id": connection.id, "lane": "interactive", "state": "idle"}
    for one in session.scalars(select(SyncRecord).where(SyncRecord.connection_id == connection.id)):
        session.delete(one)
    session.flush()
    problem: dict[str, Any] = {}
    revisions = {"planned_revision": 1, "wanted_revision": 1}
    if state.slug is not None:
        facts = {"document": NUMBER, "name": CLIENT, **state.facts}
        problem = {"state": FAILED, "problem": state.slug.value, "cause": f"{state.slug.value}:income"}
        problem |= {"problem_facts": json.dumps(facts), "problem_at": clock.now_ms() - 3 * MINUTE}
    if state.of_client:
        partner = SyncRecord(**usual | revisions | problem, kind="client", local_id=client.id, part="USD")
        session.add(partner)
        session.flush()
        problem["waits_for_id"] = partner.id
    values = {"pushed_at": clock.now_ms() - 3 * MINUTE} if (state.row or {}).get("remote_id") else {}
    row = {**usual, **revisions, **values, **_moments(state.row or {}), **problem}
    record = SyncRecord(kind="invoice", local_id=invoice.id, **row)
    session.add(record)
    for part, more in state.parts.items():
        there = {"state": "done", "linked_by": "created", "pushed_revision": 1, **more}
        session.add(SyncRecord(kind="invoice", local_id=invoice.id, part=part, **{**usual, **revisions, **there}))
    session.flush()
    return record


def _try(session: Session, record: SyncRecord, values: Mapping[str, Any], at: int) -> None:
    call = Call(
        tenant_id=record.tenant_id,
        connection_id=record.connection_id,
        request_id=str(ids.uuid7()),
        method="POST",
        path="/invoice",
        body_hash="0" * 64,
        first_sent_at=at,
        last_sent_at=at,
    )
    session.add(call)
    session.flush()
    usual = {
        "tenant_id": record.tenant_id,
        "connection_id": record.connection_id,
        "sync_record_id": record.id,
        "call_id": call.id,
        "verb": "create",
        "revision": 1,
        "generation": 0,
        "marker": "kz:0",
        "draft": "{}",
        "fence": 1,
        "opened_at": at,
        "closed_at": at + 400,
    }
    session.add(Attempt(**{**usual, **values}))


def _moments(values: Mapping[str, Any]) -> dict[str, Any]:
    now = clock.now_ms()
    moments = {"now": now, "soon": now + 5 * MINUTE, "yesterday": now - DAY, "before": now - HOUR}
    return {name: moments.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
