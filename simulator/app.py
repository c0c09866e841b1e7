"""The simulator as a Flask application."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, redirect, url_for
from flask.json.provider import DefaultJSONProvider

from .books import pages as books
from .books.quickbooks import deep_links
from .frame import control
from .frame.consent import Desk
from .frame.state import Saver
from .frame.world import World
from .quickbooks.provider import PROVIDER as QUICKBOOKS

HERE = Path(__file__).parent


class ControlJson(DefaultJSONProvider):
    """Control answers in plain JSON numbers; only the providers' own answers keep every digit."""

    sort_keys = False

    @staticmethod
    def default(value: Any) -> Any:
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return DefaultJSONProvider.default(value)


def create_app(state_file: str | Path | None = None) -> Flask:
    """One world per application. With a state file it goes on where the last one stopped."""
    app = Flask(
        "simulator",
        static_folder=HERE / "static",
        static_url_path="/_sim/static",
        template_folder=HERE / "templates",
    )
    app.json = ControlJson(app)
    world = World([QUICKBOOKS])
    desk = Desk(world)
    app.extensions["world"] = world
    if state_file is not None:
        app.extensions["saver"] = Saver(world, Path(state_file))
    app.add_url_rule("/", "home", lambda: redirect(url_for("books.companies")))
    app.register_blueprint(control.blueprint(world, desk))
    app.register_blueprint(books.blueprint(world))
    app.register_blueprint(deep_links.blueprint(world))
    for provider in world.providers.values():
        for each in provider.blueprints(world, desk):
            app.register_blueprint(each)
    return app
