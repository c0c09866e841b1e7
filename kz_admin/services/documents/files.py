"""Files people give us: checked, sealed in pieces, opened again only for their tenant."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.models.session import reading
from kz_admin.models.stored_file import StoredChunk, StoredFile
from kz_admin.services.documents.work import Work

PIECE = 64 * 1024
MOST_BYTES = 1_900_000  # a request may have 2 MiB
# What a receipt is, told by its first bytes: the name a browser sends proves nothing.
SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True)
class Given:
    name: str
    content: bytes


def store(work: Work, given: Given, field: str = "receipt") -> StoredFile:
    content_type = _type_of(given, field)
    file = StoredFile(
        tenant_id=work.tenant_id,
        created_at=work.at,
        name=_plain(given.name),
        content_type=content_type,
        size=len(given.content),
        sha256=hashlib.sha256(given.content).hexdigest(),
    )
    work.session.add(file)
    work.session.flush()
    for number, start in enumerate(range(0, len(given.content), PIECE)):
        piece = StoredChunk(tenant_id=work.tenant_id, created_at=work.at, file_id=file.id, number=number)
        piece.data = base64.b64encode(given.content[start : start + PIECE]).decode()
        work.session.add(piece)
    return file


def drop(work: Work, file_id: UUID) -> None:
    for model, column in ((StoredChunk, StoredChunk.file_id), (StoredFile, StoredFile.id)):
        work.session.execute(delete(model).where(column == file_id, model.tenant_id == work.tenant_id))


def find(tenant_id: UUID, file_id: UUID | None) -> StoredFile:
    with reading() as session:
        file = StoredFile.of_tenant(session, tenant_id, file_id)
    if file is None:
        raise NotFound
    return file


def content(file: StoredFile) -> Iterator[bytes]:
    """Piece by piece; each is opened by itself."""
    number = 0
    while True:
        with reading() as session:
            query = select(StoredChunk).where(StoredChunk.file_id == file.id, StoredChunk.number == number)
            piece = session.scalar(query.where(StoredChunk.tenant_id == file.tenant_id))
        if piece is None:
            return
        yield base64.b64decode(piece.data or "")
        number += 1


def _type_of(given: Given, field: str) -> str:
    if not given.content:
        raise Wrong(field, "This file is empty.")
    if len(given.content) > MOST_BYTES:
        raise Wrong(field, "This file is larger than 1.9 MB. Choose a smaller one.")
    for signature, content_type in SIGNATURES.items():
        if given.content.startswith(signature):
            return content_type
    raise Wrong(field, "Choose a PDF, a PNG, a JPEG or a GIF.")


def _plain(name: str) -> str:
    """The last part of the name, without what a header or a path could trip over."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>|:*?;')
    return kept.strip(". ")[-200:] or "receipt"
