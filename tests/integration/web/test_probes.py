"""What machines ask about the installation, and that no tenant shows in the answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from kz_admin import clock
from kz_admin.services import bell, invitations, periodic, signin
from kz_admin.services.audit import SYSTEM
from kz_admin.services.people import Role
from tests.cast import PASSWORD, Cast
from tests.page import InspectingClient


def test_alive_asks_nothing_else(made: Callable[..., Flask]) -> None:
    app = made("postgresql://nobody:x@127.0.0.1:1/nowhere")
    bell.init_app(app)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_ready_names_each_check(client: InspectingClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    found = answer.get_json()
    assert found["status"] == "ok"
    assert found["checks"] == {"database": "ok", "redis": "ok", "migrations": "ok", "key": "ok"}


def test_not_ready_without_redis(app: Flask, client: InspectingClient) -> None:
    bell.init_app(app)  # the real client, whose address nobody answers
    answer = client.get("/readyz")
    assert answer.status_code == 503
    checks = answer.get_json()["checks"]
    assert checks.pop("redis").startswith("does not answer")
    assert set(checks.values()) == {"ok"}


def test_not_ready_without_database(made: Callable[..., Flask]) -> None:
    answer = made("postgresql://nobody:canary@127.0.0.1:1/nowhere").test_client().get("/readyz")
    assert answer.status_code == 503
    checks = answer.get_json()["checks"]
    assert checks.pop("redis") == "ok"
    assert all("did not answer" in said for said in checks.values())
    assert "canary" not in answer.text


@pytest.mark.usefixtures("behind")
def test_not_ready_before_the_migration(client: InspectingClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["migrations"].startswith("at 0000")


def numbers(client: InspectingClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


@pytest.mark.promise("A67")
def test_metrics_count_and_name_nobody(app: Flask, client: InspectingClient, cast: Cast) -> None:
    with app.app_context():
        signin.log_in(cast.admin.email, PASSWORD, "")
        invitations.invite(cast.tenant_id, "canary@example.com", Role.VIEWER, SYSTEM)
        periodic.note("deliver_mails", clock.now_ms(), None)
    found = numbers(client)
    assert found["kz_tenants"] == 2
    assert found["kz_sign_ins"] == 1
    assert found['kz_mails{state="waiting"}'] == 1
    assert found['kz_jobs_waiting{lane="interactive"}'] == 1
    assert found["kz_redis_up"] == 1
    assert 0 <= found["kz_mail_oldest_waiting_seconds"] < 60
    assert 0 <= found['kz_clock_last_ok_seconds{work="deliver_mails"}'] < 60
    for path in ("/metrics", "/readyz", "/healthz"):
        said = client.get(path).text.casefold()
        for word in ("acme", "beta", "example.com", "ada", str(cast.tenant_id)):
            assert word not in said, (path, word)


def test_metrics_say_that_redis_is_away(app: Flask, client: InspectingClient) -> None:
    bell.init_app(app)
    found = numbers(client)
    assert found["kz_redis_up"] == 0
    assert not any(name.startswith("kz_jobs_waiting") for name in found)


def test_metrics_without_database_are_an_error_and_not_zeros(made: Callable[..., Flask]) -> None:
    answer = made("postgresql://nobody:x@127.0.0.1:1/nowhere").test_client().get("/metrics")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"


def test_a_bell_nobody_hears_stops_nothing(app: Flask, cast: Cast) -> None:
    bell.init_app(app)
    with app.app_context():
        assert bell.ring("deliver_mails") is False
        assert invitations.invite(cast.tenant_id, "new@example.com", Role.VIEWER, SYSTEM)


@pytest.mark.promise("A56")
def test_what_is_rung_for_is_a_name_and_ids_as_json(app: Flask) -> None:
    with app.app_context():
        assert bell.ring("deliver_mails", "an-id", lane="bulk")
        (job,) = bell.queue("bulk").jobs
        stored = bell.client().hgetall(job.key)
    import json
    import zlib

    assert json.loads(zlib.decompress(stored[b"data"]))[0] == "jobs.doors.deliver_mails"
