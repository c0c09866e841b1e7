"""Which children run on this machine, and with which environment."""

import json
import os
import socket
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from kz_admin.dev import redis_server
from kz_admin.dev.children import Child
from kz_admin.dev.folder import Folder, RefusalError

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
# The settings that say where a provider is, and where the simulator has it (DESIGN section 9).
SIMULATOR_ADDRESSES = {
    "QUICKBOOKS_DISCOVERY_URL": "/quickbooks/.well-known/openid_configuration",
    "QUICKBOOKS_API_URL": "/quickbooks",
    "QUICKBOOKS_SANDBOX_API_URL": "/quickbooks-sandbox",
    "QUICKBOOKS_APP_URL": "/quickbooks/app",
    "XERO_DISCOVERY_URL": "/xero/.well-known/openid-configuration",
    "XERO_CONNECTIONS_URL": "/xero/connections",
    "XERO_API_URL": "/xero",
    "XERO_APP_URL": "/xero/app",
}
# (provider, environment) of a key pair → prefix of its settings, and the name of its webhook secret.
KEY_PAIRS = {
    ("quickbooks", "production"): ("QUICKBOOKS_", "WEBHOOK_VERIFIER"),
    ("quickbooks", "sandbox"): ("QUICKBOOKS_SANDBOX_", "WEBHOOK_VERIFIER"),
    ("xero", "production"): ("XERO_", "WEBHOOK_KEY"),
}


def chosen_port(environ: Mapping[str, str]) -> int:
    given = environ.get("PORT", "").strip()
    if given and not (given.isascii() and given.isdigit() and 1 <= int(given) <= 65_535):
        raise RefusalError(f"PORT is {given!r}; use a whole number from 1 to 65535.")
    port = int(given or DEFAULT_PORT)
    if not is_free(port):
        raise RefusalError(f"port {port} is taken; choose another one, such as 'make run PORT={port + 1}'.")
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def base_environment(environ: Mapping[str, str], folder: Folder, port: int) -> dict[str, str]:
    """Ours on top of what the machine has: demo data never lands in a database exported by chance."""
    ours = {
        "PORT": str(port),
        "KZ_ENV": "development",
        "KZ_BASE_URL": f"http://localhost:{port}",
        "DATABASE_URL": folder.database_url,
        "PYTHONUNBUFFERED": "1",
        # RQ forks; Apple's libraries abort a fork that used them before unless told not to.
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
        **folder.secrets(),
    }
    return {**environ, **ours}


def simulator_environment(address: str, given: Mapping[str, str]) -> dict[str, str]:
    """The addresses, and the key pairs the simulator hands out (the same after every start).

    Who exports key pairs of a real sandbox gets that provider as it is, not the simulated one.
    """
    with urllib.request.urlopen(f"{address}/_sim/apps", timeout=5) as answer:  # noqa: S310 - our own child
        apps = json.load(answer)
    settings = {name: address + path for name, path in SIMULATOR_ADDRESSES.items()}
    for app in apps:
        known = KEY_PAIRS.get((app["provider"], app["environment"]))
        if known:
            prefix, webhook = known
            settings[f"{prefix}CLIENT_ID"] = app["client_id"]
            settings[f"{prefix}CLIENT_SECRET"] = app["client_secret"]
            settings[f"{prefix}{webhook}"] = app["webhook_secret"]
    real = {name.split("_")[0] for name in given if name.endswith("_CLIENT_ID")}
    return {name: value for name, value in settings.items() if name.split("_")[0] not in real}


def redis(server: Path, folder: Folder, unix_socket: Path, environment: Mapping[str, str]) -> Child:
    return Child("redis", redis_server.command(server, unix_socket, folder.path), environment, stage=2)


def simulator(port: int, folder: Folder, environment: Mapping[str, str]) -> Child:
    state = str(folder.path / "simulator.json")
    command = [*python("simulator"), "--port", str(port), "--state", state]
    return Child("simulator", command, environment, stage=1)


def simulator_is_there() -> bool:
    return (ROOT / "simulator" / "__main__.py").exists()


def web(port: int, environment: Mapping[str, str]) -> Child:
    gunicorn = [*python("gunicorn"), "-k", "gthread", "--threads", "8", "--no-control-socket"]
    quiet = ["--log-level", "warning", "--bind", f"127.0.0.1:{port}", "app:app"]
    return Child("web", [*gunicorn, *quiet], environment, stage=0)


def worker(environment: Mapping[str, str]) -> Child:
    return Child("worker", python("jobs.worker"), environment, stage=0)


def one_process(environment: Mapping[str, str]) -> Child:
    return Child("app", python("jobs.one_process"), environment, stage=0)


def clock(environment: Mapping[str, str]) -> Child:
    return Child("clock", python("jobs.clock"), environment, stage=0)


def python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def go_to_root() -> None:
    """Every child finds app.py, jobs/ and templates/ beside it, wherever the command was typed."""
    os.chdir(ROOT)
