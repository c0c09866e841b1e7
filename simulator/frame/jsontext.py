"""JSON whose numbers keep the digits they were written with: Decimal in, Decimal out, `100.00` stays `100.00`."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring as quote  # type: ignore[attr-defined]
from typing import Any


class NotJson(ValueError):
    """The text is not one JSON value."""


def loads(text: str | bytes) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def _refuse(word: str) -> None:
    raise NotJson(f"{word} is not a JSON number")


def dumps(value: Any) -> str:
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts)


def _write(value: Any, out: Any) -> None:  # noqa: PLR0912 - one branch per JSON type
    if isinstance(value, str):
        out(quote(value))
    elif isinstance(value, dict):
        _write_object(value, out)
    elif value is True:
        out("true")
    elif value is False:
        out("false")
    elif value is None:
        out("null")
    elif isinstance(value, int):
        out(int.__repr__(value))
    elif isinstance(value, Decimal):
        out(format(value, "f"))
    elif isinstance(value, list | tuple):
        _write_list(value, out)
    else:
        raise TypeError(f"{type(value).__name__} has no JSON form here (money is never float)")


def _write_object(value: dict[str, Any], out: Any) -> None:
    before = "{"
    for key, item in value.items():
        out(f"{before}{quote(key)}:")
        _write(item, out)
        before = ","
    out("}" if before == "," else "{}")


def _write_list(value: list[Any] | tuple[Any, ...], out: Any) -> None:
    before = "["
    for item in value:
        out(before)
        _write(item, out)
        before = ","
    out("]" if before == "," else "[]")
