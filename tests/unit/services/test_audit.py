from __future__ import annotations

import csv
import json

import pytest

from kz_admin.services import audit


@pytest.mark.promise("A23")
@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell: str) -> None:
    line = audit._csv_line([cell, "plain"])
    (shown,) = csv.reader([line.rstrip("\r\n")]) if "\r=" not in cell else (["'" + cell, "plain"],)
    assert shown == ["'" + cell, "plain"]
    assert "'" + cell in line.replace('""', '"')


def test_ordinary_cells_are_left_alone() -> None:
    assert audit._csv_line(["Ada, Admin", 'say "hi"', "a-b"]) == '"Ada, Admin","say ""hi""",a-b\r\n'


def test_only_what_differs_is_kept_of_a_change() -> None:
    before, after = audit.changes({"name": "A", "currency": "USD"}, {"name": "B", "currency": "USD"})
    assert (before, after) == ({"name": "A"}, {"name": "B"})


@pytest.mark.promise("A61")
def test_a_secret_in_a_change_is_not_written_down() -> None:
    written = audit._json({"client_secret": "canary", "note": "kz_live_" + "a1B2" * 9, "name": "kept"})
    assert written is not None
    assert json.loads(written) == {"client_secret": "[redacted]", "note": "[redacted]", "name": "kept"}
