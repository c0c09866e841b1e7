"""JSON as machines should send it: no key twice, no NaN, no deep towers, no text that a database cannot hold."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from kz_admin.domain.failures import Wrong

DEEPEST = 12
WHOLE = ""  # the name of the body as a whole


def read(raw: bytes) -> dict[str, Any]:
    """The object in these bytes, or Wrong saying what is the matter and where."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong(WHOLE, "The body is not UTF-8.") from None
    try:
        found = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_refuse_constant, parse_float=Decimal)
    except RecursionError:
        raise Wrong(WHOLE, f"The body is nested more than {DEEPEST} levels deep.") from None
    except json.JSONDecodeError as error:
        raise Wrong(WHOLE, f"The body is not JSON: {error.msg}, line {error.lineno}.") from None
    except (ValueError, ArithmeticError):
        raise Wrong(WHOLE, "The body holds a number that is too long.") from None
    if not isinstance(found, dict):
        raise Wrong(WHOLE, "Send one JSON object.")
    _check(found, "", 1)
    return found


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Wrong(twice[:100], "This key stands twice in one object.")
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise Wrong(WHOLE, f"{word} is no number that JSON knows.")


def _check(value: Any, path: str, depth: int) -> None:
    """Depth, and characters no database or header can carry."""
    if depth > DEEPEST:
        raise Wrong(path, f"The body is nested more than {DEEPEST} levels deep.")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name, path)
            _check(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check(inner, f"{path}[{index}]", depth + 1)
    elif isinstance(value, str):
        _check_text(value, path)


def _check_text(text: str, path: str) -> None:
    if "\0" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)):
        raise Wrong(path[:200], "This text holds a character that cannot be stored.")
