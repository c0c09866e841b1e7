"""A supervisor of two small children, for tests of the supervisor alone.

`first` has a child of its own; both say so when they are asked to end. `stubborn` does not listen.
"""

from __future__ import annotations

import os
import sys

from kz_admin.dev.children import Child
from kz_admin.dev.supervisor import StoppedError, Supervisor

FIRST = """
import signal, subprocess, sys, time
sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def end(*_):
    print("first ends", flush=True)
    sleeper.kill()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("first is up", flush=True)
while True: time.sleep(1)
"""
LAST = """
import signal, sys, time
def end(*_):
    print("last ends", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("last is up", flush=True)
while True: time.sleep(1)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn is up", flush=True)
while True: time.sleep(1)
"""


def main() -> None:
    supervisor = Supervisor()
    with supervisor.listening_to_signals():
        try:
            supervisor.add(Child("last", [sys.executable, "-c", LAST], os.environ, stage=2))
            supervisor.add(Child("first", [sys.executable, "-c", FIRST], os.environ, stage=0))
            if "stubborn" in sys.argv:
                supervisor.add(Child("stubborn", [sys.executable, "-c", STUBBORN], os.environ, stage=1))
            supervisor.run()
        except StoppedError:
            pass
    supervisor.say("stopped")


if __name__ == "__main__":
    main()
