"""Every card of the catalogue with facts as a push brings them, for the pictures of `make screenshots`."""

from __future__ import annotations

from collections.abc import Mapping

from kz_admin.domain.problems import Slug
from tests.browser.record_states import NUMBER, THERE, RecordState

SAID = {"words": "Business Validation Error: in their own words", "code": "6000", "reference": "1-64f0c2aa-7d51"}
USUAL = {
    "number": NUMBER,
    "email": "books@acme",
    "currency": "EUR",
    "company_currency": "USD",
    "tax": "VAT 20 %",
    "what": "invoices",
    "limit": "1000",
    "length": "1204",
    "field": "CustomerMemo",
    "closed_until": "2026-06-30",
    "differs": "customer, currency",
    "option": "Design",
    "list": "items",
    "row": "design",
    "service": "Design",
    "account": "1200 Debtors",
    "remote_type": "Invoice",
    "remote_id": "31",
    "suggestion": "INV-104-1",
}
# What they said, beside the facts of ours, stands only where it was they who refused.
OURS = frozenset({Slug.EMAIL_MISSING, Slug.ACCOUNT_MISSING, Slug.ITEM_UNMAPPED, Slug.NUMBER_TOO_LONG, Slug.TAX_OFF})
OF_CUSTOMERS = {"list": "customers", "row": "acme"}
OF_ONE: Mapping[Slug, Mapping[str, str]] = {
    Slug.INACTIVE_REFERENCE: {"option": "", **OF_CUSTOMERS},
    Slug.TOO_MANY_LEVELS: {"document": "Website", **OF_CUSTOMERS},
    Slug.CUSTOMER_MISSING: {"what": "client"},
    Slug.NOT_FOUND_THERE: {"what": "invoice", "sought": "INV-204"},
    Slug.GONE_THERE: {"remote_id": str(THERE["remote_id"])},
    Slug.PAYMENT_TOO_BIG: {"document": "the payment of 500.00 USD"},
    Slug.BANK_MATCHED: {"document": "the payment of 500.00 USD"},
    Slug.SETTLED_THERE: {"document": "the payment of 500.00 USD"},
    Slug.INVOICE_GONE: {"document": "the payment of 500.00 USD"},
}
REMOVALS = (Slug.BANK_MATCHED, Slug.SETTLED_THERE, Slug.IN_USE_THERE, Slug.DEPOSITED, Slug.GONE_THERE)

CARDS: Mapping[str, RecordState] = {
    **{
        f"problem-{slug.value.replace('_', '-')}": RecordState(
            "Failed",
            slug=slug,
            facts={**USUAL, **({} if slug in OURS else SAID), **OF_ONE.get(slug, {})},
            row=THERE if slug in REMOVALS else {},
        )
        for slug in Slug
    },
    "problem-subscription-waits": RecordState(
        "Pending", row={"state": "held", "reason": "subscription", "due_at": "soon"}
    ),
    "problem-difference": RecordState(
        "Success",
        row={
            **THERE,
            "state": "done",
            "remote_total": 100_02,
            "note": "The total is 100.02 USD in QuickBooks and 100.00 USD here: QuickBooks rounds tax once.",
        },
    ),
}
