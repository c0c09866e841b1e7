"""The lines of an invoice that has more than the ten an event carries, read with the tenant's restricted key."""

from __future__ import annotations

from typing import Any

import stripe

from kz_admin.models.session import forbid_open_transaction

MOST = 750
PAGE = 100
VERSION = "2026-10-28.endive"


class NoLines(Exception):
    """`final`: only a person can change it."""

    def __init__(self, sentence: str, *, final: bool) -> None:
        self.sentence, self.final = sentence, final
        super().__init__(sentence)


def fetch(key: str | None, invoice_id: str) -> list[dict[str, Any]]:
    if not key:
        raise NoLines(
            "This invoice has more than ten lines, and Stripe's events carry only ten. Store a restricted key "
            "that may read invoices on the developer page, then replay this call.",
            final=True,
        )
    forbid_open_transaction()
    client = stripe.StripeClient(key, stripe_version=VERSION, max_network_retries=0)
    found: list[dict[str, Any]] = []
    try:
        page = client.v1.invoices.line_items.list(invoice_id, {"limit": PAGE})
        for line in page.auto_paging_iter():
            found.append(line.to_dict())
            if len(found) > MOST:
                raise NoLines(f"This invoice has more than {MOST} lines; it cannot be booked.", final=True)
    except (stripe.AuthenticationError, stripe.PermissionError):
        raise NoLines(
            "Stripe refuses the stored restricted key. Store one that may read invoices.", final=True
        ) from None
    except stripe.InvalidRequestError:
        raise NoLines("Stripe does not know this invoice under the stored key's account.", final=True) from None
    except stripe.StripeError:
        raise NoLines("Stripe did not answer; it is asked again.", final=False) from None
    return found
