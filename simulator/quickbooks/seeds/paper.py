"""How the clerk writes documents: short words in, the API's bodies out.

Sales lines are written `Design*12, Print run*2@455`: item, quantity, and a price where it is not the item's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..company import Obj
from ..money import cents
from ..preferences_lookup import preference
from .clerk import Clerk


@dataclass
class Paper:
    clerk: Clerk
    tax_of: Mapping[str, str] = field(default_factory=dict)  # item name -> tax code's name; empty in the US
    bought_under: str = ""  # tax code of what is bought

    # -- lines ----------------------------------------------------------------------------------------------------

    def sold(self, text: str, **more: Any) -> list[Obj]:
        return [self._sold_line(each.strip(), more) for each in text.split(",")]

    def _sold_line(self, text: str, more: Mapping[str, Any]) -> Obj:
        name, _, rest = text.partition("*")
        item = self._item(name)
        quantity, _, price = rest.partition("@")
        rate = Decimal(price) if price else item["UnitPrice"]
        detail = {
            "ItemRef": {"value": item["Id"]},
            "Qty": Decimal(quantity or 1),
            "UnitPrice": rate,
            "TaxCodeRef": self.clerk.ref("TaxCode", self.tax_of.get(name, "")),
            **more,
        }
        amount = cents(Decimal(quantity or 1) * rate)
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "Description": item.get("Description"),
            "SalesItemLineDetail": detail,
        }

    def _item(self, name: str) -> Obj:
        found = self.clerk.company.table("Item").first("Name", name)
        assert found is not None, f"no item is called {name}"
        return found

    def spent(self, account: str, amount: str, words: str = "", **more: Any) -> Obj:
        detail = {"AccountRef": self.clerk.ref("Account", account), **self._bought(), **more}
        return {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": Decimal(amount),
            "Description": words,
            "AccountBasedExpenseLineDetail": detail,
        }

    def stocked(self, name: str, quantity: int, price: str, **more: Any) -> Obj:
        item = self._item(name)
        detail = {
            "ItemRef": {"value": item["Id"]},
            "Qty": Decimal(quantity),
            "UnitPrice": Decimal(price),
            **self._bought(),
            **more,
        }
        return {
            "DetailType": "ItemBasedExpenseLineDetail",
            "Amount": cents(quantity * Decimal(price)),
            "ItemBasedExpenseLineDetail": detail,
        }

    def _bought(self) -> Obj:
        return {"BillableStatus": "NotBillable", "TaxCodeRef": self.clerk.ref("TaxCode", self.bought_under)}

    # -- documents ------------------------------------------------------------------------------------------------

    def sale(self, entity: str, customer: str, lines: list[Obj], label: str = "", **more: Any) -> Obj:
        row = self.clerk.named("Customer", customer)
        email = row.get("PrimaryEmailAddr")
        body = {
            "CustomerRef": {"value": row["Id"]},
            "TxnDate": self.clerk.today(),
            "BillEmail": email,
            "Line": lines,
            "TxnTaxDetail": self._automated(),
            **self._money_of(row),
            **self._mode(),
            **more,
        }
        return self.clerk.add(entity, body, label)

    def _automated(self) -> Obj | None:
        """Without a code automated sales tax leaves a document of the API alone; any code will do."""
        code = preference(self.clerk.company, "TaxPrefs", "TaxGroupCodeRef", "value")
        return {"TxnTaxCodeRef": {"value": code}} if code else None

    def payment(
        self, customer: str, parts: Iterable[tuple[str, str]], method: str = "Check", over: str = "0", **more: Any
    ) -> Obj:
        """`parts` are labels of invoices with amounts (none: the whole balance); `over` stays as credit."""
        row = self.clerk.named("Customer", customer)
        lines = [self._applied("Invoice", label, amount) for label, amount in parts]
        body = {
            "CustomerRef": {"value": row["Id"]},
            "TxnDate": self.clerk.today(),
            "TotalAmt": sum((line["Amount"] for line in lines), Decimal(over)),
            "PaymentMethodRef": self.clerk.ref("PaymentMethod", method),
            "Line": lines,
            **self._money_of(row),
        }
        label = more.pop("label", "")
        return self.clerk.add("Payment", {**body, **more}, label)

    def _applied(self, entity: str, label: str, amount: str) -> Obj:
        row = self.clerk.kept(label, entity)
        return {
            "Amount": Decimal(amount) if amount else row["Balance"],
            "LinkedTxn": [{"TxnId": row["Id"], "TxnType": entity}],
        }

    def purchase(self, account: str, vendor: str, lines: list[Obj], kind: str = "Cash", **more: Any) -> Obj:
        row = self.clerk.named("Vendor", vendor) if vendor else {}
        body = {
            "PaymentType": kind,
            "AccountRef": self.clerk.ref("Account", account),
            "EntityRef": {"value": row["Id"], "type": "Vendor"} if row else None,
            "TxnDate": self.clerk.today(),
            "Line": lines,
            **self._money_of(row),
            **self._mode(),
        }
        return self.clerk.add("Purchase", {**body, **more})

    def bill(self, entity: str, vendor: str, lines: list[Obj], label: str = "", **more: Any) -> Obj:
        """A Bill, VendorCredit or PurchaseOrder."""
        row = self.clerk.named("Vendor", vendor)
        body = {
            "VendorRef": {"value": row["Id"]},
            "TxnDate": self.clerk.today(),
            "Line": lines,
            **self._money_of(row),
            **self._mode(),
        }
        return self.clerk.add(entity, {**body, **more}, label)

    def bill_payment(self, vendor: str, labels: Iterable[str], account: str = "Checking", amount: str = "") -> Obj:
        row = self.clerk.named("Vendor", vendor)
        lines = [self._applied("Bill", label, amount) for label in labels]
        body = {
            "VendorRef": {"value": row["Id"]},
            "TxnDate": self.clerk.today(),
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": self.clerk.ref("Account", account)},
            "TotalAmt": sum((line["Amount"] for line in lines), Decimal(0)),
            "Line": lines,
            **self._money_of(row),
        }
        return self.clerk.add("BillPayment", body)

    def deposit(self, labels: Iterable[str], account: str = "Checking") -> Obj:
        """Brings payments from Undeposited Funds to the bank."""
        lines = []
        for label in labels:
            row = self.clerk.kept(label, "Payment")
            linked = {"TxnId": row["Id"], "TxnType": "Payment", "TxnLineId": "0"}
            lines.append({"Amount": row["TotalAmt"], "LinkedTxn": [linked]})
        body = {"DepositToAccountRef": self.clerk.ref("Account", account), "TxnDate": self.clerk.today(), "Line": lines}
        return self.clerk.add("Deposit", body)

    def transfer(self, source: str, target: str, amount: str) -> Obj:
        refs = {"FromAccountRef": self.clerk.ref("Account", source), "ToAccountRef": self.clerk.ref("Account", target)}
        return self.clerk.add("Transfer", {**refs, "Amount": Decimal(amount), "TxnDate": self.clerk.today()})

    def journal(self, note: str, *legs: tuple[str, str]) -> Obj:
        """Account and amount, debit positive."""
        lines = [self._leg(account, Decimal(amount)) for account, amount in legs]
        return self.clerk.add("JournalEntry", {"TxnDate": self.clerk.today(), "PrivateNote": note, "Line": lines})

    def _leg(self, account: str, amount: Decimal) -> Obj:
        detail = {
            "PostingType": "Debit" if amount > 0 else "Credit",
            "AccountRef": self.clerk.ref("Account", account),
        }
        return {"DetailType": "JournalEntryLineDetail", "Amount": abs(amount), "JournalEntryLineDetail": detail}

    def time(self, who: Obj, customer: str, item: str, hours: int, minutes: int, **more: Any) -> Obj:
        """`who` is the employee's or vendor's part of the body."""
        body = {
            **who,
            "TxnDate": self.clerk.today(),
            "CustomerRef": self.clerk.ref("Customer", customer),
            "ItemRef": {"value": self._item(item)["Id"]},
            "Hours": hours,
            "Minutes": minutes,
            "BillableStatus": "NotBillable",
        }
        label = more.pop("label", "")
        return self.clerk.add("TimeActivity", {**body, **more}, label)

    # -- money ----------------------------------------------------------------------------------------------------

    def _money_of(self, row: Obj) -> Obj:
        return {"CurrencyRef": row["CurrencyRef"]} if self.clerk.company.multicurrency and row else {}

    def _mode(self) -> Obj:
        return {} if self.clerk.company.country == "US" else {"GlobalTaxCalculation": "TaxExcluded"}
