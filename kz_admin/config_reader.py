"""How a setting is read from its text: each kind with its own check, and what is wrong collected, not raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MIN_SECRET = 32
# Words people leave in place of a secret. A real secret contains none of them.
PLACEHOLDERS = ("changeme", "change-me", "change_me", "default", "example", "password", "secret-key", "your-")


@dataclass(frozen=True)
class Wrong:
    """One wrong setting: its name, what is wrong with it, and what to do."""

    name: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}. {self.fix}"


@dataclass(frozen=True)
class KeyPair:
    """What a provider gave us for one app in one of its worlds."""

    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)


@dataclass(frozen=True)
class Addresses:
    """Where a provider lives. The last three are set only to override its discovery document."""

    discovery: str
    api: str
    sandbox_api: str
    connections: str
    app: str
    authorize: str
    token: str
    revoke: str


class Reader:
    """Reads one value after another and collects what is wrong instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._addresses: list[tuple[str, str]] = []
        self.wrongs: list[Wrong] = []

    def _wrong(self, name: str, what: str, fix: str) -> None:
        self.wrongs.append(Wrong(name, what, fix))

    def text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or default

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.text(name).split(",") if word.strip())

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            named = " or ".join(repr(choice) for choice in choices if choice)
            self._wrong(name, f"is {value!r}", f"Use {named}")
            return default
        return value

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            self._wrong(name, f"is {value[:40]!r}", f"Use a whole number from {least} to {most}")
            return default
        return int(value)

    def secret(self, name: str) -> str:
        value = self.text(name)
        if not value:
            self._wrong(name, "is missing", f"Set {MIN_SECRET} or more random characters, kept secret")
        elif weakness := _weakness(value):
            self._wrong(name, weakness, f"Set {MIN_SECRET} or more random characters, kept secret")
        return value

    def encryption_keys(self, name: str, differs_from: str) -> tuple[str, ...]:
        keys = self.words(name)
        fix = f"Set one or more random keys of {MIN_SECRET}+ characters, comma between them, the newest first"
        if not keys:
            self._wrong(name, "is missing", fix)
        for number, key in enumerate(keys, start=1):
            if weakness := _weakness(key):
                self._wrong(name, f"key {number} {weakness}", fix)
            if key == differs_from:
                self._wrong(name, f"key {number} is the same as SECRET_KEY", "Use different values")
        if len(set(keys)) != len(keys):
            self._wrong(name, "names a key twice", "Name each key once")
        return keys

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name)
        if value and not _is_url(value, schemes):
            self._wrong(name, "is not an address", f"Use {' or '.join(f'{scheme}://…' for scheme in schemes)}")
        return value

    def base_url(self, name: str) -> str:
        value = self.text(name).rstrip("/")
        fix = "Set the address people open, such as https://books.example.com"
        if not value:
            self._wrong(name, "is missing", fix)
        elif not _is_origin(value):
            self._wrong(name, "is not scheme and host alone", fix)
        return value

    def database_url(self, name: str) -> str:
        value = self.text(name)
        schemes = ("postgres", "postgresql", "postgresql+psycopg", "sqlite")
        if not value:
            self._wrong(name, "is missing", "Set postgresql://user:password@host/database")
        elif urlsplit(value).scheme not in schemes:
            self._wrong(name, "is neither PostgreSQL nor SQLite", "Use postgresql://… or sqlite:///…")
        for given in ("postgres://", "postgresql://"):
            if value.startswith(given):
                return "postgresql+psycopg://" + value.removeprefix(given)
        return value

    def redis_url(self, name: str) -> str:
        value = self.text(name)
        if not value:
            self._wrong(name, "is missing", "Set redis://host:6379/0")
        elif urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            self._wrong(name, "is not a Redis address", "Use redis://…, rediss://… or unix://…")
        return _accept_own_certificate(value) if value.startswith("rediss://") else value

    def key_pair(self, prefix: str, webhook: str) -> KeyPair | None:
        client_id, client_secret = self.text(prefix + "CLIENT_ID"), self.text(prefix + "CLIENT_SECRET")
        if bool(client_id) != bool(client_secret):
            missing = prefix + ("CLIENT_SECRET" if client_id else "CLIENT_ID")
            self._wrong(missing, "is missing", "Set both halves of the key pair or neither")
        if not client_id or not client_secret:
            return None
        return KeyPair(client_id, client_secret, self.text(prefix + webhook))

    def addresses(self, prefix: str, known: Addresses) -> Addresses:
        def address(name: str, default: str) -> str:
            value = self.url(prefix + name, schemes=("https", "http")).rstrip("/")
            if value:
                self._addresses.append((prefix + name, value))
            return value or default

        return Addresses(
            discovery=address("DISCOVERY_URL", known.discovery),
            api=address("API_URL", known.api),
            sandbox_api=address("SANDBOX_API_URL", known.sandbox_api) if known.sandbox_api else "",
            connections=address("CONNECTIONS_URL", known.connections) if known.connections else "",
            app=address("APP_URL", known.app),
            authorize=address("AUTHORIZE_URL", known.authorize),
            token=address("TOKEN_URL", known.token),
            revoke=address("REVOKE_URL", known.revoke),
        )

    def addresses_given(self) -> list[tuple[str, str]]:
        return self._addresses


def _weakness(secret: str) -> str:
    if len(secret) < MIN_SECRET:
        return f"has only {len(secret)} characters"
    if any(word in secret.lower() for word in PLACEHOLDERS):
        return "looks like a default"
    if len(set(secret)) < 10:
        return "repeats too few characters"
    return ""


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_origin(value: str) -> bool:
    """Scheme, host and perhaps a port: it stands in mails and decides the cookie, so nothing else may be in it."""
    if not _is_url(value, ("https", "http")) or any(letter.isspace() for letter in value):
        return False
    parts = urlsplit(value)
    return "@" not in parts.netloc and not (parts.path or parts.query or parts.fragment)


def _accept_own_certificate(url: str) -> str:
    """Heroku's Redis presents a certificate of its own making, so verification is off unless asked for."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query.setdefault("ssl_cert_reqs", "none")
    return urlunsplit(parts._replace(query=urlencode(query)))
