"""Payment terms: the mapped ones of theirs, beside our due date, which always stands."""

from __future__ import annotations

from kz_admin.domain.lists import List
from kz_admin.domain.pushing import Refs
from kz_admin.domain.records import InvoiceRecord
from kz_admin.domain.terms import term_key


def chosen(record: InvoiceRecord, refs: Refs) -> str:
    """Their id; "" where nothing is mapped. What was made inactive there is left out: the due date says it all."""
    found = refs.mapped.get((List.TERMS, term_key(record.terms))) if record.terms else None
    return found.remote_id if found is not None and found.active else ""
