"""Change data capture, events and merges: points 43 and 45, and what the webhooks of 44 are made from."""

from __future__ import annotations

import pytest

from simulator.quickbooks import merging
from simulator.quickbooks.faults import Fault
from simulator.quickbooks.times import seconds_text

from .books import DAY, Books, ref, sparse


def now(books: Books) -> str:
    return seconds_text(books.now)


def test_s05_43_each_entity_has_an_element_and_none_is_an_empty_object(us: Books) -> None:
    us.later(DAY)
    since = now(us)
    assert us.cdc("Customer", since) == [{}]
    us.later()
    us.customer("Ada")
    groups = us.cdc("Customer,Vendor,Invoice", since)
    assert groups[0]["Customer"][0]["DisplayName"] == "Ada"
    assert (groups[0]["startPosition"], groups[0]["maxResults"]) == (1, 1)
    assert groups[1:] == [{}, {}]


def test_s05_43_deleted_objects_are_stubs_at_the_end(us: Books) -> None:
    since = now(us)
    customer, item = us.customer(), us.item()
    first = us.invoice(customer, item)
    us.write("invoice", {"Id": first["Id"], "SyncToken": "0"}, operation="delete")
    us.later()
    second = us.invoice(customer, item)
    rows = us.cdc("Invoice", since)[0]["Invoice"]
    assert [each["Id"] for each in rows] == [second["Id"], first["Id"]]
    assert rows[1]["status"] == "Deleted"
    assert set(rows[1]) == {"domain", "status", "Id", "MetaData"}
    assert us.not_read("invoice", first["Id"]).detail == "Object Not Found : Another user has deleted this transaction."


def test_s05_43_deactivated_rows_come_whole(us: Books) -> None:
    us.write("customer", sparse(us.customer("Ada"), Active=False))
    row = us.cdc("customer", now(us))[0]["Customer"][0]
    assert (row["DisplayName"], row["Active"]) == ("Ada (deleted)", False)


def test_s05_43_a_moment_more_than_thirty_days_ago_is_refused(us: Books) -> None:
    since = now(us)
    us.later(30 * DAY)
    assert us.cdc("Customer", since) == [{}]
    us.later()
    with pytest.raises(Fault) as raised:
        us.cdc("Customer", since)
    assert "30 days" in str(raised.value.detail)


def test_s05_43_at_most_a_thousand_objects_in_all(us: Books) -> None:
    since = now(us)
    held, vendor = us.customer("Ada"), us.write("vendor", {"DisplayName": "Lumber"})
    with us.company.writing():
        for number in range(700):
            name = f"C{number}"
            row = {**held, "Id": "", "DisplayName": name, "FullyQualifiedName": name}
            us.company.insert("Customer", row, "name")
            us.company.insert("Vendor", {**vendor, "Id": "", "DisplayName": f"V{number}"}, "name")
    groups = us.cdc("Customer,Vendor,Employee", since)
    assert [each.get("maxResults", 0) for each in groups] == [701, 299, 0]


@pytest.mark.parametrize("entity", ["TaxCode", "TaxRate", "TaxAgency", "Shoe", "JournalCode"])
def test_s05_43_some_entities_are_not_captured(us: Books, entity: str) -> None:
    with pytest.raises(Fault) as raised:
        us.cdc(f"Customer,{entity}", now(us))
    assert raised.value.code == "500"


@pytest.mark.parametrize(("entities", "since"), [("", "2026-02-24"), ("Customer", ""), ("Customer", "yesterday")])
def test_s05_43_both_parameters_are_needed(us: Books, entities: str, since: str) -> None:
    with pytest.raises(Fault) as raised:
        us.cdc(entities, since)
    assert raised.value.http_status == 400


def test_s05_44_every_change_is_told_once_with_its_operation(us: Books) -> None:
    us.events.clear()
    customer = us.customer("Ada")
    item = us.item()
    us.events.clear()
    invoice = us.invoice(customer, item)
    told = {(each.entity, each.id, each.operation) for each in us.events}
    assert told == {("Invoice", invoice["Id"], "Create"), ("Customer", customer["Id"], "Update")}
    assert len(us.events) == len(told)


def test_s05_44_what_is_made_and_touched_in_one_write_is_told_as_made(us: Books) -> None:
    us.events.clear()
    with us.company.writing():
        row = us.company.insert("Customer", {"DisplayName": "Ada"}, "name")
        us.company.refresh("Customer", row["Id"], Notes="x")
        us.company.refresh("Customer", row["Id"], Notes="y")
    assert [(each.id, each.operation) for each in us.events] == [(row["Id"], "Create")]


def test_s05_44_a_refused_write_tells_nothing(us: Books) -> None:
    us.events.clear()
    us.refused("customer", {"DisplayName": "A", "Shoe": 1})
    assert us.events == []


def test_s05_45_the_losing_id_is_gone_and_its_documents_are_the_winners(us: Books) -> None:
    loser, winner, item = us.customer("Ada Lnud"), us.customer("Ada Lund"), us.item()
    invoice = us.invoice(loser, item, 70)
    us.invoice(winner, item, 30)
    us.events.clear()
    us.later()
    merging.merge_customers(us.company, loser["Id"], winner["Id"])
    assert us.not_read("customer", loser["Id"]).code == "610"
    assert us.read("invoice", invoice["Id"])["CustomerRef"] == {"value": winner["Id"], "name": "Ada Lund"}
    assert us.read("customer", winner["Id"])["Balance"] == 100
    assert len(us.rows(f"select * from Invoice where CustomerRef = '{winner['Id']}'")) == 2
    assert names(us) == ["Ada Lund"]


def test_s05_45_the_merge_is_told_with_the_lost_id(us: Books) -> None:
    loser, winner = us.customer("Ada Lnud"), us.customer("Ada Lund")
    us.events.clear()
    merging.merge_customers(us.company, loser["Id"], winner["Id"])
    merged = [each for each in us.events if each.operation == "Merge"]
    assert [(each.entity, each.id, each.more) for each in merged] == [
        ("Customer", winner["Id"], {"deletedId": loser["Id"]})
    ]
    assert not [each for each in us.events if each.operation == "Delete"]


def test_s05_45_sub_customers_move_under_the_winner(us: Books) -> None:
    loser, winner = us.customer("Ada Lnud"), us.customer("Ada Lund")
    child = us.customer("Website", ParentRef=ref(loser), Job=True)
    merging.merge_customers(us.company, loser["Id"], winner["Id"])
    assert us.read("customer", child["Id"])["FullyQualifiedName"] == "Ada Lund:Website"


def test_s05_45_customers_of_two_currencies_are_not_merged(multi: Books) -> None:
    one, other = multi.customer("Ada"), multi.customer("Ada EUR", CurrencyRef={"value": "EUR"})
    with pytest.raises(Fault):
        merging.merge_customers(multi.company, one["Id"], other["Id"])
    assert multi.read("customer", one["Id"])["Id"]


def names(books: Books) -> list[str]:
    return [row["DisplayName"] for row in books.rows("select * from Customer where Active in (true, false)")]
