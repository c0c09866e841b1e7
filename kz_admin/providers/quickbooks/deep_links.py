"""Addresses of objects in QuickBooks itself, pinned to the company: the bare form opens whichever was used last."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from kz_admin.config import Config

# Their word for the page, and what it calls the id.
PAGES = {
    "Invoice": ("invoice", "txnId"),
    "Payment": ("recvpayment", "txnId"),
    "CreditMemo": ("creditmemo", "txnId"),
    "RefundReceipt": ("refundreceipt", "txnId"),
    "Customer": ("customerdetail", "nameId"),
    "Item": ("items", "id"),
    "Account": ("chartofaccounts", "id"),
}
HOME = "homepage"


def link_to(config: Config, company: str, remote_type: str, remote_id: str) -> str:
    page, id_word = PAGES.get(remote_type, (HOME, ""))
    asked = f"{page}?{id_word}={quote(remote_id, safe='')}" if id_word and remote_id else page
    query = urlencode({"pagereq": asked, "deeplinkcompanyid": company})
    return f"{config.quickbooks_at.app}/login?{query}"
