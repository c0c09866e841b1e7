"""Migrations and demo data, before anything else may use the database.

In the supervisor's own process: it has the application loaded anyway, and another one would cost a second of the start.
"""

from collections.abc import Mapping

from flask_migrate import upgrade

from kz_admin import config, create_app
from kz_admin.models.session import engine
from kz_admin.services import demo


def prepare(environ: Mapping[str, str]) -> None:
    app = create_app(config.load(environ))
    with app.app_context():
        upgrade()
        demo.load()
        engine().dispose()
