from __future__ import annotations

import pytest

from kz_admin.domain import waves
from kz_admin.domain.kinds import REMOVAL_ORDER, Kind
from kz_admin.domain.waves import WAVES, wave_of


def due(**counts: int) -> dict[tuple[Kind, bool], int]:
    """By kind; a trailing "_gone" counts removals."""
    return {(Kind(name.removesuffix("_gone")), name.endswith("_gone")): count for name, count in counts.items()}


def test_every_kind_travels_once_and_what_others_need_comes_first() -> None:
    order = [kind for wave in WAVES if not wave.removals for kind in Kind if kind in wave.kinds]
    assert sorted(order) == sorted(Kind)
    assert order.index(Kind.CLIENT) < order.index(Kind.INVOICE) < order.index(Kind.PAYMENT) < order.index(Kind.REFUND)


def test_removals_come_before_everything_and_backwards() -> None:
    removals = [next(iter(wave.kinds)) for wave in WAVES[: len(REMOVAL_ORDER)]]
    assert removals == [Kind.REFUND, Kind.PAYMENT, Kind.CREDIT_NOTE, Kind.INVOICE]
    assert waves.first(due(client=5, invoice_gone=1)) == wave_of(Kind.INVOICE, True)


def test_what_cannot_be_removed_over_there_travels_with_its_kind() -> None:
    assert wave_of(Kind.CLIENT, True) == wave_of(Kind.CLIENT, False)


def test_nothing_due_is_no_wave() -> None:
    assert waves.first({}) is None
    assert waves.first(due(client=0)) is None


@pytest.mark.parametrize(
    ("counts", "together"),
    [
        ({"invoice": 1}, 1),
        ({"invoice": 2}, 1),
        ({"invoice": 3}, 3),
        ({"invoice": 31}, 30),
        ({"client": 1, "service": 1}, 2),
        ({"client": 2, "service": 1}, 3),
        ({"client": 2}, 1),
        ({"client": 40, "service": 1}, 30),
        ({"invoice": 2, "payment": 9}, 1),
    ],
)
def test_three_of_a_kind_share_a_call_and_so_do_a_client_and_an_item(counts: dict[str, int], together: int) -> None:
    found = waves.first(due(**counts))
    assert found is not None
    assert waves.together(found, due(**counts), 30) == together


def test_removals_go_one_by_one() -> None:
    counts = due(invoice_gone=9)
    found = waves.first(counts)
    assert found is not None
    assert waves.together(found, counts, 30) == 1
