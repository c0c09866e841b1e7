"""Points 33 and 34: outside the US every line names a code, and tax is rounded per rate."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .desk import Desk, Doc, discount, sold, spent

D = Decimal
WORDS = {"CA": ("CAD", "GST/HST"), "GB": ("GBP", "VAT"), "AU": ("AUD", "GST")}


def items(desk: Desk) -> Doc:
    return desk.item(ExpenseAccountRef=desk.named_account("Travel"))


def net(desk: Desk, amount: object, code: str, **detail: object) -> Doc:
    return sold(items_once(desk), amount, desk.code(code)["value"], **detail)


def items_once(desk: Desk) -> Doc:
    row = desk.company.table("Item").first("Name", "Design")
    return row or items(desk)


@pytest.mark.parametrize("country", ["CA", "GB", "AU"])
def test_s05_33_a_line_without_a_code_is_refused_in_the_words_of_the_country(country: str) -> None:
    currency, word = WORDS[country]
    desk = Desk(country, currency)
    body = {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [sold(items(desk), 10, None)]}
    for mode in ({}, {"GlobalTaxCalculation": "TaxExcluded"}):
        fault = desk.refused("Invoice", {**body, **mode})
        assert fault.code == "6000"
        assert f"Make sure all your transactions have a {word} rate before you save" in str(fault.detail)


def test_s05_33_the_way_tax_is_reckoned_has_to_be_said(canada: Desk) -> None:
    body = {"CustomerRef": {"value": canada.customer()["Id"]}, "Line": [net(canada, 10, "HST ON")]}
    fault = canada.refused("Invoice", body)
    assert (fault.code, fault.element) == ("2020", "GlobalTaxCalculation")


def test_s05_33_a_code_of_the_us_is_unknown_here(canada: Desk) -> None:
    body = {"CustomerRef": {"value": canada.customer()["Id"]}, "GlobalTaxCalculation": "TaxExcluded"}
    assert canada.refused("Invoice", {**body, "Line": [sold(items(canada), 10, "TAX")]}).code == "2500"
    assert canada.refused("Invoice", {**body, "Line": [sold(items_once(canada), 10, "999")]}).code == "2500"


def test_s05_33_not_applicable_forbids_a_tax_detail(canada: Desk) -> None:
    body = {"CustomerRef": {"value": canada.customer()["Id"]}, "Line": [sold(items(canada), 10, None)]}
    body["GlobalTaxCalculation"] = "NotApplicable"
    assert canada.refused("Invoice", {**body, "TxnTaxDetail": {"TotalTax": 1}}).code == "6170"
    made = canada.write("Invoice", body)
    assert (made["TotalAmt"], made["GlobalTaxCalculation"]) == (10, "NotApplicable")


def test_s05_33_no_tax_is_a_code_of_its_own(canada: Desk) -> None:
    customer = canada.customer()
    for code in ("Exempt", "Zero-rated", "Out of Scope"):
        made = canada.sell(customer, net(canada, 10, code), GlobalTaxCalculation="TaxExcluded")
        assert made["TotalAmt"] == 10


def test_s05_34_tax_is_reckoned_per_rate_on_the_summed_net(canada: Desk) -> None:
    lines = [net(canada, "10.03", "GST/PST BC"), net(canada, "10.03", "GST"), net(canada, "10.03", "GST")]
    made = canada.sell(canada.customer(), *lines, GlobalTaxCalculation="TaxExcluded")
    shown = [
        (line["TaxLineDetail"]["TaxPercent"], line["TaxLineDetail"]["NetAmountTaxable"], line["Amount"])
        for line in made["TxnTaxDetail"]["TaxLine"]
    ]
    assert shown == [(5, D("30.09"), D("1.50")), (7, D("10.03"), D("0.70"))]
    assert made["TotalAmt"] == D("32.29")
    assert canada.balance("GST/HST Payable") == D("-2.20")


def test_s05_34_amounts_that_include_tax_are_rounded_line_by_line_and_differ_by_a_cent(canada: Desk) -> None:
    customer = canada.customer()
    gross = [net(canada, "9.55", "GST", TaxInclusiveAmt="10.03") for _ in range(3)]
    made = canada.sell(customer, *gross, GlobalTaxCalculation="TaxInclusive")
    assert made["TotalAmt"] == D("30.09")
    assert made["Line"][0]["Amount"] == D("9.55")
    assert made["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == D("10.03")
    assert made["TxnTaxDetail"]["TotalTax"] == D("1.44")
    excluded = canada.sell(
        customer, *[net(canada, "9.55", "GST") for _ in range(3)], GlobalTaxCalculation="TaxExcluded"
    )
    assert excluded["TotalAmt"] == D("30.08"), "28.65 and 1.43: a cent less than by lines"


def test_s05_34_an_amount_that_moved_by_a_cent_takes_its_price_along(canada: Desk) -> None:
    line = net(canada, "9.56", "GST", Qty=2, UnitPrice="4.78", TaxInclusiveAmt="10.03")
    made = canada.sell(canada.customer(), line, GlobalTaxCalculation="TaxInclusive")
    shown = made["Line"][0]
    assert (shown["Amount"], shown["SalesItemLineDetail"]["UnitPrice"]) == (D("9.55"), D("4.775"))
    assert canada.write("Invoice", made)["SyncToken"] == "0", "what was answered can be sent back"


def test_s05_34_a_sent_total_is_honoured(canada: Desk) -> None:
    made = canada.sell(
        canada.customer(),
        net(canada, 100, "GST/PST BC"),
        GlobalTaxCalculation="TaxExcluded",
        TxnTaxDetail={"TotalTax": "12.02"},
    )
    assert [line["Amount"] for line in made["TxnTaxDetail"]["TaxLine"]] == [D("5.01"), D("7.01")]
    assert made["TotalAmt"] == D("112.02")


def test_s05_34_sent_tax_lines_have_to_name_every_rate(canada: Desk) -> None:
    customer, line = canada.customer(), net(canada, 100, "GST/PST BC")
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [line], "GlobalTaxCalculation": "TaxExcluded"}
    shown = canada.write("Invoice", body)["TxnTaxDetail"]["TaxLine"]
    changed = [{**shown[0], "Amount": 6}, shown[1]]
    assert canada.write("Invoice", {**body, "TxnTaxDetail": {"TaxLine": changed}})["TotalAmt"] == 113
    assert canada.refused("Invoice", {**body, "TxnTaxDetail": {"TaxLine": changed[:1]}}).code == "6000"


def test_a_discount_comes_off_before_tax(canada: Desk) -> None:
    made = canada.sell(
        canada.customer(), net(canada, 100, "HST ON"), discount(DiscountPercent=10), GlobalTaxCalculation="TaxExcluded"
    )
    assert made["TotalAmt"] == D("101.70")


def test_tax_on_what_is_bought_is_claimed_back(britain: Desk) -> None:
    body = {
        "VendorRef": {"value": britain.vendor()["Id"]},
        "GlobalTaxCalculation": "TaxExcluded",
        "Line": [spent(britain.named_account("Travel"), 50, TaxCodeRef=britain.code("20.0% S"))],
    }
    bill = britain.write("Bill", body)
    assert (bill["TotalAmt"], bill["TxnTaxDetail"]["TotalTax"]) == (60, 10)
    assert (britain.balance("VAT Control"), britain.balance("Travel")) == (10, 50)
    missing = {**body, "Line": [spent(britain.named_account("Travel"), 50)]}
    assert "VAT rate" in str(britain.refused("Bill", missing).detail)


def test_a_code_for_sales_only_is_refused_on_a_purchase(canada: Desk) -> None:
    detail = {"TaxRateName": "KZ 24%", "RateValue": "24", "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}
    canada.write("TaxService", {"TaxCode": "KZ 24%", "TaxRateDetails": [detail]})
    body = {
        "VendorRef": {"value": canada.vendor()["Id"]},
        "GlobalTaxCalculation": "TaxExcluded",
        "Line": [spent(canada.named_account("Travel"), 50, TaxCodeRef=canada.code("KZ 24%"))],
    }
    assert canada.refused("Bill", body).code == "6470"
