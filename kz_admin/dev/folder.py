"""The folder var/: all that `make run` keeps between two runs."""

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

# A unix socket's address has at most 104 bytes on macOS, 108 on Linux.
LONGEST_SOCKET_PATH = 100


class RefusalError(Exception):
    """One clear sentence why this machine, as it is now, cannot run it."""


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: IO[str] | None = None

    def open(self) -> None:
        """Make the folder and hold it until this process ends; the kernel lets go even after kill -9."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / "supervisor.lock").open("a+", encoding="utf-8")
            tempfile.TemporaryFile(dir=self.path).close()
        except OSError as problem:
            raise RefusalError(f"the folder {self.path} cannot be written to ({problem.strerror}).") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip()
            raise RefusalError(
                f"another 'make run' (process {holder}) is already using {self.path}; stop that one first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.path / 'kz.sqlite'}"

    @property
    def redis_socket(self) -> Path:
        socket = self.path / "redis.sock"
        if len(str(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        # Deep folder: the socket goes where the path is short, in a folder only we may enter.
        return Path(tempfile.mkdtemp(prefix="kz-")) / "redis.sock"

    def secrets(self) -> dict[str, str]:
        """Made once, then kept: sealed columns of the last run must open in the next."""
        path = self.path / "secrets.json"
        kept = _read(path)
        made = {name: kept.get(name) or secrets.token_urlsafe(48) for name in ("SECRET_KEY", "KZ_ENCRYPTION_KEYS")}
        if made != kept:
            _write(path, made)
        return made

    def remembered_port(self, name: str, choose: Callable[[], int], usable: Callable[[int], bool]) -> int:
        """The port of the last run while it is free: addresses kept elsewhere stay right."""
        path = self.path / "ports.json"
        ports = _read(path)
        kept = int(ports.get(name, 0))
        if kept and usable(kept):
            return kept
        chosen = choose()
        _write(path, {**ports, name: str(chosen)})
        return chosen


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _write(path: Path, values: dict[str, str]) -> None:
    """Whole or not at all, and for our eyes only."""
    half = path.with_suffix(".new")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(values, file)
    half.replace(path)
