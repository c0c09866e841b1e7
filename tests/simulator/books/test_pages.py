"""The pages of the books: all of them open, say what they are, and let nobody else act through them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from simulator.quickbooks import ledger
from simulator.quickbooks.seeds import SEEDS
from tests.simulator.machine import Machine, running

from .browser import Page, Person

KEYS = [seed.key for seed in SEEDS]


@pytest.fixture(scope="module")
def shared() -> Iterator[Machine]:
    """One machine for pages that are only read."""
    with running() as made:
        yield made


def visitor(machine: Machine, key: str = "US", environment: str = "production") -> Person:
    return Person(machine, machine.grant(key, environment))


class Controls(HTMLParser):
    """Collects inputs without a name for assistive technology, and ids used twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
        self.nameless: list[str] = []
        self.ids: list[str] = []
        self.in_label = 0
        self.headings: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if held.get("id"):
            self.ids.append(str(held["id"]))
        self.in_label += tag == "label"
        if tag == "h1":
            self.headings.append(tag)
        if tag in ("input", "select", "textarea") and held.get("type") != "hidden":
            named = held.get("id") in self.labelled or held.get("aria-label") or self.in_label
            if not named:
                self.nameless.append(str(held.get("name")))

    def handle_endtag(self, tag: str) -> None:
        self.in_label -= tag == "label"


def sound(page: Page) -> None:
    """What holds for every page."""
    html = page.answer.text
    found = Controls(html)
    assert page.answer.status_code == 200, page.answer.url
    assert "This is not" in page.text, "it says whose page it is not"
    assert found.nameless == [], page.answer.url
    assert len(found.ids) == len(set(found.ids)), page.answer.url
    assert found.headings == ["h1"], page.answer.url
    assert "<script" not in html
    assert "style=" not in html
    assert not re.search(r"\bQBO?\b", page.text.replace('"domain": "QBO"', "")), page.answer.url
    assert "frame-ancestors 'none'" in page.answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("key", "environment"), [*((key, "production") for key in KEYS), ("US", "sandbox")])
def test_every_page_of_every_company_opens(shared: Machine, key: str, environment: str) -> None:
    person = visitor(shared, key, environment)
    start = person.open()
    sound(start)
    for address in dict.fromkeys(link for link in start.links.values() if link.startswith(person.at)):
        page = person.open(address)
        sound(page)
        inside = [link for link in page.links.values() if re.fullmatch(rf"{person.at}[A-Z]\w+/\d+", link)]
        for sheet in inside[:1]:
            sound(person.open(sheet))


def test_every_deed_that_a_page_offers_opens(shared: Machine) -> None:
    person = visitor(shared)
    start = person.open()
    for address in dict.fromkeys(link for link in start.links.values() if link.startswith(person.at)):
        listing = person.open(address)
        sheets = [link for link in listing.links.values() if re.fullmatch(rf"{person.at}[A-Z]\w+/\d+", link)]
        pages = [listing, *(person.open(sheet) for sheet in sheets[:1])]
        for page in pages:
            for deed in page.links.values():
                if re.fullmatch(rf"{person.at}(?:\w+/[\d-]+|company)/[\w-]+", deed):
                    sound(person.open(deed))


def test_the_list_of_companies_names_every_company_of_both_worlds(shared: Machine) -> None:
    page = visitor(shared).open("/books/")
    sound(page)
    for slot in shared.world.slots:
        assert slot.id in page.text
        assert slot.seed.name in page.text


def test_the_trial_balance_page_shows_equal_debits_and_credits(shared: Machine) -> None:
    person = visitor(shared)
    page = person.open("trial-balance")
    slot = shared.world.slot("quickbooks", "production", "US")
    assert slot is not None
    debits = sum(amount for amount in ledger.trial_balance(slot.company).values() if amount > 0)
    assert page.text.count(f"{debits:,.2f}") == 2
    assert "Debits and credits are equal." in page.text


def test_inactive_rows_are_hidden_until_asked_for(shared: Machine) -> None:
    person = visitor(shared)
    assert "Briar Patch Nursery" not in person.open("Customer").text
    assert "Briar Patch Nursery (deleted)" in person.open("Customer?show=all").text


def test_long_lists_come_in_pages(shared: Machine) -> None:
    person = visitor(shared)
    first, second = person.open("Account?page=1"), person.open("Account?page=2")
    assert "Page 1 of 4" in first.text
    assert "Page 2 of 4" in second.text
    assert not set(re.findall(r"/Account/\d+", first.answer.text)) & set(
        re.findall(r"/Account/\d+", second.answer.text)
    )
    assert "Page 4 of 4" in person.open("Account?page=99").text


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("Lantern Theatre", "Lantern Theatre:Season posters"),
        ("edda@fernhill", "Fernhill Farm Shop"),
        ("1,700.00", "Tidewater Museum"),
        ("IR-01", "Ironbark Print Works"),
    ],
)
def test_search_finds_names_addresses_amounts_and_numbers(shared: Machine, asked: str, wanted: str) -> None:
    assert wanted in visitor(shared).open(f"search?q={asked}").text


def test_search_for_what_is_not_there_says_so(shared: Machine) -> None:
    assert "Nothing in these books goes by “zzzz”." in visitor(shared).open("search?q=zzzz").text


def test_what_was_asked_is_shown_as_text_and_not_as_markup(shared: Machine) -> None:
    page = visitor(shared).open("search?q=<b>bold</b>")
    assert "<b>bold</b>" in page.text
    assert "<b>bold" not in page.answer.text


@pytest.mark.parametrize(
    "path", ["Invoice/999999", "Nothing", "Invoice/1/fly", "company/fly", "/books/quickbooks/production/1/"]
)
def test_what_is_not_there_is_not_found(shared: Machine, path: str) -> None:
    page = visitor(shared).open(path)
    assert page.answer.status_code == 404
    assert "Not in these books" in page.text


def test_another_site_cannot_act_in_the_books(shared: Machine) -> None:
    person = visitor(shared)
    address = f"{shared.base}{person.at}company/subscription"
    answer = shared.http.post(
        address, data={"status": "EXPIRED"}, headers={"Origin": "https://evil.example"}, timeout=10
    )
    assert answer.status_code == 403
    assert person.access.customer("Still writing").status_code == 200


def test_a_sheet_shows_the_same_object_as_the_api(shared: Machine) -> None:
    person = visitor(shared)
    row = person.rows("Invoice")[0]
    page = person.open(f"Invoice/{row['Id']}")
    assert row["MetaData"]["LastUpdatedTime"] in page.text
    assert f'"SyncToken": "{row["SyncToken"]}"' in page.text


def test_a_companys_own_key_leads_to_its_books_too(shared: Machine) -> None:
    sound(visitor(shared).open("/books/quickbooks/sandbox/CA/"))


class TestDeepLinks:
    """`QUICKBOOKS_APP_URL`: what an app shows as "Open in QuickBooks"."""

    def test_a_link_with_the_company_leads_to_the_document(self, shared: Machine) -> None:
        person = visitor(shared)
        row = person.rows("Invoice")[0]
        pinned = f"pagereq=invoice%3FtxnId%3D{row['Id']}&deeplinkcompanyid={person.access.company_id}"
        page = person.open(f"/quickbooks/app/app/login?{pinned}")
        sound(page)
        assert page.answer.url.endswith(f"{person.at}Invoice/{row['Id']}")

    @pytest.mark.parametrize(("name", "entity", "key"), [
        ("recvpayment", "Payment", "txnId"), ("bill", "Bill", "txnId"), ("expense", "Purchase", "txnId"),
        ("customerdetail", "Customer", "nameId"), ("estimate", "Estimate", "txnId"),
    ])  # fmt: skip
    def test_other_kinds_have_their_own_word(self, shared: Machine, name: str, entity: str, key: str) -> None:
        person = visitor(shared)
        row = person.rows(entity)[0]
        page = person.open(f"/quickbooks/app/{name}?{key}={row['Id']}&deeplinkcompanyid={person.access.company_id}")
        assert page.answer.url.endswith(f"/{entity}/{row['Id']}")

    def test_a_link_without_the_company_asks_which(self, shared: Machine) -> None:
        person = visitor(shared)
        row = person.rows("Invoice")[0]
        page = person.open(f"/quickbooks/app/app/invoice?txnId={row['Id']}")
        assert "Which company?" in page.text
        assert f"{person.at}Invoice/{row['Id']}" in page.links.values()

    def test_a_link_to_nothing_says_so(self, shared: Machine) -> None:
        page = visitor(shared).open("/quickbooks/app/invoice?txnId=99999999")
        assert page.answer.status_code == 404
        assert "Not in these books" in page.text
