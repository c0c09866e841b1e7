"""The state file: what a restart keeps."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from simulator.frame.state import UnreadableStateError
from tests.simulator.machine import Access, Machine, running


def moved(access: Access, machine: Machine) -> Access:
    """The same access at the simulator that came after."""
    access.machine = machine
    return access


def test_a_restart_keeps_books_tokens_request_ids_clock_and_journal(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as machine:
        access = machine.grant()
        made = access.customer("Ada", requestid="r-1")
        machine.pass_time(1800)
        now = machine.sim("GET", "clock")["now"]
    with running(file) as machine:
        moved(access, machine)
        assert 0 <= machine.sim("GET", "clock")["now"] - now < 10_000
        assert access.customer("Ada", requestid="r-1").content == made.content
        assert access.customers("Ada") == 1
        assert access.refresh().status_code == 200
        assert [each["request_id"] for each in machine.journal(method="POST")[:1]] == ["r-1"]
        machine.pass_time(1801)
        assert access.get("preferences").status_code == 401


def test_ids_go_on_where_they_stopped(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as machine:
        access = machine.grant()
        first = access.customer("Ada").json()["Customer"]
    with running(file) as machine:
        second = moved(access, machine).customer("Grace").json()["Customer"]
        assert int(second["Id"]) > int(first["Id"])
        update = {"Id": first["Id"], "SyncToken": "0", "sparse": True, "Notes": "still here"}
        assert access.post("customer", update).status_code == 200


def test_a_change_is_on_disk_within_a_second(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as machine:
        access = machine.grant()
        access.customer("Ada", requestid="r-1")
        time.sleep(1)
        copy = tmp_path / "copy.db"
        with sqlite3.connect(file) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        source.close()
        target.close()
    with running(copy) as machine:
        assert moved(access, machine).customers("Ada") == 1


def test_listeners_and_lost_rights_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as machine:
        access = machine.grant(person="marcus")
        machine.sim("POST", "rights", {"company": "US", "person": "marcus"})
        machine.sim("POST", "webhooks", {"url": "http://127.0.0.1:9/hook", "delay_s": 9})
    with running(file) as machine:
        assert moved(access, machine).get("preferences").status_code == 403
        assert [each["delay_s"] for each in machine.sim("GET", "webhooks")["listeners"]] == [9]


def test_a_reset_empties_the_file_too(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as machine:
        machine.grant().customer("Ada")
        machine.sim("POST", "reset", {})
    with running(file) as machine:
        assert machine.journal() == []
        assert machine.grant().customers("Ada") == 0


def test_a_company_reset_alone_does_not_come_back(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    with running(file) as machine:
        access, other = machine.grant(), machine.grant("CA")
        access.customer("Ada")
        other.customer("Ada")
        machine.world.clock.wake()
        time.sleep(1.5)
        machine.sim("POST", "reset", {"company": "CA"})
    with running(file) as machine:
        assert moved(access, machine).customers("Ada") == 1
        assert moved(other, machine).customers("Ada") == 0


def test_a_file_that_is_no_state_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("These are my notes. " * 100)
    with pytest.raises(UnreadableStateError, match=r"notes\.txt"), running(file):
        pass
    assert file.read_text().startswith("These are my notes.")
