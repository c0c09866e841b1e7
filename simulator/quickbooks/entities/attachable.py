"""Attachable: notes and files that hang on other objects."""

from __future__ import annotations

from dataclasses import dataclass, field

from .. import faults
from ..company import Company, Obj
from ..updates import merged
from .entity import Entity, Params

FIRST_ID = 5_000_000_000_000_000_000
FILES = "_file"


@dataclass(frozen=True)
class UploadPart:
    """One pair of `file_metadata_NN` and `file_content_NN` of an upload."""

    metadata: Obj
    file_name: str
    content_type: str
    content: bytes = field(repr=False)


def _links(row: Obj, key: str) -> tuple[str, ...]:
    return tuple(str(each["EntityRef"][key]) for each in row.get("AttachableRef", ()))


def create(company: Company, body: Obj, params: Params) -> Obj:
    """A note, or the description of a file that has no content here."""
    if not body.get("Note") and not body.get("FileName"):
        raise faults.missing("Note or FileName")
    return _insert(company, {**body, "AttachableRef": _linked(company, body)})


def update(company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    fresh = merged(ENTITY, stored, body, sparse)
    return company.replace("Attachable", stored, {**fresh, "AttachableRef": _linked(company, fresh)})


def delete(company: Company, stored: Obj, params: Params) -> None:
    if stored["Id"] in company.table(FILES):
        company.table(FILES).remove(stored["Id"])
    company.remove("Attachable", stored["Id"])


def store_file(company: Company, body: Obj, part: UploadPart) -> Obj:
    """An uploaded file: its description as an Attachable, its bytes beside it."""
    row_id = _next_id(company)
    name = body.get("FileName") or part.file_name
    row = {
        **body,
        "Id": row_id,
        "FileName": name,
        "FileAccessUri": f"/v3/company/{company.realm}/download/{row_id}",
        "TempDownloadUri": f"/files/{company.world}/{company.realm}/{row_id}/{name}",
        "Size": len(part.content),
        "ContentType": body.get("ContentType") or part.content_type,
        "AttachableRef": _linked(company, body),
    }
    stored = company.insert("Attachable", row)
    company.table(FILES).put({"Id": row_id, "content": part.content})
    return stored


def content_of(company: Company, row_id: str) -> bytes:
    held = company.table(FILES).get(row_id)
    if held is None:
        raise faults.not_found()
    return bytes(held["content"])


def _insert(company: Company, row: Obj) -> Obj:
    present = {key: value for key, value in row.items() if value is not None}
    return company.insert("Attachable", {**present, "Id": _next_id(company)})


def _next_id(company: Company) -> str:
    return str(FIRST_ID + int(company.next_id("Attachable")))


def _linked(company: Company, body: Obj) -> list[Obj]:
    """Every link leads to something; 6000 as recorded when it does not."""
    links = []
    for each in body.get("AttachableRef") or ():
        ref = each.get("EntityRef") or {}
        kind, value = str(ref.get("type")), str(ref.get("value"))
        if company.table(kind).get(value) is None:
            raise faults.business(
                f"The entity {kind} {value} that you are trying to link does not exist. {kind} {value}"
            )
        links.append({**each, "IncludeOnSend": bool(each.get("IncludeOnSend"))})
    return links


ENTITY = Entity(
    name="Attachable",
    path="attachable",
    family="Attachable",
    create=create,
    update=update,
    delete=delete,
    webhook=False,
    checks_references=False,
    paths={
        "AttachableRef.EntityRef.Type": lambda row: _links(row, "type"),
        "AttachableRef.EntityRef.Value": lambda row: _links(row, "value"),
    },
    filterable=frozenset(("FileName", "Note", "Category", "ContentType", "Size")),
    read_only=frozenset(
        ("CustomField", "FileAccessUri", "Size", "TempDownloadUri", "ThumbnailFileAccessUri",
         "ThumbnailTempDownloadUri", "documentId")
    ),
    lengths={"FileName": 1000, "Note": 2000},
)  # fmt: skip
