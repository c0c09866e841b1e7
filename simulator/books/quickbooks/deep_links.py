"""`/quickbooks/app/…`: where the links that an app shows ("Open in QuickBooks") lead on this machine."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, redirect, render_template, request, url_for

from simulator.frame.world import Slot, World

# What the address calls a page, and the entity shown there.
PAGES = {
    "invoice": "Invoice", "recvpayment": "Payment", "salesreceipt": "SalesReceipt", "creditmemo": "CreditMemo",
    "refundreceipt": "RefundReceipt", "estimate": "Estimate", "expense": "Purchase", "check": "Purchase",
    "bill": "Bill", "billpayment": "BillPayment", "vendorcredit": "VendorCredit", "purchaseorder": "PurchaseOrder",
    "deposit": "Deposit",
    "transfer": "Transfer", "journal": "JournalEntry", "timeactivity": "TimeActivity", "customerdetail": "Customer",
    "vendordetail": "Vendor", "employees": "Employee", "items": "Item", "chartofaccounts": "Account",
    "customers": "Customer", "invoices": "Invoice", "homepage": "",
}  # fmt: skip
ID_NAMES = ("txnid", "nameid", "id")


def blueprint(world: World) -> Blueprint:
    links = Blueprint("deep_links", __name__, url_prefix="/quickbooks/app", template_folder="../templates")
    links.add_url_rule("/", "home", lambda: _lead(world, ""))
    links.add_url_rule("/<path:rest>", "page", lambda rest: _lead(world, rest))
    return links


def _lead(world: World, rest: str) -> Any:
    """With a company in the address straight there; without one, a choice among those that have the document."""
    query = {name.lower(): value for name, value in request.args.items()}
    page = rest.strip("/").split("/")[-1]
    if query.get("pagereq"):
        asked = urlsplit(query["pagereq"])
        page = asked.path.strip("/").split("/")[-1]
        query |= {name.lower(): value for name, value in parse_qsl(asked.query)}
    kind = PAGES.get(page.lower(), "")
    row_id = next((query[name] for name in ID_NAMES if query.get(name)), "")
    company = query.get("deeplinkcompanyid") or query.get("companyid") or ""
    slots = [slot for slot in world.slots if slot.provider.key == "quickbooks" and company in ("", slot.id)]
    if company and slots:
        return redirect(_address(slots[0], kind, row_id), 302)
    found = [(slot, _address(slot, kind, row_id)) for slot in slots if not row_id or _has(slot, kind, row_id)]
    return render_template("books/which_company.html", found=found, slot=None), 200 if found else 404


def _has(slot: Slot, kind: str, row_id: str) -> bool:
    return bool(kind) and slot.company.table(kind).get(row_id) is not None


def _address(slot: Slot, kind: str, row_id: str) -> str:
    place: dict[str, Any] = {"provider": slot.provider.key, "environment": slot.environment, "place": slot.id}
    if kind and row_id:
        return url_for("books.sheet", kind=kind, row_id=row_id, **place)
    return url_for("books.listing", kind=kind, **place) if kind else url_for("books.overview", **place)
