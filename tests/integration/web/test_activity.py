"""The audit log as a page: filters, paging by key, CSV, one tenant only."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from flask import Flask

from kz_admin.models.session import writing
from kz_admin.services import audit
from kz_admin.services.audit import PAGE, Actor
from tests.cast import Actor as CastActor
from tests.cast import Cast
from tests.page import InspectingClient

ADDRESS = "/kz-admin/activity"


def record(app: Flask, cast: Cast, number: int, subject: str = "thing") -> None:
    with app.app_context(), writing() as session:
        for one in range(number):
            about = ("thing", one, f"{subject} {one:03}")
            audit.record(session, Actor(None, "Ada <ada@example.com>"), "thing.made", about, tenant_id=cast.tenant_id)


def test_pages_follow_one_another_without_gap_or_repetition(
    app: Flask, signed_in: Callable[[CastActor], InspectingClient], cast: Cast
) -> None:
    record(app, cast, PAGE + 7)
    browser = signed_in(cast.viewer)
    first = browser.page(ADDRESS)
    older = next(link for link in first.links if "before=" in link)
    second = browser.page(older)
    seen = [text.strip() for page in (first, second) for text in page.texts if text.startswith("thing ")]
    assert seen == [f"thing {number:03}" for number in reversed(range(PAGE + 7))]
    assert not any("before=" in link for link in second.links)


def test_a_filter_stays_while_paging_and_in_the_csv(
    app: Flask, signed_in: Callable[[CastActor], InspectingClient], cast: Cast
) -> None:
    record(app, cast, PAGE + 1)
    record(app, cast, 3, subject="=formula")
    browser = signed_in(cast.viewer)
    page = browser.page(f"{ADDRESS}?subject=thing")
    assert all("subject=thing" in link for link in page.links if "before=" in link or "download" in link)
    answer = browser.get(f"{ADDRESS}/download?subject=formula")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(rows) == 4
    assert rows[1][4].startswith("'=formula")


def test_strange_values_in_the_address_are_not_an_error(
    signed_in: Callable[[CastActor], InspectingClient], cast: Cast
) -> None:
    browser = signed_in(cast.viewer)
    for query in ("before=abc", "before=-1", "action=%3Cscript%3E", "actor=%25&subject=_", "action=" + "x" * 500):
        assert browser.get(f"{ADDRESS}?{query}").status_code == 200, query


def test_htmx_gets_the_list_alone_and_history_the_whole_page(
    signed_in: Callable[[CastActor], InspectingClient], cast: Cast
) -> None:
    browser = signed_in(cast.viewer)
    fragment = browser.get(ADDRESS, headers={"HX-Request": "true"})
    restored = browser.get(ADDRESS, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" not in fragment.text
    assert "<html" in restored.text
    assert "HX-Request" in fragment.headers["Vary"]


def test_another_tenants_entries_are_never_shown(
    app: Flask, signed_in: Callable[[CastActor], InspectingClient], cast: Cast
) -> None:
    record(app, cast, 2, subject="ours only")
    browser = signed_in(cast.stranger)
    assert "ours only" not in browser.page(ADDRESS).text
    assert "ours only" not in browser.get(f"{ADDRESS}/download").text
