"""Standard Webhooks signatures: HMAC-SHA256 over "id.timestamp.body", compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable

from kz_admin import clock
from kz_admin.domain.failures import Wrong
from kz_admin.services.keys import SIGNING_SECRET

TOLERANCE = 5 * clock.MINUTE
MOST_SIGNATURES = 10
VERSION = "v1,"


def sign(secret: str, delivery_id: str, timestamp: str, body: bytes) -> str:
    """The header's value for one secret."""
    key = b64decode(secret.removeprefix(SIGNING_SECRET))
    signed = b".".join((delivery_id.encode(), timestamp.encode(), body))
    return VERSION + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def is_signed(secrets: Iterable[str], delivery_id: str, timestamp: str, body: bytes, header: str) -> bool:
    """Whether one of the given signatures was made with one of the live secrets; every pair is compared in full."""
    given = header.split(" ")[:MOST_SIGNATURES]
    fits = False
    for secret in secrets:
        expected = sign(secret, delivery_id, timestamp, body).encode()
        for one in given:
            fits |= hmac.compare_digest(expected, one.encode())
    return fits


def check_time(timestamp: str) -> None:
    """Seconds since 1970, five minutes around now: an old recording is of no use."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise Wrong("webhook-timestamp", "Send the time of sending in whole seconds since 1970.")
    if abs(int(timestamp) * clock.SECOND - clock.now_ms()) > TOLERANCE:
        raise Wrong("webhook-timestamp", "This time is more than five minutes from now. Sign again at each try.")
