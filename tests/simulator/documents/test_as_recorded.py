"""Answers hold the keys that recorded answers of real companies hold, no fewer and no more."""

from __future__ import annotations

from .desk import US_HOME, Desk, sold

INVOICE = [
    "AllowIPNPayment",
    "AllowOnlinePayment",
    "AllowOnlineCreditCardPayment",
    "AllowOnlineACHPayment",
    "domain",
    "sparse",
    "Id",
    "SyncToken",
    "MetaData",
    "CustomField",
    "DocNumber",
    "TxnDate",
    "CurrencyRef",
    "LinkedTxn",
    "Line",
    "TxnTaxDetail",
    "CustomerRef",
    "BillAddr",
    "ShipAddr",
    "DueDate",
    "TotalAmt",
    "ApplyTaxAfterDiscount",
    "PrintStatus",
    "EmailStatus",
    "Balance",
]
RECEIPT = [
    "domain",
    "sparse",
    "Id",
    "SyncToken",
    "MetaData",
    "CustomField",
    "DocNumber",
    "TxnDate",
    "CurrencyRef",
    "Line",
    "TxnTaxDetail",
    "TotalAmt",
    "ApplyTaxAfterDiscount",
    "PrintStatus",
    "EmailStatus",
    "Balance",
    "DepositToAccountRef",
]
ESTIMATE = [
    "domain",
    "sparse",
    "Id",
    "SyncToken",
    "MetaData",
    "CustomField",
    "DocNumber",
    "TxnDate",
    "CurrencyRef",
    "TxnStatus",
    "Line",
    "TxnTaxDetail",
    "CustomerRef",
    "BillAddr",
    "ShipAddr",
    "TotalAmt",
    "ApplyTaxAfterDiscount",
    "PrintStatus",
    "EmailStatus",
]
PAYMENT = [
    "CustomerRef",
    "DepositToAccountRef",
    "TotalAmt",
    "UnappliedAmt",
    "ProcessPayment",
    "domain",
    "sparse",
    "Id",
    "SyncToken",
    "MetaData",
    "TxnDate",
    "CurrencyRef",
    "Line",
]
BILL_PAYMENT = [
    "VendorRef",
    "PayType",
    "CheckPayment",
    "TotalAmt",
    "domain",
    "sparse",
    "Id",
    "SyncToken",
    "MetaData",
    "TxnDate",
    "CurrencyRef",
    "PrivateNote",
    "Line",
]


def crew(desk: Desk) -> None:
    """The custom field of the recordings."""
    names = [{"Name": "SalesFormsPrefs.SalesCustomName1", "Type": "StringType", "StringValue": "Crew #"}]
    used = [{"Name": "SalesFormsPrefs.UseSalesCustom1", "Type": "BooleanType", "BooleanValue": True}]
    desk.prefer("SalesFormsPrefs", CustomField=[{"CustomField": names}, {"CustomField": used}])


def test_an_invoice_of_one_amount(us: Desk) -> None:
    crew(us)
    customer = us.customer(BillAddr=US_HOME, ShipAddr=US_HOME)
    made = us.sell(customer, sold(us.item(), 100, code=None))
    assert list(made) == INVOICE
    assert made["CustomField"] == [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}]
    assert made["Line"] == [
        {
            "Id": "1",
            "LineNum": 1,
            "Amount": 100,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": made["Line"][0]["SalesItemLineDetail"]["ItemRef"],
                "TaxCodeRef": {"value": "NON"},
            },
        },
        {"Amount": 100, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ]
    assert made["TxnTaxDetail"] == {"TotalTax": 0}
    assert (made["PrintStatus"], made["EmailStatus"]) == ("NeedToPrint", "NotSet")


def test_the_invoice_after_it_was_voided(us: Desk) -> None:
    customer = us.customer(BillAddr=US_HOME, ShipAddr=US_HOME)
    gone = us.void("Invoice", us.sell(customer, sold(us.item(), 100)))
    place = INVOICE.index("LinkedTxn")
    assert list(gone) == [*INVOICE[:place], "PrivateNote", *INVOICE[place:]]
    assert gone["PrivateNote"] == "Voided"
    assert "Qty" not in gone["Line"][0]["SalesItemLineDetail"], "a quantity that never was is not made up"


def test_a_sales_receipt_without_customer_after_a_full_update(us: Desk) -> None:
    item = us.item()
    made = us.write("SalesReceipt", {"Line": [sold(item, "337.50", Qty="4.5", UnitPrice=75)]})
    assert list(made) == RECEIPT
    body = {"Id": made["Id"], "SyncToken": "0", "Line": [sold(item, "337.50", Qty="4.5", UnitPrice=75)]}
    again = us.write("SalesReceipt", body)
    assert list(again) == RECEIPT
    assert (again["Line"][0]["Id"], again["SyncToken"]) == ("2", "1"), "a line without id is a new line"
    assert again["DocNumber"] == made["DocNumber"]


def test_an_estimate_that_was_not_invoiced(us: Desk) -> None:
    customer = us.customer(BillAddr=US_HOME, ShipAddr=US_HOME)
    assert list(us.sell(customer, sold(us.item(), 100), name="Estimate")) == ESTIMATE


def test_a_payment(us: Desk) -> None:
    customer = us.customer()
    invoice = us.sell(customer, sold(us.item(), 25))
    made = us.pay(customer, 25, (invoice, 25))
    assert list(made) == PAYMENT
    assert made["Line"] == [{"Amount": 25, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]


def test_a_bill_payment_after_it_was_voided(us: Desk) -> None:
    from .test_every_document import bill_payment

    gone = us.void("BillPayment", bill_payment(us))
    assert list(gone) == BILL_PAYMENT
    assert (gone["TotalAmt"], gone["CheckPayment"]["PrintStatus"]) == (0, "NotSet")
