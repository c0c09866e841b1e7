"""Short words for what we owe vendors."""

from __future__ import annotations

from .desk import Desk, Doc, spent


def expense(desk: Desk, amount: object = "28.40", **detail: object) -> Doc:
    return {
        "PaymentType": "CreditCard",
        "AccountRef": desk.named_account("Visa"),
        "Line": [spent(desk.named_account("Travel"), amount, **detail)],
    }


def bill(desk: Desk, vendor: Doc, amount: object, **more: object) -> Doc:
    lines = [spent(desk.named_account("Travel"), amount)]
    return desk.write("Bill", {"VendorRef": {"value": vendor["Id"]}, "Line": lines, **more})


def pay_bill(desk: Desk, vendor: Doc, total: object, *applied: tuple[str, Doc, object]) -> Doc:
    lines = [{"Amount": amount, "LinkedTxn": [{"TxnId": row["Id"], "TxnType": kind}]} for kind, row, amount in applied]
    return desk.write(
        "BillPayment",
        {
            "VendorRef": {"value": vendor["Id"]},
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": desk.named_account("Checking")},
            "TotalAmt": total,
            "Line": lines,
        },
    )
