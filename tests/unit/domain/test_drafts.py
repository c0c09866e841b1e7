from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain import drafts
from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Draft, Expected, Verb

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=7)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


def draft(body: dict, **more) -> Draft:
    return Draft(Kind.INVOICE, Verb.UPDATE, "Invoice", body, Expected("kz:1", total=100, currency="USD"), **more)


@given(st.dictionaries(st.text(min_size=1), values, max_size=4))
def test_a_draft_comes_back_as_it_was(body: dict) -> None:
    meant = draft(body, operation="void", remote_id="12")
    assert drafts.from_text(drafts.as_text(meant)) == meant


def test_the_version_that_is_replaced_is_no_content() -> None:
    one = draft({"Id": "1", "SyncToken": "0", "Amount": Decimal("1.50")})
    other = draft({"Id": "1", "SyncToken": "4", "Amount": Decimal("1.50")})
    assert drafts.content_hash(one) == drafts.content_hash(other)
    assert drafts.content_hash(one) != drafts.content_hash(draft({"Id": "1", "Amount": Decimal("1.51")}))
    assert drafts.content_hash(one) != drafts.content_hash(draft({**one.body}, operation="void"))
