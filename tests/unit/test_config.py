"""The environment: everything wrong is named at once, and production refuses what is only for tests."""

from __future__ import annotations

import pytest

from kz_admin import config
from kz_admin.config import Config, ConfigError

PRODUCTION = {
    "KZ_ENV": "production",
    "SECRET_KEY": "q8Zk3vT1xW9nB5mR7yL2cJ6hF4gD0sAu",
    "KZ_ENCRYPTION_KEYS": "p0Oi9Uu8Yy7Tt6Rr5Ee4Ww3Qq2Aa1Zzk",
    "KZ_BASE_URL": "https://books.example.com",
    "DATABASE_URL": "postgresql://kz:secret@db.example.com/kz",
    "REDIS_URL": "redis://cache.example.com:6379/0",
}


def loaded(**changes: str) -> Config:
    return config.load({**PRODUCTION, **changes})


def wrongs(**changes: str) -> dict[str, str]:
    """What is said about each setting, by its name."""
    with pytest.raises(ConfigError) as refused:
        loaded(**changes)
    return {wrong.name: wrong.what for wrong in refused.value.wrongs}


def test_a_complete_environment_is_accepted() -> None:
    assert loaded().production
    assert not loaded().development


def test_production_is_what_an_environment_without_kz_env_means() -> None:
    assert loaded(KZ_ENV="").production


def test_an_empty_environment_names_everything_it_needs() -> None:
    with pytest.raises(ConfigError) as refused:
        config.load({})
    assert {wrong.name for wrong in refused.value.wrongs} == {
        "SECRET_KEY",
        "KZ_ENCRYPTION_KEYS",
        "KZ_BASE_URL",
        "DATABASE_URL",
        "REDIS_URL",
    }


def test_every_wrong_value_is_named_together_with_its_fix() -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(
            KZ_ENV="staging",
            SECRET_KEY="short",
            KZ_ENCRYPTION_KEYS="also short",
            KZ_BASE_URL="books.example.com",
            DATABASE_URL="mysql://x/y",
            REDIS_URL="memcached://x",
            PORT="eighty",
            KZ_WORKERS="1",
            SMTP_URL="http://mail",
            SENTRY_DSN="nowhere",
            KZ_CLOCK="sundial",
            QUICKBOOKS_CLIENT_ID="only half of a pair",
            XERO_API_URL="ftp://files",
        )
    named = {wrong.name for wrong in refused.value.wrongs}
    assert named >= {
        "KZ_ENV",
        "SECRET_KEY",
        "KZ_ENCRYPTION_KEYS",
        "KZ_BASE_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "PORT",
        "KZ_WORKERS",
        "SMTP_URL",
        "SENTRY_DSN",
        "KZ_CLOCK",
        "QUICKBOOKS_CLIENT_SECRET",
        "XERO_API_URL",
    }
    for wrong in refused.value.wrongs:
        assert wrong.fix
        assert str(wrong) in str(refused.value)


def test_what_is_wrong_is_said_without_the_secret_itself() -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(SECRET_KEY="hunter2hunter2", KZ_ENCRYPTION_KEYS="hunter3hunter3", DATABASE_URL="mysql://u:hunter4@h/d")
    assert "hunter" not in str(refused.value)


def test_secrets_are_not_in_the_configurations_own_description() -> None:
    cfg = loaded(
        QUICKBOOKS_CLIENT_ID="id",
        QUICKBOOKS_CLIENT_SECRET="canary-client",
        QUICKBOOKS_WEBHOOK_VERIFIER="canary-verifier",
        KZ_STRIPE_CONNECT_SECRET="canary-stripe",
        SMTP_URL="smtps://u:canary-mail@mail.example.com",
        KZ_MAIL_FROM="books@example.com",
    )
    described = repr(cfg)
    for secret in ("canary", cfg.secret_key, *cfg.encryption_keys, "kz:secret"):
        assert secret not in described


@pytest.mark.promise("A65")
@pytest.mark.parametrize("name", ["SECRET_KEY", "KZ_ENCRYPTION_KEYS"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "   ",
        "too short to be a secret",
        "changeme-changeme-changeme-changeme",
        "this-is-the-default-secret-key-of-all",
        "Password1234567890Password1234567890",
        "a" * 64,
        "abcabcabcabcabcabcabcabcabcabcabcabcabc",
    ],
)
def test_a_missing_or_default_secret_does_not_boot(name: str, value: str) -> None:
    assert name in wrongs(**{name: value})


@pytest.mark.promise("A65")
def test_the_two_secrets_must_differ() -> None:
    assert "same as SECRET_KEY" in wrongs(KZ_ENCRYPTION_KEYS=PRODUCTION["SECRET_KEY"])["KZ_ENCRYPTION_KEYS"]


def test_each_of_several_encryption_keys_is_checked() -> None:
    good = PRODUCTION["KZ_ENCRYPTION_KEYS"]
    assert "key 2" in wrongs(KZ_ENCRYPTION_KEYS=f"{good},short")["KZ_ENCRYPTION_KEYS"]
    assert "twice" in wrongs(KZ_ENCRYPTION_KEYS=f"{good}, {good}")["KZ_ENCRYPTION_KEYS"]


def test_encryption_keys_keep_their_order_newest_first() -> None:
    newest, older = "n" + PRODUCTION["KZ_ENCRYPTION_KEYS"], PRODUCTION["KZ_ENCRYPTION_KEYS"]
    assert loaded(KZ_ENCRYPTION_KEYS=f" {newest} ,, {older} ").encryption_keys == (newest, older)


@pytest.mark.promise("A62")
@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "on"])
def test_debug_does_not_boot_in_production(value: str) -> None:
    assert "FLASK_DEBUG" in wrongs(FLASK_DEBUG=value)


@pytest.mark.parametrize("value", ["", "0", "false", "no"])
def test_debug_that_is_off_is_no_reason_to_refuse(value: str) -> None:
    assert loaded(FLASK_DEBUG=value).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KZ_BASE_URL", "http://books.example.com"),
        ("KZ_FAILPOINTS", "mail.sent=kill"),
        ("KZ_CLOCK", "simulated"),
        ("QUICKBOOKS_API_URL", "http://127.0.0.1:5001/quickbooks"),
        ("QUICKBOOKS_SANDBOX_API_URL", "http://127.0.0.1:5001/quickbooks-sandbox"),
        ("QUICKBOOKS_DISCOVERY_URL", "http://intuit.example.com/.well-known/x"),
        ("QUICKBOOKS_APP_URL", "http://app.example.com"),
        ("QUICKBOOKS_AUTHORIZE_URL", "http://a.example.com"),
        ("QUICKBOOKS_TOKEN_URL", "http://t.example.com"),
        ("QUICKBOOKS_REVOKE_URL", "http://r.example.com"),
        ("XERO_DISCOVERY_URL", "http://x.example.com"),
        ("XERO_CONNECTIONS_URL", "http://c.example.com"),
        ("XERO_API_URL", "http://x.example.com"),
        ("XERO_APP_URL", "http://x.example.com"),
        ("XERO_AUTHORIZE_URL", "http://x.example.com"),
        ("XERO_TOKEN_URL", "http://x.example.com"),
        ("XERO_REVOKE_URL", "http://x.example.com"),
    ],
)
def test_production_refuses_what_is_for_tests_and_plain_http(name: str, value: str) -> None:
    assert set(wrongs(**{name: value})) == {name}


def test_development_may_use_all_of_it() -> None:
    cfg = loaded(
        KZ_ENV="development",
        KZ_BASE_URL="http://localhost:5000",
        KZ_FAILPOINTS="mail.sent=kill",
        KZ_CLOCK="simulated",
        QUICKBOOKS_API_URL="http://127.0.0.1:5001/quickbooks/",
    )
    assert cfg.development
    assert cfg.simulated_clock
    assert cfg.quickbooks_at.api == "http://127.0.0.1:5001/quickbooks"
    assert not cfg.secure


@pytest.mark.parametrize(
    "value",
    [
        "https://books.example.com/kz-admin",
        "https://books.example.com?x=1",
        "https://books.example.com#top",
        "https://somebody:secret@books.example.com",
        "https://",
        "https://books.example.com:99999",
        "https://[books",
        "https://books example.com",
    ],
)
def test_a_base_url_is_scheme_and_host_alone(value: str) -> None:
    assert "KZ_BASE_URL" in wrongs(KZ_BASE_URL=value)


def test_a_slash_at_the_end_of_the_base_url_is_forgiven() -> None:
    assert loaded(KZ_BASE_URL="https://books.example.com/").base_url == "https://books.example.com"


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_every_spelling_of_postgresql_means_the_driver_we_have(given: str) -> None:
    assert loaded(DATABASE_URL=given).database_url == "postgresql+psycopg://u:p@h/d"


def test_sqlite_is_left_as_it_is() -> None:
    assert loaded(DATABASE_URL="sqlite:////tmp/kz.db").database_url == "sqlite:////tmp/kz.db"


def test_herokus_redis_certificate_is_accepted() -> None:
    assert loaded(REDIS_URL="rediss://:p@h:6380").redis_url == "rediss://:p@h:6380?ssl_cert_reqs=none"


def test_who_asks_for_redis_verification_gets_it() -> None:
    given = "rediss://:p@h:6380?ssl_cert_reqs=required"
    assert loaded(REDIS_URL=given).redis_url == given


def test_plain_redis_is_left_as_it_is() -> None:
    assert loaded(REDIS_URL="redis://h:6379/3").redis_url == "redis://h:6379/3"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "0"), ("PORT", "65536"), ("PORT", "-1"), ("PORT", "5e3"), ("PORT", "\u0665"), ("KZ_WORKERS", "65")],
)
def test_a_number_outside_its_range_is_refused(name: str, value: str) -> None:
    assert name in wrongs(**{name: value})


def test_half_a_key_pair_names_the_missing_half() -> None:
    assert "XERO_CLIENT_ID" in wrongs(XERO_CLIENT_SECRET="s")
    assert "QUICKBOOKS_SANDBOX_CLIENT_SECRET" in wrongs(QUICKBOOKS_SANDBOX_CLIENT_ID="i")


def test_each_world_of_quickbooks_has_its_own_pair() -> None:
    cfg = loaded(
        QUICKBOOKS_CLIENT_ID="live",
        QUICKBOOKS_CLIENT_SECRET="s1",
        QUICKBOOKS_WEBHOOK_VERIFIER="v1",
        QUICKBOOKS_SANDBOX_CLIENT_ID="sandbox",
        QUICKBOOKS_SANDBOX_CLIENT_SECRET="s2",
    )
    assert cfg.quickbooks is not None
    assert cfg.quickbooks_sandbox is not None
    assert (cfg.quickbooks.client_id, cfg.quickbooks.webhook_secret) == ("live", "v1")
    assert (cfg.quickbooks_sandbox.client_id, cfg.quickbooks_sandbox.webhook_secret) == ("sandbox", "")
    assert cfg.xero is None


def test_mail_needs_an_address_to_come_from() -> None:
    assert "KZ_MAIL_FROM" in wrongs(SMTP_URL="smtps://mail.example.com")


def test_spaces_around_a_value_do_not_count() -> None:
    assert loaded(PORT=" 8080 ", KZ_PLANS_WITH_INTEGRATIONS=" Business , ,Pro ").plans_with_integrations == (
        "Business",
        "Pro",
    )


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORT", "8123")
    assert config.load().port == 8123
