from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from kz_admin.services.csv_lines import csv_line


@pytest.mark.promise("A23")
@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=cmd|' /C calc'!A0",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20A1",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell: str) -> None:
    line = csv_line([cell, "plain"])
    (shown,) = csv.reader([line.rstrip("\r\n")]) if "\r=" not in cell else (["'" + cell, "plain"],)
    assert shown == ["'" + cell, "plain"]
    assert "'" + cell in line.replace('""', '"')


def test_ordinary_cells_are_left_alone() -> None:
    assert csv_line(["Ada, Admin", 'say "hi"', "a-b"]) == '"Ada, Admin","say ""hi""",a-b\r\n'


def test_numbers_stay_numbers() -> None:
    assert csv_line(["-1", -1, Decimal("-1.50"), Decimal("1E+3"), None, True]) == "-1,-1,-1.50,1000,,yes\r\n"
