"""kz-admin: each document in the books exactly once."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from kz_admin import api, commands, config, extensions, failpoints, logs, models, sentry, simulated_time, web
from kz_admin.config import Config
from kz_admin.models import sealed, session
from kz_admin.services import bell, rate
from kz_admin.web import access, errors, forms, frame, headers

ROOT = Path(__file__).parent.parent
LARGEST_BODY = 2 * 1024 * 1024
DATABASE_CONNECT_S = 5
CONNECTION_LASTS_S = 3_600


def create_app(cfg: Config | None = None) -> Flask:
    cfg = cfg or config.load()
    app = Flask(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config.update(_flask_settings(cfg))
    logs.configure(readable=cfg.development)
    sentry.start(cfg)
    failpoints.arm(cfg.failpoints)
    if cfg.production:
        # One proxy stands in front of us and says how people reached it; the Host they sent is not believed.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # Flask's documented way

    models.db.init_app(app)
    session.init_app(app)
    simulated_time.init_app(app)
    sealed.init_app(app)
    extensions.migrate.init_app(app, models.db, directory=str(ROOT / "migrations"))
    extensions.htmx.init_app(app)
    bell.init_app(app)
    rate.init_app(app)

    headers.init_app(app)
    access.init_app(app)
    extensions.csrf.init_app(app)
    errors.init_app(app)
    forms.init_app(app)
    frame.init_app(app)
    web.init_app(app)
    api.init_app(app)
    commands.init_app(app)
    return app


def _flask_settings(cfg: Config) -> dict[str, object]:
    return {
        "KZ": cfg,
        "SECRET_KEY": cfg.secret_key,
        "SQLALCHEMY_DATABASE_URI": cfg.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(cfg),
        # __Host- makes browsers hold the cookie to this host, https and the whole path; plain http cannot have it.
        "SESSION_COOKIE_NAME": "__Host-kz_session" if cfg.production else "kz_session",
        "SESSION_COOKIE_SECURE": cfg.production,
        "SESSION_COOKIE_HTTPONLY": True,
        # not Strict: people come back from a provider's consent page by a link of that site
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # a page may stay open all day; the sign-in's end is the limit
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "PREFERRED_URL_SCHEME": "https" if cfg.secure else "http",
        "JSON_SORT_KEYS": False,
    }


def _engine_options(cfg: Config) -> dict[str, object]:
    # Messages of failed statements end in logs; their parameters are addresses, names and password hashes.
    # SQLite reads what it knows of the tables (models/statistics.py) when a connection opens, so none stays for ever.
    options: dict[str, object] = {"hide_parameters": True, "pool_recycle": CONNECTION_LASTS_S}
    if not cfg.database_url.startswith("sqlite"):
        # A host that swallows packets must not hold a request, or /readyz, for minutes.
        options |= {"pool_pre_ping": True, "connect_args": {"connect_timeout": DATABASE_CONNECT_S}}
    return options
