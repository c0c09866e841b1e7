"""Their invoices of a span of days, and that comparing them says what a push would do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kz_admin.domain.past_invoices import Ours, Theirs, Verdict, Whom, judge
from kz_admin.domain.problems import Unfit
from kz_admin.domain.pushing import Go, Link
from kz_admin.providers.quickbooks import api, invoices_there, past_invoices, remotes
from tests.unit.providers.quickbooks.ours import invoice, refs
from tests.unit.providers.quickbooks.test_invoices_there import row


def test_one_call_a_page_asked_by_days(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def page(_access: Any, statement: str, entity: str, *, after: int) -> list[dict[str, Any]]:
        asked.append((statement, after))
        return [{"Id": "1", "TxnDate": "2026-03-02", "CustomerRef": {"value": "70", "name": "Ada Lund"}}]

    monkeypatch.setattr(api, "page", page)
    access: Any = None
    (found,) = past_invoices.page(access, "2026-01-01", "2026-06-30", 1000)
    assert asked == [("SELECT * FROM Invoice WHERE TxnDate >= '2026-01-01' AND TxnDate <= '2026-06-30'", 1000)]
    assert (found.remote.customer, found.customer_name, found.issued_on) == ("70", "Ada Lund", "2026-03-02")


@pytest.mark.parametrize(
    "there",
    [
        [{}],
        [{}, {"Id": "267"}],
        [{"Id": "267", "TotalAmt": Decimal(1)}, {}],
        [{"TotalAmt": Decimal(1)}],
        [{"CustomerRef": {"value": "71"}}],
        [{"CurrencyRef": {"value": "CAD"}}],
        [{"PrivateNote": "kz:00000000-0000-7000-8000-000000000000"}],
    ],
)
def test_the_same_evidence_as_a_push(there: list[dict[str, Any]]) -> None:
    """Linked in bulk is exactly what a copy would have linked instead of creating it (decision C26)."""
    record = invoice()
    rows = [
        row(record, **{"remote_id" if name == "Id" else name: value for name, value in one.items()}) for one in there
    ]
    try:
        pushed: Link | Go | None = invoices_there.decide(record, refs(record, look_first=True), [rows])  # type: ignore[assignment]
    except Unfit:
        pushed = None
    theirs = [remotes.invoice(one) for one in rows]
    found = judge(
        Ours(str(record.id), record.total, record.currency, Whom(frozenset({"70"}), "Ada Lund")),
        [
            Theirs(
                one.remote_id, one.total, one.currency, Whom(frozenset({one.customer}), ""), one.text.rpartition(":")[2]
            )
            for one in theirs
        ],
    )
    same = [remote_id for remote_id, finding in found.items() if finding.verdict is Verdict.SAME]
    assert same == ([pushed.remote.remote_id] if isinstance(pushed, Link) else [])
