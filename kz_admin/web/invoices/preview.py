"""What exactly would be written for an invoice, before anything is (ux.md section 1, expectation 8)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from kz_admin.domain.regions import minor_digits
from kz_admin.services import preview as previews
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.invoices.blueprint import bp


@bp.get("/<uuid:invoice>/preview")
@allow("viewer")
def preview(invoice: UUID) -> ResponseReturnValue:
    found = previews.of(tenant_id(), invoice)
    return render_template("pages/invoice_preview.html", preview=found, invoice=found.invoice)


@bp.app_template_filter("minor")
def minor(amount: Decimal, currency: str) -> int:
    """An amount as bodies write it, for the money filter."""
    return int(amount.scaleb(minor_digits(currency)))
