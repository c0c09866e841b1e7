"""Payment terms: the mapped ones of theirs, beside our due date, which always stands."""

from __future__ import annotations

from kz_admin.domain.lists import DEFAULT, List, term_key
from kz_admin.domain.pushing import Refs
from kz_admin.domain.records import InvoiceRecord


def chosen(record: InvoiceRecord, refs: Refs) -> str:
    """Their id; "" where nothing is mapped. What was made inactive there is left out: the due date says it all."""
    if not record.terms:
        return ""
    found = refs.mapped.get((List.TERMS, term_key(record.terms))) or refs.mapped.get((List.TERMS, DEFAULT))
    return found.remote_id if found is not None and found.active else ""
