"""Die with the process that started us: nothing may go on alone after a kill -9 of its parent."""

import ctypes
import os
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.5

# Loaded once, before any fork: loading a library between fork and exec can hang.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def ask_kernel(signal_number: int = signal.SIGKILL) -> bool:
    """Linux sends us this signal when the thread that forked us ends. False where the kernel cannot."""
    if _libc is None:
        return False
    return bool(_libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0) == 0)


def follow(parent: int, signal_number: int = signal.SIGKILL) -> None:
    """For a forked child: get this signal when `parent` is gone, by the kernel or, elsewhere, by looking."""
    if not ask_kernel(signal_number):
        threading.Thread(target=_watch, args=(parent, signal_number), daemon=True).start()
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal_number)


def _watch(parent: int, signal_number: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(POLL_SECONDS)
    os.kill(os.getpid(), signal_number)
