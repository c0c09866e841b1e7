"""Requests that a program might get wrong: each is answered or refused by code, never with a failure of ours."""

from __future__ import annotations

import copy
import random
from decimal import Decimal
from typing import Any

import pytest

from simulator.quickbooks import operations
from simulator.quickbooks.company import Fault
from simulator.quickbooks.shapes import Field, Shape, shape

from .desk import Desk, Doc, applied_lines, as_kind, discount, journal, sold, spent

D = Decimal
DAMAGE = 0.03
REQUESTS = 50
PLAIN: dict[str, list[Any]] = {
    "string": ["1", "3", "x", "AUTO_GENERATE", "Closed", "TAX", ""],
    "boolean": [True, False],
    "decimal": [D("10"), D("0"), D("-3"), D("12.345")],
    "int": [1, 0, 5, -1, 61],
    "date": ["2026-01-01", "2026-03-01"],
    "datetime": ["2026-01-01T10:00:00-08:00", "2026-01-02T10:00:00Z"],
}
REFERENCES: list[Doc] = [{"value": "1"}, {"value": "3"}, {"value": "14"}, {"value": "NON"}, {"value": "EUR"}, {}]


class Vandal:
    """Takes a good request and leaves out, empties, swaps or adds keys that the schema knows."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def hits(self, times: int = 1) -> bool:
        return self.dice.random() < times * DAMAGE

    def value(self, field: Field) -> Any:
        if field.kind == "enum":
            return self.dice.choice(sorted(field.values.values()))
        if field.kind == "object":
            return {} if field.type_name != "ReferenceType" else dict(self.dice.choice(REFERENCES))
        return self.dice.choice(PLAIN[field.kind])

    def some(self, field: Field) -> Any:
        return [self.value(field)] if field.many else self.value(field)

    def damaged(self, name: str, body: Doc) -> Doc:
        made = copy.deepcopy(body)
        self.walk(made, shape(name))
        return made

    def walk(self, value: Any, known: Shape) -> None:
        if isinstance(value, list):
            for each in value:
                self.walk(each, known)
        elif isinstance(value, dict):
            for key in list(value):
                self.hit(value, key, known)
            if self.hits(5):
                field = self.dice.choice([each for each in known.fields.values() if each.kind != "open"])
                if field.name not in ("Id", "SyncToken"):
                    value[field.name] = self.some(field)

    def hit(self, value: Doc, key: str, known: Shape) -> None:
        field = known.fields.get(key)
        if self.hits():
            del value[key]
        elif self.hits():
            value[key] = None
        elif field is not None and self.hits():
            value[key] = self.some(field)
        elif field is not None and field.kind == "object":
            self.walk(value[key], shape(field.type_name))


def good_requests(desk: Desk) -> dict[str, Doc]:
    item = desk.item(ExpenseAccountRef=desk.named_account("Travel"))
    customer, vendor, employee = desk.customer(), desk.vendor(), desk.employee()
    checking, travel = desk.named_account("Checking"), desk.named_account("Travel")
    elsewhere = desk.company.country != "US"
    code = desk.code("GST")["value"] if elsewhere else "NON"
    mode = {"GlobalTaxCalculation": "TaxExcluded"} if elsewhere else {}
    sale = {
        "CustomerRef": {"value": customer["Id"]},
        "Line": [sold(item, 10, code, Qty=2, UnitPrice=5), discount(DiscountPercent=5)],
        "TxnTaxDetail": {"TotalTax": 1},
        "BillAddr": {"Line1": "x", "City": "y"},
        **mode,
    }
    bought = {"VendorRef": {"value": vendor["Id"]}, "Line": [spent(travel, 10, TaxCodeRef={"value": code})], **mode}
    invoice, bill, paid = desk.write("Invoice", sale), desk.write("Bill", bought), desk.pay(customer, 5)
    time = {"NameOf": "Employee", "EmployeeRef": {"value": employee["Id"]}, "ItemRef": {"value": item["Id"]}}
    receivable = desk.named_account("Accounts Receivable (A/R)")
    return {
        **dict.fromkeys(("Invoice", "Estimate", "CreditMemo", "SalesReceipt"), sale),
        "RefundReceipt": {**sale, "DepositToAccountRef": checking},
        **dict.fromkeys(("Bill", "VendorCredit", "PurchaseOrder"), bought),
        "Purchase": {"PaymentType": "Cash", "AccountRef": checking, "Line": bought["Line"], **mode},
        "Payment": {"CustomerRef": sale["CustomerRef"], "TotalAmt": 5, "Line": applied_lines((invoice, 5))},
        "BillPayment": {
            "VendorRef": bought["VendorRef"],
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": checking},
            "TotalAmt": 5,
            "Line": applied_lines((as_kind("Bill", bill), 5)),
        },
        "Deposit": {"DepositToAccountRef": checking, "Line": applied_lines((as_kind("Payment", paid), 5))},
        "Transfer": {"FromAccountRef": checking, "ToAccountRef": desk.named_account("Savings"), "Amount": 5},
        "JournalEntry": {
            "Line": [journal(travel, 5, "Debit"), journal(receivable, 5, "Credit", ("Customer", customer))]
        },
        "TimeActivity": {**time, "Hours": 1, "Minutes": 5, "CustomerRef": sale["CustomerRef"]},
    }


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_request_is_answered_or_refused_and_the_books_balance(seed: int) -> None:
    desk = Desk("CA", "CAD") if seed % 3 == 2 else Desk(multi=seed % 3 == 1)
    requests, vandal = good_requests(desk), Vandal(seed)
    refused: set[str] = set()
    for _ in range(REQUESTS):
        name = vandal.dice.choice(list(requests))
        body, params = vandal.damaged(name, requests[name]), {}
        rows = desk.company.table(name).all()
        if rows and vandal.dice.random() < 0.5:
            row = vandal.dice.choice(rows)
            body |= {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": vandal.dice.random() < 0.5}
            params = {"operation": vandal.dice.choice(["update", "update", "void", "delete"])}
        try:
            desk.checked(operations.write(desk.company, name, body, params))
        except Fault as fault:
            refused.add(fault.code)
        desk.check_books()
    assert {"2020", "2500"} <= refused
