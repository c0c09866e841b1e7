"""A bookkeeper's desk in one company: documents at hand, and the books held to balance after every write."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.quickbooks import founding, ledger, links
from simulator.quickbooks.company import Fault
from tests.simulator.records.books import Books

Doc = dict[str, Any]
US_HOME = {
    "Line1": "9 Pier",
    "City": "Bayshore",
    "CountrySubDivisionCode": "CA",
    "PostalCode": "94026",
    "Country": "USA",
}


class Desk(Books):
    def write(self, name: str, body: Doc, **params: str) -> Doc:
        found = super().write(name, body, **params)
        self.check_books()
        return found

    def check_books(self) -> None:
        """Debits equal credits, and every balance is its total less what is applied."""
        assert sum(ledger.trial_balance(self.company).values()) == 0
        for row in self.company.table("Invoice").all():
            applied = links.applied(self.company, f"Invoice/{row['Id']}")
            assert row["Balance"] == row["TotalAmt"] - Decimal(row.get("Deposit", 0)) - applied
            assert row["Balance"] >= 0
        for row in self.company.table("Bill").all():
            assert row["Balance"] == row["TotalAmt"] - links.applied(self.company, f"Bill/{row['Id']}")
        for row in self.company.table("Payment").all():
            assert 0 <= row["UnappliedAmt"] <= row["TotalAmt"]

    # -- people and lists ----------------------------------------------------------------------------------------

    def vendor(self, name: str = "Norton Lumber", **more: Any) -> Doc:
        return self.write("Vendor", {"DisplayName": name, **more})

    def employee(self, name: str = "Plath") -> Doc:
        return self.write("Employee", {"GivenName": "Emi", "FamilyName": name})

    def named_account(self, name: str) -> dict[str, str]:
        row = self.company.table("Account").first("Name", name)
        assert row is not None, name
        return {"value": row["Id"]}

    def new_account(self, name: str, account_type: str, sub_type: str, **more: Any) -> dict[str, str]:
        row = self.write("Account", {"Name": name, "AccountType": account_type, "AccountSubType": sub_type, **more})
        return {"value": row["Id"]}

    def balance(self, account: str) -> Decimal:
        """Debit positive."""
        return ledger.account_total(self.company, self.named_account(account)["value"])

    def code(self, name: str) -> dict[str, str]:
        row = self.company.table("TaxCode").first("Name", name)
        assert row is not None, name
        return {"value": row["Id"]}

    def prefer(self, section: str, **keys: Any) -> None:
        """As the owner sets it on the website."""
        with self.company.writing():
            row = self.company.table("Preferences").all()[0]
            if section == "named":
                others = [{"Name": key.replace("__", "."), "Value": value} for key, value in keys.items()]
                held = row["OtherPrefs"]["NameValue"]
                kept = [each for each in held if each["Name"] not in {other["Name"] for other in others}]
                fresh = {**row, "OtherPrefs": {"NameValue": [*kept, *others]}}
            else:
                fresh = {**row, section: {**row[section], **keys}}
            self.company.replace("Preferences", row, fresh)

    def settle_in(self, **address: str) -> None:
        """The company's own address, which automated tax starts from."""
        with self.company.writing():
            row = self.company.table("CompanyInfo").all()[0]
            self.company.replace("CompanyInfo", row, {**row, "LegalAddr": {"Id": "1", **address}})

    def offer(self, name: str, body: Doc) -> Doc:
        with self.company.writing():
            return founding.make(self.company, name, body)

    # -- documents -----------------------------------------------------------------------------------------------

    def sell(self, customer: Doc, *lines: Doc, name: str = "Invoice", params: Doc | None = None, **more: Any) -> Doc:
        body = {"CustomerRef": {"value": customer["Id"]}, "Line": list(lines), **more}
        return self.write(name, body, **(params or {}))

    def pay(self, customer: Doc, total: object, *applied: tuple[Doc, object], **more: Any) -> Doc:
        body = {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": total, "Line": applied_lines(*applied), **more}
        return self.write("Payment", body)

    def delete(self, name: str, row: Doc) -> None:
        super().write(name, {"Id": row["Id"], "SyncToken": self.read(name, row["Id"])["SyncToken"]}, operation="delete")
        self.check_books()

    def void(self, name: str, row: Doc) -> Doc:
        token = self.read(name, row["Id"])["SyncToken"]
        if name == "Invoice":
            return self.write(name, {"Id": row["Id"], "SyncToken": token}, operation="void")
        body = {"Id": row["Id"], "SyncToken": token, "sparse": True}
        return self.write(name, body, operation="update", include="void")

    def again(self, name: str, row: Doc, **changes: Any) -> Doc:
        """A sparse update of what is there now."""
        token = self.read(name, row["Id"])["SyncToken"]
        return self.write(name, {"Id": row["Id"], "SyncToken": token, "sparse": True, **changes})

    def cannot(self, name: str, row: Doc, operation: str) -> Fault:
        token = self.read(name, row["Id"])["SyncToken"]
        return self.refused(name, {"Id": row["Id"], "SyncToken": token}, operation=operation)

    def bank(self, *receipts: tuple[str, Doc], account: str = "Checking") -> Doc:
        lines = [
            {"Amount": row["TotalAmt"], "LinkedTxn": [{"TxnId": row["Id"], "TxnType": kind, "TxnLineId": "0"}]}
            for kind, row in receipts
        ]
        return self.write("Deposit", {"DepositToAccountRef": self.named_account(account), "Line": lines})


def sold(item: Doc, amount: object, code: str | None = "NON", **detail: Any) -> Doc:
    inner: Doc = {"ItemRef": {"value": item["Id"]}, **detail}
    if code:
        inner["TaxCodeRef"] = {"value": code}
    return {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": inner}


def discount(**detail: Any) -> Doc:
    amount = detail.pop("Amount", None)
    line: Doc = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": amount is None, **detail}}
    return line if amount is None else {**line, "Amount": amount}


def spent(account: dict[str, str], amount: object, **detail: Any) -> Doc:
    return {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": amount,
        "AccountBasedExpenseLineDetail": {"AccountRef": account, **detail},
    }


def journal(account: dict[str, str], amount: object, posting: str, entity: tuple[str, Doc] | None = None) -> Doc:
    detail: Doc = {"PostingType": posting, "AccountRef": account}
    if entity:
        detail["Entity"] = {"Type": entity[0], "EntityRef": {"value": entity[1]["Id"]}}
    return {"DetailType": "JournalEntryLineDetail", "Amount": amount, "JournalEntryLineDetail": detail}


def applied_lines(*applied: tuple[Doc, object]) -> list[Doc]:
    """Invoices, unless `as_kind` says otherwise."""
    return [
        {"Amount": amount, "LinkedTxn": [{"TxnId": row["Id"], "TxnType": row.get("kind", "Invoice")}]}
        for row, amount in applied
    ]


def as_kind(kind: str, row: Doc) -> Doc:
    return {**row, "kind": kind}
