"""Invoices: list and page (pages.py), form with lines (editing.py), the steps of their life (steps.py),
what would be written for one (preview.py)."""

from kz_admin.web.invoices import editing, pages, preview, steps  # noqa: F401 - their routes register themselves
from kz_admin.web.invoices.blueprint import bp as bp
