"""Whatever is done in whatever order: the trial balance is zero, balances are totals less what is applied."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from simulator.quickbooks import ledger, links, operations
from simulator.quickbooks.company import Fault

from .desk import Desk, Doc, applied_lines, sold, spent

D = Decimal
EUR = {"value": "EUR"}
amounts = st.decimals("0.01", "900", places=2)
rates = st.decimals("0.5", "2", places=4)


class Bookkeeping(RuleBasedStateMachine):
    """Two customers (one in a foreign currency), one vendor; every kind of document that moves money."""

    invoices = Bundle("invoices")
    memos = Bundle("credits")
    payments = Bundle("payments")
    receipts = Bundle("receipts")
    everything = Bundle("everything")
    bills = Bundle("bills")

    @initialize()
    def open_books(self) -> None:
        self.desk = Desk(multi=True)
        self.desk.settle_in(Line1="1 Pier", CountrySubDivisionCode="CA", PostalCode="94806")
        self.item = self.desk.item(Taxable=True)
        self.home = self.desk.customer("Ada")
        self.abroad = self.desk.customer("Aki", CurrencyRef=EUR)
        self.seller = self.desk.vendor()

    def money(self, customer: Doc, rate: Decimal) -> Doc:
        return {} if customer is self.home else {"CurrencyRef": EUR, "ExchangeRate": rate}

    def attempt(self, name: str, body: Doc, **params: str) -> Doc | None:
        """What is refused leaves no trace; what is done answers."""
        before = self.desk.company.to_state()
        try:
            answer = operations.write(self.desk.company, name, body, params)
        except Fault:
            assert self.desk.company.to_state() == before
            return None
        found: Doc = next(iter(answer.values()))
        return {**found, "kind": name}

    def pick(self, abroad: bool) -> Doc:
        return self.abroad if abroad else self.home

    @rule(targets=(invoices, everything), abroad=st.booleans(), amount=amounts, rate=rates, taxed=st.booleans())
    def invoice(self, abroad: bool, amount: Decimal, rate: Decimal, taxed: bool) -> Any:
        return self.sale("Invoice", abroad, amount, rate, taxed)

    @rule(targets=(memos, everything), abroad=st.booleans(), amount=amounts, rate=rates, taxed=st.booleans())
    def credit(self, abroad: bool, amount: Decimal, rate: Decimal, taxed: bool) -> Any:
        return self.sale("CreditMemo", abroad, amount, rate, taxed)

    def sale(self, name: str, abroad: bool, amount: Decimal, rate: Decimal, taxed: bool) -> Any:
        customer = self.pick(abroad)
        body = {"CustomerRef": {"value": customer["Id"]}, "Line": [sold(self.item, amount, "TAX" if taxed else "NON")]}
        if taxed:
            body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": amount / 10}
        made = self.attempt(name, {**body, **self.money(customer, rate)})
        return made if made else multiple()

    @rule(
        targets=(payments, everything),
        abroad=st.booleans(),
        total=amounts,
        part=st.floats(0, 1.1),
        rate=rates,
        paid=st.lists(invoices, max_size=3),
        drawn=st.lists(memos, max_size=1),
    )
    def pay(self, abroad: bool, total: Decimal, part: float, rate: Decimal, paid: list[Doc], drawn: list[Doc]) -> Any:
        customer = self.pick(abroad)
        applied = [(row, self.share(row, "Invoice", part)) for row in paid if _owns(customer, row)]
        applied += [(row, self.share(row, "CreditMemo", part)) for row in drawn if _owns(customer, row)]
        body = {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": total, "Line": applied_lines(*applied)}
        made = self.attempt("Payment", {**body, **self.money(customer, rate)})
        return made if made else multiple()

    def share(self, row: Doc, name: str, part: float) -> Decimal:
        now = self.desk.company.table(name).get(row["Id"])
        return D(str(round(float(now["Balance"]) * part, 2))) if now else D(1)

    @rule(row=invoices, amount=amounts, rate=rates)
    def change_invoice(self, row: Doc, amount: Decimal, rate: Decimal) -> None:
        now = self.desk.company.table("Invoice").get(row["Id"])
        if now:
            body = {"Id": row["Id"], "SyncToken": now["SyncToken"], "sparse": True, "Line": [sold(self.item, amount)]}
            if now["CurrencyRef"]["value"] == "EUR":
                body["ExchangeRate"] = rate
            self.attempt("Invoice", body)

    @rule(row=payments, paid=st.lists(invoices, max_size=2), part=st.floats(0, 1))
    def move_payment(self, row: Doc, paid: list[Doc], part: float) -> None:
        now = self.desk.company.table("Payment").get(row["Id"])
        if now:
            lines = applied_lines(*[(each, self.share(each, "Invoice", part)) for each in paid])
            self.attempt("Payment", {"Id": row["Id"], "SyncToken": now["SyncToken"], "sparse": True, "Line": lines})

    @rule(row=everything)
    def void(self, row: Doc) -> None:
        self.end(row, "void")

    @rule(row=everything)
    def delete(self, row: Doc) -> None:
        self.end(row, "delete")

    def end(self, row: Doc, operation: str) -> None:
        now = self.desk.company.table(row["kind"]).get(row["Id"])
        if now:
            self.attempt(row["kind"], {"Id": row["Id"], "SyncToken": now["SyncToken"]}, operation=operation)

    @rule(targets=(receipts, everything), amount=amounts)
    def receipt(self, amount: Decimal) -> Any:
        body = {"CustomerRef": {"value": self.home["Id"]}, "Line": [sold(self.item, amount)]}
        return self.attempt("SalesReceipt", body) or multiple()

    @rule(target=everything, rows=st.lists(payments, min_size=1, max_size=3, unique_by=lambda row: row["Id"]))
    def deposit_payments(self, rows: list[Doc]) -> Any:
        return self.bank(rows)

    @rule(target=everything, rows=st.lists(receipts, min_size=1, max_size=2, unique_by=lambda row: row["Id"]))
    def deposit_receipts(self, rows: list[Doc]) -> Any:
        return self.bank(rows)

    def bank(self, rows: list[Doc]) -> Any:
        lines = [
            {"Amount": row["TotalAmt"], "LinkedTxn": [{"TxnId": row["Id"], "TxnType": row["kind"]}]} for row in rows
        ]
        body = {"DepositToAccountRef": self.desk.named_account("Checking"), "Line": lines}
        return self.attempt("Deposit", body) or multiple()

    @rule(targets=(bills, everything), amount=amounts)
    def bill(self, amount: Decimal) -> Any:
        lines = [spent(self.desk.named_account("Travel"), amount)]
        return self.attempt("Bill", {"VendorRef": {"value": self.seller["Id"]}, "Line": lines}) or multiple()

    @rule(target=everything, row=bills, part=st.floats(0.1, 1), extra=st.booleans())
    def pay_bill(self, row: Doc, part: float, extra: bool) -> Any:
        share = self.share(row, "Bill", part)
        body = {
            "VendorRef": {"value": self.seller["Id"]},
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": self.desk.named_account("Checking")},
            "TotalAmt": share + (1 if extra else 0),
            "Line": [{"Amount": share, "LinkedTxn": [{"TxnId": row["Id"], "TxnType": "Bill"}]}],
        }
        return self.attempt("BillPayment", body) or multiple()

    @precondition(lambda self: hasattr(self, "desk"))
    @invariant()
    def the_books_balance(self) -> None:
        company = self.desk.company
        assert sum(ledger.trial_balance(company).values()) == 0
        self.desk.check_books()
        for entry in company.table("_entry").all():
            assert sum(leg[1] for leg in entry["legs"]) == 0

    @precondition(lambda self: hasattr(self, "desk"))
    @invariant()
    def names_owe_what_is_open_on_their_documents(self) -> None:
        company = self.desk.company
        for customer in (self.home, self.abroad):
            owed = sum((row["Balance"] for row in _of(company, "Invoice", customer)), D(0))
            owed -= sum((row["Balance"] for row in _of(company, "CreditMemo", customer)), D(0))
            owed -= sum((row["UnappliedAmt"] for row in _of(company, "Payment", customer)), D(0))
            assert company.table("Customer").get(customer["Id"])["Balance"] == owed

    @precondition(lambda self: hasattr(self, "desk"))
    @invariant()
    def links_lead_from_and_to_what_is_there(self) -> None:
        company = self.desk.company
        for link in company.table(links.TABLE).all():
            assert links.row_of(company, link["source"]) is not None
            assert links.row_of(company, link["target"]) is not None


def _owns(customer: Doc, row: Doc) -> bool:
    return bool(row["CustomerRef"]["value"] == customer["Id"])


def _of(company: Any, name: str, customer: Doc) -> list[Doc]:
    return company.table(name).by("CustomerRef", customer["Id"])


TestBookkeeping = pytest.mark.slow(Bookkeeping.TestCase)
TestBookkeeping.settings = settings(
    max_examples=40,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
