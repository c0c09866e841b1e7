"""The life of an invoice. Its state follows from what happened to it, so that no order of events can make two.

draft ──► finalised ──► sent ──► partly paid ──► paid
              │           │           │
              └───────────┴───────────┴──► void (nothing paid) · written off (the rest given up)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class InvoiceState(StrEnum):
    DRAFT = "draft"
    FINALISED = "finalised"
    SENT = "sent"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    VOID = "void"

    @property
    def word(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def tone(self) -> str:
        return _TONES[self]

    @property
    def open(self) -> bool:
        """Money is still expected."""
        return self in OPEN

    @property
    def over(self) -> bool:
        """Nothing about it changes any more."""
        return self in (InvoiceState.VOID, InvoiceState.WRITTEN_OFF)


_TONES = {
    InvoiceState.DRAFT: "grey",
    InvoiceState.FINALISED: "blue",
    InvoiceState.SENT: "blue",
    InvoiceState.PARTLY_PAID: "amber",
    InvoiceState.PAID: "green",
    InvoiceState.WRITTEN_OFF: "grey",
    InvoiceState.VOID: "grey",
}
OPEN = (InvoiceState.FINALISED, InvoiceState.SENT, InvoiceState.PARTLY_PAID)


class Step(StrEnum):
    """What a person can do to an invoice."""

    EDIT = "edit"
    DELETE = "delete"
    FINALISE = "finalise"
    SEND = "send"
    PAY = "mark-paid"
    VOID = "void"
    WRITE_OFF = "write-off"


@dataclass(frozen=True)
class Facts:
    """What happened to an invoice: moments where something was done, and how much of it is settled."""

    total: int
    settled: int  # payments and credits
    finalised: bool = False
    sent: bool = False
    voided: bool = False
    written_off: bool = False

    @property
    def open(self) -> int:
        return 0 if self.voided or self.written_off else self.total - self.settled


def state_of(facts: Facts) -> InvoiceState:
    if facts.voided:
        return InvoiceState.VOID
    if not facts.finalised:
        return InvoiceState.DRAFT
    if facts.written_off:
        return InvoiceState.WRITTEN_OFF
    if facts.settled >= facts.total:
        return InvoiceState.PAID
    if facts.settled > 0:
        return InvoiceState.PARTLY_PAID
    return InvoiceState.SENT if facts.sent else InvoiceState.FINALISED


def steps(state: InvoiceState, settled: int = 0) -> tuple[Step, ...]:
    """What is offered now, likeliest first."""
    return tuple(step for step in _LIKELIEST_FIRST if refusal(step, state, settled) is None)


_LIKELIEST_FIRST = (Step.FINALISE, Step.PAY, Step.SEND, Step.EDIT, Step.WRITE_OFF, Step.VOID, Step.DELETE)
_FROM: dict[Step, tuple[InvoiceState, ...]] = {
    Step.EDIT: (InvoiceState.DRAFT, *OPEN, InvoiceState.PAID),
    Step.DELETE: (InvoiceState.DRAFT,),
    Step.FINALISE: (InvoiceState.DRAFT,),
    Step.SEND: (*OPEN, InvoiceState.PAID),
    Step.PAY: OPEN,
    Step.VOID: (InvoiceState.FINALISED, InvoiceState.SENT, InvoiceState.PAID),
    Step.WRITE_OFF: OPEN,
}


def refusal(step: Step, state: InvoiceState, settled: int = 0) -> str | None:
    """Why this cannot be done now, in one sentence; None when it can."""
    if step is Step.VOID and settled:
        return "Money was recorded on this invoice. Remove its payments and credits first, then void it."
    if state in _FROM[step]:
        return None
    if step is Step.PAY and state is InvoiceState.PAID:
        return "This invoice is paid already. Nothing was recorded."
    if state is InvoiceState.DRAFT:
        return "This invoice is still a draft. Finalise it first."
    return _REFUSALS[step].format(state=state.word.lower())


_REFUSALS = {
    Step.EDIT: "This invoice is {state}, so it can no longer change.",
    Step.DELETE: "Only drafts can be deleted. Void this invoice instead: its number stays taken.",
    Step.FINALISE: "This invoice was finalised before.",
    Step.SEND: "This invoice is {state}, so it is not sent any more.",
    Step.PAY: "This invoice is {state}, so no payment can be recorded on it.",
    Step.VOID: "This invoice is {state} and cannot be voided.",
    Step.WRITE_OFF: "This invoice is {state}; nothing of it is open.",
}
