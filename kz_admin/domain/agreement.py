"""Whether an object over there is the one we meant, and in what it differs from ours."""

from __future__ import annotations

from kz_admin.domain.money import Money
from kz_admin.domain.pushing import Expected, Remote

BEGINS = ("The total is ", "The tax is ")
LONGEST = 300  # what a record's note takes


def disagreements(expected: Expected, remote: Remote) -> list[str]:
    """What makes it somebody else's. A total that differs is told beside it: their side may work out tax by itself."""
    wrong = []
    if expected.marker and expected.marker not in remote.text:
        wrong.append("marker")
    for name in ("number", "customer", "currency"):
        meant, found = getattr(expected, name), getattr(remote, name)
        if meant and found and meant != found:
            wrong.append(name)
    return wrong


def difference(expected: Expected, remote: Remote, label: str) -> str | None:
    """A line for people with both numbers and the reason, and what else they should know; None when all is equal."""
    said = " ".join(one for one in (_of_money(expected, remote, label), expected.said) if one)
    return said[:LONGEST] or None


def _of_money(expected: Expected, remote: Remote, label: str) -> str:
    currency = expected.currency or remote.currency
    if said := _unequal("total", expected.total, remote.total, currency, label):
        tax = _unequal("tax", expected.tax, remote.tax, currency, label) if expected.why else ""
        return _with_reason(f"{said}; {tax[0].lower()}{tax[1:]}" if tax else said, expected.why)
    if said := _unequal("tax", expected.tax, remote.tax, currency, label):
        return _with_reason(f"{said}; the totals are equal", expected.why)
    return ""


def is_difference(note: str) -> bool:
    """Whether a note is one of these lines, and not another remark about the document."""
    return note.startswith(BEGINS)


def _unequal(what: str, ours: int | None, theirs: int | None, currency: str, label: str) -> str:
    if ours is None or theirs is None or ours == theirs:
        return ""
    return f"The {what} is {Money(theirs, currency)} in {label} and {Money(ours, currency)} here"


def _with_reason(said: str, why: str) -> str:
    return f"{said}: {why}." if why else f"{said}."
