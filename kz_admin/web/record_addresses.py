"""Where the pages of a document are, by its kind and id."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, url_for

from kz_admin.domain.kinds import Kind

# Kind → where its pages are, and what an address calls one of them.
PAGES = {
    Kind.INVOICE: ("invoices", "invoice"),
    Kind.PAYMENT: ("payments", "payment"),
    Kind.CREDIT_NOTE: ("credit_notes", "credit_note"),
    Kind.REFUND: ("refunds", "refund"),
    Kind.CLIENT: ("clients", "client"),
    Kind.SERVICE: ("services", "service"),
    Kind.PROJECT: ("projects", "project"),
    Kind.VENDOR: ("vendors", "vendor"),
}


def record_url(kind: Kind, document_id: UUID, view: str, **more: Any) -> str:
    page, argument = PAGES[kind]
    values: dict[str, Any] = {argument: document_id, **more}
    return url_for(f"{page}.{view}", **values)


def page_url(kind: Kind, document_id: UUID) -> str | None:
    """Of kinds whose pages show where they stand in the books."""
    return record_url(kind, document_id, "show") if kind in PAGES else None


def edit_url(kind: Kind, document_id: UUID) -> str | None:
    """Where one of this kind is changed; money that was recorded is not."""
    page, _ = PAGES.get(kind, ("", ""))
    known = f"{page}.edit" in current_app.view_functions
    return record_url(kind, document_id, "edit") if known else None
