"""The only reader of the environment. Everything missing or wrong is named at once, with its fix."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import current_app

Environment = Literal["production", "development"]

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


class ConfigError(Exception):
    """The environment cannot be used; `wrongs` lists every reason."""

    def __init__(self, wrongs: list[Wrong]) -> None:
        self.wrongs = wrongs
        lines = "\n".join(f"  - {wrong}" for wrong in wrongs)
        super().__init__(f"kz-admin cannot start, {len(wrongs)} setting(s) need attention:\n{lines}")


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


@dataclass(frozen=True)
class Config:
    env: Environment
    base_url: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)  # newest first
    port: int
    workers: int
    smtp_url: str = field(repr=False)
    mail_from: str
    sentry_dsn: str = field(repr=False)
    quickbooks: KeyPair | None
    quickbooks_sandbox: KeyPair | None
    xero: KeyPair | None
    quickbooks_at: Addresses
    xero_at: Addresses
    stripe_connect_secret: str = field(repr=False)
    plans_with_integrations: tuple[str, ...]  # empty: all plans
    failpoints: str
    simulated_clock: bool

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def development(self) -> bool:
        return self.env == "development"

    @property
    def secure(self) -> bool:
        """Whether people reach us over https, which decides cookie name and HSTS."""
        return self.base_url.startswith("https://")


def current() -> Config:
    config: Config = current_app.config["KZ"]
    return config


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read and check every setting; raise ConfigError naming all that is wrong."""
    reader = _Reader(os.environ if environ is None else environ)  # noqa: TID251 - the one reader
    config = _read(reader)
    if config.production:
        reader.wrongs.extend(_refused_in_production(config, reader))
    if reader.wrongs:
        raise ConfigError(reader.wrongs)
    return config


def _read(env: _Reader) -> Config:
    production = env.choice("KZ_ENV", ("production", "development"), default="production") == "production"
    secret_key = env.secret("SECRET_KEY")
    return Config(
        env="production" if production else "development",
        base_url=env.base_url("KZ_BASE_URL"),
        database_url=env.database_url("DATABASE_URL"),
        redis_url=env.redis_url("REDIS_URL"),
        secret_key=secret_key,
        encryption_keys=env.encryption_keys("KZ_ENCRYPTION_KEYS", differs_from=secret_key),
        port=env.integer("PORT", default=5000, least=1, most=65535),
        workers=env.integer("KZ_WORKERS", default=2, least=2, most=64),
        smtp_url=env.url("SMTP_URL", schemes=("smtp", "smtps")),
        mail_from=env.text("KZ_MAIL_FROM"),
        sentry_dsn=env.url("SENTRY_DSN", schemes=("https", "http")),
        quickbooks=env.key_pair("QUICKBOOKS_", webhook="WEBHOOK_VERIFIER"),
        quickbooks_sandbox=env.key_pair("QUICKBOOKS_SANDBOX_", webhook="WEBHOOK_VERIFIER"),
        xero=env.key_pair("XERO_", webhook="WEBHOOK_KEY"),
        quickbooks_at=env.addresses("QUICKBOOKS_", QUICKBOOKS),
        xero_at=env.addresses("XERO_", XERO),
        stripe_connect_secret=env.text("KZ_STRIPE_CONNECT_SECRET"),
        plans_with_integrations=env.words("KZ_PLANS_WITH_INTEGRATIONS"),
        failpoints=env.text("KZ_FAILPOINTS"),
        simulated_clock=env.choice("KZ_CLOCK", ("", "simulated"), default="") == "simulated",
    )


QUICKBOOKS = Addresses(
    discovery="https://developer.api.intuit.com/.well-known/openid_configuration",
    api="https://quickbooks.api.intuit.com",
    sandbox_api="https://sandbox-quickbooks.api.intuit.com",
    connections="",
    app="https://qbo.intuit.com/app",
    authorize="",
    token="",
    revoke="",
)
XERO = Addresses(
    discovery="https://identity.xero.com/.well-known/openid-configuration",
    api="https://api.xero.com",
    sandbox_api="",
    connections="https://api.xero.com/connections",
    app="https://go.xero.com",
    authorize="",
    token="",
    revoke="",
)


def _refused_in_production(config: Config, env: _Reader) -> Iterator[Wrong]:
    if config.base_url and not config.secure:
        yield Wrong("KZ_BASE_URL", "is plain http", "Use the https:// address people open")
    if config.failpoints:
        yield Wrong("KZ_FAILPOINTS", "is for tests only", "Unset it")
    if config.simulated_clock:
        yield Wrong("KZ_CLOCK", "a simulated clock is for tests only", "Unset it")
    if env.text("FLASK_DEBUG").lower() not in ("", "0", "false", "no"):
        yield Wrong("FLASK_DEBUG", "debug shows secrets to strangers", "Unset it")
    if config.smtp_url and not config.mail_from:
        yield Wrong("KZ_MAIL_FROM", "is missing", "Set the address mails come from, as SMTP_URL is set")
    for name, address in env.addresses_given():
        if not address.startswith("https://"):
            yield Wrong(name, "is plain http", "Use https://")


class _Reader:
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
