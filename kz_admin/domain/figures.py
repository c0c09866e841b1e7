"""Numbers as people and programs write them: exact decimals within limits, or a sentence that says what is wrong."""

from __future__ import annotations

import re
from decimal import Decimal

from kz_admin.domain.money import Money
from kz_admin.domain.regions import minor_digits

# Both providers count at most 15 digits in front of and behind the point together.
MOST_DIGITS = 15
LONGEST = 40
_PLAIN = re.compile(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


class NotANumber(ValueError):
    """The sentence is for people."""


def decimal_of(text: str, *, places: int) -> Decimal:
    """An exact number with at most so many decimals; no exponents, no NaN, no second way to write one."""
    compact = text.strip().replace("\N{MINUS SIGN}", "-").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if (
        len(compact) > LONGEST
        or not compact.isascii()
        or not (_PLAIN.fullmatch(compact) or _GROUPED.fullmatch(compact))
    ):
        raise NotANumber("Write a number such as 1250 or 1250.50.")
    number = Decimal(compact.replace(",", ""))
    if _decimals(number) > places:
        raise NotANumber(f"Use at most {places} decimals." if places else "Use whole numbers, without decimals.")
    if len(str(abs(int(number)))) + places > MOST_DIGITS:
        raise NotANumber("This number is too large.")
    return number


def minor_of(text: str, currency: str) -> int:
    """An amount of this currency in minor units: yen have no decimals, Kuwaiti dinars have three."""
    digits = minor_digits(currency)
    try:
        return Money.of(decimal_of(text, places=digits), currency).minor
    except NotANumber as wrong:
        if "decimals" in str(wrong):
            raise NotANumber(f"{currency} amounts have {_as_word(digits)} decimals.") from None
        raise


def major_text(minor: int, currency: str) -> str:
    """As a form or a file shows it: no grouping, all decimals of the currency."""
    return f"{Money(minor, currency).major:.{minor_digits(currency)}f}"


def plain_text(number: Decimal) -> str:
    """Without exponent and without zeros that say nothing: 1.50 is 1.5, 100 stays 100."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _as_word(digits: int) -> str:
    return {0: "no", 2: "at most two", 3: "at most three"}[digits]
