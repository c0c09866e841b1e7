"""The query language: point 41."""

from __future__ import annotations

import time

import pytest

from simulator.quickbooks.query_language import parse

from .books import Books, sparse


@pytest.fixture
def books(us: Books) -> Books:
    for name, mail in (("Ada Lund", "ada@lund.example"), ("Bo O'Hara", "bo@ohara.example"), ("Cy Ek", None)):
        us.customer(name, GivenName=name.split()[0], PrimaryEmailAddr={"Address": mail} if mail else None)
        us.later()
    return us


def names(books: Books, text: str) -> list[str]:
    return [row["DisplayName"] for row in books.rows(text)]


def test_s05_41_the_default_page_is_a_hundred_and_the_largest_a_thousand(us: Books) -> None:
    for number in range(1005):
        us.customer(f"C{number:04}")
    assert us.query("select * from Customer")["maxResults"] == 100
    page = us.query("select * from Customer startposition 101 maxresults 1000")
    assert (page["startPosition"], page["maxResults"], len(page["Customer"])) == (101, 905, 905)
    fault = us.not_queried("select * from Customer maxresults 1001")
    assert (fault.code, fault.message) == ("4001", "Invalid query")


def test_s05_41_no_match_is_an_empty_object(books: Books) -> None:
    assert books.query("select * from Customer where DisplayName = 'nobody'") == {}
    assert books.query("select * from Customer startposition 4") == {}


def test_s05_41_count_answers_a_total(books: Books) -> None:
    assert books.query("select count(*) from Customer") == {"totalCount": 3}
    assert books.query("SELECT COUNT(*) FROM Customer WHERE Active IN (true, false)") == {"totalCount": 3}


def test_s05_41_keywords_names_and_values_ignore_case(books: Books) -> None:
    assert names(books, "SeLeCt * fRoM cUsToMeR wHeRe dIsPlAyNaMe = 'ADA LUND'") == ["Ada Lund"]
    assert names(books, "select * from Customer where DisplayName like 'ADA%'") == ["Ada Lund"]


def test_s05_41_a_quote_is_escaped_with_a_backslash(books: Books) -> None:
    assert names(books, r"select * from Customer where DisplayName = 'Bo O\'Hara'") == ["Bo O'Hara"]


def test_s05_41_like_knows_the_percent_sign_only(books: Books) -> None:
    assert names(books, "select * from Customer where DisplayName like '%u%'") == ["Ada Lund"]
    assert names(books, "select * from Customer where DisplayName like 'Ada_Lund'") == []


def test_s05_41_mail_addresses_are_asked_for_without_their_part(books: Books) -> None:
    assert names(books, "select * from Customer where PrimaryEmailAddr = 'ada@lund.example'") == ["Ada Lund"]
    assert names(books, "select * from Customer where PrimaryEmailAddr like '%ohara%'") == ["Bo O'Hara"]


def test_s05_41_conditions_are_joined_by_and(books: Books) -> None:
    text = "select * from Customer where GivenName in ('Ada', 'Bo') and DisplayName > 'b'"
    assert names(books, text) == ["Bo O'Hara"]


def test_s05_41_ids_are_asked_for_with_equals_and_in_only(books: Books) -> None:
    assert len(books.rows("select * from Customer where Id in ('1', '2', '77')")) == 2
    assert books.rows("select * from Customer where Id = '1'")[0]["DisplayName"] == "Ada Lund"
    assert books.not_queried("select * from Customer where Id > '1'").code == "4001"


def test_s05_41_order_by_takes_one_word_or_two_and_both_directions(books: Books) -> None:
    assert names(books, "select * from Customer orderby DisplayName desc")[0] == "Cy Ek"
    assert names(books, "select * from Customer order by Id asc maxresults 1 startposition 2") == ["Bo O'Hara"]
    assert names(books, "select * from Customer orderby MetaData.LastUpdatedTime desc")[0] == "Cy Ek"


def test_s05_41_lists_come_by_name_when_no_order_is_given(us: Books) -> None:
    for name in ("Zed", "Amy", "mid"):
        us.customer(name)
    assert names(us, "select * from Customer") == ["Amy", "mid", "Zed"]


def test_s05_41_moments_compare_as_instants(books: Books) -> None:
    second = books.rows("select * from Customer where DisplayName like 'Bo%'")[0]["MetaData"]["CreateTime"]
    assert names(books, f"select * from Customer where MetaData.CreateTime >= '{second}'") == ["Bo O'Hara", "Cy Ek"]
    assert names(books, "select * from Customer where MetaData.LastUpdatedTime > '2026-02-25T06:13:21Z'") == ["Cy Ek"]


def test_s05_41_current_date_is_the_servers_day(books: Books) -> None:
    books.invoice(books.customer("Di"), books.item())
    assert books.query("select count(*) from Invoice where TxnDate = CURRENT_DATE") == {"totalCount": 1}
    assert books.query("select count(*) from Invoice where TxnDate < CURRENT_DATE") == {"totalCount": 0}


def test_s05_41_numbers_may_be_quoted_or_not(books: Books) -> None:
    books.invoice(books.customer("Di"), books.item(), 300)
    assert books.query("select count(*) from Invoice where TotalAmt > '299.99'") == {"totalCount": 1}
    assert books.query("select count(*) from Invoice where TotalAmt = 300") == {"totalCount": 1}


def test_s05_41_references_compare_with_the_id(books: Books) -> None:
    customer = books.customer("Di")
    invoice = books.invoice(customer, books.item())
    assert books.rows(f"select * from Invoice where CustomerRef = '{customer['Id']}'")[0]["Id"] == invoice["Id"]


def test_s05_41_some_columns_may_be_chosen_but_no_complex_ones(books: Books) -> None:
    row = books.rows("select Id, SyncToken, DisplayName from Customer where DisplayName = 'Cy Ek'")[0]
    assert set(row) == {"Id", "SyncToken", "DisplayName", "domain", "sparse"}
    fault = books.not_queried("select BillAddr from Customer")
    assert (fault.code, fault.detail) == (
        "4001",
        "QueryValidationError: Property BillAddr not found for Entity Customer",
    )


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("select * from Item where ParentRef = '1'", "Property ParentRef not found for Entity Item"),
        ("select * from Invoice where DepartmentRef = '1'", "property 'DepartmentRef' is not queryable"),
        ("select * from Payment where DocNumber = '1'", "property 'DocNumber' is not queryable"),
        ("select * from Customer where Shoe = '1'", "Property Shoe not found for Entity Customer"),
        ("select * from Shoe", "Entity Shoe is not queryable"),
        ("select * from Invoice where TotalAmt > 'much'", "Invalid value 'much' for property TotalAmt"),
        ("select * from Customer where Active = 'perhaps'", "Invalid value 'perhaps' for property Active"),
        ("select * from Invoice where TotalAmt like '1%'", "Operator LIKE is not supported for property TotalAmt"),
    ],
)
def test_s05_41_a_query_that_cannot_be_answered_is_4001(us: Books, text: str, detail: str) -> None:
    fault = us.not_queried(text)
    assert (fault.code, fault.message, fault.detail) == ("4001", "Invalid query", f"QueryValidationError: {detail}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "delete from Customer",
        "select from Customer",
        "select * Customer",
        "select * from Customer where",
        "select * from Customer where DisplayName",
        "select * from Customer where DisplayName = Ada",
        "select * from Customer where DisplayName != 'Ada'",
        "select * from Customer where DisplayName = 'Ada' or DisplayName = 'Bo'",
        "select * from Customer where DisplayName = 'O'Hara'",
        "select * from Customer where DisplayName in 'Ada'",
        "select * from Customer where DisplayName in ()",
        "select * from Customer, Invoice",
        "select * from Customer group by DisplayName",
        "select * from Customer maxresults many",
        "select * from Customer orderby",
        "select * from (select * from Customer)",
        'select * from Customer where DisplayName = "Ada"',
    ],
)
def test_s05_41_a_statement_outside_the_grammar_is_4000(us: Books, text: str) -> None:
    fault = us.not_queried(text)
    assert (fault.code, fault.message) == ("4000", "Error parsing query")
    assert str(fault.detail).startswith("QueryParserError: Encountered ")


def test_s05_41_a_statement_is_read_whole() -> None:
    text = r"select Id, DocNumber from Invoice where DocNumber = 'a\'b' and Balance >= -1.5 order by TxnDate desc, Id"
    read = parse(text)
    assert read.props == ("Id", "DocNumber")
    assert [each.values[0].text for each in read.where] == ["a'b", "-1.5"]
    assert [(each.prop, each.descending) for each in read.order] == [("TxnDate", True), ("Id", False)]


def test_a_name_or_id_is_found_through_an_index_and_not_by_looking_at_all(us: Books) -> None:
    def best_of(text: str) -> float:
        times = []
        for _ in range(20):
            started = time.perf_counter()
            us.rows(text)
            times.append(time.perf_counter() - started)
        return min(times)

    us.customer("Ada")
    few = best_of("select * from Customer where DisplayName = 'Ada'")
    with us.company.writing():
        held = us.company.table("Customer").all()[0]
        for number in range(20_000):
            name = f"Many {number}"
            us.company.insert("Customer", {**held, "Id": "", "DisplayName": name, "FullyQualifiedName": name}, "name")
    assert best_of("select * from Customer where DisplayName = 'Ada'") < few * 10 + 0.001


def test_the_active_filter_counts_inactive_rows_only_when_asked(books: Books) -> None:
    books.write("customer", sparse(books.rows("select * from Customer")[0], Active=False))
    assert books.query("select count(*) from Customer") == {"totalCount": 2}
    assert books.query("select count(*) from Customer where Active = false") == {"totalCount": 1}
