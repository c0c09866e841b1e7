"""Rows written the cheap way are the rows the unit of work would have written."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Column, Integer, select
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from kz_admin import clock
from kz_admin.models import Client, Payment, PaymentAllocation, Receipt
from kz_admin.models.new_rows import _unsaid, write_new
from kz_admin.models.session import reading, writing
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_app")


def client(cast: Cast, name: str, **values: object) -> Client:
    return Client(tenant_id=cast.tenant_id, name=name, name_key=name.casefold(), currency="USD", **values)


def payment(client_id: UUID, tenant_id: UUID) -> Payment:
    return Payment(
        tenant_id=tenant_id,
        client_id=client_id,
        amount_minor=500,
        unallocated_minor=500,
        currency="USD",
        paid_on="2026-11-01",
        method="card",
        source="person",
    )


def columns_of(row: Client) -> dict[str, object]:
    with reading() as session:
        found = session.execute(select(Client.__table__).where(Client.__table__.c.id == row.id)).mappings().one()
    return {name: value for name, value in found.items() if name != "id"}


def test_both_ways_store_the_same(cast: Cast) -> None:
    now = clock.now_ms()
    usual, cheap = client(cast, "Nord", created_at=now), client(cast, "Nord", created_at=now)
    with writing() as session:
        session.add(usual)
    with writing() as session:
        write_new(session, [cheap])
    assert columns_of(usual) == columns_of(cheap)


def test_the_row_is_held_complete_and_changes_the_usual_way(cast: Cast) -> None:
    with writing() as session:
        made = client(cast, "Nord")
        write_new(session, [made])
        assert session.get(Client, made.id) is made
        assert (made.archived_at, made.version, made.revision) == (None, 1, 1)
        made.name = "Nordlicht"
    found = columns_of(made)
    assert (found["name"], found["version"], found["revision"]) == ("Nordlicht", 2, 2)


def test_tables_are_written_in_the_order_they_come(cast: Cast) -> None:
    """A child before its parent is refused by the foreign key, on both databases."""
    buyer = client(cast, "Nord")
    paid = payment(buyer.id, cast.tenant_id)
    with writing() as session:
        write_new(session, [buyer, paid])
    other = client(cast, "Other")
    with pytest.raises(IntegrityError), writing() as session:
        write_new(session, [payment(other.id, cast.tenant_id), other])


def test_a_row_that_a_session_holds_is_refused_and_nothing_stays(cast: Cast) -> None:
    def write_twice() -> None:
        held = client(cast, "Nord")
        with writing() as session:
            session.add(held)
            write_new(session, [client(cast, "Fresh"), held])

    with pytest.raises(InvalidRequestError):
        write_twice()
    with reading() as session:
        assert session.scalars(select(Client.name)).all() == []


def test_a_duplicate_is_told_like_any_other(cast: Cast) -> None:
    def receipt() -> Receipt:
        return Receipt(
            source="platform", scope="acme", delivery_id="msg_1", what="paid", body_hash="0", outcome="accepted"
        )

    with writing() as session:
        write_new(session, [receipt()])
    with pytest.raises(IntegrityError), writing() as session:
        write_new(session, [receipt()])


def test_only_plain_defaults_are_filled_in() -> None:
    assert _unsaid(PaymentAllocation.__table__.c.amount_minor) is None
    with pytest.raises(TypeError, match="works its default out"):
        _unsaid(Column("made_up", Integer, default=clock.now_ms))
