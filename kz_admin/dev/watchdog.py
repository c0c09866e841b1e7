"""Stops the children when the supervisor was killed and could not.

The supervisor holds the writing end of a pipe and tells on it which process groups exist ("+123", "-123").
The kernel closes that end with the supervisor, however it ends; then every group still known is killed.
On Linux the children ask the kernel for the same; this works on macOS too and reaches what they started.

Standard library only and started with -S: it is up before anything it has to watch.
"""

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress


def watch(lines: Iterable[str]) -> set[int]:
    """The groups that exist when the last line has come."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # only the end of the pipe ends us
    for group in watch(sys.stdin):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
