"""Which of their invoices is one of ours from before the connection: by number, total, currency and customer (C26).

The same evidence by which a push recognises an invoice that is there already. Several that agree equally are nobody's:
a person says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kz_admin.domain.matching import addresses, shares_address
from kz_admin.domain.names import name_key


class Verdict(StrEnum):
    SAME = "same"  # everything agrees: linked with one click for all of them
    DIFFERS = "differs"  # the number agrees and something else does not: a person looks
    ONLY_THERE = "only_there"
    LINKED = "linked"  # tied to one of ours


class Differs(StrEnum):
    """In what two invoices of the same number are not the same."""

    TOTAL = "total"
    CURRENCY = "currency"
    CUSTOMER = "customer"
    VOIDED = "voided"
    SEVERAL = "several"  # another one of theirs agrees as well
    UNLINKED = "unlinked"  # a person took this very link away


# What a person may overrule: the money is the same, and whom it was booked to is theirs to know.
MAY_BE_OVERRULED = frozenset({Differs.CUSTOMER, Differs.SEVERAL, Differs.UNLINKED})


@dataclass(frozen=True)
class Whom:
    """A customer: of ours by the ids it is linked to, else by name and e-mail."""

    ids: frozenset[str]
    name: str
    email: str = ""


@dataclass(frozen=True)
class Ours:
    local_id: str
    total: int
    currency: str
    client: Whom
    unlinked: frozenset[str] = frozenset()  # of theirs: what a person said that it is not


@dataclass(frozen=True)
class Theirs:
    remote_id: str
    total: int | None
    currency: str
    customer: Whom
    mark: str = ""  # the document of ours whose marker it carries
    voided: bool = False


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    differs: tuple[Differs, ...] = ()
    by_mark: bool = False  # it carries our own marker: we made it there


def judge(ours: Ours, holders: Sequence[Theirs]) -> dict[str, Finding]:
    """What each of their invoices with our number is to ours."""
    marked = [one for one in holders if one.mark == ours.local_id]
    free = marked or [one for one in holders if not one.mark]
    found = {one.remote_id: Finding(Verdict.ONLY_THERE) for one in holders}
    differing = {one.remote_id: differences(ours, one) for one in free}
    same = [remote_id for remote_id, differs in differing.items() if not differs]
    if len(same) == 1:
        return found | {same[0]: Finding(Verdict.SAME, by_mark=bool(marked))}
    if same:
        return found | {remote_id: Finding(Verdict.DIFFERS, (Differs.SEVERAL,)) for remote_id in same}
    return found | {remote_id: Finding(Verdict.DIFFERS, differs) for remote_id, differs in differing.items()}


def differences(ours: Ours, theirs: Theirs) -> tuple[Differs, ...]:
    facts = (
        (Differs.VOIDED, theirs.voided),
        (Differs.CURRENCY, theirs.currency not in ("", ours.currency)),
        (Differs.TOTAL, not theirs.voided and theirs.total != ours.total),
        (Differs.CUSTOMER, not same_customer(ours.client, theirs.customer)),
        (Differs.UNLINKED, theirs.remote_id in ours.unlinked and theirs.mark != ours.local_id),  # ours stays ours
    )
    return tuple(differs for differs, holds in facts if holds)


def same_customer(ours: Whom, theirs: Whom) -> bool:
    """By the link where there is one. A name counts as long as no two addresses speak against it."""
    if ours.ids:
        return not ours.ids.isdisjoint(theirs.ids)
    if shares_address(ours.email, theirs.email):
        return True
    no_other_email = not addresses(ours.email) or not addresses(theirs.email)
    return no_other_email and bool(ours.name) and name_key(ours.name) == name_key(theirs.name)


def may_be_linked(differs: Iterable[Differs]) -> bool:
    """Whether a person's word is enough. Another total or currency is another invoice, whoever says otherwise."""
    return MAY_BE_OVERRULED.issuperset(differs)
