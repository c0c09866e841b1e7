"""Every answer of the rules, with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kz_admin.domain import presets, rules
from kz_admin.domain.connection import State
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.presets import Direction, PushOn, StartField
from kz_admin.domain.rules import WORDS, Place, Reason, Standing, Subject, decide
from kz_admin.domain.status import Hold, SyncState, may_move, pill

PAID = Subject(Kind.INVOICE, created_at=100, document_at=50, state=InvoiceState.PAID, paid_at=200)
HERE = Place(State.CONNECTED, presets.ON_PAID, start_at=150)
NEW = Standing()
THERE = Standing(over_there=True, created_by_us=True)


def with_settings(**changes: Any) -> Place:
    return replace(HERE, settings=replace(presets.ON_PAID, **changes))


def without(kind: Kind) -> Place:
    return with_settings(directions={**presets.ON_PAID.directions, kind: Direction.PULL})


@pytest.mark.promise("KZ-17", "KEAP-24")
def test_what_was_paid_after_the_start_goes_over() -> None:
    assert decide(PAID, NEW, HERE) == rules.Decision(wanted=True)


@pytest.mark.parametrize(
    ("subject", "standing", "place", "reason"),
    [
        (replace(PAID, state=InvoiceState.DRAFT), NEW, HERE, Reason.DRAFT),
        (replace(PAID, state=InvoiceState.DRAFT), THERE, HERE, Reason.DRAFT),
        (PAID, Standing(ignored=True), HERE, Reason.IGNORED),
        (PAID, NEW, replace(HERE, reset_at=101), Reason.BEFORE_RESET),
        (PAID, THERE, replace(HERE, reset_at=101), Reason.BEFORE_RESET),
        (replace(PAID, partner_frozen=True), NEW, replace(HERE, reset_at=1), Reason.BEFORE_RESET),
        (PAID, NEW, replace(HERE, state=State.DISCONNECTING), Reason.DISCONNECTING),
        (PAID, NEW, with_settings(shadow=True), Reason.SHADOW),
        (replace(PAID, state=InvoiceState.VOID), NEW, HERE, Reason.VOIDED_UNSENT),
        (replace(PAID, origin=Origin.IMPORTED), NEW, HERE, Reason.IMPORTED),
        (PAID, NEW, without(Kind.INVOICE), Reason.DIRECTION),
        (PAID, THERE, without(Kind.INVOICE), Reason.DIRECTION),
        (PAID, NEW, with_settings(push_on=PushOn.MANUAL), Reason.MANUAL),
        (replace(PAID, state=InvoiceState.FINALISED), NEW, with_settings(push_on=PushOn.SENT), Reason.NOT_SENT),
        (replace(PAID, state=InvoiceState.SENT), NEW, HERE, Reason.NOT_PAID),
        (replace(PAID, state=InvoiceState.PARTLY_PAID), NEW, HERE, Reason.NOT_PAID),
        (replace(PAID, paid_at=149), NEW, HERE, Reason.BEFORE_START),
        (PAID, NEW, with_settings(start_field=StartField.CREATED), Reason.BEFORE_START),
        (PAID, NEW, with_settings(start_field=StartField.DOCUMENT), Reason.BEFORE_START),
        (PAID, NEW, replace(HERE, start_at=None), Reason.BEFORE_START),
        (Subject(Kind.PAYMENT, 200, 200), NEW, HERE, Reason.NOT_ALLOCATED),
        (Subject(Kind.PAYMENT, 200, 200, partners=1), NEW, HERE, Reason.WAITS_FOR_PARTNER),
        (Subject(Kind.PAYMENT, 200, 200, partners=1, voided=True), NEW, HERE, Reason.VOIDED_UNSENT),
        (Subject(Kind.CREDIT_NOTE, 200, 200, finalised=False), NEW, HERE, Reason.DRAFT),
        (Subject(Kind.CREDIT_NOTE, 200, 200, partners=1), NEW, HERE, Reason.WAITS_FOR_PARTNER),
        (Subject(Kind.CREDIT_NOTE, 100, 100), NEW, HERE, Reason.BEFORE_START),
        (Subject(Kind.REFUND, 200, 200, partners=1, partners_going=True, of_credit=True), NEW, HERE, Reason.BY_HAND),
        (Subject(Kind.TIME_ENTRY, 200, 200), NEW, HERE, Reason.DIRECTION),
        (Subject(Kind.CLIENT, 200, 200), NEW, HERE, Reason.GOES_ALONG),
        (Subject(Kind.CLIENT, 200, 200), Standing(over_there=True), HERE, Reason.MATCHED),
        (Subject(Kind.CLIENT, 200, 200), THERE, without(Kind.CLIENT), Reason.DIRECTION),
    ],
)
def test_every_no_has_its_reason(subject: Subject, standing: Standing, place: Place, reason: Reason) -> None:
    found = decide(subject, standing, place)
    assert (found.wanted, found.reason) == (False, reason)
    assert WORDS[reason]


@pytest.mark.parametrize(
    ("subject", "standing", "place"),
    [
        (replace(PAID, state=InvoiceState.SENT, paid_at=None), THERE, HERE),
        (replace(PAID, state=InvoiceState.VOID), THERE, HERE),
        (replace(PAID, paid_at=1), Standing(asked=True), with_settings(push_on=PushOn.MANUAL)),
        (replace(PAID, state=InvoiceState.SENT, sent=True), NEW, with_settings(push_on=PushOn.SENT)),
        (PAID, NEW, replace(HERE, reset_at=100)),
        (Subject(Kind.PAYMENT, 1, 1, partners=1, partners_going=True), NEW, HERE),
        (Subject(Kind.REFUND, 1, 1, partners=1, partners_going=True), NEW, HERE),
        (Subject(Kind.CREDIT_NOTE, 1, 1, partners=1, partners_going=True), NEW, HERE),
        (Subject(Kind.CLIENT, 1, 1), Standing(needed=True), HERE),
        (Subject(Kind.CLIENT, 1, 1), THERE, replace(HERE, reset_at=50)),
    ],
)
def test_what_goes_over(subject: Subject, standing: Standing, place: Place) -> None:
    assert decide(subject, standing, place).wanted


@pytest.mark.parametrize("approved", [True, False])
def test_time_goes_over_once_it_is_approved(approved: bool) -> None:
    place = with_settings(directions={**presets.ON_PAID.directions, Kind.TIME_ENTRY: Direction.PUSH})
    found = decide(Subject(Kind.TIME_ENTRY, 200, 200, approved=approved), NEW, place)
    assert found.reason == (None if approved else Reason.NOT_APPROVED)


@pytest.mark.parametrize(
    ("place", "hold"),
    [
        (replace(HERE, state=State.PAUSED), Hold.PAUSED),
        (replace(HERE, state=State.NEEDS_RECONNECT), Hold.RECONNECT),
        (replace(HERE, entitled=False), Hold.PLAN),
    ],
)
def test_a_resting_connection_wants_and_holds(place: Place, hold: Hold) -> None:
    assert decide(PAID, NEW, place) == rules.Decision(wanted=True, hold=hold)


def test_states_move_along_the_graph_only() -> None:
    allowed = {f"{a.value}→{b.value}" for a in SyncState for b in SyncState if a is not b and may_move(a, b)}
    forbidden = ("idle→sent", "sent→idle", "unknown→idle", "unknown→sent", "parked→done", "held→sent", "done→sent")
    assert allowed.isdisjoint(forbidden)
    for move in ("idle→due", "due→sent", "sent→unknown", "unknown→done", "held→due", "parked→due", "done→due"):
        assert move in allowed


@pytest.mark.promise("K-QBO-39")
def test_there_are_exactly_four_words() -> None:
    words = {pill(state, hint="paused" if state is SyncState.HELD else "").word for state in SyncState}
    assert words == {"Not synced", "Pending", "Success", "Failed"}
    assert pill(SyncState.IDLE, over_there=True).word == "Success"


@pytest.mark.parametrize("preset", presets.PRESETS.values(), ids=lambda one: one.preset)
def test_settings_survive_storage(preset: presets.Settings) -> None:
    assert presets.read(preset.as_json()) == preset


@pytest.mark.parametrize(
    "text",
    ["[]", '{"preset": "x"}', '{"nonsense": 1}', '{"push_on": "never"}', '{"shadow": "yes"}',
     '{"background_hours": 2}', '{"directions": {"invoice": "up"}}'],
)  # fmt: skip
def test_settings_that_nobody_declared_are_refused(text: str) -> None:
    with pytest.raises(presets.WrongSettings):
        presets.read(text)
