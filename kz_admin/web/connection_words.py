"""The settings of a connection in the words that people choose by."""

from __future__ import annotations

from collections.abc import Mapping

from kz_admin.domain.kinds import Kind
from kz_admin.domain.presets import ClosedPeriod, Frequency, NumberClash, PushOn, StartField, TaxMode

PRESET_WORDS = {
    "on_paid": ("On paid", "An invoice goes over when it is paid. Customers are found by their e-mail address."),
    "copy_on_demand": ("Copy on demand", "Nothing goes over by itself; people copy the invoices they choose."),
    "on_save": ("On save", "An invoice goes over as soon as it is finalised, paid or not."),
    "two_way": ("Two-way", "An invoice goes over when it is sent or paid."),
}
PUSH_WORDS = {
    PushOn.PAID: "When it is paid",
    PushOn.SENT: "When it is sent or paid",
    PushOn.FINALISED: "When it is finalised",
    PushOn.MANUAL: "Only when somebody copies it",
}
START_WORDS = {
    StartField.PAID: "When it was paid",
    StartField.CREATED: "When it was created here",
    StartField.DOCUMENT: "The date of the document",
}
FREQUENCY_WORDS = {
    Frequency.REAL_TIME: "In real time | Usually within seconds. Two calls for each paid invoice.",
    Frequency.QUARTER: "Every 15 minutes | What came together goes together, in fewer calls.",
    Frequency.HOURLY: "Hourly | Still fewer calls.",
    Frequency.DAILY: "Daily, at midnight UTC | Fewest calls; a bookkeeper sees everything the next day.",
}
# By kind: what each direction means, and when it happens. Kinds with a choice of their own have no words here.
DIRECTION_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.CLIENT: ("Create only", "Create and update"),
    Kind.SERVICE: ("Create only", "Create and update"),
    Kind.PROJECT: ("Create only", "Create and update"),
}
WHEN_WORDS: Mapping[Kind, str] = {
    Kind.CLIENT: "When the first invoice needs it",
    Kind.SERVICE: "When the first invoice needs it",
    Kind.PROJECT: "With its first invoice, as a sub-customer",
    Kind.PAYMENT: "With the invoice it settles",
    Kind.CREDIT_NOTE: "With the invoice it belongs to",
    Kind.REFUND: "With the payment it belongs to",
    Kind.TIME_ENTRY: "When it is approved",
    Kind.EXPENSE: "When it is saved",
}
TAX_WORDS = {
    TaxMode.OUR_TOTAL: "Our tax stands; a difference is noted",
    TaxMode.MAPPED: "Mapped codes; ours stands where only rounding differs",
    TaxMode.PROVIDER: "Reckoned over there",
}
CLASH_WORDS = {
    NumberClash.ASK: "Ask me",
    NumberClash.NEXT_FREE: "Give it the next free ending, such as INV-104-1",
    NumberClash.THEIRS: "Let {provider} number it",
}
CLOSED_WORDS = {
    ClosedPeriod.HOLD: "Hold it and ask me",
    ClosedPeriod.REDATE: "Date it there on the first open day; ours keeps its date",
    ClosedPeriod.CREDIT_NOTE: "Date new ones there on the first open day, and credit an invoice that is voided here",
}
