"""Invoices: list and page (pages.py), form with lines (editing.py), the steps of their life (steps.py)."""

from kz_admin.web.invoices import editing, pages, steps  # noqa: F401 - their routes register themselves
from kz_admin.web.invoices.blueprint import bp as bp
