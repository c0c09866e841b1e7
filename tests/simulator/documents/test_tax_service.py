from __future__ import annotations

from simulator.quickbooks import operations

from .desk import Desk, sold

DETAIL = {"TaxRateName": "KZ 24%", "RateValue": "24", "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}


def test_a_code_and_its_rate_are_made_and_can_be_used_at_once(canada: Desk) -> None:
    body = {"TaxCode": "KZ 24%", "TaxRateDetails": [DETAIL]}
    made = canada.checked(operations.write(canada.company, "TaxService", body, {}))
    assert made["TaxCode"] == "KZ 24%"
    assert made["TaxRateDetails"][0]["RateValue"] == 24
    code = canada.read("TaxCode", made["TaxCodeId"])
    assert code["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"] == made["TaxRateDetails"][0]["TaxRateId"]
    item = canada.item(ExpenseAccountRef=canada.named_account("Travel"))
    line = sold(item, 100, made["TaxCodeId"])
    assert canada.sell(canada.customer(), line, GlobalTaxCalculation="TaxExcluded")["TotalAmt"] == 124


def test_names_of_codes_and_rates_are_taken_once(canada: Desk) -> None:
    canada.write("TaxService", {"TaxCode": "KZ 24%", "TaxRateDetails": [DETAIL]})
    assert canada.refused("TaxService", {"TaxCode": "KZ 24%", "TaxRateDetails": [DETAIL]}).code == "6240"
    fault = canada.refused("TaxService", {"TaxCode": "KZ other", "TaxRateDetails": [DETAIL]})
    assert "Another tax rate is already using this name" in str(fault.detail)


def test_a_rate_that_is_there_is_named_by_its_id(canada: Desk) -> None:
    made = canada.write(
        "TaxService",
        {"TaxCode": "Both", "TaxRateDetails": [{"TaxRateId": "1"}, {"TaxRateId": "1", "TaxApplicableOn": "Purchase"}]},
    )
    code = canada.company.table("TaxCode").first("Name", "Both")
    assert made is not None
    assert code is not None
    assert len(code["PurchaseTaxRateList"]["TaxRateDetail"]) == len(code["SalesTaxRateList"]["TaxRateDetail"]) == 1


def test_a_rate_is_between_0_and_100_of_an_agency_that_exists_with_a_short_name(canada: Desk) -> None:
    def refused(**changes: str) -> str:
        return canada.refused("TaxService", {"TaxCode": "KZ", "TaxRateDetails": [{**DETAIL, **changes}]}).code

    assert refused(RateValue="101") == "2080"
    assert refused(TaxAgencyId="77") == "2500"
    assert refused(TaxRateName="far too long a name") == "2050"
    assert canada.refused("TaxService", {"TaxCode": "KZ"}).element == "TaxRateDetails"


def test_codes_and_rates_cannot_be_made_the_usual_way(canada: Desk) -> None:
    assert canada.refused("TaxCode", {"Name": "X"}).code == "500"
    assert canada.refused("TaxRate", {"Name": "X"}).code == "500"
