"""Every check of the installation, each with its fix. `flask kz doctor` prints them; /readyz answers with four."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from kz_admin import clock, config, crypto
from kz_admin.domain.connection import State
from kz_admin.models.connection import Connection
from kz_admin.models.periodic import PeriodicWork
from kz_admin.models.sealed import keyring
from kz_admin.models.session import reading
from kz_admin.services import audit, bell, installation, rotation

CLOCK_IS_LATE = 5 * clock.MINUTE


class Unwell(Exception):
    """What is wrong, and what to do."""

    def __init__(self, what: str, fix: str, *, warning: bool = False) -> None:
        self.what, self.fix, self.warning = what, fix, warning
        super().__init__(what)


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    warning: bool
    what: str
    fix: str


Check = Callable[[], str]


def database() -> str:
    """database"""
    with reading() as session:
        dialect = session.get_bind().dialect.name
        session.execute(text("SELECT 1"))
    if dialect == "sqlite" and config.current().production:
        raise Unwell("SQLite in production", "Set DATABASE_URL to a PostgreSQL database.", warning=True)
    return dialect


def redis_server() -> str:
    """redis"""
    try:
        bell.client().ping()
    except redis.RedisError as error:
        raise Unwell(
            f"does not answer ({type(error).__name__})", "Start Redis or correct REDIS_URL. Work waits meanwhile."
        ) from None
    return "answers"


def migrations() -> str:
    """migrations"""
    heads = ScriptDirectory.from_config(_alembic()).get_heads()
    with reading() as session:
        found = session.scalars(text("SELECT version_num FROM alembic_version")).all()
    if set(found) != set(heads):
        raise Unwell(
            f"at {', '.join(found) or 'nothing'}, not at {', '.join(heads)}", "Run: flask --app app db upgrade"
        )
    return heads[0]


def key() -> str:
    """key"""
    canary = keyring().seal("canary", "doctor")
    if keyring().open(canary, "doctor") != "canary":
        raise Unwell("cannot open what it seals", "Check KZ_ENCRYPTION_KEYS.")
    if unknown := sorted(key_id for key_id in rotation.key_ids() if not keyring().knows(key_id)):
        raise Unwell(
            f"key {', '.join(unknown)} is needed and not configured", "Add it at the end of KZ_ENCRYPTION_KEYS."
        )
    return f"newest key {keyring().newest_id}"


def old_keys() -> str:
    """old keys"""
    if count := rotation.older_values():
        raise Unwell(f"{count} values use an older key", "Run: flask --app app kz rotate-keys", warning=True)
    return "no value needs an older key"


def operator() -> str:
    """operator"""
    if not installation.has_operator():
        raise Unwell("nobody operates this installation", "Run: flask --app app kz operator create you@example.com")
    return "there is one"


def mail() -> str:
    """mail"""
    if not config.current().smtp_url:
        raise Unwell("mails are kept here and not sent", "Set SMTP_URL and KZ_MAIL_FROM.", warning=True)
    return "SMTP_URL is set"


def clock_process() -> str:
    """clock"""
    with reading() as session:
        latest = session.query(PeriodicWork.last_ok_at).order_by(PeriodicWork.last_ok_at.desc().nulls_last()).first()
    if latest is None or latest[0] is None:
        raise Unwell("the clock has not run yet", "Start it: python -m jobs.clock", warning=True)
    if (age := clock.now_ms() - latest[0]) > CLOCK_IS_LATE:
        raise Unwell(f"the clock last ran {age // clock.MINUTE} minutes ago", "Start it: python -m jobs.clock")
    return "runs"


def audit_chain() -> str:
    """audit chain"""
    if broken := audit.verify():
        raise Unwell("; ".join(broken[:3]), "Somebody changed audit rows in the database. Compare with a backup.")
    return "holds"


def quickbooks_keys() -> str:
    """QuickBooks app"""
    cfg = config.current()
    pairs = [name for name, pair in (("production", cfg.quickbooks), ("sandbox", cfg.quickbooks_sandbox)) if pair]
    if not pairs:
        raise Unwell(
            "no key pair", "Set QUICKBOOKS_CLIENT_ID and QUICKBOOKS_CLIENT_SECRET from Intuit's portal.", warning=True
        )
    return f"key pair for {' and '.join(pairs)}"


def address() -> str:
    """address"""
    if installation.is_copy():
        fix = "If the installation moved here, run: flask --app app kz adopt-url. If this is a copy, leave it resting."
        raise Unwell("this database ran under another address, so all connections rest", fix)
    return config.current().base_url


def consents() -> str:
    """consents"""
    with reading() as session:
        ended = session.scalars(
            select(Connection.company_name).where(Connection.state == State.NEEDS_RECONNECT.value)
        ).all()
    if ended:
        raise Unwell(f"{len(ended)} connections need a new consent", "Their admins were mailed.", warning=True)
    return "none has ended"


READY: tuple[Check, ...] = (database, redis_server, migrations, key)
ALL: tuple[Check, ...] = (
    *READY,
    old_keys,
    operator,
    mail,
    clock_process,
    audit_chain,
    quickbooks_keys,
    address,
    consents,
)


def findings(checks: tuple[Check, ...] = ALL) -> list[Finding]:
    return [_run(check) for check in checks]


def _run(check: Check) -> Finding:
    name = (check.__doc__ or check.__name__).strip()
    try:
        return Finding(name, True, False, check(), "")
    except Unwell as unwell:
        return Finding(name, unwell.warning, unwell.warning, unwell.what, unwell.fix)
    except SQLAlchemyError as error:
        fix = "Start the database or correct DATABASE_URL, then run: flask --app app db upgrade"
        return Finding(name, False, False, f"the database did not answer ({type(error).__name__})", fix)
    except crypto.CannotOpen as error:
        return Finding(name, False, False, str(error), "Add the missing key to KZ_ENCRYPTION_KEYS.")


def _alembic() -> AlembicConfig:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(Path(current_app.root_path).parent / "migrations"))
    return alembic
