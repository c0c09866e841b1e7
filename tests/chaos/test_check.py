"""`python -m tests.chaos.check` as somebody asks it about an installation that runs."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from kz_admin.models.session import engine
from tests.chaos import check
from tests.chaos.books import Books
from tests.chaos.opening import on_both

pytestmark = pytest.mark.chaos


@on_both
def test_it_says_that_all_holds_and_names_what_does_not(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    books.pay()
    asked = ["--database", books.database_url, "--simulator", books.machine.base]
    assert check.main(asked) == 1
    assert capsys.readouterr().out.startswith("L1: ")
    assert check.main([*asked, "--running"]) == 0
    books.rest()
    assert check.main(asked) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("All holds: 4 records, 3 calls and ")
    with books.app.app_context(), engine().begin() as connection:
        connection.execute(text("UPDATE call SET body_hash = 'another'"))
    assert check.main(asked) == 1
    assert "I4: #" in capsys.readouterr().out
