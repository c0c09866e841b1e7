"""`python -m simulator --port N [--state FILE]`: serves until SIGTERM or Ctrl-C, then saves and stops at once."""

from __future__ import annotations

import argparse
import gc
import signal
import sys
import threading

from .app import create_app
from .frame.server import Server


def main() -> int:
    asked = _arguments()
    app = create_app(asked.state)
    server = Server(asked.host, asked.port, app)
    _stop_on_signals(server)
    # What is loaded by now stays for ever: looking at it again in every collection would only cost.
    gc.freeze()
    sys.stdout.write(f"Simulator ready at http://{asked.host}:{server.port}/ (control under /_sim)\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    saver = app.extensions.get("saver")
    if saver is not None:
        saver.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8100, help="0: a free one")
    parser.add_argument("--host", default="127.0.0.1", help="everything is open to whoever can reach it")
    parser.add_argument("--state", metavar="FILE", help="keep the world in this file over restarts")
    return parser.parse_args()


def _stop_on_signals(server: Server) -> None:
    def stop(_signal: int, _frame: object) -> None:
        # serve_forever runs in this thread, so it has to be told from another.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    sys.exit(main())
