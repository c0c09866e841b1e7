"""Send a paid hook the way a platform does, over HTTP: for people who set one up, from the command line."""

from __future__ import annotations

import json
from typing import Any

import requests

from kz_admin import clock, config, ids
from kz_admin.domain.failures import Refused
from kz_admin.services import signatures

TIMEOUT_S = 15


def send(key: str, secret: str, body: dict[str, Any], delivery_id: str = "") -> tuple[int, str]:
    """Post the body signed, to this installation; returns status and answer."""
    raw = json.dumps(body).encode()
    delivery = delivery_id or f"msg_{ids.uuid7().hex}"
    timestamp = str(clock.now_ms() // clock.SECOND)
    try:
        signature = signatures.sign(secret, delivery, timestamp, raw)
    except ValueError:
        raise Refused("A signing secret begins with whsec_ and goes on in base64.") from None
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature,
    }
    url = f"{config.current().base_url}/hooks/paid"
    try:
        answer = requests.post(url, data=raw, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        raise Refused(f"{url} did not answer: {type(error).__name__}.") from None
    return answer.status_code, answer.text
