"""Which providers have a books view. One line adds one."""

from __future__ import annotations

from .quickbooks.view import QuickBooksView
from .shapes import View

VIEWS: dict[str, View] = {"quickbooks": QuickBooksView()}
