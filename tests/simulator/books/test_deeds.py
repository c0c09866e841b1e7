"""What a person does in the books changes what the API answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.simulator.machine import Machine

from .browser import Person


def partly_paid(person: Person) -> dict[str, Any]:
    return next(row for row in person.rows("Invoice") if 0 < row["Balance"] < row["TotalAmt"])


def still_open(person: Person) -> dict[str, Any]:
    return next(row for row in person.rows("Invoice") if row["Balance"] == row["TotalAmt"] > 0)


def waiting(person: Person) -> dict[str, Any]:
    """A payment in Undeposited Funds that pays one invoice whole."""
    deposited = {link["TxnId"] for row in person.rows("Deposit") for line in row["Line"] for link in line["LinkedTxn"]}
    undeposited = person.rows("Account", "where AccountSubType = 'UndepositedFunds'")[0]["Id"]
    return next(
        row
        for row in person.rows("Payment")
        if row["Id"] not in deposited
        and row["DepositToAccountRef"]["value"] == undeposited
        and row["Line"]
        and row["TotalAmt"]
    )


def test_receiving_a_payment_lowers_the_balance_of_the_invoice(person: Person) -> None:
    invoice = still_open(person)
    page = person.do(f"Invoice/{invoice['Id']}/pay", amount="100", reference="cash-1")
    assert "Payment of 100.00 received." in page.text
    after = person.read("Invoice", invoice["Id"])
    assert Decimal(str(after["Balance"])) == Decimal(str(invoice["Balance"])) - 100
    assert after["SyncToken"] == invoice["SyncToken"], "a payment is no edit of the invoice"
    assert [link["TxnType"] for link in after["LinkedTxn"]] == ["Payment"]
    assert person.rows("Payment", "where PaymentRefNum = 'cash-1'")[0]["TotalAmt"] == 100


def test_paying_more_than_the_balance_leaves_a_credit(person: Person) -> None:
    invoice = still_open(person)
    person.do(f"Invoice/{invoice['Id']}/pay", amount=str(invoice["Balance"] + 50), reference="much")
    assert person.read("Invoice", invoice["Id"])["Balance"] == 0
    assert person.rows("Payment", "where PaymentRefNum = 'much'")[0]["UnappliedAmt"] == 50


def test_editing_an_invoice_changes_its_lines_total_and_version(person: Person) -> None:
    invoice = still_open(person)
    page = person.open(f"Invoice/{invoice['Id']}/edit")
    prices = [value for name, value in page.form if name == "lines.price"]
    person.do(f"Invoice/{invoice['Id']}/edit", PrivateNote="looked at", **{"lines.price": ["1", *prices[1:]]})
    after = person.read("Invoice", invoice["Id"])
    assert after["PrivateNote"] == "looked at"
    assert int(after["SyncToken"]) == int(invoice["SyncToken"]) + 1
    assert after["Line"][0]["SalesItemLineDetail"]["UnitPrice"] == 1
    assert after["TotalAmt"] != invoice["TotalAmt"]


def test_saving_without_a_change_leaves_the_version_alone(person: Person) -> None:
    invoice = still_open(person)
    page = person.do(f"Invoice/{invoice['Id']}/edit")
    assert "Nothing was changed." in page.text
    assert person.read("Invoice", invoice["Id"]) == invoice


def test_an_edit_that_was_overtaken_is_refused_as_stale(person: Person) -> None:
    invoice = still_open(person)
    old = dict(person.open(f"Invoice/{invoice['Id']}/edit").form)["sync-token"]
    person.do(f"Invoice/{invoice['Id']}/edit", PrivateNote="first")
    page = person.do(f"Invoice/{invoice['Id']}/edit", PrivateNote="second", **{"sync-token": old})
    assert page.answer.status_code == 400
    assert "5010" in page.text
    assert person.read("Invoice", invoice["Id"])["PrivateNote"] == "first"


def test_voiding_an_invoice_frees_its_payment(person: Person) -> None:
    invoice = partly_paid(person)
    page = person.do(f"Invoice/{invoice['Id']}/void")
    assert "Invoice voided." in page.text
    after = person.read("Invoice", invoice["Id"])
    assert (after["TotalAmt"], after["Balance"], after["LinkedTxn"]) == (0, 0, [])
    assert after["PrivateNote"].startswith("Voided")


def test_deleting_a_document_makes_its_id_unknown(person: Person) -> None:
    invoice = still_open(person)
    page = person.do(f"Invoice/{invoice['Id']}/delete")
    assert page.answer.url.endswith("Invoice?" + page.answer.url.split("?")[1])
    assert "deleted." in page.text
    assert person.fault("Invoice", invoice["Id"]) == "610"


def test_deleting_a_payment_opens_its_invoice_again(person: Person) -> None:
    payment = waiting(person)
    invoice_id = payment["Line"][0]["LinkedTxn"][0]["TxnId"]
    before = person.read("Invoice", invoice_id)
    person.do(f"Payment/{payment['Id']}/delete")
    assert person.read("Invoice", invoice_id)["Balance"] == before["Balance"] + payment["Line"][0]["Amount"]


def test_a_payment_can_be_moved_to_another_invoice(person: Person) -> None:
    first = still_open(person)
    customer = first["CustomerRef"]["value"]
    item = person.rows("Item", "where Name = 'Hours'")[0]["Id"]
    line = {"lines.id": "", "lines.item": item, "lines.words": "", "lines.quantity": "1", "lines.price": "40"}
    person.do("Invoice/-/new", **{"CustomerRef-value": customer, "DocNumber": "second", **line, "lines.tax": "NON"})
    second = person.rows("Invoice", "where DocNumber = 'second'")[0]
    person.do(f"Invoice/{first['Id']}/pay", amount="40", reference="movable")
    payment = person.rows("Payment", "where PaymentRefNum = 'movable'")[0]
    person.do(f"Payment/{payment['Id']}/allocate", **{"lines.invoice": [second["Id"]], "lines.amount": ["40"]})
    assert person.read("Invoice", second["Id"])["Balance"] == 0
    assert person.read("Invoice", first["Id"])["Balance"] == first["Balance"]


def test_depositing_a_payment_locks_it(person: Person) -> None:
    payment = waiting(person)
    page = person.do("Payment/-/deposit", payments=[payment["Id"]])
    assert "deposited." in page.text
    answer = person.access.post(
        "payment", {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True, "PrivateNote": "x"}
    )
    assert answer.json()["Fault"]["Error"][0]["code"] == "6540"


def test_a_bill_can_be_paid_in_part(person: Person) -> None:
    bill = next(row for row in person.rows("Bill") if row["Balance"] == row["TotalAmt"])
    person.do(f"Bill/{bill['Id']}/pay", amount="10")
    assert person.read("Bill", bill["Id"])["Balance"] == pytest.approx(bill["Balance"] - 10)


def test_a_credit_memo_lowers_an_invoice_without_money(person: Person) -> None:
    invoice = still_open(person)
    item = person.rows("Item", "where Name = 'Hours'")[0]["Id"]
    line = {"lines.id": "", "lines.item": item, "lines.words": "", "lines.quantity": "1", "lines.price": "15"}
    customer = {"CustomerRef-value": invoice["CustomerRef"]["value"]}
    person.do("CreditMemo/-/new", **customer, **line, DocNumber="credit-1", **{"lines.tax": "NON"})
    memo = person.rows("CreditMemo", "where DocNumber = 'credit-1'")[0]
    person.do(f"CreditMemo/{memo['Id']}/apply", invoice=invoice["Id"])
    assert person.read("Invoice", invoice["Id"])["Balance"] == invoice["Balance"] - 15
    assert person.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0


def test_merging_customers_moves_everything_to_the_winner(person: Person) -> None:
    invoice = still_open(person)
    loser = invoice["CustomerRef"]["value"]
    winner = person.rows("Customer", "where DisplayName = 'Zsófia Kertész'")[0]
    page = person.do(f"Customer/{loser}/merge", into=winner["Id"])
    assert "Merged into Zsófia Kertész." in page.text
    assert person.fault("Customer", loser) == "610"
    assert person.read("Invoice", invoice["Id"])["CustomerRef"]["value"] == winner["Id"]
    assert person.read("Customer", winner["Id"])["Balance"] > winner["Balance"]


def test_an_item_made_inactive_cannot_be_used_and_can_come_back(person: Person) -> None:
    item = person.rows("Item", "where Name = 'Copywriting'")[0]
    person.do(f"Item/{item['Id']}/deactivate")
    assert person.read("Item", item["Id"])["Name"] == "Copywriting (deleted)"
    customer = person.rows("Customer")[0]["Id"]
    line = {"DetailType": "SalesItemLineDetail", "Amount": 1, "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}}}
    refused = person.access.post("invoice", {"CustomerRef": {"value": customer}, "Line": [line]})
    assert refused.json()["Fault"]["Error"][0]["code"] in ("610", "2500")
    person.do(f"Item/{item['Id']}/activate")
    assert person.read("Item", item["Id"])["Name"] == "Copywriting"


def test_a_tax_code_can_be_switched_off_by_a_person_though_not_by_an_app(machine: Machine) -> None:
    person = Person(machine, machine.grant("CA"))
    code = person.rows("TaxCode", "where Name = 'Exempt'")[0]
    person.do(f"TaxCode/{code['Id']}/deactivate")
    assert person.read("TaxCode", code["Id"])["Active"] is False


def test_closed_books_refuse_earlier_dates_and_open_again(person: Person) -> None:
    invoice = person.rows("Invoice", "orderby TxnDate")[0]
    change = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"], "sparse": True, "PrivateNote": "late"}
    person.do("company/close-books", until=invoice["TxnDate"])
    assert person.access.post("invoice", change).json()["Fault"]["Error"][0]["code"] == "6200"
    person.do("company/close-books", until=invoice["TxnDate"], password="yes")
    assert person.access.post("invoice", change).json()["Fault"]["Error"][0]["code"] == "6210"
    accounting = person.access.get("preferences").json()["Preferences"]["AccountingInfoPrefs"]
    assert accounting["BookCloseDate"] == invoice["TxnDate"]
    person.do("company/close-books", until="")
    assert "BookCloseDate" not in person.access.get("preferences").json()["Preferences"]["AccountingInfoPrefs"]
    assert person.access.post("invoice", change).status_code == 200


def test_an_ended_subscription_refuses_writes_and_lets_reads_through(person: Person) -> None:
    person.do("company/subscription", status="EXPIRED")
    refused = person.access.customer("Nobody")
    assert refused.json()["Fault"]["Error"][0]["code"] == "6190"
    assert person.rows("Customer")
    person.do("company/subscription", status="SUBSCRIBED")
    assert person.access.customer("Somebody").status_code == 200


def test_a_smaller_plan_refuses_what_it_does_not_have(person: Person) -> None:
    bill = person.rows("Bill")[0]["Id"]
    person.do("company/plan", plan="SimpleStart")
    refused = person.access.get("query", params={"query": "select * from Bill"})
    assert refused.json()["Fault"]["Error"][0]["code"] == "5030"
    assert "Bills" not in person.open().links
    assert '"code": "5030"' in person.open(f"Bill/{bill}").text, "who has the address sees what an app would get"


def test_disconnecting_the_app_ends_its_access(person: Person) -> None:
    page = person.open()
    assert "Disconnect" in page.links
    asked = person.open(page.links["Disconnect"])
    app = dict(asked.form)["app"]
    said = person.do("company/disconnect", app=app)
    assert "The app has no access any more." in said.text
    assert person.access.get("companyinfo/" + person.access.company_id).status_code in (401, 403)
    assert person.access.refresh().status_code == 400
    assert "Disconnect" not in person.open().links


def test_sending_marks_the_document_as_sent(person: Person) -> None:
    invoice = still_open(person)
    person.do(f"Invoice/{invoice['Id']}/send", to="somebody@client.example")
    assert person.read("Invoice", invoice["Id"])["EmailStatus"] == "EmailSent"


def test_whoever_writes_sales_forms_can_be_made_to_give_their_numbers(person: Person) -> None:
    person.do("company/numbers", custom="yes")
    assert person.access.get("preferences").json()["Preferences"]["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    person.do("company/numbers", custom=[])
    assert person.access.get("preferences").json()["Preferences"]["SalesFormsPrefs"]["CustomTxnNumbers"] is False


@pytest.mark.parametrize(
    ("kind", "filled", "name"),
    [
        ("Customer", {"DisplayName": "New Client", "PrimaryEmailAddr-Address": "a@b.example"}, "DisplayName"),
        ("Vendor", {"DisplayName": "New Vendor"}, "DisplayName"),
        ("Employee", {"GivenName": "New", "FamilyName": "Hand", "DisplayName": "New Hand"}, "DisplayName"),
        ("Item", {"Name": "New service", "UnitPrice": "12.5"}, "Name"),
        ("Class", {"Name": "New class"}, "Name"),
    ],
)
def test_a_person_can_write_new_rows(person: Person, kind: str, filled: dict[str, str], name: str) -> None:
    person.do(f"{kind}/-/new", **filled)
    assert len(person.rows(kind, f"where {name} = '{filled[name]}'")) == 1


def test_what_the_form_cannot_read_is_said_beside_what_was_typed(person: Person) -> None:
    invoice = still_open(person)
    page = person.do(f"Invoice/{invoice['Id']}/pay", amount="a lot")
    assert page.answer.status_code == 400
    assert "“a lot” is not an amount" in page.text
    assert dict(page.form)["amount"] == "a lot"


def test_a_refusal_of_the_books_is_shown_with_its_code_and_changes_nothing(person: Person) -> None:
    taken = person.rows("Customer")[0]["DisplayName"]
    page = person.do("Customer/-/new", DisplayName=taken)
    assert page.answer.status_code == 400
    assert "code 6240" in page.text
    assert len(person.rows("Customer", f"where DisplayName = '{taken}'")) == 1


def test_deeds_stand_in_the_journal_without_being_an_apps_request(person: Person, machine: Machine) -> None:
    invoice = still_open(person)
    before = len(machine.journal(path="/v3/company"))
    person.do(f"Invoice/{invoice['Id']}/void")
    entry = machine.journal(path="/books/")[-1]
    assert (entry["method"], entry["status"]) == ("PERSON", 200)
    assert entry["client"] is None
    assert entry["committed"] is True
    assert {"type": "Invoice", "id": invoice["Id"], "op": "void"} in entry["objects"]
    assert len(machine.journal(path="/v3/company")) == before


def test_change_data_capture_tells_what_a_person_deleted(person: Person) -> None:
    invoice = still_open(person)
    person.do(f"Invoice/{invoice['Id']}/delete")
    since = {"entities": "Invoice", "changedSince": person.access.get("preferences").json()["time"][:10]}
    answer = person.access.get("cdc", params=since).json()["CDCResponse"][0]["QueryResponse"][0]
    assert {"Id": invoice["Id"], "status": "Deleted"}.items() <= answer["Invoice"][-1].items()


def test_a_deed_survives_a_restart_though_it_changed_no_row(machine: Machine, person: Person) -> None:
    slot = machine.world.slot("quickbooks", "production", person.access.company_id)
    assert slot is not None
    before = slot.changes
    person.do("company/subscription", status="CANCELLED")
    assert slot.changes > before, "saving compares it"
