"""JSON with exact decimals: `100.00` stays `100.00` both ways, and no number is ever a float."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any


def loads(text: bytes | str) -> Any:
    return json.loads(text, parse_float=Decimal)


def dumps(value: Any) -> str:
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts)


def _write(value: Any, out: Any) -> None:
    kind = type(value)
    if kind is str:
        out(encode_basestring(value))
    elif kind is dict:
        before = "{"
        for key, each in value.items():
            out(before)
            out(encode_basestring(key))
            out(":")
            _write(each, out)
            before = ","
        out("}" if before == "," else "{}")
    elif kind is list or kind is tuple:
        before = "["
        for each in value:
            out(before)
            _write(each, out)
            before = ","
        out("]" if before == "," else "[]")
    else:
        out(_scalar(value))


def _scalar(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value)
