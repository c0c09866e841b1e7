"""K4 to K6, K9 and K10: a worker killed at each of its places, with each kind of thing in its hands.

The judge looks at everything afterwards; that the object was made exactly once is counted here besides.
"""

from __future__ import annotations

import pytest

from tests.chaos.experiment import failpoints_in
from tests.chaos.opening import opened
from tests.chaos.wishes import WISHES
from tests.fixtures.processes import ROOT

pytestmark = pytest.mark.chaos

KILLED_AT = {
    "push.leased": "K5 after the claim",
    "push.counted": "K5 before it is built",
    "push.committed": "K6 after sent, before bytes",
    "push.answered": "K9 after the answer, before recording",
    "push.recorded": "K10 after recording",
    "push.released": "K10 before the job's end",
}
LOOKED = "push.looked"  # needs an unknown outcome first: below


def test_every_failpoint_of_pushing_is_tried_here() -> None:
    there = {name for path in (ROOT / "kz_admin/services/push").glob("*.py") for name in failpoints_in(path)}
    assert there == {*KILLED_AT, LOOKED}


def experiments() -> list[object]:
    """Invoices, alone and together, on both databases; the other kinds take turns. Short: on SQLite, and some."""
    found = []
    for place, (kind, failpoint) in enumerate((kind, failpoint) for kind in WISHES for failpoint in KILLED_AT):
        in_turn = place % (len(KILLED_AT) + 1) == 0
        for database in ("sqlite", "postgresql"):
            for ignored in (False, True):
                resends = failpoint in ("push.committed", "push.answered")
                is_short = in_turn if database == "postgresql" or ignored else _mostly(kind, resends)
                if ignored and not resends:
                    continue
                its_turn = database == ("sqlite", "postgresql")[place % 2] or kind in ("invoice", "batch of invoices")
                if not its_turn and not is_short and not (ignored and kind == "payment"):
                    continue
                marks = [] if is_short or (ignored and kind == "payment") else [pytest.mark.chaos_long]
                marks += [pytest.mark.postgres] if database == "postgresql" else []
                name = f"{database}-{kind}-{KILLED_AT[failpoint]}{'-ids ignored' if ignored else ''}"
                found.append(pytest.param(database, kind, failpoint, ignored, marks=marks, id=name))
    return found


def _mostly(kind: str, resends: bool) -> bool:
    return kind == "invoice" or (kind == "batch of invoices" and resends)


@pytest.mark.promise("K5", "K6", "K9", "K10", "I1", "I4", "I5", "I11", "L1")
@pytest.mark.parametrize(("database", "kind", "failpoint", "ignored"), experiments())
def test_a_worker_killed_anywhere_makes_nothing_twice(
    request: pytest.FixtureRequest, database: str, kind: str, failpoint: str, ignored: bool
) -> None:
    wish = WISHES[kind]
    with opened(request, database) as books:
        wish.prepare(books)
        before = books.created(wish.entity)[wish.entity]
        if ignored:
            books.machine.fault("ignore_request_ids", count=None)
        books.killed_at(failpoint)
        books.bring_back()
        books.rest()
        assert books.created(wish.entity)[wish.entity] == before + wish.makes
        books.check()
