from __future__ import annotations

from flask import Blueprint

from kz_admin.web import dates

bp = Blueprint("invoices", __name__, url_prefix="/kz-admin/invoices")
dates.register(bp)
