"""Whatever is typed into any form, the books do it or refuse it; they never break and never lose their balance."""

from __future__ import annotations

import random

import pytest

from simulator.books import acting
from simulator.books.quickbooks.kinds import KINDS
from simulator.books.shapes import Deed, Field, RefusedDeed
from simulator.books.views import VIEWS
from simulator.frame.world import World
from simulator.quickbooks import ledger
from simulator.quickbooks.provider import PROVIDER

TYPED = ("", "0", "-1", "x", "1e9", "NaN", "999999", "2026-13-40", "2026-01-01", "12.345", "é", "a@b.c", "a:b", "\t",
         "1,000", "5000000000000", "Infinity")  # fmt: skip
DEEDS = 150


class Hand:
    """Fills forms at random: often what is there, often a choice, else something odd."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def fill(self, deed: Deed) -> dict[str, list[str]]:
        form: dict[str, list[str]] = {}
        for field in deed.fields:
            if field.kind == "lines":
                for part in field.parts:
                    held = [line.get(part.name, "") for line in field.lines]
                    form[f"{field.name}.{part.name}"] = [self.value(part, each) for each in held]
            elif field.kind in ("many", "check"):
                offered = [option.value for option in field.options] or ["yes"]
                form[field.name] = [each for each in offered if self.dice.random() < 0.5]
            else:
                form[field.name] = [self.value(field, field.value)]
        return form

    def value(self, field: Field, held: str) -> str:
        if self.dice.random() < 0.5:
            return held
        if field.options and self.dice.random() < 0.6:
            return self.dice.choice(list(field.options)).value
        return self.dice.choice(TYPED)


@pytest.mark.parametrize("key", ["US", "CA", "MC", "START"])
def test_every_form_is_done_or_refused_whatever_is_typed(key: str) -> None:
    world, view, hand = World([PROVIDER]), VIEWS["quickbooks"], Hand(7)
    slot = world.slot("quickbooks", "sandbox", key)
    assert slot is not None
    company, done, refused = slot.company, 0, 0
    while done + refused < DEEDS:
        kind = hand.dice.choice([*KINDS, ""])
        rows = company.table(kind).all() if kind else []
        row_id = hand.dice.choice(rows)["Id"] if rows and hand.dice.random() < 0.85 else ""
        deeds = [each for each in view.deeds(company, kind, row_id) if each.key not in ("subscription", "close-books")]
        if not deeds:
            continue
        deed = hand.dice.choice(deeds)
        before = company.to_state()
        try:
            acting.act(world, slot, view, deed, hand.fill(deed), "/books/anything")
            done += 1
        except RefusedDeed:
            refused += 1
            assert company.to_state() == before, f"{kind} {deed.key} was refused and left something behind"
        assert sum(ledger.trial_balance(company).values()) == 0, f"{kind} {deed.key}"
        if kind and row_id:
            view.sheet(company, kind, row_id)
    assert done > DEEDS / 5
    assert refused > DEEDS / 5
    world.clock.stop()
