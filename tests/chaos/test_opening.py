"""What many experiments share is brought back as it was made, on both sides; not to those who did something before."""

from __future__ import annotations

from typing import Any

import pytest

from kz_admin import clock
from tests import moments
from tests.chaos.books import Books
from tests.chaos.opening import DATABASES, opened
from tests.moments import Story

pytestmark = pytest.mark.chaos
A_MOMENT_MS = 20_000


def both_sides(books: Books) -> dict[str, Any]:
    evidence = books.evidence()
    return {
        "rows": sorted(row for row in evidence.rows.text.splitlines() if not row.startswith("test_clock ")),
        "journal": evidence.journal,
        "state": evidence.state["companies"],
        "redis": sorted(books.redis.keys("*")),
        "number": books.said()["invoice"]["number"],
    }


@pytest.mark.parametrize("database", DATABASES)
def test_it_is_brought_back_as_it_was(
    request: pytest.FixtureRequest, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Story, "_kept", {})
    seen = []
    for _ in range(2):
        with opened(request, database) as books:
            books.known()
            seen.append(both_sides(books))
            books.pay()
            books.rest()
            assert books.created("Invoice", "Payment") == {"Invoice": 2, "Payment": 2}
            books.check()
    assert seen[0] == seen[1]
    assert set(Story._kept) == {
        (story, books.database_url, books.machine.base)
        for story in ("the seed, connected US", "the seed, connected US, cus-1 known")
    }


def test_it_is_the_time_it_was_whatever_the_machines_clock_says(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Story, "_kept", {})
    machine_ms, seen = moments._machine_ms, []
    for ahead in (0, clock.HOUR):
        monkeypatch.setattr(moments, "_machine_ms", lambda ahead=ahead: machine_ms() + ahead)
        with opened(request, "sqlite") as books:
            seen.append((books.now(), books.machine.world.clock.now_ms()))
    for before, now in zip(*seen, strict=True):
        assert abs(before - clock.HOUR - now) < A_MOMENT_MS


def test_who_did_something_before_gets_it_anew(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Story, "_kept", {})
    for before in ("", "our side", "their side"):
        with opened(request, "sqlite") as books:
            if before == "our side":
                books.pay("MINE")
            elif before == "their side":
                books.theirs("customer", {"DisplayName": "Somebody typed this"})
            books.known()
            assert len(books.records("invoice")) == 1 + (before == "our side")
            typed = [one for one in books.objects("Customer") if one["DisplayName"] == "Somebody typed this"]
            assert len(typed) == (before == "their side")
            books.check()
