"""Refusals that only documents know, under the codes of the catalogue."""

from __future__ import annotations

from ..faults import Fault


def _refusal(code: str, message: str, detail: str, element: str = "") -> Fault:
    return Fault(code, message, f"{message} : {detail}", element)


def cannot_delete(holder: str) -> Fault:
    return _refusal("800", "Cannot delete object", f"{holder} is applied to it and has to be removed first.")


def no_lines() -> Fault:
    return _refusal("2250", "Missing lines", "At least one line with an amount is needed.", "Line")


def no_posting_type() -> Fault:
    return _refusal("2260", "Missing PostingType", "Every line says Debit or Credit.", "PostingType")


def negative(field: str = "Amount") -> Fault:
    return _refusal("2290", "Negative Amount", "An amount on these lines cannot be negative.", field)


def unbalanced() -> Fault:
    return _refusal("2300", "Amount on debits not equal to credits", "Debits and credits have to be equal.", "Line")


def unknown_transaction(row_id: object) -> Fault:
    return Fault("2500", "Invalid Reference Id", f"Invalid Reference Id : Txns element id {row_id} not found")


def category_on_line(row_id: object) -> Fault:
    detail = f"Invalid Reference Id : Items element id {row_id} is a category"
    return Fault("2500", "Invalid Reference Id", detail, "ItemRef")


def no_service(row_id: object) -> Fault:
    detail = f"Invalid Reference Id : Items element id {row_id} is not a service"
    return Fault("2500", "Invalid Reference Id", detail, "ItemRef")


def empty_discount() -> Fault:
    return _refusal("6090", "Discount Line missing required info", "It needs an amount or a percentage.", "Line")


def line_code(code: str) -> Fault:
    text = f"The tax code of a line is TAX or NON. Supplied value:{code}"
    return _refusal("6100", "Invalid Line TaxCode in the request", text, "TaxCodeRef")


def tax_not_applicable() -> Fault:
    text = "TxnTaxDetail is not allowed when GlobalTaxCalculation is NotApplicable."
    return _refusal("6170", "Invalid TxnTaxDetail Error", text, "TxnTaxDetail")


def no_customer() -> Fault:
    return _refusal("6250", "Invalid Sales Customer", "The customer does not exist or is inactive.", "CustomerRef")


def before_stock(day: str) -> Fault:
    text = f"The item is counted from {day} on; the transaction is dated earlier."
    return _refusal("6270", "Inventory Txn Dated Before Item Start Date", text, "TxnDate")


def both_people() -> Fault:
    return _refusal("6290", "Invalid Employee Or Vendor", "It is one or the other, not both.", "NameOf")


def no_person(field: str) -> Fault:
    return _refusal("6300", "Invalid Employee Or Vendor Name", f"{field} is missing.", field)


def billable_needs_customer() -> Fault:
    return _refusal("6310", "Missing Customer", "What is billable needs a customer.", "CustomerRef")


def bad_billable(status: str) -> Fault:
    return _refusal("6320", "Invalid Billable", f"It is on an invoice. Supplied value:{status}", "BillableStatus")


def bad_rate(rate: object) -> Fault:
    return _refusal("6330", "Missing Billing Rate", f"Invalid hourly rate. Supplied value:{rate}", "HourlyRate")


def bad_time() -> Fault:
    return _refusal("6340", "Invalid Time", "Minutes and seconds are 0 to 59, hours not negative.", "Minutes")


def no_time() -> Fault:
    return _refusal("6350", "Missing Time", "Send Hours and Minutes, or StartTime and EndTime.", "Hours")


def half_span(field: str) -> Fault:
    return _refusal("6360", "Invalid Start Or End Time", f"{field} is missing.", field)


def backwards() -> Fault:
    return _refusal("6370", "Start Time After End Time", "StartTime has to be before EndTime.", "StartTime")


def too_long_time() -> Fault:
    return _refusal("6380", "Invalid Duration", "Hours are 0 to 8760.", "Hours")


def two_durations() -> Fault:
    text = "Send Hours and Minutes, or StartTime and EndTime, not both."
    return _refusal("6390", "Invalid Multiple Durations", text, "Hours")


def no_address(field: str, detail: str) -> Fault:
    return _refusal("6420", "Email Address is required", detail, field)


def neither_item_nor_account() -> Fault:
    text = "Each line with an amount or a billable customer needs an item or an account."
    return _refusal("6440", "Transaction Detail Information Required", text, "Line")


def no_rate(code: str, side: str) -> Fault:
    return _refusal("6470", "Tax Rate Error", f"{code} has no rate for {side.lower()}.", "TaxCodeRef")


def no_quantity(item: str) -> Fault:
    return _refusal("6520", "Missing Tracked Inventory Item Quantity", f"{item} needs a quantity.", "Qty")


def deposited() -> Fault:
    return Fault(
        "6540",
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. To change or delete it, edit the deposit it appears on "
        "and remove it there first.",
    )
