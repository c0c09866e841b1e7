"""What of theirs a draft names, each once, in the words of people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Draft, Expected, Reference, Verb
from kz_admin.providers.quickbooks import references


def draft(**body: Any) -> Draft:
    return Draft(Kind.INVOICE, Verb.CREATE, "Invoice", body, Expected())


def line(item: str, code: str) -> dict[str, Any]:
    detail = {"ItemRef": {"value": item}, "TaxCodeRef": {"value": code}}
    return {"DetailType": "SalesItemLineDetail", "Amount": Decimal(5), "SalesItemLineDetail": detail}


def test_a_sale_names_customer_terms_items_and_codes_once() -> None:
    lines = [line("31", "5"), line("31", "5"), line("32", "NON")]
    body = {"CustomerRef": {"value": "70"}, "CurrencyRef": {"value": "USD"}, "SalesTermRef": {"value": "3"}}
    assert references.of(draft(**body, Line=lines)) == [
        Reference("Customer", "70", "Customer"),
        Reference("Term", "3", "Payment terms"),
        Reference("Item", "31", "Product or service"),
        Reference("TaxCode", "5", "Tax code"),
        Reference("Item", "32", "Product or service"),
    ]


def test_money_names_its_account_its_method_and_what_it_settles() -> None:
    settles = [{"Amount": Decimal(5), "LinkedTxn": [{"TxnId": "266", "TxnType": "Invoice"}]}]
    body = {"DepositToAccountRef": {"value": "35"}, "PaymentMethodRef": {"value": ""}, "Line": settles}
    assert references.of(draft(**body)) == [
        Reference("Account", "35", "Deposit account"),
        Reference("Invoice", "266", "Invoice"),
    ]
