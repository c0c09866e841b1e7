"""Every list of the company, read whole and kept: nothing typed, nothing that cannot be chosen."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from kz_admin import clock
from kz_admin.domain.lists import List
from kz_admin.models import Connection, Mapping, Option
from kz_admin.models.option import OptionList
from kz_admin.models.session import reading, writing
from kz_admin.providers.quickbooks import api
from kz_admin.services import options
from tests.simulator.machine import Machine


def rows(app: Flask, which: List) -> list[Option]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(Option).where(Option.list == which.value)))


@pytest.mark.promise("XRO-8.2", "K-QBO-23")
def test_every_list_of_the_company_is_there(app: Flask, connection: Connection) -> None:
    with app.app_context(), reading() as session:
        states = {row.list: row for row in session.scalars(select(OptionList))}
    assert set(states) == {which.value for which in List}
    assert all(state.read_at and not state.problem for state in states.values())
    filled = {which for which in List if rows(app, which)}
    assert filled >= set(List) - {List.PROJECTS, List.TRACKING, List.TERMS, List.EMPLOYEES}
    assert {"Service"} <= {row.group for row in rows(app, List.ITEMS)} <= {"Service", "NonInventory", "Inventory"}


def test_projects_are_the_sub_customers_and_customers_the_rest(app: Flask, connection: Connection) -> None:
    customers, projects = rows(app, List.CUSTOMERS), rows(app, List.PROJECTS)
    assert not {row.remote_id for row in customers} & {row.remote_id for row in projects}
    for row in projects:
        assert json.loads(row.details)["parent"] in {one.remote_id for one in customers} | {
            p.remote_id for p in projects
        }


def test_long_lists_are_read_page_by_page(
    app: Flask, connection: Connection, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "PAGE", 7)
    before = len(rows(app, List.CUSTOMERS))
    since = machine.sim("GET", "journal", limit=1000)["next"]
    with app.app_context():
        assert options.refresh(connection.id, List.CUSTOMERS)
    asked = [str(one["query"]) for one in machine.journal(since=since) if "query" in str(one["path"])]
    assert len(asked) > 1
    assert len(rows(app, List.CUSTOMERS)) == before


def test_what_is_renamed_over_there_keeps_its_former_name(app: Flask, connection: Connection) -> None:
    with app.app_context():
        with writing() as session:
            item = session.scalars(select(Option).where(Option.list == "items")).first()
            assert item is not None
            today, item.name = item.name, "What it was called"
        options.refresh(connection.id, List.ITEMS)
        with reading() as session:
            again = session.get_one(Option, item.id)
    assert (again.name, json.loads(again.details)["former_name"]) == (today, "What it was called")


def test_a_list_nobody_chose_from_is_read_once_a_week(app: Flask, connection: Connection) -> None:
    """Twenty-four reads a day are what an idle connection may cost."""
    with app.app_context():
        with writing() as session:
            for state in session.scalars(select(OptionList)):
                state.read_at = clock.now_ms() - 2 * clock.DAY
            chosen = {"remote_id": "1", "chosen_how": "person", "chosen_by": "Bea", "chosen_at": 0}
            mine = {"tenant_id": connection.tenant_id, "connection_id": connection.id}
            session.add(Mapping(**mine, list="terms", subject="net 30", **chosen))
        assert options.refresh_due() == 3  # accounts and payment methods always, and the list in use
