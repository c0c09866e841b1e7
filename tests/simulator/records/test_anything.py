"""Whatever is sent: an answer the schema allows, or a Fault; never a crash, and a refusal never leaves a trace."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.quickbooks import operations, wire
from simulator.quickbooks.entities import ENTITIES
from simulator.quickbooks.faults import Fault
from simulator.quickbooks.query_language import parse
from simulator.quickbooks.schema import check_envelope
from simulator.quickbooks.shapes import Field, shape

from .books import Books

LISTS = sorted(
    name for name, entity in ENTITIES.items() if entity.create and entity.family != "txn" and entity.filterable
)
WORDS = ("select", "count", "(", ")", "*", "from", "Customer", "Invoice", "where", "and", "or", "=", "<=", "in", "like",
         "'a'", "'1'", "1", "-2.5", ",", "orderby", "order", "by", "desc", "startposition", "maxresults", "true",
         "Id", "Active", "DisplayName", "MetaData.CreateTime", "CURRENT_DATE", "%", "'", "\\")  # fmt: skip
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000),
    st.sampled_from(["", "1", "2", "TAX", "USD", "EUR", "2026-01-31", "2026-01-31T00:00:00Z", "Service", "Bank"]),
    st.text(max_size=12),
)


def values(field: Field, depth: int) -> st.SearchStrategy[Any]:
    """Mostly of the right kind, sometimes of none."""
    if field.kind == "object" and depth:
        right: st.SearchStrategy[Any] = bodies(field.type_name, depth - 1)
    elif field.kind == "enum":
        right = st.sampled_from(sorted(field.values.values()))
    else:
        right = scalars
    return st.lists(right, max_size=2) if field.many else st.one_of(right, scalars)


def bodies(type_name: str, depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    fields = shape(type_name).fields

    def some(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({name: values(fields[name], depth) for name in names})

    return st.lists(st.sampled_from(sorted(fields)), max_size=5, unique=True).flatmap(some)


@pytest.fixture(scope="module")
def books() -> Books:
    made = Books(multi=True)
    made.customer("1")
    made.item("1")
    return made


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_body_is_answered_or_refused(books: Books, name: str, data: st.DataObject) -> None:
    needed = {
        "Name": "N",
        "DisplayName": "D",
        "Type": "Service",
        "DueDays": 3,
        "IncomeAccountRef": books.account("Income"),
    }
    known = {key: value for key, value in needed.items() if key in shape(ENTITIES[name].schema).fields}
    body = {**known, **data.draw(bodies(ENTITIES[name].schema))}
    before = books.company.to_state()
    try:
        answer = operations.write(books.company, name, body, {})
    except Fault as fault:
        assert books.company.to_state() == before
        answer = {"Fault": fault.body()}
    assert check_envelope(wire.loads(wire.dumps(answer))) == []


@settings(max_examples=400, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_words_are_a_query_or_a_fault(books: Books, words: list[str]) -> None:
    try:
        answer, code = operations.query(books.company, " ".join(words)), ""
    except Fault as fault:
        answer, code = {"Fault": fault.body()}, fault.code
    assert code in ("", "4000", "4001")
    assert check_envelope(wire.loads(wire.dumps(answer))) == []


@settings(max_examples=200, derandomize=True, deadline=None)
@given(value=st.text(max_size=30))
def test_any_text_can_be_quoted(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    assert parse(f"select * from Customer where DisplayName = '{quoted}'").where[0].values[0].text == value


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.decimals(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=10,
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(value=json_values)
def test_the_wire_keeps_every_value(value: Any) -> None:
    assert wire.loads(wire.dumps(value)) == value


def test_the_wire_keeps_the_decimals_of_an_amount() -> None:
    assert wire.dumps({"TotalAmt": Decimal("100.00"), "Balance": Decimal(0)}) == '{"TotalAmt":100.00,"Balance":0}'
    assert str(wire.loads(b'{"a":33.330}')["a"]) == "33.330"
