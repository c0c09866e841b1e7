"""`python -m kz_admin.dev`: start everything here, print the address and the log-in, stop cleanly."""

import argparse
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kz_admin import lifeline
from kz_admin.config import ConfigError
from kz_admin.dev import plan, redis_server
from kz_admin.dev.folder import Folder, RefusalError
from kz_admin.dev.prepare import prepare
from kz_admin.dev.supervisor import StoppedError, Supervisor
from kz_admin.services import demo

REDIS_WITHIN = 10
SIMULATOR_WITHIN = 30
READY_WITHIN = 60


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m kz_admin.dev", description=__doc__)
    parser.add_argument("--folder", type=Path, default=plan.ROOT / "var", help="where the data is kept")
    options = parser.parse_args(arguments)
    if "MAKELEVEL" in environ:
        lifeline.ask_kernel(signal.SIGTERM)  # kill -9 of make: stop as if asked to
    folder = Folder(options.folder)
    try:
        folder.open()
        port = plan.chosen_port(environ)
        run(folder, port, plan.base_environment(environ, folder, port))
    except RefusalError as refusal:
        print(f"kz-admin: {refusal}", file=sys.stderr)  # noqa: T201 - the terminal is our screen
        return 1
    return 0


def run(folder: Folder, port: int, environment: dict[str, str]) -> None:
    plan.go_to_root()
    supervisor = Supervisor()
    with supervisor.listening_to_signals():
        try:
            start(supervisor, folder, port, environment)
            supervisor.run()
        except StoppedError:
            pass
        supervisor.say("stopping")
    supervisor.say("stopped")


def start(supervisor: Supervisor, folder: Folder, port: int, environment: dict[str, str]) -> None:
    """Redis and the simulator start while we prepare the database; web is the first to need all three."""
    unix_socket = add_redis(supervisor, folder, environment)
    simulator = add_simulator(supervisor, folder, environment)
    prepare_database(supervisor, environment)
    if unix_socket:
        await_redis(supervisor, unix_socket, folder.path / redis_server.LOG)
    if simulator:
        await_simulator(supervisor, simulator, environment)

    supervisor.add(plan.web(port, environment) if unix_socket else plan.one_process(environment))
    address = f"http://127.0.0.1:{port}/readyz"
    if not supervisor.wait_until(lambda: is_up(address), READY_WITHIN):
        raise RefusalError(f"it was not ready within {READY_WITHIN} s: {what_is_missing(address)}.")
    if unix_socket:  # not earlier: on a small machine they would only slow the pages down
        supervisor.add(plan.worker(environment))
        supervisor.add(plan.clock(environment))
    greet(supervisor, environment["KZ_BASE_URL"])


def add_redis(supervisor: Supervisor, folder: Folder, environment: dict[str, str]) -> Path | None:
    """The socket of our own Redis; None when this machine has no server, and one process has to do."""
    server = redis_server.find_server()
    if server is None:
        supervisor.say("no Redis server on this machine: web, worker and clock share one process, queued in memory")
        environment["REDIS_URL"] = "redis://in-this-process"
        return None
    unix_socket = folder.redis_socket
    environment["REDIS_URL"] = f"unix://{unix_socket}?db=0"
    supervisor.add(plan.redis(server, folder, unix_socket, environment))
    return unix_socket


def await_redis(supervisor: Supervisor, unix_socket: Path, log: Path) -> None:
    if not supervisor.wait_until(lambda: redis_server.answers(unix_socket), REDIS_WITHIN):
        raise RefusalError(f"Redis did not answer within {REDIS_WITHIN} s; {log} says why.")


def add_simulator(supervisor: Supervisor, folder: Folder, environment: dict[str, str]) -> str | None:
    if not plan.simulator_is_there():
        return None
    port = folder.remembered_port("simulator", plan.any_free_port, plan.is_free)
    supervisor.add(plan.simulator(port, folder, environment))
    return f"http://127.0.0.1:{port}"


def await_simulator(supervisor: Supervisor, address: str, environment: dict[str, str]) -> None:
    if not supervisor.wait_until(lambda: is_up(f"{address}/_sim/apps"), SIMULATOR_WITHIN):
        raise RefusalError(f"the simulator did not answer within {SIMULATOR_WITHIN} s; the lines above say why.")
    environment.update(plan.simulator_environment(address, environment))
    supervisor.say(f"simulated QuickBooks and Xero at {address}")


def prepare_database(supervisor: Supervisor, environment: dict[str, str]) -> None:
    try:
        prepare(environment)
    except ConfigError as wrong:
        raise RefusalError(str(wrong)) from None
    except SQLAlchemyError as problem:
        reason = str(problem).splitlines()[0]
        raise RefusalError(f"the database in {environment['DATABASE_URL']} could not be prepared: {reason}") from None
    supervisor.turn(0)


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own child
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def what_is_missing(address: str) -> str:
    """What /readyz finds wrong, or that nobody answers there."""
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own child
            return "it is ready only now"
    except urllib.error.HTTPError as refused:
        return f"/readyz answers {refused.read(2000).decode(errors='replace').strip()}"
    except OSError as problem:
        return f"nobody answers at {address} ({problem})"


def greet(supervisor: Supervisor, address: str) -> None:
    first = demo.CAST[0]
    for line in (
        "",
        f"kz-admin is ready at {address}/kz-admin/integrations",
        f"log in as {first.email} with the password: {demo.PASSWORD}",
        "Ctrl-C stops it",
        "",
    ):
        supervisor.say(line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))  # noqa: TID251 - it composes the environment of its children
