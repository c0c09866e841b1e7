"""With KZ_CLOCK=simulated, waiting moves our clock and the simulator's together, so that 400 days pass in a test."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from flask import Flask

from kz_admin import clock
from kz_admin.config import Config
from kz_admin.models.base import db
from kz_admin.models.db_clock import SharedOffset

TIMEOUT_S = 10
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def init_app(app: Flask) -> None:
    cfg: Config = app.config["KZ"]
    if not cfg.simulated_clock:
        clock.simulate(None, None)
        return
    with app.app_context():
        offset = SharedOffset(db.engine)

    def advance(ms: int) -> None:
        offset.advance(ms)
        if simulator := _simulator(cfg):
            answer = requests.post(f"{simulator}/_sim/clock", json={"advance_s": ms / clock.SECOND}, timeout=TIMEOUT_S)
            answer.raise_for_status()

    clock.simulate(offset.read, advance)


def _simulator(cfg: Config) -> str | None:
    """The simulator is a provider that lives on this machine; the real ones have no clock to move."""
    parts = urlsplit(cfg.quickbooks_at.api)
    return f"{parts.scheme}://{parts.netloc}" if parts.hostname in LOOPBACK else None
