"""Forms change what a person changed and nothing else, in every country."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.quickbooks import ledger
from simulator.quickbooks.seeds import SEEDS
from tests.simulator.machine import Machine, running

from .browser import Person

EDITED = ("Customer", "Vendor", "Employee", "Item", "Account", "Class", "Department", "Term", "PaymentMethod",
          "Invoice", "Estimate", "CreditMemo", "SalesReceipt", "RefundReceipt", "Payment", "Bill", "VendorCredit",
          "Purchase", "TimeActivity")  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[Machine]:
    with running() as made:
        made.world.limits.on = False
        yield made


def person_of(machine: Machine, key: str) -> Person:
    return Person(machine, machine.grant(key))


def balanced(machine: Machine, key: str) -> None:
    slot = machine.world.slot("quickbooks", "production", key)
    assert slot is not None
    assert sum(ledger.trial_balance(slot.company).values()) == 0


@pytest.mark.parametrize("key", [seed.key for seed in SEEDS])
def test_sending_an_edit_form_untouched_changes_nothing(shared: Machine, key: str) -> None:
    person = person_of(shared, key)
    slot = shared.world.slot("quickbooks", "production", key)
    assert slot is not None
    before = slot.company.to_state()
    seen = 0
    for kind in EDITED:
        rows = [
            row for row in slot.company.table(kind).all() if row.get("Active") is not False and not row.get("_voided")
        ]
        for row in [*rows[:2], *rows[-1:]]:
            page = person.do(f"{kind}/{row['Id']}/edit")
            assert "Nothing was changed." in page.text, f"{kind} {row['Id']}: {page.text[:400]}"
            seen += 1
    assert seen > 10
    assert slot.company.to_state() == before


def sold(invoice: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in invoice["Line"] if line["DetailType"] == "SalesItemLineDetail"]


def under_one_code(person: Person, code: str) -> dict[str, Any]:
    """An open invoice whose lines are all taxed alike."""
    wanted = {person.rows("TaxCode", f"where Name = '{code}'")[0]["Id"]}
    return next(
        row
        for row in person.rows("Invoice")
        if row["Balance"] == row["TotalAmt"] > 0
        and {line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in sold(row)} == wanted
    )


@pytest.mark.parametrize(
    ("key", "code", "percent"),
    [("US", "NON", 0), ("CA", "HST ON", 13), ("GB", "20.0% S", 20), ("AU", "GST", 10), ("MC", "NON", 0)],
)
def test_a_changed_price_changes_total_and_tax(shared: Machine, key: str, code: str, percent: int) -> None:
    person = person_of(shared, key)
    invoice = under_one_code(person, code)
    page = person.open(f"Invoice/{invoice['Id']}/edit")
    prices = [value for name, value in page.form if name == "lines.price"]
    person.do(f"Invoice/{invoice['Id']}/edit", **{"lines.price": ["1000", *prices[1:]]})
    after = person.read("Invoice", invoice["Id"])
    first = sold(after)[0]
    net = sum(line["Amount"] for line in sold(after))
    assert first["Amount"] == 1000 * first["SalesItemLineDetail"]["Qty"]
    assert after["TxnTaxDetail"]["TotalTax"] == pytest.approx(net * percent / 100, abs=0.011)
    assert after["TotalAmt"] == pytest.approx(net + after["TxnTaxDetail"]["TotalTax"])
    assert after["Balance"] == after["TotalAmt"]
    assert len(after["Line"]) == len(invoice["Line"]), "the empty lines of the form are no lines"
    balanced(shared, key)


def new_line(person: Person, price: str, tax: str) -> dict[str, Any]:
    item = person.rows("Item", "where Name = 'Hours'")[0]["Id"]
    return {"lines.id": "", "lines.item": item, "lines.words": "by hand", "lines.quantity": "2", "lines.price": price,
            "lines.tax": tax}  # fmt: skip


@pytest.mark.parametrize(("key", "code", "total"), [("CA", "HST ON", 226), ("GB", "20.0% S", 240), ("AU", "GST", 220)])
def test_a_new_invoice_outside_the_us_is_taxed(shared: Machine, key: str, code: str, total: int) -> None:
    person = person_of(shared, key)
    tax = person.rows("TaxCode", f"where Name = '{code}'")[0]["Id"]
    customer = person.rows("Customer")[0]["Id"]
    filled = {"CustomerRef-value": customer, "DocNumber": f"hand-{key}", **new_line(person, "100", tax)}
    page = person.do("Invoice/-/new", **filled)
    assert "written." in page.text
    assert person.rows("Invoice", f"where DocNumber = 'hand-{key}'")[0]["TotalAmt"] == total
    balanced(shared, key)


def test_a_new_invoice_is_in_its_customers_currency(shared: Machine) -> None:
    person = person_of(shared, "MC")
    customer = person.rows("Customer", "where DisplayName = 'Thistle & Thread'")[0]["Id"]
    filled = {"CustomerRef-value": customer, "DocNumber": "hand-GBP", **new_line(person, "50", "NON")}
    person.do("Invoice/-/new", **filled)
    made = person.rows("Invoice", "where DocNumber = 'hand-GBP'")[0]
    assert made["CurrencyRef"]["value"] == "GBP"
    assert "100.00 GBP" in person.open(f"Invoice/{made['Id']}").text
    person.do(f"Invoice/{made['Id']}/pay", amount="100")
    assert person.read("Invoice", made["Id"])["Balance"] == 0
    balanced(shared, "MC")


def test_a_line_that_is_emptied_is_gone_and_a_new_one_is_added(shared: Machine) -> None:
    person = person_of(shared, "US")
    invoice = next(
        row for row in person.rows("Invoice") if row["Balance"] == row["TotalAmt"] > 0 and len(row["Line"]) == 3
    )
    page = person.open(f"Invoice/{invoice['Id']}/edit")
    columns: dict[str, list[str]] = {}
    for name, value in page.form:
        if name.startswith("lines."):
            columns.setdefault(name, []).append(value)
    for name in ("lines.words", "lines.quantity", "lines.price"):
        columns[name][0] = ""
    item = columns["lines.item"][1]
    for name, value in {"lines.item": item, "lines.words": "added", "lines.quantity": "3", "lines.price": "7"}.items():
        columns[name][-1] = value
    person.do(f"Invoice/{invoice['Id']}/edit", **columns)
    after = person.read("Invoice", invoice["Id"])
    kept, added = sold(after)
    assert kept["Id"] == invoice["Line"][1]["Id"]
    assert (added["Description"], added["Amount"]) == ("added", 21)


def test_an_emptied_box_clears_its_field(shared: Machine) -> None:
    person = person_of(shared, "US")
    row = person.rows("Customer", "where DisplayName = 'Ada Lindqvist'")[0]
    person.do(f"Customer/{row['Id']}/edit", **{"PrimaryEmailAddr-Address": "", "PrimaryPhone-FreeFormNumber": ""})
    after = person.read("Customer", row["Id"])
    assert "PrimaryEmailAddr" not in after
    assert after["BillAddr"]["Line1"] == row["BillAddr"]["Line1"]


def test_an_address_is_changed_part_by_part(shared: Machine) -> None:
    person = person_of(shared, "US")
    row = person.rows("Customer", "where DisplayName = 'Halvorsen Dental'")[0]
    person.do(f"Customer/{row['Id']}/edit", **{"BillAddr-City": "Duluth"})
    after = person.read("Customer", row["Id"])["BillAddr"]
    assert after["City"] == "Duluth"
    assert after["PostalCode"] == row["BillAddr"]["PostalCode"]


def test_a_bill_an_expense_and_time_are_edited(shared: Machine) -> None:
    person = person_of(shared, "GB")
    bill = next(row for row in person.rows("Bill") if row["Balance"] == row["TotalAmt"])
    person.do(f"Bill/{bill['Id']}/edit", **{"lines.amount": ["100", "", ""]})
    assert person.read("Bill", bill["Id"])["TotalAmt"] == 120
    purchase = person.rows("Purchase")[0]
    person.do(f"Purchase/{purchase['Id']}/edit", PrivateNote="checked")
    assert person.read("Purchase", purchase["Id"])["PrivateNote"] == "checked"
    time = person.rows("TimeActivity")[0]
    person.do(f"TimeActivity/{time['Id']}/edit", Hours="2", Minutes="15")
    after = person.read("TimeActivity", time["Id"])
    assert (after["Hours"], after["Minutes"]) == (2, 15)
    balanced(shared, "GB")


@pytest.mark.parametrize("kind", ["Class", "Department", "Term", "PaymentMethod", "Item", "Account"])
def test_a_name_cannot_be_taken_away(shared: Machine, kind: str) -> None:
    person = person_of(shared, "US")
    row = person.rows(kind)[0]
    page = person.do(f"{kind}/{row['Id']}/edit", Name=" ")
    assert page.answer.status_code == 400
    assert "code 2020" in page.text
    assert person.read(kind, row["Id"])["Name"] == row["Name"]
