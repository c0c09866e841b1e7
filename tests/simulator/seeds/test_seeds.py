"""The companies every start has."""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal

import pytest

from simulator.quickbooks import ledger, operations, wire
from simulator.quickbooks.account_types import SUB_TYPES
from simulator.quickbooks.company import Company
from simulator.quickbooks.entities import ENTITIES
from simulator.quickbooks.schema import check_envelope
from simulator.quickbooks.seeds import SEEDS, Seed, build
from simulator.quickbooks.times import pacific_date

NOW_MS = 1_795_000_000_000
BY_KEY = {seed.key: seed for seed in SEEDS}
EVERY = pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.key)


def made(key: str, world: str = "production", now_ms: int = NOW_MS) -> Company:
    return build(BY_KEY[key], world, lambda: now_ms)


def total(company: Company, text: str) -> int:
    return int(operations.query(company, text)["QueryResponse"]["totalCount"])


@EVERY
def test_the_trial_balance_of_every_seed_is_zero_though_every_seed_has_traded(seed: Seed) -> None:
    balances = ledger.trial_balance(made(seed.key))
    assert len(balances) >= 4
    assert sum(balances.values()) == 0


@EVERY
@pytest.mark.parametrize("world", ["production", "sandbox"])
def test_every_object_of_every_seed_is_as_the_schema_says(seed: Seed, world: str) -> None:
    company = made(seed.key, world)
    seen = 0
    for name, entity in ENTITIES.items():
        if entity.read is not None or entity.bare:
            continue
        for row in company.table(name).all():
            answer = wire.loads(wire.dumps(operations.read(company, name, row["Id"], {})))
            assert check_envelope(answer) == []
            seen += 1
    assert seen > 30


@EVERY
def test_a_company_has_other_ids_in_each_world(seed: Seed) -> None:
    assert seed.ids["production"] != seed.ids["sandbox"]
    first, second = made(seed.key, "production"), made(seed.key, "sandbox")
    for name in ("Customer", "Item", "Invoice", "Vendor"):
        ids = [{row["FullyQualifiedName"] if "FullyQualifiedName" in row else row["Id"]: row["Id"]
                for row in company.table(name).all()} for company in (first, second)]  # fmt: skip
        assert not set(ids[0].items()) & set(ids[1].items()), name


def test_no_company_id_is_used_twice() -> None:
    ids = [each for seed in SEEDS for each in seed.ids.values()]
    assert len(set(ids)) == len(ids) == 2 * len(SEEDS)
    assert all(each.isdigit() and 10 <= len(each) <= 19 for each in ids)


def test_the_keys_the_control_interface_promises_exist() -> None:
    assert list(BY_KEY)[:5] == ["US", "CA", "GB", "AU", "MC"]


def test_the_us_company_has_rows_of_every_list_and_every_kind_of_document() -> None:
    company = made("US")
    empty = {name for name in ENTITIES if not len(company.table(name))}
    assert empty == {"TaxService", "CompanyCurrency", "ExchangeRate"}  # an operation; and multicurrency is off
    assert len(made("MC").table("CompanyCurrency")) >= 3
    assert len(made("MC").table("ExchangeRate")) >= 3


def test_the_us_chart_has_an_account_of_every_sub_type() -> None:
    held = {(row["AccountType"], row["AccountSubType"]) for row in made("US").table("Account").all()}
    wanted = {(kind, sub) for kind, subs in SUB_TYPES.items() for sub in subs if not sub.startswith("GlobalTax")}
    assert wanted <= held


def test_the_us_customers_have_what_mapping_clients_trips_over() -> None:
    rows = made("US").table("Customer").all()
    mails = Counter(row["PrimaryEmailAddr"]["Address"] for row in rows if row.get("PrimaryEmailAddr"))
    assert 30 <= len(rows) <= 40
    assert sum(1 for row in rows if row.get("ParentRef")) >= 6
    assert any(row.get("Level") == 2 for row in rows), "a job below a job"
    assert sum(1 for row in rows if not row.get("PrimaryEmailAddr")) >= 5, "without e-mail"
    assert max(mails.values()) >= 2, "a shared address"
    assert [row["DisplayName"] for row in rows if row["IsProject"]] == ["Annual report"]
    gone = [row for row in rows if not row["Active"]]
    assert len(gone) >= 2
    assert all(row["DisplayName"].endswith(" (deleted)") for row in gone)


def test_the_us_items_are_of_every_kind_and_some_lie_in_categories() -> None:
    rows = made("US").table("Item").all()
    assert {row["Type"] for row in rows} == {"Service", "NonInventory", "Inventory", "Category"}
    assert all(row["QtyOnHand"] > 0 for row in rows if row["Type"] == "Inventory"), (
        "stock was bought before it was sold"
    )
    assert any(row["Active"] is False for row in rows)


def test_the_us_invoices_are_open_partly_paid_paid_voided_and_one_was_deleted() -> None:
    company = made("US")
    rows = company.table("Invoice").all()
    voided = [row for row in rows if row["TotalAmt"] == 0]
    assert [row["PrivateNote"] for row in voided] == ["Voided"]
    paid = [row for row in rows if row["TotalAmt"] and row["Balance"] == 0]
    part = [row for row in rows if 0 < row["Balance"] < row["TotalAmt"]]
    still = [row for row in rows if row["Balance"] == row["TotalAmt"] > 0]
    assert len(paid) >= 10
    assert len(part) >= 4
    assert len(still) >= 8
    today = pacific_date(NOW_MS)
    assert any(row["DueDate"] < today for row in still), "overdue"
    assert any(each["entity"] == "Invoice" for each in company.table("_deleted").all())


def test_the_us_payments_lie_in_undeposited_funds_or_in_a_deposit_or_were_paid_too_much() -> None:
    rows = made("US").table("Payment").all()
    deposited = [row for row in rows if any(each["TxnType"] == "Deposit" for each in row.get("LinkedTxn", ()))]
    assert deposited
    assert any(row["UnappliedAmt"] > 0 for row in rows)
    assert any(row["TotalAmt"] == 0 and len(row["Line"]) == 2 for row in rows), "a credit memo applied"


def test_the_us_company_collects_sales_tax_in_its_own_state() -> None:
    company = made("US")
    taxed = [row for row in company.table("Invoice").all() if row["TxnTaxDetail"]["TotalTax"] > 0]
    assert taxed
    assert all(row["ShipAddr"]["CountrySubDivisionCode"] == "TX" for row in taxed if row.get("ShipAddr"))
    owed = company.table("Account").first("Name", "Texas Department of Revenue Payable")
    assert owed is not None
    assert ledger.account_total(company, owed["Id"]) < 0


def test_canada_has_a_code_named_exempt_that_invoices_use() -> None:
    company = made("CA")
    code = company.table("TaxCode").first("Name", "Exempt")
    assert code is not None
    used = {
        line["SalesItemLineDetail"]["TaxCodeRef"]["value"]
        for row in company.table("Invoice").all()
        for line in row["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    }
    assert code["Id"] in used
    assert len(used) >= 4


def test_the_multicurrency_company_sells_in_several_currencies() -> None:
    rows = made("MC").table("Invoice").all()
    assert {row["CurrencyRef"]["value"] for row in rows} == {"USD", "EUR", "GBP", "CAD", "JPY"}
    assert all(row["ExchangeRate"] != 1 for row in rows if row["CurrencyRef"]["value"] != "USD")


def test_the_plans_reach_from_simple_start_to_advanced() -> None:
    assert {seed.edition for seed in SEEDS} == {"SimpleStart", "Essentials", "Plus", "Advanced"}


@EVERY
def test_nothing_happened_after_today(seed: Seed) -> None:
    company = made(seed.key)
    today = pacific_date(NOW_MS)
    for name in ENTITIES:
        for row in company.table(name).all():
            assert row.get("TxnDate", "") <= today
            assert row["MetaData"]["LastUpdatedTime"][:10] <= today


def test_a_seed_is_the_same_whenever_it_is_built() -> None:
    first = made("US")
    with first.writing():
        first.remove("Attachable", first.table("Attachable").all()[0]["Id"])
    assert made("US").to_state() != first.to_state(), "what is written in one company is not in the next"
    assert made("US").to_state() == made("US").to_state()


def test_a_seed_is_dated_back_from_the_virtual_clock() -> None:
    day_ms = 86_400_000
    early, late = made("GB"), made("GB", now_ms=NOW_MS + 400 * day_ms)
    dates = [max(row["TxnDate"] for row in each.table("Invoice").all()) for each in (early, late)]
    assert dates[0] < dates[1]
    assert total(early, "select count(*) from Invoice") == total(late, "select count(*) from Invoice")


def test_a_company_is_built_in_well_under_a_second_and_revived_at_once() -> None:
    started = time.perf_counter()
    made("US", now_ms=NOW_MS + 86_400_000)
    built = time.perf_counter()
    made("US", now_ms=NOW_MS + 86_400_000)
    assert built - started < 1.5
    assert time.perf_counter() - built < 0.2


def test_balances_of_customers_are_the_sum_of_what_is_open() -> None:
    company = made("US")
    for customer in company.table("Customer").all():
        own = company.table("Invoice").by("CustomerRef", customer["Id"])
        memos = company.table("CreditMemo").by("CustomerRef", customer["Id"])
        payments = company.table("Payment").by("CustomerRef", customer["Id"])
        owed = sum((row["Balance"] for row in own), Decimal(0))
        owed -= sum((row["Balance"] for row in memos), Decimal(0))
        owed -= sum((row["UnappliedAmt"] for row in payments), Decimal(0))
        assert customer["Balance"] == owed, customer["DisplayName"]
