"""Points 1 to 3 and 7 to 9: what the token endpoints do over time."""

from __future__ import annotations

from tests.simulator.machine import Access, Machine

DAY_S = 86_400


def test_s05_01_a_refresh_within_a_day_returns_the_same_refresh_token(machine: Machine, access: Access) -> None:
    machine.pass_time(DAY_S - 60)
    body = access.refresh().json()
    assert body["refresh_token"] == access.refresh_token
    assert body["access_token"] != access.access_token
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    assert body["x_refresh_token_expires_in"] == 8_640_000


def test_s05_01_after_a_day_the_refresh_token_changes_and_the_old_one_dies(machine: Machine, access: Access) -> None:
    machine.pass_time(DAY_S + 60)
    fresh = access.refresh().json()["refresh_token"]
    assert fresh != access.refresh_token
    assert access.refresh().status_code == 400
    assert access.token(grant_type="refresh_token", refresh_token=fresh).status_code == 200


def test_s05_01_a_knob_rotates_on_every_refresh_and_leaves_an_overlap(machine: Machine, access: Access) -> None:
    machine.fault("strict_rotation", {"every_refresh": True, "replay_kills": False, "overlap_s": 60}, None)
    first = access.refresh().json()["refresh_token"]
    assert first != access.refresh_token
    assert access.refresh().status_code == 200
    machine.pass_time(61)
    assert access.refresh().status_code == 400


def test_s05_02_a_superseded_refresh_token_gets_the_bare_error(machine: Machine, access: Access) -> None:
    machine.pass_time(DAY_S + 60)
    fresh = access.refresh().json()["refresh_token"]
    replay = access.refresh()
    assert (replay.status_code, replay.content) == (400, b'{"error":"invalid_grant"}')
    assert access.token(grant_type="refresh_token", refresh_token=fresh).status_code == 200


def test_s05_02_an_unknown_refresh_token_gets_the_description(access: Access) -> None:
    answer = access.token(grant_type="refresh_token", refresh_token="AB11nothing")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }


def test_s05_02_a_knob_lets_a_replay_kill_the_new_token_too(machine: Machine, access: Access) -> None:
    machine.fault("strict_rotation", count=None)
    fresh = access.refresh().json()
    assert access.refresh().status_code == 400
    assert access.token(grant_type="refresh_token", refresh_token=fresh["refresh_token"]).status_code == 400
    access.access_token = fresh["access_token"]
    assert access.get("preferences").status_code == 401


def test_a_refresh_token_dies_after_a_hundred_days_of_rest(machine: Machine, access: Access) -> None:
    machine.pass_time(99 * DAY_S)
    access.refresh_token = access.refresh().json()["refresh_token"]
    machine.pass_time(99 * DAY_S)
    access.refresh_token = access.refresh().json()["refresh_token"]
    machine.pass_time(100 * DAY_S + 1)
    assert access.refresh().content == b'{"error":"invalid_grant"}'


def test_a_grant_ends_five_years_after_the_consent(machine: Machine, access: Access) -> None:
    for _ in range(20):
        machine.pass_time(90 * DAY_S)
        access.refresh_token = access.refresh().json()["refresh_token"]
    body = access.token(grant_type="refresh_token", refresh_token=access.refresh_token, hard="yes").json()
    left = 5 * 365 * DAY_S - 20 * 90 * DAY_S
    assert left - 5 <= body["x_refresh_token_hard_expires_in"] <= left
    assert body["x_refresh_token_expires_in"] <= left
    machine.pass_time(left)
    assert access.refresh().status_code == 400


def test_s05_07_revoking_ends_the_whole_grant_and_a_second_time_is_400(machine: Machine, access: Access) -> None:
    done = machine.revoke(access, access.access_token)
    assert (done.status_code, done.content) == (200, b"")
    assert machine.revoke(access, access.refresh_token).status_code == 400
    assert access.refresh().status_code == 400
    refused = access.get("preferences")
    assert refused.status_code == 401
    assert refused.json()["fault"]["error"][0]["code"] == "3200"


def test_s05_07_revoke_takes_json_only(machine: Machine, access: Access) -> None:
    address = f"{machine.base}/quickbooks/oauth2/v1/tokens/revoke"
    auth = (access.client_id, access.client_secret)
    answer = machine.http.post(address, data={"token": access.refresh_token}, auth=auth, timeout=5)
    assert answer.status_code == 400
    assert access.refresh().status_code == 200


def test_s05_08_a_disconnect_over_there_calls_nobody_and_the_tokens_stop(machine: Machine, access: Access) -> None:
    ended = machine.sim("POST", "disconnects", {"company": "US"})
    assert ended == {"ended": 1}
    assert access.refresh().json()["error"] == "invalid_grant"
    assert access.get("preferences").status_code == 401


def test_s05_09_the_hard_expiry_is_told_only_to_those_who_ask(access: Access) -> None:
    assert "x_refresh_token_hard_expires_in" not in access.refresh().json()
    asked = access.token(grant_type="refresh_token", refresh_token=access.refresh_token, hard="yes").json()
    assert 0 < asked["x_refresh_token_hard_expires_in"] <= 5 * 365 * DAY_S


def test_the_secret_may_stand_in_the_form_instead(machine: Machine, access: Access) -> None:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": access.refresh_token,
        "client_id": access.client_id,
        "client_secret": access.client_secret,
    }
    address = f"{machine.base}/quickbooks/oauth2/v1/tokens/bearer"
    assert machine.http.post(address, data=form, timeout=5).status_code == 200
    assert machine.http.post(address, data=form | {"client_secret": "x"}, timeout=5).status_code == 401


def test_wrong_credentials_are_the_apps_fault_and_not_the_grants(machine: Machine, access: Access) -> None:
    answer = machine.token(access.client_id, "wrong", grant_type="refresh_token", refresh_token=access.refresh_token)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert access.refresh().status_code == 200


def test_the_other_environments_keys_do_not_fit_a_grant(machine: Machine, access: Access) -> None:
    app = machine.app("sandbox")
    answer = machine.token(
        app["client_id"],
        app["client_secret"],
        grant_type="refresh_token",
        refresh_token=access.refresh_token,
    )
    assert answer.json()["error"] == "invalid_grant"


def test_a_body_that_says_nothing_is_an_invalid_request(access: Access) -> None:
    assert access.token(grant_type="refresh_token").json() == {"error": "invalid_request"}
    assert access.token(grant_type="password").json() == {"error": "unsupported_grant_type"}


def test_every_token_answer_has_a_trace_id(access: Access) -> None:
    assert access.refresh().headers["intuit_tid"]
    assert access.token(grant_type="password").headers["intuit_tid"]
