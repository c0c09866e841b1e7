"""`python -m kz_admin.dev`: start everything here, print the address and the log-in, stop cleanly."""

import argparse
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from kz_admin import lifeline
from kz_admin.dev import plan, redis_server
from kz_admin.dev.folder import Folder, RefusalError
from kz_admin.dev.supervisor import StoppedError, Supervisor

PREPARED_WITHIN = 120
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
    start_redis(supervisor, folder, environment)
    start_simulator(supervisor, folder, environment)
    prepare(supervisor, environment)
    supervisor.add(plan.web(port, environment))
    supervisor.add(plan.worker(environment))
    supervisor.add(plan.clock(environment))
    ready = supervisor.wait_until(lambda: is_up(f"http://127.0.0.1:{port}/readyz"), READY_WITHIN)
    if not ready:
        raise RefusalError(f"it was not ready within {READY_WITHIN} s; the lines above say why.")
    greet(supervisor, environment["KZ_BASE_URL"])


def start_redis(supervisor: Supervisor, folder: Folder, environment: dict[str, str]) -> None:
    server = redis_server.find_server()
    if server is None:
        raise RefusalError("no Redis server was found; install the package 'redis-server' first.")
    unix_socket = folder.redis_socket
    supervisor.add(plan.redis(server, folder, unix_socket, environment))
    if not supervisor.wait_until(lambda: redis_server.answers(unix_socket), 10):
        raise RefusalError(f"Redis ({server}) did not answer within 10 s; the lines above say why.")
    environment["REDIS_URL"] = f"unix://{unix_socket}?db=0"


def start_simulator(supervisor: Supervisor, folder: Folder, environment: dict[str, str]) -> None:
    if not plan.simulator_is_there():
        return
    port = folder.remembered_port("simulator", plan.any_free_port, plan.is_free)
    address = f"http://127.0.0.1:{port}"
    supervisor.add(plan.simulator(port, folder, environment))
    if not supervisor.wait_until(lambda: is_up(f"{address}/_sim/apps"), 30):
        raise RefusalError("the simulator did not answer within 30 s; the lines above say why.")
    environment.update(plan.simulator_environment(address, environment))
    supervisor.say(f"simulated QuickBooks and Xero at {address}")


def prepare(supervisor: Supervisor, environment: dict[str, str]) -> None:
    child = supervisor.add(plan.prepare(environment))
    if not supervisor.wait_until(lambda: child.code is not None, PREPARED_WITHIN) or child.code != 0:
        raise RefusalError("the database could not be prepared; the lines above say why.")


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own child
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def greet(supervisor: Supervisor, address: str) -> None:
    for line in ("", f"kz-admin is ready: {address}/kz-admin/integrations", *LOG_IN, "Ctrl-C stops it.", ""):
        supervisor.say(line)


LOG_IN: tuple[str, ...] = ()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))  # noqa: TID251 - it composes the environment of its children
