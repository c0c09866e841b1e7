"""Column types that mean the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table, delete, insert, select
from sqlalchemy.exc import StatementError

from kz_admin.models.session import engine
from kz_admin.models.types import DecimalText, Minor, SealedText, UtcMs

LARGEST = 2**63 - 1


@pytest.fixture
def table(in_app: Flask) -> Iterator[Table]:
    made = Table(
        "specimen",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("at", UtcMs),
        Column("amount", Minor),
        Column("price", DecimalText),
        Column("sealed", SealedText),
    )
    made.create(engine())
    yield made
    made.drop(engine())


def kept(table: Table, column: str, value: Any) -> Any:
    with engine().begin() as connection:
        connection.execute(delete(table))
        connection.execute(insert(table).values(id=1, **{column: value}))
        return connection.execute(select(table.c[column])).scalar()


def test_whole_numbers_come_back_as_they_went(table: Table) -> None:
    for column in ("at", "amount"):
        for value in (0, -1, LARGEST, -LARGEST, None):
            assert kept(table, column, value) == value


def test_what_only_looks_like_a_whole_number_is_refused(table: Table) -> None:
    for column in ("at", "amount"):
        for value in (1.0, 0.1, True, False, "1", Decimal(1)):
            with pytest.raises(StatementError, match="whole numbers"):
                kept(table, column, value)


def test_decimals_come_back_exactly_with_their_last_zero(table: Table) -> None:
    for value in ("0", "0.1", "-0.1", "12345678901234567890.123456789", "0.000000000000000001", "1.10", "100"):
        back = kept(table, "price", Decimal(value))
        assert type(back) is Decimal
        assert format(back, "f") == value


def test_a_decimal_in_scientific_notation_is_kept_as_digits(table: Table) -> None:
    assert kept(table, "price", Decimal("1E+3")) == Decimal(1000)


def test_what_is_no_exact_decimal_is_refused(table: Table) -> None:
    for value in (0.1, 1, "1.0", Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(StatementError, match="finite Decimals"):
            kept(table, "price", value)


def test_a_sealed_column_takes_no_plain_text(table: Table) -> None:
    with pytest.raises(StatementError, match="sealed values only"):
        kept(table, "sealed", "a secret in clear")
    assert kept(table, "sealed", None) is None
