"""Point 32: US companies know TAX and NON on lines; automated sales tax reckons by the address."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .desk import US_HOME, Desk, Doc, discount, sold

D = Decimal
AUTOMATED = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}


@pytest.fixture
def ada(us: Desk) -> Doc:
    return us.customer(BillAddr=US_HOME, ShipAddr=US_HOME)


def test_s05_32_a_line_says_tax_or_non_and_nothing_else(us: Desk, ada: Doc) -> None:
    body = {"CustomerRef": {"value": ada["Id"]}, "Line": [sold(us.item(), 100, code="2")]}
    assert us.refused("Invoice", body).code == "6100"


@pytest.mark.parametrize(("taxable", "code"), [(True, "TAX"), (False, "NON")])
def test_s05_32_a_line_that_says_nothing_follows_the_item(us: Desk, ada: Doc, taxable: bool, code: str) -> None:
    made = us.sell(ada, sold(us.item(Taxable=taxable), 100, code=None))
    assert made["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": code}


def test_s05_32_automated_tax_replaces_the_code_and_reckons_from_the_address(us: Desk, ada: Doc) -> None:
    made = us.sell(ada, sold(us.item(), 100, "TAX"), sold(us.item("Free"), 50), **AUTOMATED)
    detail = made["TxnTaxDetail"]
    assert detail["TxnTaxCodeRef"]["value"] != "2"
    rates = [(line["TaxLineDetail"]["TaxPercent"], line["Amount"]) for line in detail["TaxLine"]]
    assert rates == [(D("7.25"), D("7.25")), (D("1"), D("1.00"))]
    assert {line["TaxLineDetail"]["NetAmountTaxable"] for line in detail["TaxLine"]} == {100}
    assert (detail["TotalTax"], made["TotalAmt"]) == (D("8.25"), D("158.25"))
    assert us.balance("California Department of Revenue Payable") == D("-8.25")


def test_s05_32_another_address_is_another_tax(us: Desk, ada: Doc) -> None:
    item = us.item()
    here = us.sell(ada, sold(item, 100, "TAX"), **AUTOMATED)
    there = us.sell(ada, sold(item, 100, "TAX"), ShipAddr={**US_HOME, "PostalCode": "90001"}, **AUTOMATED)
    outside = us.sell(ada, sold(item, 100, "TAX"), ShipAddr={**US_HOME, "CountrySubDivisionCode": "TX"}, **AUTOMATED)
    assert here["TxnTaxDetail"]["TotalTax"] != there["TxnTaxDetail"]["TotalTax"] != 0
    assert outside["TxnTaxDetail"]["TotalTax"] == 0, "the company does not collect in Texas"


def test_s05_32_the_company_collects_where_it_has_an_agency(us: Desk, ada: Doc) -> None:
    us.write("TaxAgency", {"DisplayName": "Texas Comptroller"})
    made = us.sell(ada, sold(us.item(), 100, "TAX"), ShipAddr={**US_HOME, "CountrySubDivisionCode": "TX"}, **AUTOMATED)
    assert made["TxnTaxDetail"]["TotalTax"] > 0


def test_s05_32_without_a_ship_to_address_the_companys_own_counts(us: Desk) -> None:
    made = us.sell(us.customer(), sold(us.item(), 100, "TAX"), **AUTOMATED)
    assert made["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["TaxPercent"] == D("7.25")


def test_s05_32_automated_tax_does_not_run_without_a_code_on_the_document(us: Desk, ada: Doc) -> None:
    made = us.sell(ada, sold(us.item(), 100, "TAX"))
    assert made["TxnTaxDetail"] == {"TotalTax": 0}
    asked = us.sell(ada, sold(us.item("Other"), 100, "TAX"), TxnTaxDetail={"UseAutomatedSalesTax": True})
    assert asked["TxnTaxDetail"]["TotalTax"] == D("8.25")


def test_s05_32_a_total_that_is_sent_is_honoured_and_shared_over_the_rates(us: Desk, ada: Doc) -> None:
    detail = {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": "9.00"}
    made = us.sell(ada, sold(us.item(), 100, "TAX"), TxnTaxDetail=detail)
    assert made["TxnTaxDetail"]["TotalTax"] == 9
    assert [line["Amount"] for line in made["TxnTaxDetail"]["TaxLine"]] == [D("7.91"), D("1.09")]
    noted = us.again("Invoice", made, PrivateNote="still ours")
    assert noted["TxnTaxDetail"]["TotalTax"] == 9
    again = us.again("Invoice", made, Line=[sold(us.item("Other"), 200, "TAX")])
    assert again["TxnTaxDetail"]["TotalTax"] == D("16.50"), "new lines are reckoned anew"


def test_s05_32_the_apps_own_tax_is_kept_only_where_the_user_allows_it(us: Desk, ada: Doc) -> None:
    detail = {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": "9.00", "UseAutomatedSalesTax": False}
    body = {"CustomerRef": {"value": ada["Id"]}, "Line": [sold(us.item(), 100, "TAX")], "TxnTaxDetail": detail}
    assert us.write("Invoice", body)["TxnTaxDetail"]["TotalTax"] == D("8.25")
    us.prefer("named", TaxPrefs__AllowPartnerTaxOverride="true")
    assert us.write("Invoice", body)["TxnTaxDetail"]["TotalTax"] == 9
    always = {**detail, "UseAutomatedSalesTax": True}
    assert us.write("Invoice", {**body, "TxnTaxDetail": always})["TxnTaxDetail"]["TotalTax"] == D("8.25")


def test_s05_32_a_customer_who_is_not_taxable_pays_none(us: Desk) -> None:
    exempt = us.customer(BillAddr=US_HOME, Taxable=False)
    made = us.sell(exempt, sold(us.item(Taxable=True), 100, "TAX"), **AUTOMATED)
    assert made["TotalAmt"] == 100


def test_s05_32_without_automated_tax_the_code_of_the_document_decides(us: Desk, ada: Doc) -> None:
    us.prefer("TaxPrefs", PartnerTaxEnabled=False)
    made = us.sell(ada, sold(us.item(), "325.75", "TAX"), TxnTaxDetail={"TxnTaxCodeRef": us.code("California")})
    assert made["TxnTaxDetail"]["TxnTaxCodeRef"] == us.code("California")
    line = made["TxnTaxDetail"]["TaxLine"][0]
    assert (line["Amount"], line["TaxLineDetail"]["TaxPercent"]) == (D("26.06"), 8)
    assert made["TotalAmt"] == D("351.81")


def test_s05_32_where_sales_tax_is_off_the_detail_is_ignored(us: Desk, ada: Doc) -> None:
    us.prefer("TaxPrefs", UsingSalesTax=False)
    made = us.sell(ada, sold(us.item(), 100, "TAX"), TxnTaxDetail={"TotalTax": 9, "TxnTaxCodeRef": {"value": "2"}})
    assert made["TxnTaxDetail"] == {"TotalTax": 0}


@pytest.mark.parametrize(("after", "tax"), [(False, "16.50"), (True, "14.85")])
def test_tax_counts_before_or_after_the_discount(us: Desk, ada: Doc, after: bool, tax: str) -> None:
    lines = [sold(us.item(), 200, "TAX"), sold(us.item("Free"), 100), discount(DiscountPercent=10)]
    made = us.sell(ada, *lines, ApplyTaxAfterDiscount=after, **AUTOMATED)
    assert made["TxnTaxDetail"]["TotalTax"] == D(tax)
    assert made["TotalAmt"] == 270 + D(tax)


def test_the_discount_stands_after_the_subtotal_and_posts_to_its_account(us: Desk, ada: Doc) -> None:
    made = us.sell(ada, sold(us.item(), 200), discount(DiscountPercent="8.5"))
    assert [line["DetailType"] for line in made["Line"]][1:] == ["SubTotalLineDetail", "DiscountLineDetail"]
    assert (made["Line"][2]["Amount"], made["TotalAmt"]) == (17, 183)
    assert us.balance("Discounts given") == 17
    fixed = us.sell(ada, sold(us.item("Other"), 200), discount(Amount="12.34"))
    assert fixed["TotalAmt"] == D("187.66")


def test_a_second_discount_or_one_where_discounts_are_off_is_refused(us: Desk, ada: Doc) -> None:
    body = {"CustomerRef": {"value": ada["Id"]}}
    item = us.item()
    two = [sold(item, 200), discount(DiscountPercent=1), discount(Amount=1)]
    assert us.refused("Invoice", {**body, "Line": two}).code == "6000"
    us.prefer("SalesFormsPrefs", AllowDiscount=False)
    assert us.refused("Invoice", {**body, "Line": two[:2]}).code == "6000"
