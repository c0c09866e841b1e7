from __future__ import annotations

import re

import pytest

from simulator.quickbooks import operations
from simulator.quickbooks.company import Fault

from .desk import Desk, sold


def test_sending_marks_the_invoice_and_keeps_what_would_have_left(us: Desk) -> None:
    made = us.sell(us.customer(), sold(us.item(), 10))
    answer = us.checked(operations.send(us.company, "Invoice", made["Id"], "ada@lund.example"))["Invoice"]
    assert (answer["EmailStatus"], answer["BillEmail"]["Address"]) == ("EmailSent", "ada@lund.example")
    assert answer["DeliveryInfo"]["DeliveryType"] == "Email"
    assert [mail["to"] for mail in us.company.table("_mail").all()] == ["ada@lund.example"]
    assert ("Invoice", made["Id"], "Emailed") in [(each.entity, each.id, each.operation) for each in us.events]


def test_nothing_is_sent_unless_asked(us: Desk) -> None:
    us.sell(us.customer(), sold(us.item(), 10), BillEmail={"Address": "ada@lund.example"})
    assert us.company.table("_mail").all() == []


@pytest.mark.parametrize(("address", "code"), [(None, "6420"), ("nobody", "2210")])
def test_sending_needs_an_address(us: Desk, address: str | None, code: str) -> None:
    made = us.sell(us.customer(), sold(us.item(), 10))
    with pytest.raises(Fault) as raised:
        operations.send(us.company, "Invoice", made["Id"], address)
    assert raised.value.code == code


def test_an_invoice_that_is_to_be_sent_needs_an_address(us: Desk) -> None:
    body = {"CustomerRef": {"value": us.customer()["Id"]}, "Line": [sold(us.item(), 10)], "EmailStatus": "NeedToSend"}
    assert us.refused("Invoice", body).code == "6420"
    assert us.refused("Invoice", {**body, "BillEmail": {"Address": "nobody"}}).code == "2210"
    made = us.write("Invoice", {**body, "BillEmail": {"Address": "a@b.example"}})
    assert (made["EmailStatus"], made["DeliveryInfo"]) == ("NeedToSend", {"DeliveryType": "Email"})
    us.again("Invoice", made, PrivateNote="x")
    assert [mail["to"] for mail in us.company.table("_mail").all()] == ["a@b.example"], "QuickBooks sends it, once"


@pytest.mark.parametrize("name", ["Invoice", "Estimate", "SalesReceipt", "CreditMemo"])
def test_a_document_is_printed_as_a_well_formed_pdf(us: Desk, name: str) -> None:
    made = us.sell(us.customer("Ada (Lund) \\ Åkesson"), sold(us.item(), 10), name=name)
    data = operations.pdf(us.company, name, made["Id"])
    assert data.startswith(b"%PDF-1.4")
    assert data.endswith(b"%%EOF\n")
    start = int(re.search(rb"startxref\n(\d+)", data)[1])  # type: ignore[index]
    assert data[start:].startswith(b"xref\n0 6\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", data), start=1):
        assert data[int(place) :].startswith(b"%d 0 obj" % number)
    length = int(re.search(rb"/Length (\d+)", data)[1])  # type: ignore[index]
    stream = data.split(b"stream\n", 1)[1][:length]
    assert stream.endswith(b"ET\n")
    assert rb"Ada \(Lund\) \\" in stream
