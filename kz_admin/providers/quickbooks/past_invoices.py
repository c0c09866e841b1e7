"""Their invoices of before the connection, a thousand a call: reads are what Intuit counts.

Asked by days, not by our numbers: so it also shows what stands there and not here, and the price is known beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kz_admin.providers.base import Access, Dated, PastInvoices
from kz_admin.providers.quickbooks import api, questions, remotes
from kz_admin.providers.quickbooks.invoices import ENTITY


def page(access: Access, since: str, until: str, after: int) -> Sequence[Dated]:
    days = (f"TxnDate >= {api.quoted(since)}", f"TxnDate <= {api.quoted(until)}")
    return [_dated(row) for row in api.page(access, questions.where(ENTITY, *days).statement, ENTITY, after=after)]


def _dated(row: Mapping[str, Any]) -> Dated:
    name = str(remotes.as_row(row.get("CustomerRef")).get("name") or "")
    return Dated(remotes.invoice(row), str(row.get("TxnDate") or ""), name)


PAST_INVOICES = PastInvoices(page, api.PAGE)
