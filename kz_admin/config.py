"""The only reader of the environment. Everything missing or wrong is named at once, with its fix."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flask import current_app

from kz_admin.config_reader import Addresses, KeyPair, Reader, Wrong

Environment = Literal["production", "development"]


class ConfigError(Exception):
    """The environment cannot be used; `wrongs` lists every reason."""

    def __init__(self, wrongs: list[Wrong]) -> None:
        self.wrongs = wrongs
        lines = "\n".join(f"  - {wrong}" for wrong in wrongs)
        super().__init__(f"kz-admin cannot start, {len(wrongs)} setting(s) need attention:\n{lines}")


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
    reader = Reader(os.environ if environ is None else environ)  # noqa: TID251 - the one reader
    config = _read(reader)
    if config.production:
        reader.wrongs.extend(_refused_in_production(config, reader))
    if reader.wrongs:
        raise ConfigError(reader.wrongs)
    return config


def _read(env: Reader) -> Config:
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


def _refused_in_production(config: Config, env: Reader) -> Iterator[Wrong]:
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
