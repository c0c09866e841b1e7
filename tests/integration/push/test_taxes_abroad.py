"""Companies outside the US: a code on every line, totals that agree to the cent, and what is said where they cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.presets import TaxMode
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.mapped import choose, line, named, our_rate, prefer, retry
from tests.simulator.machine import Machine

VAT = ("VAT 20", "20")


@pytest.fixture
def britain(app: Flask, machine: Machine, cast: Cast, bridge: Bridge) -> Books:
    return connect_books(app, machine, cast, bridge, "GB")


def pay(books: Books, *lines: dict[str, Any], total: str, number: str = "2026-0001", **more: Any) -> None:
    said = {"invoice.currency": "GBP", "invoice.lines": list(lines), "invoice.total": total}
    books.pay(number, **said, **{f"invoice.{name}": value for name, value in more.items()})


def codes(books: Books) -> list[str]:
    lines = books.invoice_there()["Line"]
    found = [row["SalesItemLineDetail"]["TaxCodeRef"]["value"] for row in lines if "SalesItemLineDetail" in row]
    return [next(code["Name"] for code in books.there("TaxCode", Id=one)) for one in found]


@pytest.mark.promise("K-QBO-60", "KEAP-28")
def test_an_unmapped_rate_is_named_and_goes_over_once_it_is_mapped(britain: Books) -> None:
    since = britain.now_there()
    pay(britain, line("1", "100.00", "100.00", tax=VAT), line("1", "10.00", "10.00"), total="130.00")
    britain.push()
    record = britain.record("invoice")
    assert (record.state, record.problem) == ("failed", "tax_unmapped")
    assert "VAT 20" in (record.problem_facts or "")
    assert "Invoice" not in britain.made(since)
    choose(britain, List.TAXES, our_rate(britain, "VAT 20"), named(britain, "TaxCode", "20.0% S"), rate="20")
    retry(britain, record)
    britain.push()
    made = britain.invoice_there()
    assert codes(britain) == ["20.0% S", "Exempt"]
    assert (made["GlobalTaxCalculation"], made["TotalAmt"], made["Balance"]) == ("TaxExcluded", 130, 0)
    assert britain.record("invoice").note is None


@pytest.mark.promise("K-QBO-33", "KZ-20")
def test_totals_agree_to_the_cent_or_say_both_numbers_and_why(britain: Books) -> None:
    prefer(britain, tax_mode=TaxMode.MAPPED)
    choose(britain, List.TAXES, DEFAULT, named(britain, "TaxCode", "20.0% S"), rate="20")
    # by line 3 × 0.01, by rate 0.01: the sender's rounding stands
    pence = [line("1", "0.03", "0.03", tax=VAT, tax_amount="0.01") for _ in range(3)]
    pay(britain, *pence, total="0.12", number="1")
    pay(britain, line("1", "12.00", "12.00", tax=VAT), prices="inclusive", total="12.00", number="2")
    pay(britain, line("1", "100.00", "100.00", tax=("VAT 17.5", "17.5")), total="117.50", number="3")
    britain.push()
    made = {row["PrivateNote"].split(",")[0].rpartition(" ")[2]: row for row in britain.ours("Invoice")}
    assert [made[number]["TotalAmt"] for number in "123"] == [0.12, 12, 120]
    assert made["2"]["GlobalTaxCalculation"] == "TaxInclusive"
    assert made["2"]["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 12
    notes = {record.remote_id: record.note for record in britain.records("invoice")}
    assert notes[made["1"]["Id"]] is None
    assert notes[made["2"]["Id"]] is None
    assert notes[made["3"]["Id"]] == (
        "The total is 120.00 GBP in QuickBooks and 117.50 GBP here; the tax is 20.00 GBP in QuickBooks and 17.50 GBP"
        " here: tax code 20.0% S is 20% there, VAT 17.5 17.5% here."
    )


def test_a_code_that_was_made_inactive_is_told_with_its_row(britain: Books) -> None:
    choose(britain, List.TAXES, DEFAULT, named(britain, "TaxCode", "5.0% R"), active=False, rate="5")
    pay(britain, line("1", "100.00", "100.00", tax=("VAT 5", "5")), total="105.00")
    britain.push()
    record = britain.record("invoice")
    assert (record.problem, json.loads(record.problem_facts or "{}")["row"]) == ("mapped_inactive", DEFAULT)
    assert britain.ours("Invoice") == []
