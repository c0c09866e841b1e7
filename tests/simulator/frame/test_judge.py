"""The journal is the judge of exactly once, so it must agree with the books whatever happens."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator.machine import Access, Machine, running

TROUBLES = (
    "drop_before_commit", "commit_then_drop", "commit_then_status", "status", "slow_commit", "truncate", "html",
    "ignore_request_ids", "replay_errors",
)  # fmt: skip


def names_in_the_books(machine: Machine) -> Counter[str]:
    [company] = machine.sim("GET", "state", company="US")["companies"]
    return Counter(each["Id"] for each in company["objects"]["Customer"] if each["DisplayName"].startswith("Judged "))


def made_by_the_journal(machine: Machine) -> Counter[str]:
    return Counter(
        each["id"]
        for entry in machine.journal(company="US")
        for each in entry["objects"]
        if (each["type"], each["op"]) == ("Customer", "create")
    )


def call(access: Access, dice: random.Random, number: int) -> None:
    """One create, told again with the same id when there is no good answer, as a client would."""
    for _ in range(3):
        try:
            answer = access.customer(f"Judged {number}", requestid=f"r-{number}")
        except requests.RequestException:
            continue
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json"):
            return
        if dice.random() < 0.5:
            return


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_object_was_written_by_exactly_one_entry(machine: Machine, access: Access, seed: int) -> None:
    dice = random.Random(seed)
    machine.sim("POST", "limits", {"on": False})
    for number in range(60):
        if dice.random() < 0.6:
            machine.fault(dice.choice(TROUBLES), None, dice.choice((1, 2)), method="POST")
        call(access, dice, number)
        if dice.random() < 0.1:
            machine.pass_time(dice.choice((30, 100, 200)))
    machine.pass_time(200)
    written = made_by_the_journal(machine)
    assert written == names_in_the_books(machine)
    assert set(written.values()) == {1}
    assert len(written) > 20


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_holds_over_restarts(tmp_path: Path, seed: int) -> None:
    dice, file, access = random.Random(seed), tmp_path / "world.db", None
    for round_ in range(3):
        with running(file) as machine:
            access = access or machine.grant()
            access.machine = machine
            machine.sim("POST", "limits", {"on": False})
            for number in range(round_ * 10, round_ * 10 + 15):
                if dice.random() < 0.5:
                    machine.fault(dice.choice(("commit_then_drop", "drop_before_commit")), method="POST")
                call(access, dice, number)
            written: Any = made_by_the_journal(machine)
            assert written == names_in_the_books(machine)
            assert set(written.values()) == {1}
