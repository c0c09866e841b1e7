"""One view for htmx and for plain browsers."""

from __future__ import annotations

import json

import pytest
from flask import Flask, make_response

from kz_admin.web import htmx
from tests.conftest import make_app

HX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def bare() -> Flask:
    return make_app("sqlite://")


@pytest.mark.parametrize(
    ("sent", "fragment"),
    [
        ({}, False),
        (HX, True),
        ({**HX, "HX-Boosted": "true"}, False),
        ({**HX, "HX-History-Restore-Request": "true"}, False),
        ({"HX-Request": "false"}, False),
    ],
)
def test_a_fragment_is_for_htmx_that_swaps_a_part(bare: Flask, sent: dict[str, str], fragment: bool) -> None:
    with bare.test_request_context(headers=sent):
        assert htmx.wants_fragment() is fragment


def test_after_a_form_a_browser_is_sent_on_and_htmx_is_told(bare: Flask) -> None:
    with bare.test_request_context(method="POST"):
        answer = htmx.go("/kz-admin/people")
        assert (answer.status_code, answer.location) == (303, "/kz-admin/people")
    with bare.test_request_context(method="POST", headers=HX):
        answer = htmx.go("/kz-admin/people")
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/kz-admin/people")


@pytest.mark.promise("A17")
def test_an_announcement_carries_ids_and_no_second_header(bare: Flask) -> None:
    with bare.test_request_context():
        answer = htmx.announce(make_response(""), "person-removed", id="7\r\nSet-Cookie: x=ä")
    header = answer.headers["HX-Trigger"]
    assert header.isascii()
    assert header.isprintable()
    assert json.loads(header) == {"person-removed": {"id": "7\r\nSet-Cookie: x=ä"}}
