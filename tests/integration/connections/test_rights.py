"""Who reconnects may have the rights that the other one lacked: what waited for them goes, and nothing else."""

from __future__ import annotations

import pytest

from kz_admin.domain.problems import Problem, Slug
from kz_admin.services import bell
from tests.bridge import Bridge
from tests.cast import Cast
from tests.integration.web.failing import Failures
from tests.page import InspectingClient


def test_a_reconnect_frees_what_the_rights_were_missing_for(
    bridge: Bridge, admin: InspectingClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "ring", lambda *_args, **_kwargs: True)
    bridge.connect(admin)
    failures = Failures(bridge.app, cast.tenant_id)
    client = failures.client()
    refused = failures.invoices(2, Problem(Slug.PERMISSION, "invoice", {"what": "invoices"}), client)
    other = failures.invoices(1, Problem(Slug.TOTALS_DIFFER), client, first="T")
    assert "Reconnect" in admin.page("/kz-admin/integrations/quickbooks/problems").text
    bridge.reconnect(admin)
    assert failures.states(refused) == {"due"}
    assert failures.states(other) == {"failed"}
