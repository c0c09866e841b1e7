"""Does this document go over, and if not, why? Pure: facts in, one decision out.

The order of the questions is the order of their weight: what may never leave, what is over there already, which
direction its kind has, whether its trigger was met, whether it is from before the start date.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kz_admin.domain.connection import State
from kz_admin.domain.kinds import NEVER_FROZEN, Kind, Origin
from kz_admin.domain.lifecycle import InvoiceState
from kz_admin.domain.presets import PushOn, Settings, StartField
from kz_admin.domain.status import Hold


class Reason(StrEnum):
    """Why a document does not go over."""

    DRAFT = "draft"
    IGNORED = "ignored"
    SHADOW = "shadow"
    DIRECTION = "direction"
    MANUAL = "manual"
    NOT_SENT = "not_sent"
    NOT_PAID = "not_paid"
    NOT_APPROVED = "not_approved"
    BEFORE_START = "before_start"
    BEFORE_CHANGE = "before_change"
    BEFORE_RESET = "before_reset"
    VOIDED_UNSENT = "voided_unsent"
    IMPORTED = "imported"
    GOES_ALONG = "goes_along"
    MATCHED = "matched"
    NOT_ALLOCATED = "not_allocated"
    WAITS_FOR_PARTNER = "waits_for_partner"
    WHILE_DISCONNECTED = "while_disconnected"
    DISCONNECTING = "disconnecting"
    NOT_YET = "not_yet"
    FROM_SHADOW = "from_shadow"
    BY_HAND = "by_hand"
    BEFORE_LINK = "before_link"
    UNLINKED = "unlinked"
    NOTHING_OPEN = "nothing_open"


WORDS = {
    Reason.DRAFT: "drafts never leave",
    Reason.IGNORED: "a person said: do not send this one",
    Reason.SHADOW: "shadow mode: nothing is sent",
    Reason.DIRECTION: "the settings do not send this kind",
    Reason.MANUAL: "the settings send only what a person copies",
    Reason.NOT_SENT: "goes over when it is sent or paid",
    Reason.NOT_PAID: "goes over when it is paid",
    Reason.NOT_APPROVED: "goes over when it is approved",
    Reason.BEFORE_START: "from before the start date",
    Reason.BEFORE_CHANGE: "from before the settings changed: looked at again when it changes",
    Reason.BEFORE_RESET: "No longer updating since the reset",
    Reason.VOIDED_UNSENT: "voided before it was sent",
    Reason.IMPORTED: "imported from there, never created again",
    Reason.GOES_ALONG: "goes along with the first document that needs it",
    Reason.MATCHED: "matched over there, never overwritten",
    Reason.NOT_ALLOCATED: "goes over when it settles an invoice",
    Reason.WAITS_FOR_PARTNER: "goes over with the document it belongs to",
    Reason.WHILE_DISCONNECTED: "changed while disconnected",
    Reason.DISCONNECTING: "the connection is being ended",
    Reason.NOT_YET: "this version does not send these yet",
    Reason.FROM_SHADOW: "from shadow mode, goes over when a person copies it",
    Reason.BY_HAND: "it pays out a credit, booked there by hand",
    Reason.BEFORE_LINK: "from before its invoice was linked, goes over when a person copies it",
    Reason.UNLINKED: "unlinked: waits until a person links or copies it",
    Reason.NOTHING_OPEN: "nothing of it is left to settle there",
}


@dataclass(frozen=True)
class Subject:
    """What the rules need to know about a document."""

    kind: Kind
    created_at: int
    document_at: int  # 00:00 of its own date in the tenant's zone; its creation where it has none
    origin: Origin = Origin.OURS
    state: InvoiceState | None = None  # invoices
    sent: bool = False
    paid_at: int | None = None
    finalised: bool = True
    approved: bool = True
    voided: bool = False
    of_credit: bool = False  # a refund of what a credit note left open, or of money that no invoice used
    partners: int = 0  # documents it settles or belongs to
    partners_going: bool = False  # one of them goes over or is there
    partner_frozen: bool = False  # one of them is from before the reset

    @property
    def removed(self) -> bool:
        """Voided here: what is over there of it has to go."""
        return self.voided or self.state is InvoiceState.VOID


@dataclass(frozen=True)
class Standing:
    """How it stands on this connection already."""

    over_there: bool = False
    created_by_us: bool = False
    ignored: bool = False
    asked: bool = False  # a person pressed "Copy to …", which crosses trigger and start date
    needed: bool = False  # another document that goes over needs it
    only_linked: bool = False  # an invoice of theirs that was tied to ours afterwards; we never wrote it
    laid_aside: bool = False  # money from before its invoice was linked
    unlinked: bool = False  # a person took the link away, and nobody has said what comes instead


@dataclass(frozen=True)
class Place:
    """The connection, as far as the rules look at it."""

    state: State
    settings: Settings
    start_at: int | None
    reset_at: int | None = None
    entitled: bool = True
    kinds: frozenset[Kind] | None = None  # what can be sent there; None: not known yet, so it waits


@dataclass(frozen=True)
class Decision:
    wanted: bool
    reason: Reason | None = None
    hold: Hold | None = None


def decide(subject: Subject, standing: Standing, place: Place) -> Decision:
    reason = refusal(subject, standing, place)
    if reason:
        return Decision(False, reason)
    waits = place.settings.pass_first and not (standing.asked or subject.removed or subject.kind in NEVER_FROZEN)
    return Decision(True, hold=Hold.COMPARE if waits else hold_of(place))


def refusal(subject: Subject, standing: Standing, place: Place) -> Reason | None:
    """Why not; None when it goes over. In shadow mode exactly what would have gone stays for that reason."""
    return _refusal(subject, standing, place) or (Reason.SHADOW if place.settings.shadow else None)


def _refusal(subject: Subject, standing: Standing, place: Place) -> Reason | None:
    if (never := _never(subject, standing, place)) or subject.kind in NEVER_FROZEN:
        return never or _partner_refusal(subject, standing, place)
    if not place.settings.pushes(subject.kind) and not standing.asked:
        return Reason.DIRECTION
    if standing.only_linked and not standing.asked and not subject.removed:
        return Reason.MATCHED
    if standing.over_there or standing.asked:
        return None  # later saves of what is over there update it, whatever the trigger (decision C20)
    if standing.unlinked or standing.laid_aside:
        return Reason.UNLINKED if standing.unlinked else Reason.BEFORE_LINK
    return _TRIGGERS[subject.kind](subject, place)


def _never(subject: Subject, standing: Standing, place: Place) -> Reason | None:
    """What no trigger and no person changes; the first that holds is the reason."""
    unsent = not standing.over_there
    answers = (
        (Reason.DRAFT, subject.state is InvoiceState.DRAFT or not subject.finalised),
        (Reason.IGNORED, standing.ignored),
        (Reason.BEFORE_RESET, frozen(subject, place)),
        (Reason.DISCONNECTING, place.state in (State.DISCONNECTING, State.DISCONNECTED)),
        (Reason.VOIDED_UNSENT, unsent and subject.removed),
        (Reason.IMPORTED, unsent and subject.origin is Origin.IMPORTED),
        (Reason.BY_HAND, unsent and subject.of_credit),
        (Reason.NOT_YET, place.kinds is not None and subject.kind not in place.kinds),
    )
    return next((reason for reason, holds in answers if holds), None)


def hold_of(place: Place) -> Hold | None:
    if not place.entitled:
        return Hold.PLAN
    return {State.PAUSED: Hold.PAUSED, State.NEEDS_RECONNECT: Hold.RECONNECT}.get(place.state)


def frozen(subject: Subject, place: Place) -> bool:
    """From before the reset, or money on something that is."""
    if place.reset_at is None or subject.kind in NEVER_FROZEN:
        return False
    return subject.partner_frozen or subject.created_at < place.reset_at


def _partner_refusal(subject: Subject, standing: Standing, place: Place) -> Reason | None:
    """Clients, projects, services, vendors: they go when something needs them, and later when we made them there."""
    if not standing.over_there:
        return None if standing.needed else Reason.GOES_ALONG
    if not standing.created_by_us:
        return Reason.MATCHED
    return None if place.settings.pushes(subject.kind) else Reason.DIRECTION


def _invoice(subject: Subject, place: Place) -> Reason | None:
    trigger, state = place.settings.push_on, subject.state
    if trigger is PushOn.MANUAL:
        return Reason.MANUAL
    if trigger is PushOn.SENT and not (subject.sent or state is InvoiceState.PAID):
        return Reason.NOT_SENT
    if trigger is PushOn.PAID and state is not InvoiceState.PAID:
        return Reason.NOT_PAID
    return _too_old(subject, place)


def _credit_note(subject: Subject, place: Place) -> Reason | None:
    if place.settings.push_on is PushOn.MANUAL:
        return Reason.MANUAL
    if subject.partners and not subject.partners_going:
        return Reason.WAITS_FOR_PARTNER
    return None if subject.partners else _too_old(subject, place)


def _money(subject: Subject, _place: Place) -> Reason | None:
    """A payment or a refund follows what it settles: that one passed trigger and start date."""
    if not subject.partners:
        return Reason.NOT_ALLOCATED
    return None if subject.partners_going else Reason.WAITS_FOR_PARTNER


def _time_entry(subject: Subject, place: Place) -> Reason | None:
    return _too_old(subject, place) if subject.approved else Reason.NOT_APPROVED


def _too_old(subject: Subject, place: Place) -> Reason | None:
    if place.start_at is None:
        return Reason.BEFORE_START
    return None if _moment(subject, place.settings.start_field) >= place.start_at else Reason.BEFORE_START


def _moment(subject: Subject, looks_at: StartField) -> int:
    if looks_at is StartField.DOCUMENT:
        return subject.document_at
    if looks_at is StartField.PAID and subject.paid_at is not None:
        return subject.paid_at
    return subject.created_at  # also of what is never paid, such as an expense


_TRIGGERS = {
    Kind.INVOICE: _invoice,
    Kind.CREDIT_NOTE: _credit_note,
    Kind.PAYMENT: _money,
    Kind.REFUND: _money,
    Kind.TIME_ENTRY: _time_entry,
    Kind.EXPENSE: _too_old,
}
