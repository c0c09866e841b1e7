from __future__ import annotations

import json

import pytest

from kz_admin.services import audit


def test_only_what_differs_is_kept_of_a_change() -> None:
    before, after = audit.changes({"name": "A", "currency": "USD"}, {"name": "B", "currency": "USD"})
    assert (before, after) == ({"name": "A"}, {"name": "B"})


@pytest.mark.promise("A61")
def test_a_secret_in_a_change_is_not_written_down() -> None:
    written = audit._json({"client_secret": "canary", "note": "kz_live_" + "a1B2" * 9, "name": "kept"})
    assert written is not None
    assert json.loads(written) == {"client_secret": "[redacted]", "note": "[redacted]", "name": "kept"}
