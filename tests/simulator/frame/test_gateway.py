"""Points 3, 4, 10, 11 and 14: who is let in, and the frame of every answer."""

from __future__ import annotations

import re

import pytest

from tests.simulator.machine import HOSTS, Access, Machine


def error_of(answer: object) -> dict[str, str]:
    fault = answer.json()["fault"]  # type: ignore[attr-defined]
    error: dict[str, str] = fault["error"][0]
    return error


def test_s05_03_an_access_token_dies_after_an_hour_with_the_recorded_frame(machine: Machine, access: Access) -> None:
    machine.pass_time(3590)
    assert access.get("preferences").status_code == 200
    machine.pass_time(11)
    answer = access.get("preferences")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    body = answer.json()
    assert list(body) == [
        "warnings", "intuitObject", "fault", "report", "queryResponse", "batchItemResponse", "attachableResponse",
        "syncErrorResponse", "requestId", "time", "status", "cdcresponse",
    ]  # fmt: skip
    assert body["fault"]["type"] == "AUTHENTICATION"
    assert error_of(answer)["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert error_of(answer)["code"] == "3200"
    assert error_of(answer)["detail"].startswith("Token expired: AB01")
    assert isinstance(body["time"], int)


def test_a_call_without_token_is_3202(access: Access) -> None:
    answer = access.get("preferences", headers={"Authorization": ""})
    assert (answer.status_code, error_of(answer)["code"]) == (401, "3202")


def test_a_token_nobody_issued_is_3200(access: Access) -> None:
    access.access_token = "made up"
    assert error_of(access.get("preferences"))["code"] == "3200"


@pytest.mark.parametrize(("host", "company"), [("sandbox", "own"), ("production", "other"), ("production", "unknown")])
def test_s05_04_the_wrong_host_or_company_is_403_with_lower_case_keys(
    machine: Machine, access: Access, host: str, company: str
) -> None:
    ids = {"own": access.company_id, "other": machine.grant("CA").company_id, "unknown": "123456789012345"}
    address = f"{machine.base}{HOSTS[host]}/v3/company/{ids[company]}/preferences"
    answer = machine.http.get(address, headers=access.headers(), timeout=5)
    assert answer.status_code == 403
    assert error_of(answer) == {
        "message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "detail": None,
        "code": "3100",
        "element": None,
    }
    assert answer.json()["fault"]["type"] == "SERVICE"


def test_a_sandbox_company_is_reached_at_the_sandbox_host_only(machine: Machine) -> None:
    access = machine.grant("US", "sandbox")
    assert access.get("preferences").status_code == 200
    access.environment = "production"
    assert access.get("preferences").status_code == 403


def test_a_grant_without_the_accounting_scope_is_403(machine: Machine) -> None:
    access = machine.grant(scopes=["com.intuit.quickbooks.payment"])
    assert error_of(access.get("preferences"))["code"] == "3100"


def test_when_the_connecting_person_loses_admin_rights_calls_fail_with_120(machine: Machine) -> None:
    access = machine.grant("US", person="marcus")
    assert access.get("preferences").status_code == 200
    machine.sim("POST", "rights", {"company": "US", "person": "marcus"})
    answer = access.get("preferences")
    assert answer.status_code == 403
    assert answer.json()["Fault"]["Error"][0]["code"] == "120"
    assert machine.grant("US", person="dana").get("preferences").status_code == 200


def test_s05_10_without_asking_for_json_the_answer_is_xml(access: Access) -> None:
    for accept in ("*/*", "", "application/xml"):
        answer = access.get("preferences", headers={"Accept": accept})
        assert answer.headers["Content-Type"].startswith("application/xml")
        assert answer.text.startswith('<?xml version="1.0"')
        assert "<IntuitResponse xmlns=" in answer.text
    fault = access.get("customer/99", headers={"Accept": "*/*"})
    assert (fault.status_code, "<Fault type=" in fault.text) == (400, True)
    access.access_token = "made up"
    refused = access.get("preferences", headers={"Accept": "*/*"})
    assert (refused.status_code, 'code="3200"' in refused.text) == (401, True)


def test_s05_11_an_answer_of_200_can_hold_a_fault(machine: Machine, access: Access) -> None:
    fault = {"Fault": {"Error": [{"Message": "Stale Object Error", "code": "5010"}], "type": "ValidationFault"}}
    machine.fault("status", {"status": 200, "body": fault}, path="/customer")
    answer = access.customer("Ada")
    assert (answer.status_code, answer.json()) == (200, fault)
    assert access.customers("Ada") == 0


@pytest.mark.parametrize("status", [502, 503, 504])
def test_s05_11_proxy_trouble_answers_in_html(machine: Machine, access: Access, status: int) -> None:
    machine.fault("status", status)
    answer = access.get("preferences")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["intuit_tid"]


def test_s05_11_an_internal_error_is_a_system_fault(machine: Machine, access: Access) -> None:
    machine.fault("status", 500)
    answer = access.get("preferences")
    assert answer.json()["Fault"]["Error"][0]["code"] == "10000"
    assert answer.json()["Fault"]["type"] == "SystemFault"


def test_s05_14_every_answer_has_its_own_trace_id(machine: Machine, access: Access) -> None:
    answers = [access.get("preferences"), access.get("customer/99"), access.get("nothing/at/all/here")]
    answers.append(machine.http.get(f"{machine.base}/quickbooks/v3/elsewhere", timeout=5))
    access.access_token = "made up"
    answers.append(access.get("preferences"))
    trace_ids = {each.headers["intuit_tid"] for each in answers}
    assert len(trace_ids) == len(answers)


def test_s05_14_time_has_milliseconds_and_a_pacific_offset_and_metadata_has_no_milliseconds(access: Access) -> None:
    body = access.customer("Ada").json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00", body["time"])
    stamp = body["Customer"]["MetaData"]["CreateTime"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00", stamp)
    assert list(body) == ["Customer", "time"]


def test_an_address_nobody_serves_is_404_in_html(machine: Machine) -> None:
    answer = machine.http.get(f"{machine.base}/quickbooks/v4/company/1", timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")


def test_other_methods_reports_and_xml_bodies_are_refused_by_name(access: Access, machine: Machine) -> None:
    put = machine.http.put(f"{access.address}/customer", json={}, headers=access.headers(), timeout=5)
    assert put.json()["Fault"]["Error"][0]["code"] == "500"
    assert "reports" in access.get("reports/ProfitAndLoss").text
    xml = access.post("customer", data="<Customer/>", headers={"Content-Type": "application/xml"})
    assert "XML" in xml.json()["Fault"]["Error"][0]["Detail"]


@pytest.mark.parametrize("body", ["{", "[]", "", '{"DisplayName": "Ada",}', '"Ada"'])
def test_a_body_that_is_no_json_object_is_2010(access: Access, body: str) -> None:
    answer = access.post("customer", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "2010")


def test_bytes_that_are_not_utf8_are_an_unsupported_operation(access: Access) -> None:
    headers = {"Content-Type": "application/json"}
    answer = access.post("customer", data=b'{"DisplayName": "Caf\xe9"}', headers=headers)
    assert answer.json()["Fault"]["Error"][0]["code"] == "500"
    assert "MalformedByteSequenceException" in answer.text


def test_a_query_can_be_posted_as_text(access: Access) -> None:
    access.customer("Ada")
    headers = {"Content-Type": "application/text"}
    answer = access.post("query", data="select * from Customer where DisplayName = 'Ada'", headers=headers)
    assert answer.json()["QueryResponse"]["maxResults"] == 1
