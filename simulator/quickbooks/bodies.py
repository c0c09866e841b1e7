"""What a request carries: JSON objects, a query statement, the parts of an upload, request ids."""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import re
from collections.abc import Iterable
from email.message import EmailMessage
from typing import Any

from simulator.frame.edge import Exchange

from . import faults, wire
from .entities.attachable import UploadPart
from .faults import Fault

REQUEST_ID = re.compile(r"[A-Za-z0-9_.:~-]+\Z")
LONGEST, LONGEST_OF_BATCH, LONGEST_ITEM = 50, 36, 10


def read(kind: str, exchange: Exchange) -> Any:
    if kind == "none":
        return None
    if kind == "multipart":
        return _parts(exchange)
    return _json(exchange)


def _media(exchange: Exchange) -> str:
    return exchange.header("Content-Type").split(";")[0].strip().lower()


def _json(exchange: Exchange) -> Any:
    if _media(exchange) in ("application/xml", "text/xml"):
        raise faults.not_modelled("request bodies in XML")
    if _media(exchange) != "application/json":
        raise faults.unsupported_operation(f"Operation Content type {_media(exchange)} is not supported.")
    try:
        text = exchange.raw.decode()
    except UnicodeDecodeError as error:
        raise faults.unsupported_operation(
            "Operation com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: "
            f"Invalid byte {error.start + 1} of UTF-8 sequence."
        ) from error
    try:
        body = wire.loads(text)
    except (ValueError, RecursionError) as error:
        raise _malformed(str(error)) from error
    if not isinstance(body, dict):
        raise _malformed("Can not deserialize instance out of this token")
    return body


def _malformed(why: str) -> Fault:
    return Fault("2010", "Request has invalid or unsupported property", f"Property Name:{why}", None)


def statement(exchange: Exchange) -> str:
    """From the address, or as the body of a POST with its own content type."""
    if exchange.method == "GET":
        return exchange.query.get("query", "")
    if _media(exchange) not in ("application/text", "text/plain"):
        raise faults.unsupported_operation(f"Operation Content type {_media(exchange)} is not supported for query.")
    return exchange.body.strip()


# -- request ids -------------------------------------------------------------------------------------


def batch_ids(body: Any) -> tuple[str, ...]:
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    if not isinstance(items, list):
        return ()
    return tuple(str(each.get("bId")) for each in items if isinstance(each, dict))


def check_request_id(request_id: str, items: Iterable[str], is_batch: bool) -> None:
    limit = LONGEST_OF_BATCH if is_batch else LONGEST
    if len(request_id) > limit or not REQUEST_ID.match(request_id):
        raise _bad_request_id(f"requestid has at most {limit} letters, digits or - _ . : ~", request_id)
    for each in items:
        if len(each) > LONGEST_ITEM:
            raise _bad_request_id(f"With a requestid a bId has at most {LONGEST_ITEM} characters", each)


def _bad_request_id(rule: str, supplied: str) -> Fault:
    return Fault("2130", "Invalid Request Id", f"{rule}. Supplied value:{supplied}", "requestid")


# -- uploads -----------------------------------------------------------------------------------------


def _parts(exchange: Exchange) -> list[UploadPart]:
    """Pairs of file_metadata_NN and file_content_NN; the latter may be base64, line ends may be bare."""
    if _media(exchange) != "multipart/form-data":
        raise faults.unsupported_operation(f"Operation Content type {_media(exchange)} is not supported for upload.")
    named = {_name(part): part for part in _messages(exchange)}
    numbers = [name.removeprefix("file_content_") for name in named if name.startswith("file_content_")]
    if not numbers:
        raise faults.missing("file_content_01")
    return [_upload(named[f"file_content_{number}"], named.get(f"file_metadata_{number}")) for number in numbers]


def _messages(exchange: Exchange) -> list[EmailMessage]:
    head = f"Content-Type: {exchange.header('Content-Type')}\r\n\r\n".encode()
    message = email.message_from_bytes(head + exchange.raw.lstrip(), policy=email.policy.HTTP)
    return [part for part in message.iter_parts() if isinstance(part, EmailMessage)]


def _name(part: EmailMessage) -> str:
    return str(part.get_param("name", "", header="content-disposition"))


def _upload(content: EmailMessage, metadata: EmailMessage | None) -> UploadPart:
    about: Any = {}
    if metadata is not None:
        try:
            about = wire.loads(_bytes(metadata))
        except ValueError as error:
            raise _malformed(str(error)) from error
    if not isinstance(about, dict):
        raise _malformed("file_metadata is not an object")
    name = content.get_filename() or str(about.get("FileName") or "attachment")
    return UploadPart(about, name, content.get_content_type(), _bytes(content))


def _bytes(part: EmailMessage) -> bytes:
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    if str(part.get("Content-Transfer-Encoding", "")).lower() == "base64":
        return raw
    if str(part.get("Content-Encoding", "")).lower() == "base64":
        try:
            return base64.b64decode(raw)
        except binascii.Error as error:
            raise _malformed("file_content is not base64") from error
    return raw
