from __future__ import annotations

import pytest

from kz_admin.domain import email_address
from kz_admin.domain.failures import Wrong


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ada",
        "@",
        "ada@",
        "@example.com",
        "a b@example.com",
        "a\nb@example.com",
        "a\x00@b.de",
        "x" * 251 + "@y.de",
    ],
)
def test_what_mail_cannot_be_sent_to_is_refused(text: str) -> None:
    with pytest.raises(Wrong) as refused:
        email_address.checked(text)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    "text", ["ada@example.com", "ADA+books@demo.test", "o'brien@example.com", '"a@b"@example.com', "zoë@exämple.com"]
)
def test_what_mail_can_be_sent_to_is_kept_as_it_was_given(text: str) -> None:
    assert email_address.checked(f"  {text}\n") == text
