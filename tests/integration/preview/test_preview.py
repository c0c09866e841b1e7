"""A preview is what happens: the body it shows is the body that arrives, and looking changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from kz_admin.domain.status import Lane
from kz_admin.models import Client, Invoice, Payment, Project
from kz_admin.models.session import engine, reading
from kz_admin.services import preview
from kz_admin.services.preview import Preview
from tests import cast as people
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.push.conftest import Books, connect_books
from tests.integration.push.test_payment_parts import paid as paid
from tests.integration.push.test_removals import go_over
from tests.simulator.machine import Machine

LINE = {"description": "Design", "quantity": "2", "unit_price": "50.00", "amount": "100.00"}
TAXED = {**LINE, "tax": {"id": "vat", "name": "Sales tax", "rate": "8.25"}, "tax_amount": "8.25"}
FRACTION = {"description": "Hours", "quantity": "0.333", "unit_price": "99.99", "amount": "33.30"}
SERVICE = {**LINE, "service": {"id": "srv-1", "name": "Brand design"}}
SHAPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "service": {"invoice.lines": [SERVICE, LINE], "invoice.total": "200.00"},
    "discount": {"invoice.lines": [LINE], "invoice.discount": "10.00", "invoice.total": "90.00"},
    "fractions": {"invoice.lines": [FRACTION, LINE], "invoice.total": "133.30"},
    "reference and note": {"payment.reference": "R-7", "invoice.note": "Thank you, Łukasz", "payment.method": "cheque"},
}
US_SHAPES: dict[str, dict[str, Any]] = {
    "taxed": {"invoice.lines": [TAXED], "invoice.tax_total": "8.25", "invoice.total": "108.25"},
    "inclusive": {
        "invoice.prices": "inclusive",
        "invoice.lines": [{**TAXED, "amount": "100.00", "tax_amount": "7.62"}],
        "invoice.tax_total": "7.62",
        "invoice.total": "100.00",
    },
}
COMPANIES = {"US": {**SHAPES, **US_SHAPES}, "CA": SHAPES}


def looked(books: Books, number: str = "2026-0001") -> Preview:
    invoice = books.invoice(number)
    with books.app.app_context():
        return preview.of(books.cast.tenant_id, invoice.id)


def bodies(found: Preview) -> list[tuple[str, str]]:
    return [(part.entity.lower(), part.raw.decode()) for part in found.parts]


def named(texts: list[tuple[str, str]], found: Preview, books: Books) -> list[tuple[str, str]]:
    """With the ids that creating the partners brought meanwhile."""
    replaced = []
    by_kind = {(one.kind, one.local_id): one.remote_id for one in books.records()}
    ids = {f"‹id of the new {one.kind.word} {one.name}›": by_kind[one.kind.value, one.local_id] for one in found.parts}
    for entity, body in texts:
        whole = body
        for stand_in, remote_id in ids.items():
            whole = whole.replace(stand_in, str(remote_id))
        replaced.append((entity, whole))
    return replaced


@pytest.mark.parametrize("company", COMPANIES)
def test_what_is_shown_is_what_arrives(app: Flask, machine: Machine, cast: Cast, bridge: Bridge, company: str) -> None:
    books = connect_books(app, machine, cast, bridge, company)
    currency = {"invoice.currency": "CAD" if company == "CA" else "USD"}
    for shape, changes in COMPANIES[company].items():
        who = shape.split()[0]
        client = {"client.id": who, "client.email": f"{who}@acme.example", "client.name": f"Acme {shape}"}
        books.pay(shape, **{**currency, **client, **changes})
    seen = {shape: looked(books, shape) for shape in COMPANIES[company]}
    assert not any(found.obstacles for found in seen.values())
    before = books.now_there()
    books.push()
    books.push(Lane.BULK)  # more than a turn of the interactive lane takes
    arrived = received(books, before)
    expected = {one for found in seen.values() for one in named(bodies(found), found, books)}
    assert expected == set(arrived)
    assert len(arrived) == len(set(arrived))
    assert {name for name, _ in arrived} == {"customer", "item", "invoice", "payment"}
    again = looked(books, "plain")
    assert again.sale is not None
    assert again.sale.is_same
    assert again.parts == [again.sale, *(part for part, _ in again.payments)]


def received(books: Books, since: int) -> list[tuple[str, str]]:
    """Entity and body, to the byte, of each write that reached the company; those of a batch one by one."""
    sent = [one for one in books.calls_there(since) if one["method"] == "POST" and one["objects"]]
    found: list[tuple[str, str]] = []
    for call in sent:
        entity, body = str(call["path"]).rpartition("/")[2], str(call["body"])
        found += within(body) if entity == "batch" else [(entity, body)]
    return found


def within(batch: str) -> Iterator[tuple[str, str]]:
    for item in json.loads(batch)["BatchItemRequest"]:
        entity = [*item][-1]
        mark = f'"{entity}":'
        begin = batch.index(mark, batch.index(f'"bId":"{item["bId"]}"')) + len(mark)
        _, end = json.JSONDecoder().raw_decode(batch[begin:])
        yield entity.lower(), batch[begin : begin + end]


def test_a_payment_for_several_customers_is_shown_as_it_arrives_one_for_each(books: Books, paid: Payment) -> None:
    """The sub-customers of the other invoices are not over there either: what they will be called stands for them."""
    found = looked(books, "N-0")
    shares = {part.whom: part.shown.total for part, _ in found.payments if part.shown and part.local_id == paid.id}
    assert set(shares) == {"Website", "Shop", "Nordlicht Studio"}
    assert sorted(filter(None, shares.values())) == [100, 100, 130]
    assert not found.obstacles
    browser = people.sign_in(books.app, books.cast.viewer, books.cast.tenant_id)
    page = browser.page(f"/kz-admin/invoices/{books.invoice('N-0').id}/preview").text
    assert "QuickBooks books a payment for one customer" in page
    assert "for Shop" in page
    before = books.now_there()
    go_over(books)
    arrived = received(books, before)
    texts = [text for entity, text in with_their_ids(books, bodies(found)) if entity == "payment"]
    assert sorted(texts) == sorted(text for entity, text in arrived if entity == "payment")
    assert ("customer", bodies(found)[1][1]) in [
        (entity, text.replace(remote_id(books, "client"), "‹id of the new client Nordlicht Studio›"))
        for entity, text in arrived
    ], "the sub-customer of the invoice is shown as well"
    again = looked(books, "N-1")
    assert [part.is_same for part, _ in again.payments] == [True, True, True]
    assert {part.whom for part, _ in again.payments} == set(shares)


def remote_id(books: Books, kind: str) -> str:
    (record,) = [one for one in books.records() if one.kind == kind]
    return str(record.remote_id)


def with_their_ids(books: Books, texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What stood in ‹ › is known now, of whatever document it was."""
    replaced = []
    with books.app.app_context(), reading() as session:
        named: dict[UUID, str] = dict(session.execute(select(Client.id, Client.name)).all())
        named |= dict(session.execute(select(Project.id, Project.name)).all())
        named |= dict(session.execute(select(Invoice.id, Invoice.number)).all())
    for entity, text in texts:
        whole = text
        for record in (one for one in books.records() if one.local_id in named):
            stands = f"‹id of the new {record.as_kind.word} {named[record.local_id]}›"
            whole = whole.replace(stands, str(record.remote_id))
        replaced.append((entity, whole))
    return replaced


def test_looking_makes_no_call_and_no_statement_but_reads(books: Books) -> None:
    books.pay()
    browser = people.sign_in(books.app, books.cast.viewer, books.cast.tenant_id)
    address = f"/kz-admin/invoices/{books.invoice().id}/preview"
    browser.page(address)
    before, said = books.now_there(), list[str]()
    with books.app.app_context():
        place = engine()

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(place, "before_cursor_execute", heard)
    answer = browser.get(address)
    event.remove(place, "before_cursor_execute", heard)
    assert said
    assert all(one.startswith(("SELECT", "BEGIN", "PRAGMA")) and "FOR UPDATE" not in one for one in said)
    assert books.calls_there(before) == []
    assert "It is created in QuickBooks" in answer.text
    assert "Will be looked for by the e-mail address books@nordlicht.example" in answer.text
    assert books.company_id not in answer.text
