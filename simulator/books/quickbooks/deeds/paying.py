"""Money: receive a payment, move it, pay a bill, apply a credit, bring payments to the bank, send a document."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.quickbooks import chart, operations
from simulator.quickbooks.company import Company, Obj
from simulator.quickbooks.entities import ENTITIES

from ...shapes import Deed, Done, Field, Form, Option, RefusedDeed
from .. import cells
from ..kinds import KINDS, title_of
from . import choices, figures

DATE = "date"
MOST_WAITING = 200  # payments offered for a deposit, the newest ones


def money_deeds(company: Company, name: str, row: Obj) -> list[Deed]:
    deeds = []
    if name == "Invoice" and row["Balance"]:
        deeds.append(_receive(company, row))
    if name == "Bill" and row["Balance"]:
        deeds.append(_pay_bill(company, row))
    if name == "CreditMemo" and row["Balance"]:
        deeds.append(_apply_credit(company, row))
    if name == "Payment" and not row.get("_voided"):
        deeds.append(_allocate(company, row))
        if _waiting(company, row):
            deeds.append(deposit(company, row["Id"]))
    if "send" in ENTITIES[name].actions and not row.get("_voided"):
        deeds.append(_send(name, row))
    return deeds


def _date_field(company: Company) -> Field:
    return Field(DATE, "Date", "date", company.today(), required=True)


def _currency(company: Company, row: Obj) -> Obj:
    return {"CurrencyRef": {"value": row["CurrencyRef"]["value"]}} if company.multicurrency else {}


# -- customers' money -----------------------------------------------------------------------------------------------


def _receive(company: Company, row: Obj) -> Deed:
    into = [Option("", "Undeposited Funds"), *choices.accounts(company, "Bank")]
    fields = [
        Field("amount", "Amount", "amount", cells.quantity(row["Balance"]), required=True,
              hint="Less pays a part; more leaves a credit with the customer."),
        _date_field(company),
        Field("method", "Paid by", "choice", options=choices.optional(choices.rows(company, "PaymentMethod"))),
        Field("reference", "Reference", longest=21),
        Field("into", "Paid into", "choice", options=into),
    ]  # fmt: skip
    lead = "Writes a payment for this invoice, as if the customer had paid there and not through the app."
    return Deed(
        "pay", "Receive payment", lead, "Receive payment", lambda books, form: _received(books, row["Id"], form), fields
    )


def _received(company: Company, invoice_id: str, form: Form) -> Done:
    invoice = _row(company, "Invoice", invoice_id)
    amount = figures.above_zero(form.text("amount"), "Amount")
    body = {
        "CustomerRef": {"value": invoice["CustomerRef"]["value"]},
        "TotalAmt": amount,
        "TxnDate": form.text(DATE),
        "PaymentRefNum": form.text("reference") or None,
        "PaymentMethodRef": _ref(form.text("method")),
        "DepositToAccountRef": _ref(form.text("into")),
        "Line": [_applied("Invoice", invoice_id, min(amount, invoice["Balance"]))],
        **_currency(company, invoice),
    }
    made = _create(company, "Payment", body)
    left = _row(company, "Invoice", invoice_id)["Balance"]
    words = "The invoice is paid." if not left else f"{cells.amount(left)} is still open."
    return Done(f"Payment of {cells.amount(made['TotalAmt'])} received. {words}", f"Invoice/{invoice_id}")


def _allocate(company: Company, row: Obj) -> Deed:
    """Which invoices a payment is for; the way to move it to another one."""
    held = {link["TxnId"]: line["Amount"] for line in row.get("Line") or () for link in line["LinkedTxn"]
            if link["TxnType"] == "Invoice"}  # fmt: skip
    own = company.table("Invoice").by("CustomerRef", row["CustomerRef"]["value"])
    offered = [each for each in own if each["Balance"] or each["Id"] in held]
    options = [Option("", "Invoice")] + [
        Option(each["Id"], f"{title_of('Invoice', each)}, {cells.amount(each['Balance'])} open") for each in offered
    ]
    parts = (Field("invoice", "Invoice", "choice", options=options), Field("amount", "Amount", "amount"))
    lines: list[dict[str, str]] = [{"invoice": key, "amount": cells.quantity(amount)} for key, amount in held.items()]
    total = cells.amount(row["TotalAmt"])
    lead = f"Says which invoices the {total} are for. What is left over stays as the customer's credit."
    return Deed(
        "allocate",
        "Apply to invoices",
        lead,
        "Apply",
        lambda books, form: _allocated(books, row["Id"], form),
        [Field("lines", "Applied to", "lines", parts=parts, lines=[*lines, {}, {}])],
    )


def _allocated(company: Company, payment_id: str, form: Form) -> Done:
    row = _row(company, "Payment", payment_id)
    others = [line for line in row.get("Line") or () if line["LinkedTxn"][0]["TxnType"] != "Invoice"]
    wanted = [
        _applied("Invoice", line["invoice"], figures.above_zero(line["amount"], "Amount"))
        for line in form.lines("lines")
        if line["invoice"]
    ]
    body = {"Id": payment_id, "SyncToken": row["SyncToken"], "sparse": True, "Line": [*others, *wanted]}
    operations.update(company, "Payment", body, {})
    return Done("Payment applied anew.", f"Payment/{payment_id}")


def _apply_credit(company: Company, row: Obj) -> Deed:
    own = company.table("Invoice").by("CustomerRef", row["CustomerRef"]["value"])
    options = [Option(each["Id"], f"{title_of('Invoice', each)}, {cells.amount(each['Balance'])} open") for each in own
               if each["Balance"]]  # fmt: skip
    lead = "Uses the credit for an invoice. The invoice's balance falls without any money."
    fields = [Field("invoice", "Invoice", "choice", required=True, options=[Option("", "Choose an invoice"), *options])]
    return Deed(
        "apply", "Apply to an invoice", lead, "Apply", lambda books, form: _credited(books, row["Id"], form), fields
    )


def _credited(company: Company, credit_id: str, form: Form) -> Done:
    credit = _row(company, "CreditMemo", credit_id)
    if not form.text("invoice"):
        raise RefusedDeed("Choose the invoice the credit is for.")
    invoice = _row(company, "Invoice", form.text("invoice"))
    amount = min(credit["Balance"], invoice["Balance"])
    body = {
        "CustomerRef": {"value": credit["CustomerRef"]["value"]},
        "TotalAmt": Decimal(0),
        "TxnDate": company.today(),
        "Line": [_applied("Invoice", invoice["Id"], amount), _applied("CreditMemo", credit_id, amount)],
        **_currency(company, credit),
    }
    _create(company, "Payment", body)
    return Done(
        f"{cells.amount(amount)} of the credit used for invoice {title_of('Invoice', invoice)}.",
        f"Invoice/{invoice['Id']}",
    )


# -- to the bank ----------------------------------------------------------------------------------------------------


def _waiting(company: Company, row: Obj) -> bool:
    """In Undeposited Funds, and in no deposit yet."""
    deposited = any(each["TxnType"] == "Deposit" for each in row.get("LinkedTxn") or ())
    return (
        not deposited
        and row["TotalAmt"] > 0
        and row["DepositToAccountRef"]["value"] == chart.undeposited_funds(company)
    )


def deposit(company: Company, ticked: str = "") -> Deed:
    home = company.home_currency
    waiting = [row for row in company.table("Payment").all()
               if row["TotalAmt"] > 0 and not row.get("_voided") and row["CurrencyRef"]["value"] == home
               and _waiting(company, row)]  # fmt: skip
    options = [
        Option(row["Id"], f"{cells.amount(row['TotalAmt'])} from {cells.reference(company, row, 'CustomerRef').text}",
               f"{row['TxnDate']}, {title_of('Payment', row)}")
        for row in waiting[: -MOST_WAITING - 1 : -1]
    ]  # fmt: skip
    fields = [
        Field("payments", "Payments", "many", options=options, chosen=frozenset((ticked,)),
              hint="" if options else "Nothing is waiting in Undeposited Funds."),
        Field("into", "Bank account", "choice", choices.usual_bank(company), required=True,
              options=choices.accounts(company, "Bank")),
        _date_field(company),
    ]  # fmt: skip
    lead = "Brings payments from Undeposited Funds to the bank. After that nobody can change, void or delete them."
    return Deed("deposit", "Deposit payments", lead, "Deposit", _deposited, fields)


def _deposited(company: Company, form: Form) -> Done:
    ids = form.many("payments")
    if not ids:
        raise RefusedDeed("Tick the payments that go to the bank.")
    lines = []
    for row_id in ids:
        row = _row(company, "Payment", row_id)
        linked = {"TxnId": row_id, "TxnType": "Payment", "TxnLineId": "0"}
        lines.append({"Amount": row["TotalAmt"], "LinkedTxn": [linked]})
    body = {"DepositToAccountRef": _ref(form.text("into")), "TxnDate": form.text(DATE), "Line": lines}
    made = _create(company, "Deposit", body)
    return Done(f"{cells.amount(made['TotalAmt'])} deposited.", f"Deposit/{made['Id']}")


# -- what the company pays --------------------------------------------------------------------------------------------


def _pay_bill(company: Company, row: Obj) -> Deed:
    fields = [
        Field("amount", "Amount", "amount", cells.quantity(row["Balance"]), required=True),
        _date_field(company),
        Field(
            "from",
            "Paid from",
            "choice",
            choices.usual_bank(company),
            options=choices.accounts(company, "Bank"),
            required=True,
        ),
    ]
    lead = "Writes a bill payment from the bank account."
    return Deed("pay", "Pay bill", lead, "Pay bill", lambda books, form: _bill_paid(books, row["Id"], form), fields)


def _bill_paid(company: Company, bill_id: str, form: Form) -> Done:
    bill = _row(company, "Bill", bill_id)
    amount = figures.above_zero(form.text("amount"), "Amount")
    body = {
        "VendorRef": {"value": bill["VendorRef"]["value"]},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": _ref(form.text("from"))},
        "TotalAmt": amount,
        "TxnDate": form.text(DATE),
        "Line": [_applied("Bill", bill_id, amount)],
        **_currency(company, bill),
    }
    _create(company, "BillPayment", body)
    return Done(f"{cells.amount(amount)} of the bill paid.", f"Bill/{bill_id}")


# -- by e-mail --------------------------------------------------------------------------------------------------------


def _send(name: str, row: Obj) -> Deed:
    held = (row.get("POEmail" if name == "PurchaseOrder" else "BillEmail") or {}).get("Address", "")
    fields = [Field("to", "Send to", "email", held, required=True, longest=100)]
    lead = "Marks the document as sent. No e-mail leaves this machine."
    return Deed("send", "Send", lead, "Send", lambda company, form: _sent(company, name, row["Id"], form), fields)


def _sent(company: Company, name: str, row_id: str, form: Form) -> Done:
    operations.send(company, name, row_id, form.text("to"))
    return Done(f"{KINDS[name].one} marked as sent to {form.text('to')}.", f"{name}/{row_id}")


# -- parts of a body --------------------------------------------------------------------------------------------------


def _applied(kind: str, row_id: str, amount: Any) -> Obj:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": row_id, "TxnType": kind}]}


def _ref(value: str) -> Obj | None:
    return {"value": value} if value else None


def _row(company: Company, name: str, row_id: str) -> Obj:
    row = company.table(name).get(row_id)
    if row is None:
        raise RefusedDeed(f"The {KINDS[name].one.lower()} is not there any more.")
    return row


def _create(company: Company, name: str, body: Obj) -> Obj:
    made: Obj = operations.create(company, name, {key: each for key, each in body.items() if each is not None}, {})[
        name
    ]
    return made
