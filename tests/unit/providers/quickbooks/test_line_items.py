"""Which item a line goes under, and what keeps an invoice here."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.presets import ON_PAID
from kz_admin.domain.problems import Slug
from kz_admin.domain.pushing import Chosen, Ref
from kz_admin.domain.records import InvoiceRecord
from kz_admin.providers.quickbooks import invoices
from tests.unit.providers.quickbooks.ours import INCOME, SERVICES_ID, invoice, partners, problem, refs, sold

AUDIT = uuid4()
STRICT = replace(ON_PAID, strict_mapping=True)


def of_services(*service_ids: object, **changed: object) -> InvoiceRecord:
    record = invoice(*(sold("1", "10") for _ in service_ids), **changed)
    lines = zip(record.lines, service_ids, strict=True)
    return replace(record, lines=tuple(replace(line, service_id=service_id) for line, service_id in lines))


def items(record: InvoiceRecord, **more: object) -> list[str]:
    body = invoices.build(record, refs(record, **more)).body
    details = [line.get("SalesItemLineDetail") for line in body["Line"]]
    return [detail["ItemRef"]["value"] for detail in details if detail]


@pytest.mark.promise("K-QBO-34", "PLAT-17", "KZ-21")
def test_service_default_item_and_income_account_in_this_order() -> None:
    record = of_services(AUDIT, None)
    there = {**partners(), (Kind.SERVICE, AUDIT, ""): Ref("44")}
    assert items(record, partners=there) == ["44", "31"]
    assert items(record, partners=there, mapped={(List.ITEMS, DEFAULT): Chosen("50")}) == ["44", "50"]
    assert items(record) == ["31", "31"]


def test_with_strict_mapping_a_service_without_an_item_is_named() -> None:
    record = of_services(AUDIT, None)
    names = {AUDIT: "Audit"}
    told = problem(lambda: items(record, settings=STRICT, names=names))
    assert (told.slug, told.cause) == (Slug.ITEM_UNMAPPED, f"item_unmapped:{AUDIT}")
    assert (told.facts["service"], told.facts["list"], told.facts["row"]) == ("Audit", "items", str(AUDIT))
    there = {**partners(), (Kind.SERVICE, AUDIT, ""): Ref("44")}
    assert items(record, settings=STRICT, partners=there) == ["44", "31"]


def test_an_item_that_was_made_inactive_is_told_with_its_row() -> None:
    there = {**partners(), (Kind.SERVICE, AUDIT, ""): Ref("44")}
    told = problem(lambda: items(of_services(AUDIT), partners=there, inactive={"44": "Audits"}))
    assert (told.slug, told.facts["option"], told.facts["row"]) == (Slug.MAPPED_INACTIVE, "Audits", str(AUDIT))
    default = {(List.ITEMS, DEFAULT): Chosen("50", "Other work", active=False)}
    told = problem(lambda: items(of_services(None), mapped=default))
    assert (told.slug, told.facts["row"], told.cause) == (Slug.MAPPED_INACTIVE, DEFAULT, "mapped_inactive:items:50")


def test_without_any_item_the_income_account_is_asked_for() -> None:
    there = {key: ref for key, ref in partners().items() if key != (Kind.SERVICE, SERVICES_ID, INCOME)}
    assert problem(lambda: items(of_services(AUDIT), partners=there)).slug is Slug.ACCOUNT_MISSING


def test_750_taxed_lines_go_and_751_are_told() -> None:
    at_most = invoice(*(sold("1", "10", "7") for _ in range(750)))
    assert len(items(at_most)) == 750
    told = problem(lambda: items(invoice(*(sold("1", "10", "7") for _ in range(751)))))
    assert (told.slug, told.facts["limit"], told.facts["length"]) == (Slug.TOO_MANY_LINES, "750", "751")
    assert len(items(invoice(*(sold("1", "10") for _ in range(751))))) == 751
