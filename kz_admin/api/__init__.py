"""What machines call: hooks and the JSON API. Keys and signatures are their log-in, problem+json their errors."""

from __future__ import annotations

from flask import Flask

from kz_admin.api import hooks
from kz_admin.extensions import csrf


def init_app(app: Flask) -> None:
    csrf.exempt(hooks.bp)
    app.register_blueprint(hooks.bp)
