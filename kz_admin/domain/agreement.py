"""Whether an object over there is the one we meant, and in what it differs from ours."""

from __future__ import annotations

from kz_admin.domain.money import Money
from kz_admin.domain.pushing import Expected, Remote


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
    """One line for people, or None when both sides agree to the cent."""
    if expected.total is None or remote.total is None or expected.total == remote.total:
        return None
    currency = expected.currency or remote.currency
    ours, theirs = Money(expected.total, currency), Money(remote.total, currency)
    return f"The total is {theirs} in {label} and {ours} here."
