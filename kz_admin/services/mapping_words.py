"""How our side of a list is written: a row's second line, and the lists that are words rather than rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin.domain.figures import plain_text
from kz_admin.domain.lists import List, term_key
from kz_admin.domain.payments import Method
from kz_admin.domain.terms import TERMS
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection
from kz_admin.models.invoice import Invoice
from kz_admin.models.project import Project
from kz_admin.models.tax_rate import TaxRate

NEWEST = 2_000  # invoices whose payment terms are looked at; a distinct over all of them would grow without end


def said_of(ours: Any) -> dict[str, str]:
    said = {"name": ours.name, "email": getattr(ours, "email", "")}
    if isinstance(ours, Client):
        company = ours.company if ours.company != ours.name else ""
        said |= {"detail": " · ".join(filter(None, (company, ours.email, ours.currency))), "group": ours.currency}
    elif isinstance(ours, TaxRate):
        said |= {"detail": f"{plain_text(ours.percent)} %", "code": plain_text(ours.percent)}
    elif isinstance(ours, Project):
        said |= {"detail": ours.code, "code": ours.code}
    else:
        said["detail"] = said["email"]
    return said


def fixed_words(session: Session, connection: Connection, which: List) -> dict[str, str]:
    """Subject → what people call it."""
    if which is List.PAYMENT_METHODS:
        return {method.value: method.label for method in Method}
    if which is not List.TERMS:
        return {}
    used = (
        select(Invoice.terms)
        .where(Invoice.tenant_id == connection.tenant_id)
        .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    found = sorted(session.scalars(select(used.c.terms).distinct()))
    return {term_key(words): words for words in (*found, *TERMS) if words.strip()}
