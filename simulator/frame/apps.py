"""The apps that may ask for access: one key pair per provider and environment, the same after every start."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass
class App:
    provider: str
    environment: str
    client_id: str
    client_secret: str
    webhook_secret: str
    redirect_uris: list[str] = field(default_factory=list)  # none registered: any https or loopback address

    def public(self) -> dict[str, Any]:
        names = ("provider", "environment", "client_id", "client_secret", "webhook_secret")
        return {name: getattr(self, name) for name in names}


def word(*seed: str, length: int) -> str:
    """Letters that look random and are the same on every machine."""
    digest, text = hashlib.sha512("/".join(seed).encode()).digest(), ""
    while len(text) < length:
        text += "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest)
        digest = hashlib.sha512(digest).digest()
    return text[:length]


class Apps:
    def __init__(self, apps: list[App]) -> None:
        self._by_client = {app.client_id: app for app in apps}

    def all(self) -> list[App]:
        return list(self._by_client.values())

    def get(self, client_id: str | None) -> App | None:
        return self._by_client.get(client_id or "")

    def of(self, provider: str, environment: str) -> App:
        for app in self.all():
            if (app.provider, app.environment) == (provider, environment):
                return app
        raise KeyError((provider, environment))
