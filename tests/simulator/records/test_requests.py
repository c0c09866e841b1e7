"""What a request may say, and what updates leave: points 15, 16, 17, 18, 19 of the reference's section 5."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulator.quickbooks import operations, wire

from .books import Books, ref, sparse


def test_s05_15_an_unknown_key_is_refused_naming_it_and_the_known_ones(us: Books) -> None:
    fault = us.refused("customer", {"DisplayName": "Ada", "BadJson": True})
    assert (fault.code, fault.http_status) == ("2010", 400)
    assert fault.detail is not None
    assert 'Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.Customer)' in fault.detail
    assert '"DisplayName"' in fault.detail
    assert "known properties" in fault.detail


def test_s05_15_an_unknown_key_deep_inside_is_refused_too(us: Books) -> None:
    fault = us.refused("customer", {"DisplayName": "Ada", "PrimaryEmailAddr": {"Adress": "a@b.c"}})
    assert fault.code == "2010"
    assert "v3.EmailAddress" in str(fault.detail)


def test_s05_15_read_only_keys_are_ignored(us: Books) -> None:
    sent = {"DisplayName": "Ada", "FullyQualifiedName": "Somebody:else", "domain": "XYZ", "Level": 7,
            "BalanceWithJobs": 99, "MetaData": {"CreateTime": "2001-01-01T00:00:00Z"}}  # fmt: skip
    made = us.write("customer", sent)
    assert made["FullyQualifiedName"] == "Ada"
    assert made["BalanceWithJobs"] == 0
    assert made["domain"] == "QBO"
    assert made["MetaData"]["CreateTime"].startswith("2026")
    assert "Level" not in made


@pytest.mark.parametrize("key", ["CustomerEx"])
def test_s05_15_extension_blocks_must_not_be_echoed_back(us: Books, key: str) -> None:
    assert us.refused("customer", {"DisplayName": "Ada", key: {}}).code == "2010"


@pytest.mark.parametrize(
    ("entity", "body", "code"),
    [
        ("customer", {"DisplayName": "A", "Taxable": "maybe"}, "2120"),
        ("customer", {"DisplayName": "A", "OpenBalanceDate": "2026-02-30"}, "2060"),
        ("customer", {"DisplayName": "A", "OpenBalanceDate": "yesterday"}, "2060"),
        ("customer", {"DisplayName": "A", "BillAddr": "1 Pier"}, "2120"),
        ("customer", {"DisplayName": ["A"]}, "2120"),
        ("customer", {"DisplayName": "x" * 501}, "2050"),
        ("customer", {"DisplayName": "A", "BillAddr": {"PostalCode": "9" * 31}}, "2050"),
        ("customer", {"DisplayName": "A", "PrimaryPhone": {"FreeFormNumber": "1" * 31}}, "2050"),
        ("customer", {"DisplayName": "A", "PrimaryEmailAddr": {"Address": "nobody"}}, "2210"),
        ("customer", {"DisplayName": "A:B"}, "2040"),
        ("customer", {"DisplayName": "A\tB"}, "2040"),
        ("customer", {"DisplayName": "A", "Balance": "many"}, "2080"),
        ("customer", {"DisplayName": "A", "PreferredDeliveryMethod": "Pigeon"}, "2170"),
        ("customer", {"Notes": "nobody"}, "6080"),
        ("item", {"Name": "A"}, "2020"),
        ("item", {"Name": "A", "Type": "Wish"}, "2170"),
        ("account", {"Name": "A"}, "6010"),
        ("account", {"Name": 'A "B"', "AccountType": "Bank"}, "2040"),
        ("account", {"Name": "A", "AccountType": "Bank", "AcctNum": "12345678"}, "2050"),
        ("term", {"Name": "A", "DueDays": 1000}, "2080"),
        ("term", {"Name": "A", "DayOfMonthDue": "1.5"}, "2080"),
        ("paymentmethod", {"Name": "A" * 32}, "2050"),
        ("paymentmethod", {"Name": "A", "Type": "Shells"}, "2170"),
    ],
)
def test_a_value_of_the_wrong_kind_or_length_is_refused(
    us: Books, entity: str, body: dict[str, Any], code: str
) -> None:
    assert us.refused(entity, body).code == code


def test_the_length_fault_says_what_was_allowed_and_what_was_sent(us: Books) -> None:
    fault = us.refused("term", {"Name": "N" * 32, "DueDays": 1})
    assert fault.detail == (
        "String length specified does not match the supported length. Min:0 Max:31 supported. Supplied length:32"
    )


def test_numbers_and_booleans_may_come_as_text(us: Books) -> None:
    made = us.item("Hours", UnitPrice="75.50", Taxable="true")
    assert made["UnitPrice"] == Decimal("75.5")
    assert made["Taxable"] is True


def test_s05_16_ids_and_tokens_are_text_and_empty_keys_are_left_out(us: Books) -> None:
    made = us.customer("Ada", GivenName="Ada", FamilyName=None, Notes="", BillAddr={})
    assert isinstance(made["Id"], str)
    assert made["SyncToken"] == "0"
    assert not {"FamilyName", "Notes", "BillAddr", "ShipAddr", "ParentRef", "Level"} & set(made)


def test_s05_16_nought_has_no_decimals_and_amounts_have_two(us: Books) -> None:
    customer, item = us.customer(), us.item()
    us.invoice(customer, item, 639)
    text = wire.dumps(operations.read(us.company, "customer", customer["Id"]))
    assert '"Balance":639.00,' in text
    assert '"UnitPrice":0,' in wire.dumps(operations.read(us.company, "item", item["Id"]))


def test_s05_17_an_older_sync_token_is_stale(us: Books) -> None:
    made = us.customer()
    us.write("customer", sparse(made, Notes="first"))
    fault = us.refused("customer", sparse(made, Notes="second"))
    assert (fault.code, fault.message, fault.http_status) == ("5010", "Stale Object Error", 400)
    assert "were working on this at the same time" in str(fault.detail)


def test_s05_17_an_update_that_changes_nothing_leaves_token_and_time(us: Books) -> None:
    made = us.customer(Notes="same")
    us.later()
    us.events.clear()
    again = us.write("customer", sparse(made, Notes="same"))
    assert again["SyncToken"] == made["SyncToken"]
    assert again["MetaData"] == made["MetaData"]
    assert us.events == []


def test_s05_17_an_effective_update_raises_the_token_by_one(us: Books) -> None:
    made = us.customer()
    us.later()
    changed = us.write("customer", sparse(made, Notes="new"))
    assert changed["SyncToken"] == "1"
    assert changed["MetaData"]["LastUpdatedTime"] > made["MetaData"]["LastUpdatedTime"]
    assert changed["MetaData"]["CreateTime"] == made["MetaData"]["CreateTime"]


def test_s05_17_an_update_needs_the_token(us: Books) -> None:
    made = us.customer()
    assert us.refused("customer", {"Id": made["Id"], "sparse": True, "Notes": "x"}).code == "2020"


def test_s05_18_a_related_change_moves_the_time_and_not_the_token(us: Books) -> None:
    customer, item = us.customer(), us.item()
    us.later()
    us.invoice(customer, item)
    after = us.read("customer", customer["Id"])
    assert after["Balance"] == 100
    assert after["SyncToken"] == customer["SyncToken"]
    assert after["MetaData"]["LastUpdatedTime"] > customer["MetaData"]["LastUpdatedTime"]


def test_s05_18_a_renamed_parent_moves_its_childrens_time_only(us: Books) -> None:
    parent = us.customer("Ada")
    child = us.customer("Website", ParentRef=ref(parent), Job=True)
    us.later()
    us.write("customer", sparse(parent, DisplayName="Ada Lund"))
    after = us.read("customer", child["Id"])
    assert after["FullyQualifiedName"] == "Ada Lund:Website"
    assert after["SyncToken"] == "0"
    assert after["MetaData"]["LastUpdatedTime"] > child["MetaData"]["LastUpdatedTime"]


def test_s05_19_a_full_update_clears_what_was_not_sent(us: Books) -> None:
    made = us.customer(Notes="keep?", GivenName="Ada", PrimaryEmailAddr={"Address": "ada@lund.example"})
    full = {"Id": made["Id"], "SyncToken": "0", "DisplayName": "Ada Lund", "GivenName": "Ada"}
    changed = us.write("customer", full)
    assert "Notes" not in changed
    assert "PrimaryEmailAddr" not in changed
    assert changed["GivenName"] == "Ada"


def test_s05_19_a_sparse_update_changes_only_what_was_sent(us: Books) -> None:
    made = us.customer(Notes="keep", GivenName="Ada")
    changed = us.write("customer", sparse(made, GivenName="Ida"))
    assert (changed["Notes"], changed["GivenName"]) == ("keep", "Ida")


def test_s05_19_a_sparse_update_clears_what_was_sent_empty(us: Books) -> None:
    made = us.customer(Notes="gone", GivenName="Ada")
    assert "Notes" not in us.write("customer", sparse(made, Notes=""))


def test_s05_19_a_sparse_update_cannot_take_the_display_name_away(us: Books) -> None:
    made = us.customer("Ada Lund")
    assert us.write("customer", sparse(made, DisplayName=None, Notes="x"))["DisplayName"] == "Ada Lund"


def test_s05_19_a_reference_without_a_value_clears_the_field(us: Books) -> None:
    term = us.rows("select * from Term where Name = 'Net 30'")[0]
    made = us.customer(SalesTermRef=ref(term))
    assert made["SalesTermRef"] == ref(term)
    assert "SalesTermRef" not in us.write("customer", sparse(made, SalesTermRef={"value": ""}))


def test_the_last_answer_can_be_sent_back_as_a_full_update(us: Books) -> None:
    """What a client reads it may send: nothing in an answer is unknown, and nothing changes."""
    made = us.customer(BillAddr={"Line1": "1 Pier", "Country": "USA"}, Notes="n", PrimaryPhone={"FreeFormNumber": "1"})
    assert us.write("customer", made) == made


def test_a_list_entry_cannot_be_deleted(us: Books) -> None:
    made = us.customer()
    fault = us.refused("customer", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert fault.code == "500"
    assert "not supported" in str(fault.detail)


def test_an_id_that_is_no_number_is_refused_as_recorded(us: Books) -> None:
    fault = us.not_read("customer", "1.5")
    assert fault.body()["Error"][0] == {
        "Message": "Invalid ID",
        "Detail": "Id should be a valid number. Supplied value:1.5",
        "code": "2030",
        "element": "Id",
    }


def test_an_id_nobody_has_is_not_found(us: Books) -> None:
    assert us.not_read("customer", "99999").code == "610"
