"""XML answers and the schema itself: every answer as XML is valid against the published XSD."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xmlschema

from simulator.quickbooks import operations, xml
from simulator.quickbooks.entities import ENTITIES
from simulator.quickbooks.render import UnpublishedShapeError
from simulator.quickbooks.schema import check_envelope, check_response
from simulator.quickbooks.times import millis_text
from simulator.schemas import derive

from .books import Books, sparse


@pytest.fixture(scope="session")
def published() -> Any:
    return xmlschema.XMLSchema(str(derive.HERE / "quickbooks" / "SalesTax.xsd"))


def wrong_in(published: Any, books: Books, answer: dict[str, Any]) -> list[str]:
    text = xml.render(answer, millis_text(books.now)).decode()
    return [f"{each.path}: {each.reason}" for each in published.iter_errors(text)]


@pytest.mark.parametrize("name", sorted(name for name, entity in ENTITIES.items() if entity.queryable))
def test_s05_10_every_entity_is_valid_xml(us: Books, published: Any, name: str) -> None:
    us.invoice(us.customer(), us.item())
    answer = operations.query(us.company, f"select * from {name} maxresults 5")
    assert wrong_in(published, us, answer) == []


def test_s05_10_batches_changes_and_faults_are_valid_xml(us: Books, published: Any) -> None:
    made = us.customer("Ada & Söhne <1>", Notes="a < b & c")
    us.write("customer", sparse(made, Active=False))
    items = [
        {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "Lumber"}},
        {"bId": "2", "operation": "create", "Vendor": {"Shoe": 1}},
        {"bId": "3", "Query": "select * from Customer where Active = false"},
    ]
    answer = operations.batch(us.company, items, {})
    assert wrong_in(published, us, answer) == []
    changed = operations.cdc(us.company, {"entities": "Customer,Item", "changedSince": "2026-02-24"})
    assert wrong_in(published, us, changed) == []
    fault = us.refused("customer", {"DisplayName": "A" * 600})
    assert wrong_in(published, us, {"Fault": fault.body()}) == []


def test_s05_10_the_answer_names_the_time_and_the_attributes(us: Books) -> None:
    made = us.customer("Ada & Co")
    text = xml.render({"Customer": made}, "2026-03-02T05:58:16.187-08:00").decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns=')
    assert 'time="2026-03-02T05:58:16.187-08:00"><Customer domain="QBO" sparse="false"><Id>' in text
    assert "<DisplayName>Ada &amp; Co</DisplayName>" in text
    assert '<CurrencyRef name="United States Dollar">USD</CurrencyRef>' in text


def test_the_derived_tables_are_those_of_the_published_schema() -> None:
    assert Path(derive.TARGET).read_text(encoding="utf-8") == derive.text()
    assert len(json.loads(derive.text())["types"]) > 150


@pytest.mark.parametrize(
    ("entity", "row", "part"),
    [
        ("Customer", {"Shoe": 1}, "Customer has no such key"),
        ("Customer", {"Id": 1}, "is no string"),
        ("Customer", {"Taxable": "true"}, "is no boolean"),
        ("Customer", {"Balance": "1.00"}, "is no decimal"),
        ("Customer", {"Balance": True}, "is no decimal"),
        ("Customer", {"Balance": None}, "is no decimal"),
        ("Customer", {"BillAddr": {"Line9": "x"}}, "PhysicalAddress has no such key"),
        ("Customer", {"MetaData": {"CreateTime": "2026-01-01"}}, "is no datetime"),
        ("Invoice", {"TxnDate": "02.03.2026"}, "is no date"),
        ("Invoice", {"Line": {"Amount": 1}}, "is no list"),
        ("Invoice", {"EmailStatus": "Lost"}, "is no enum"),
        ("Customer", {"_private": 1}, "Customer has no such key"),
        ("Customer", [], "is no object"),
    ],
)
def test_the_checker_finds_what_the_schema_does_not_allow(entity: str, row: Any, part: str) -> None:
    found = check_response(entity, row)
    assert len(found) == 1
    assert part in found[0]


def test_an_answer_the_schema_does_not_allow_never_leaves(us: Books) -> None:
    """So every response of every suite that uses the simulator has been held to the published names and kinds."""
    made = us.customer()
    with us.company.writing():
        row = us.company.table("Customer").get(made["Id"])
        assert row is not None
        us.company.table("Customer").put({**row, "ShoeSize": 44})
    asks: tuple[Callable[[], object], ...] = (
        lambda: operations.read(us.company, "customer", made["Id"]),
        lambda: operations.query(us.company, "select * from Customer"),
        lambda: operations.cdc(us.company, {"entities": "Customer", "changedSince": "2026-02-24"}),
    )
    for ask in asks:
        with pytest.raises(UnpublishedShapeError, match=r"Customer\.ShoeSize: Customer has no such key"):
            ask()


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"Shoe": {}},
        {"QueryResponse": {"Customer": [{"Shoe": 1}]}},
        {"QueryResponse": {"totalCount": "3"}},
        {"BatchItemResponse": [{"Vendor": {"Id": 7}, "bId": "1"}]},
        {"CDCResponse": [{"QueryResponse": [{"Customer": [{"Shoe": 1}]}]}]},
        {"Fault": {"Error": [{"code": 610}], "type": "ValidationFault"}},
        {"Fault": {"Error": []}},
        {"Customer": {}, "time": "2026-03-02T05:58:16-08:00"},
    ],
)
def test_the_checker_looks_into_every_envelope(answer: Any) -> None:
    assert len(check_envelope(answer)) == 1
