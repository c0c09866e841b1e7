"""Pages and fragments, one file per page family. Adding a family is one line here."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from flask import Blueprint, Flask

from kz_admin import config

FAMILIES = (
    "probes",
    "home",
    "signin",
    "tenants",
    "integrations",
    "connect",
    "accounts",
    "shadow",
    "mappings",
    "problems",
    "notifications",
    "health",
    "setup",
    "past_invoices",
    "first_pass",
    "carry_over",
    "public",
    "people",
    "settings",
    "billing",
    "developer",
    "mails",
    "activity",
    "help",
    "platform",
    # our documents
    "invoices",
    "clients",
    "projects",
    "services",
    "members",
    "vendors",
    "tax_rates",
    "payments",
    "credit_notes",
    "refunds",
    "time",
    "expenses",
)


def init_app(app: Flask) -> None:
    cfg: config.Config = app.config["KZ"]
    for family in (*FAMILIES, *(("design",) if cfg.development else ())):
        app.register_blueprint(cast(Blueprint, import_module(f"kz_admin.web.{family}").bp))
