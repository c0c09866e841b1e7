"""Notes and uploaded files."""

from __future__ import annotations

from simulator.quickbooks import operations
from simulator.quickbooks.operations import UploadPart

from .books import Books, ref, sparse


def _upload(books: Books, *parts: UploadPart) -> list[dict[str, object]]:
    answer = books.checked(operations.upload(books.company, list(parts)))
    found: list[dict[str, object]] = answer["AttachableResponse"]
    return found


def _part(books: Books, kind: str, row_id: str) -> UploadPart:
    links = [{"EntityRef": {"type": kind, "value": row_id}}]
    return UploadPart(
        {"AttachableRef": links, "FileName": "r.pdf", "ContentType": "application/pdf"}, "r.pdf", "x/y", b"%PDF-1"
    )


def test_an_uploaded_file_hangs_on_its_invoice_and_can_be_fetched(us: Books) -> None:
    invoice = us.invoice(us.customer(), us.item())
    made = _upload(us, _part(us, "Invoice", invoice["Id"]))[0]["Attachable"]
    assert isinstance(made, dict)
    assert (made["Size"], made["ContentType"]) == (6, "application/pdf")
    assert made["AttachableRef"] == [{"EntityRef": {"value": invoice["Id"], "type": "Invoice"}, "IncludeOnSend": False}]
    assert operations.file_of(us.company, made["Id"]) == ("r.pdf", "application/pdf", b"%PDF-1")
    assert operations.download(us.company, made["Id"]) == made["TempDownloadUri"]


def test_a_link_to_nothing_is_refused_as_recorded(us: Books) -> None:
    invoice = us.invoice(us.customer(), us.item())
    good, bad = _upload(us, _part(us, "Invoice", invoice["Id"]), _part(us, "Estimate", "75"))
    assert "Attachable" in good
    assert bad["Fault"] == {
        "Error": [
            {
                "Message": "A business validation error has occurred while processing your request",
                "Detail": "Business Validation Error: The entity Estimate 75 that you are trying to link "
                "does not exist. Estimate 75",
                "code": "6000",
                "element": "",
            }
        ],
        "type": "ValidationFault",
    }
    assert us.query("select count(*) from Attachable") == {"totalCount": 1}


def test_what_hangs_on_an_object_is_asked_for_by_its_type_and_id(us: Books) -> None:
    one, other = us.customer("Ada"), us.customer("Bo")
    for row, note in ((one, "first"), (other, "second"), (one, "third")):
        us.write("attachable", {"Note": note, "AttachableRef": [{"EntityRef": {"type": "Customer", **ref(row)}}]})
    where = f"AttachableRef.EntityRef.Type = 'customer' and AttachableRef.EntityRef.value = '{one['Id']}'"
    assert sorted(each["Note"] for each in us.rows(f"select * from attachable where {where}")) == ["first", "third"]
    assert us.not_queried("select * from Attachable where AttachableRef.EntityRef.Type like 'c%'").code == "4001"


def test_a_note_can_be_made_changed_and_deleted(us: Books) -> None:
    customer = us.customer()
    links = [{"EntityRef": {"type": "Customer", **ref(customer)}}]
    made = us.write("attachable", {"Note": "Call first", "AttachableRef": links})
    changed = us.write("attachable", sparse(made, Note="Write first"))
    assert (changed["Note"], changed["SyncToken"]) == ("Write first", "1")
    gone = us.write("attachable", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert gone["status"] == "Deleted"
    assert us.not_read("attachable", made["Id"]).code == "610"


def test_an_attachable_without_note_and_file_is_refused(us: Books) -> None:
    assert us.refused("attachable", {"Category": "Other"}).code == "2020"
