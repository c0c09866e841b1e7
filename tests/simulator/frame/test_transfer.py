"""Files up and down, documents by e-mail and as PDF, over HTTP."""

from __future__ import annotations

import json

from tests.simulator.machine import Access, Machine

TEXT = b"receipt \x00\xff of the train"


def metadata(**more: str) -> str:
    return json.dumps({"FileName": "receipt.bin", "ContentType": "application/octet-stream", **more})


def test_a_file_goes_up_and_comes_down_under_its_link(machine: Machine, access: Access) -> None:
    files = {
        "file_metadata_01": (None, metadata(), "application/json"),
        "file_content_01": ("receipt.bin", TEXT, "application/octet-stream"),
    }
    [answer] = access.post("upload", data=None, files=files).json()["AttachableResponse"]
    made = answer["Attachable"]
    assert (made["FileName"], made["Size"]) == ("receipt.bin", len(TEXT))
    assert made["TempDownloadUri"].startswith(f"{machine.base}/files/")
    link = access.get(f"download/{made['Id']}", headers={"Accept": "text/plain"}).text
    down = machine.http.get(link, timeout=5)
    assert down.content == TEXT
    assert down.headers["Content-Disposition"] == "attachment"


def test_the_form_that_client_libraries_send_is_read_too(machine: Machine, access: Access) -> None:
    """Base64 content, bare line ends, an empty line first."""
    body = (
        "\n--edge\n"
        'Content-Disposition: form-data; name="file_metadata_01"\nContent-Type: application/json\n\n'
        f"{metadata()}\n\n--edge\n"
        'Content-Disposition: form-data; name="file_content_01"\nContent-Type: text/plain\n'
        "Content-Transfer-Encoding: base64\n\nSGVsbG8=\n\n--edge--\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    [answer] = access.post("upload", data=body, headers=headers).json()["AttachableResponse"]
    link = access.get(f"download/{answer['Attachable']['Id']}").text
    assert machine.http.get(link, timeout=5).content == b"Hello"


def test_one_upload_can_hold_a_good_file_and_a_bad_one(access: Access) -> None:
    bad = metadata(AttachableRef=[{"EntityRef": {"type": "Invoice", "value": "999999"}}])  # type: ignore[arg-type]
    files = {
        "file_metadata_01": (None, metadata(), "application/json"),
        "file_content_01": ("a.bin", b"a", "application/octet-stream"),
        "file_metadata_02": (None, bad, "application/json"),
        "file_content_02": ("b.bin", b"b", "application/octet-stream"),
    }
    answers = access.post("upload", data=None, files=files).json()["AttachableResponse"]
    assert [sorted(each) for each in answers] == [["Attachable"], ["Fault"]]


def test_an_upload_that_is_no_form_is_refused(access: Access) -> None:
    assert access.post("upload", {}).json()["Fault"]["Error"][0]["code"] == "500"
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    assert access.post("upload", data="--edge--", headers=headers).json()["Fault"]["Error"][0]["code"] == "2020"


def test_nobody_finds_a_file_that_is_not_there(machine: Machine, access: Access) -> None:
    for path in (f"production/{access.company_id}/1/x", "production/1/1/x", "moon/1/1/x"):
        assert machine.http.get(f"{machine.base}/files/{path}", timeout=5).status_code == 404


def invoice(access: Access) -> dict[str, object]:
    customer = access.customer("Ada").json()["Customer"]["Id"]
    item = access.find("select * from Item where Type = 'Service'")["Item"][0]["Id"]
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 300,
        "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": 4, "UnitPrice": 75},
    }
    made: dict[str, object] = access.post("invoice", {"CustomerRef": {"value": customer}, "Line": [line]}).json()[
        "Invoice"
    ]
    return made


def test_an_invoice_is_sent_and_had_as_pdf(machine: Machine, access: Access) -> None:
    made = invoice(access)
    headers = {"Content-Type": "application/octet-stream"}
    sent = access.post(f"invoice/{made['Id']}/send?sendTo=ada@lund.example", data=b"", headers=headers).json()
    assert sent["Invoice"]["EmailStatus"] == "EmailSent"
    assert machine.journal()[-1]["objects"][0]["op"] == "emailed"
    pdf = access.get(f"invoice/{made['Id']}/pdf", headers={"Accept": "application/pdf"})
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.content.rstrip().endswith(b"%%EOF")
    assert machine.journal()[-1]["response"] == f"<{len(pdf.content)} bytes of application/pdf>"


def test_a_pdf_is_not_had_as_json(access: Access) -> None:
    made = invoice(access)
    assert access.get(f"invoice/{made['Id']}/pdf").json()["Fault"]["Error"][0]["code"] == "500"


def test_an_exchange_rate_is_asked_for_by_currency_and_day(machine: Machine) -> None:
    access = machine.grant("MC")
    asked = {"sourcecurrencycode": "EUR", "asofdate": "2026-03-02"}
    rate = access.get("exchangerate", params=asked).json()["ExchangeRate"]
    assert (rate["SourceCurrencyCode"], rate["TargetCurrencyCode"]) == ("EUR", "USD")
    assert rate["AsOfDate"] == "2026-03-02"
