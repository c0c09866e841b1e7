"""Long walks of one busy office: more of everything touches everything than short sequences reach."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from simulator.quickbooks import ledger, links, operations
from simulator.quickbooks.company import Fault

from .desk import Desk, Doc, applied_lines, as_kind, sold, spent

D = Decimal
EUR = {"value": "EUR"}
STEPS = 250


class Office:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.desk = Desk(multi=True)
        self.desk.settle_in(Line1="1 Pier", CountrySubDivisionCode="CA", PostalCode="94806")
        self.item = self.desk.item(Taxable=True)
        parent = self.desk.customer("Ada")
        self.customers = [
            parent,
            self.desk.customer("Website", Job=True, ParentRef={"value": parent["Id"]}),
            self.desk.customer("Aki", CurrencyRef=EUR),
        ]
        self.vendor = self.desk.vendor()
        self.done = 0

    def amount(self) -> Decimal:
        return D(self.dice.randint(1, 60_000)) / 100

    def rows(self, name: str) -> list[Doc]:
        return [row for row in self.desk.company.table(name).all() if not row.get("_voided")]

    def one(self, name: str) -> Doc | None:
        rows = self.rows(name)
        return self.dice.choice(rows) if rows else None

    def write(self, name: str, body: Doc, **params: str) -> None:
        before = self.desk.company.to_state()
        try:
            operations.write(self.desk.company, name, body, params)
            self.done += 1
        except Fault:
            assert self.desk.company.to_state() == before

    def money(self, customer: Doc) -> Doc:
        rate = D(self.dice.randint(80, 130)) / 100
        return {"CurrencyRef": EUR, "ExchangeRate": rate} if customer is self.customers[2] else {}

    def sale(self) -> None:
        customer = self.dice.choice(self.customers)
        name = self.dice.choice(["Invoice", "Invoice", "Invoice", "CreditMemo", "SalesReceipt"])
        code = self.dice.choice(["TAX", "NON"])
        lines = [sold(self.item, self.amount(), code) for _ in range(self.dice.randint(1, 3))]
        body = {"CustomerRef": {"value": customer["Id"]}, "Line": lines, **self.money(customer)}
        if code == "TAX":
            body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": "2"}}
        self.write(name, body)

    def applied(self, customer: Doc) -> list[tuple[Doc, Decimal]]:
        made = []
        for name in ("Invoice", "Invoice", "CreditMemo"):
            row = self.one(name)
            same = row and row["CurrencyRef"]["value"] == customer["CurrencyRef"]["value"]
            if row and same and row["Balance"]:
                part = self.dice.choice([1, D("0.5"), D("0.333")])
                made.append((as_kind(name, row), (row["Balance"] * part).quantize(D("0.01"))))
        return made

    def payment(self) -> None:
        customer = self.dice.choice([self.customers[0], self.customers[2]])
        applied = self.applied(customer)
        paid = sum((share for row, share in applied if row["kind"] == "Invoice"), D(0))
        credit = sum((share for row, share in applied if row["kind"] == "CreditMemo"), D(0))
        total = max(paid - credit, D(0)) + self.dice.choice([0, 0, 5])
        lines = applied_lines(*applied)
        held = self.one("Payment") if self.dice.random() < 0.2 else None
        body = {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": total, "Line": lines, **self.money(customer)}
        if held:
            body |= {"Id": held["Id"], "SyncToken": held["SyncToken"], "sparse": True}
        self.write("Payment", body)

    def edit(self) -> None:
        name = self.dice.choice(["Invoice", "CreditMemo"])
        row = self.one(name)
        if row:
            line = sold(self.item, self.amount())
            self.write(name, {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "Line": [line]})

    def remove(self) -> None:
        name = self.dice.choice(["Invoice", "Payment", "SalesReceipt", "CreditMemo", "Deposit", "Bill", "BillPayment"])
        row = self.one(name)
        if row:
            operation = self.dice.choice(["void", "delete"])
            self.write(name, {"Id": row["Id"], "SyncToken": row["SyncToken"]}, operation=operation)

    def banking(self) -> None:
        found = [(name, row) for name in ("Payment", "SalesReceipt") if (row := self.one(name))]
        lines = [
            {"Amount": row["TotalAmt"], "LinkedTxn": [{"TxnId": row["Id"], "TxnType": name}]} for name, row in found
        ]
        if lines:
            body = {"DepositToAccountRef": self.desk.named_account("Checking"), "Line": lines}
            self.write("Deposit", {**body, **({"CurrencyRef": EUR} if self.dice.random() < 0.3 else {})})

    def buying(self) -> None:
        bill = self.one("Bill")
        if bill and bill["Balance"] and self.dice.random() < 0.6:
            line = {"Amount": bill["Balance"], "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
            body = {"PayType": "Check", "CheckPayment": {"BankAccountRef": self.desk.named_account("Checking")}}
            body |= {"VendorRef": {"value": self.vendor["Id"]}, "TotalAmt": bill["Balance"], "Line": [line]}
            self.write("BillPayment", body)
        else:
            lines = [spent(self.desk.named_account("Travel"), self.amount())]
            self.write("Bill", {"VendorRef": {"value": self.vendor["Id"]}, "Line": lines})

    def check(self) -> None:
        company = self.desk.company
        self.desk.check_books()
        owed = {customer["Id"]: D(0) for customer in self.customers}
        for name, field, sign in (
            ("Invoice", "Balance", 1),
            ("CreditMemo", "Balance", -1),
            ("Payment", "UnappliedAmt", -1),
        ):
            for row in company.table(name).all():
                owed[row["CustomerRef"]["value"]] += sign * row[field]
        for customer in self.customers:
            assert company.table("Customer").get(customer["Id"])["Balance"] == owed[customer["Id"]]
        parent = company.table("Customer").get(self.customers[0]["Id"])
        assert parent["BalanceWithJobs"] == owed[self.customers[0]["Id"]] + owed[self.customers[1]["Id"]]
        for link in company.table(links.TABLE).all():
            assert links.row_of(company, link["source"]) is not None
            assert links.row_of(company, link["target"]) is not None


@pytest.mark.parametrize("seed", range(4))
def test_a_long_walk_leaves_the_books_balanced_at_every_step(seed: int) -> None:
    office = Office(seed)
    steps = [office.sale] * 4 + [office.payment] * 4 + [office.edit, office.remove, office.banking, office.buying]
    for _ in range(STEPS):
        office.dice.choice(steps)()
        office.check()
    assert office.done > STEPS / 2


def test_when_everything_is_deleted_nothing_is_left_in_the_books() -> None:
    office = Office(9)
    for _ in range(120):
        office.dice.choice([office.sale, office.payment, office.banking, office.buying])()
    for name in ("Deposit", "BillPayment", "Payment", "Invoice", "CreditMemo", "SalesReceipt", "Bill"):
        for row in office.desk.company.table(name).all():
            office.desk.delete(name, row)
    assert ledger.trial_balance(office.desk.company) == {}
    totals = office.desk.company.table("_name_total").all()
    assert not any(row["amount"] for row in totals)
