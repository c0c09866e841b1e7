"""The look-ups behind the pages, on both databases, and at a size at which a page must not read everything."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from kz_admin import ids
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.models import Client, Connection, Mapping, Option, SyncRecord
from kz_admin.models.option import Suggestion
from kz_admin.models.session import reading, writing
from kz_admin.services import mapping_matches, mapping_subjects, mapping_weights
from kz_admin.services.mapping_subjects import Filters
from tests.cast import Cast
from tests.conftest import kept_app
from tests.integration.documents.agency import Agency
from tests.integration.hooks.conftest import connect

MANY = 1_200


@pytest.fixture
def app(database_url: str):
    with kept_app(database_url) as app:
        yield app


@pytest.fixture
def connection(app: Flask, cast: Cast) -> Connection:
    with app.app_context():
        connection_id = connect(cast.tenant_id)
        with reading() as session:
            return session.get_one(Connection, connection_id)


def own(connection: Connection) -> dict[str, UUID]:
    return {"tenant_id": connection.tenant_id, "connection_id": connection.id}


def option(connection: Connection, which: str, remote_id: str, name: str = "", **more: object) -> Option:
    values = {"active": True, "read_at": 1, **more}
    return Option(**own(connection), list=which, remote_id=remote_id, name=name or remote_id, **values)


def test_each_filter_finds_its_rows(app: Flask, connection: Connection, cast: Cast) -> None:
    with app.app_context():
        agency = Agency(cast.tenant_id)
        members = {name: agency.member(name) for name in ("mapped", "none", "broken", "gone", "suggested", "open")}
        with writing() as session:
            session.add_all([option(connection, "employees", "1"), option(connection, "employees", "2", active=False)])
            for name, remote_id in (("mapped", "1"), ("none", ""), ("broken", "2"), ("gone", "3")):
                chosen = {"chosen_how": "person", "chosen_by": "Bea", "chosen_at": 1, "remote_id": remote_id}
                session.add(Mapping(**own(connection), list="employees", subject=str(members[name].id), **chosen))
            said = {"remote_id": "1", "certainty": "near", "why": "alike", "subject": str(members["suggested"].id)}
            session.add(Suggestion(**own(connection), list="employees", **said))
        with reading() as session:
            found = {
                show: [
                    row.name
                    for row in mapping_subjects.page(session, connection, List.EMPLOYEES, Filters(show), "").rows
                ]
                for show in ("unmapped", "suggested", "repair")
            }
            counts = mapping_subjects.counts(session, connection, List.EMPLOYEES)
    assert found == {"unmapped": ["open", "suggested"], "suggested": ["suggested"], "repair": ["broken", "gone"]}
    assert counts == {"": 6, "unmapped": 2, "suggested": 1, "repair": 2}


def test_a_client_is_linked_in_its_currency(app: Flask, connection: Connection, cast: Cast) -> None:
    with app.app_context():
        client = Agency(cast.tenant_id).client("Acme", currency="EUR")
        record = {"kind": "client", "local_id": client.id, "state": "idle", "lane": "bulk", "remote_id": "7"}
        with writing() as session:
            session.add(SyncRecord(**own(connection), part="USD", **record))
        with reading() as session:
            (row,) = mapping_subjects.page(session, connection, List.CUSTOMERS, Filters(), "").rows
            assert row.remote_id is None, "as a customer in dollars, and it is invoiced in euros"
            weights = {
                which: mapping_weights.of(session, connection, which) for which in List if which is not List.ACCOUNTS
            }
    assert all(weight.share is None for weight in weights.values())


def test_pages_of_a_long_list_follow_each_other(app: Flask, connection: Connection) -> None:
    with app.app_context():
        with writing() as session:
            session.add_all(
                Client(tenant_id=connection.tenant_id, name=f"{n:05}", name_key=f"{n:05}", currency="USD")
                for n in range(MANY)
            )
            session.add_all(option(connection, "customers", str(n), f"{n:05}", group="USD") for n in range(MANY))
        names: list[str] = []
        after: str | None = ""
        while after is not None:
            with reading() as session:
                page = mapping_subjects.page(session, connection, List.CUSTOMERS, Filters("unmapped"), after, 1_000)
            names += [row.name for row in page.rows]
            after = page.next
        assert names == sorted(set(names))
        assert len(names) == MANY
        found = mapping_matches.run(connection.id, List.CUSTOMERS)
        assert found["exact"] == MANY
        assert not mapping_matches.is_small(connection, List.CUSTOMERS)


def test_what_is_no_row_of_the_tenant_is_not_found(app: Flask, connection: Connection, cast: Cast) -> None:
    with app.app_context():
        foreign = Agency(cast.other_tenant_id).member("Foreign")
        with reading() as session:
            wanted = [str(foreign.id), str(ids.uuid7()), "nonsense", DEFAULT]
            assert mapping_subjects.by_subject(session, connection, List.EMPLOYEES, wanted) == {}
            assert set(mapping_subjects.by_subject(session, connection, List.TERMS, ["net 30", *wanted])) == {
                "net 30",
                DEFAULT,
            }
