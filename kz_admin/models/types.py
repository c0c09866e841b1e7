"""Column types that mean the same on PostgreSQL and SQLite: no SQL DateTime, no Numeric, no float."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class _WholeNumber(TypeDecorator[int]):
    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        # bool is an int and a float might look like one: neither is a moment or an amount.
        if value is not None and type(value) is not int:
            raise TypeError(f"{type(self).__name__} takes whole numbers, got {value!r}")
        return value


class UtcMs(_WholeNumber):
    """A moment: milliseconds since 1970, UTC, as clock.now_ms() gives them."""

    cache_ok = True


class Minor(_WholeNumber):
    """An amount of money in minor units; its currency stands beside it."""

    cache_ok = True


class DecimalText(TypeDecorator[Decimal]):
    """A quantity or a price, kept as the text of an exact decimal number."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"DecimalText takes finite Decimals, got {value!r}")
        return format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class RowNumber(TypeDecorator[int]):
    """A counting primary key: SQLite counts only columns declared INTEGER."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class SealedText(TypeDecorator[str]):
    """Ciphertext as crypto.Keyring.seal made it; anything else is refused before it reaches the disk."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and not value.startswith("kz1."):
            raise TypeError("a sealed column takes sealed values only")
        return value
