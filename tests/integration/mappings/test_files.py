"""The same list as a file, out and in."""

from __future__ import annotations

import csv
import io

import pytest

from tests.integration.mappings.desk import Lists, save, upload
from tests.page import InspectingClient

HEAD = "subject,ours,their id,theirs,chosen\r\n"


def test_what_comes_out_goes_in_and_changes_nothing(admin: InspectingClient, lists: Lists) -> None:
    service, item = lists.made("service", '=cmd|"x"!A1'), lists.options("items", active=True)[0]
    save(admin, lists, "items", **{str(service.id): item.remote_id})
    text = admin.get(lists.url("items", "csv")).text
    rows = {row["subject"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows[str(service.id)]["ours"].startswith("'="), "a spreadsheet must not run it (A23)"
    assert rows[str(service.id)]["their id"] == item.remote_id
    assert set(rows) == {"*", str(service.id)}
    answer = upload(admin, lists, "items", text)
    assert answer.status_code == 303
    assert len(lists.audited()) == 1


def test_names_and_ids_are_taken(admin: InspectingClient, lists: Lists) -> None:
    lists.add_option("employees", "55", "Emi Plath")
    lists.add_option("employees", "56", "=Sam")
    emi, sam = lists.made("member", "Emi"), lists.made("member", "Sam")
    upload(admin, lists, "employees", f"{HEAD}{emi.id},Emi,,emi plath,\r\n{sam.id},Sam,,'=Sam,\r\n")
    assert lists.mapping("employees", emi.id).remote_id == "55"
    assert lists.mapping("employees", sam.id).remote_id == "56"


def test_one_wrong_line_refuses_the_file_and_says_which(admin: InspectingClient, lists: Lists) -> None:
    lists.add_option("employees", "55", "Emi Plath")
    emi = lists.made("member", "Emi")
    text = f"{HEAD}{emi.id},Emi,55,,\r\nnobody,,55,,\r\n{emi.id},Emi,77,,\r\n"
    answer = upload(admin, lists, "employees", text)
    assert answer.status_code == 422
    assert "Line 3:" in answer.text
    assert "Line 2:" in answer.text or "Line 4:" in answer.text
    assert lists.mapping("employees", emi.id) is None


@pytest.mark.parametrize("text", ["", "a,b\r\n", HEAD + "x,y\r\n", HEAD + '"open,,,,\r\n', "\x00"])
def test_a_file_of_another_shape_is_refused(admin: InspectingClient, lists: Lists, text: str) -> None:
    answer = upload(admin, lists, "employees", text)
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
