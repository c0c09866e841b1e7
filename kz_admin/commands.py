"""`flask --app app kz …`: what operators do on the command line."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from kz_admin import config
from kz_admin.domain.failures import Refused
from kz_admin.domain.roles import Role
from kz_admin.services import (
    audit,
    demo,
    doctor,
    hook_sender,
    installation,
    invitations,
    keys,
    rehearsal,
    restore,
    rotation,
    tenants,
)
from kz_admin.services.tenants import Description

kz = AppGroup("kz", help="Operate this kz-admin installation.")
tenant = AppGroup("tenant", help="Tenants: the customers of your billing platform.")
user = AppGroup("user", help="People of a tenant.")
operator = AppGroup("operator", help="People who run this installation.")
key = AppGroup("key", help="API keys.")
hook = AppGroup("hook", help="Hooks, as a platform sends them.")
for group in (tenant, user, operator, key, hook):
    kz.add_command(group)


def init_app(app: Flask) -> None:
    app.cli.add_command(kz)


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal is one sentence on stderr and exit code 1, never a traceback."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except Refused as refused:
            raise click.ClickException(refused.sentence) from None

    return run


@tenant.command("create")
@click.argument("name")
@click.option("--external-id", default="", help="Your own id of this customer; made up when left out.")
@click.option("--currency", default="USD", show_default=True)
@click.option("--time-zone", default="UTC", show_default=True)
@click.option("--country", default="US", show_default=True)
@click.option("--plan", default="standard", show_default=True)
@plainly
def tenant_create(name: str, external_id: str, currency: str, time_zone: str, country: str, plan: str) -> None:
    """Create a tenant and print its external id."""
    made = tenants.create(Description(name, currency, time_zone, country), external_id=external_id, plan=plan)
    click.echo(made.external_id)


@user.command("invite")
@click.argument("tenant_external_id")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="admin", show_default=True)
@plainly
def user_invite(tenant_external_id: str, email: str, role: str) -> None:
    """Invite a person; the link is mailed and printed."""
    link = invitations.invite(tenants.by_external_id(tenant_external_id).id, email, Role(role), audit.COMMAND_LINE)
    click.echo(f"Invited {email}. The link works once, for 7 days:\n{link}")


@user.command("bar")
@click.argument("email")
@plainly
def user_bar(email: str) -> None:
    """Shut a person out of every tenant, from their next request on."""
    installation.bar(email)
    click.echo(f"{email} is shut out.")


@user.command("admit")
@click.argument("email")
@plainly
def user_admit(email: str) -> None:
    """Let a person in again whom `user bar` shut out."""
    installation.admit(email)
    click.echo(f"{email} may sign in again.")


@user.command("password-link")
@click.argument("email")
@plainly
def user_password_link(email: str) -> None:
    """Print a one-time link to choose a password, for somebody whom no mail reaches."""
    click.echo(f"The link works once, for 24 hours:\n{installation.password_link(email)}")


@operator.command("create")
@click.argument("email")
@click.option("--name", default="", help="Shown in the audit log; the address when left out.")
@plainly
def operator_create(email: str, name: str) -> None:
    """Make a person an operator and print a link to choose a password."""
    link = installation.create_operator(email, name or email)
    click.echo(f"{email} is an operator. Choose the password within 24 hours:\n{link}")


@key.command("create")
@click.argument("name")
@click.option("--tenant", "external_id", default="", help="External id of the tenant the key names.")
@click.option("--platform", is_flag=True, help="A key for all tenants; the request names the tenant.")
@plainly
def key_create(name: str, external_id: str, platform: bool) -> None:
    """Create an API key and its signing secret. Both are printed once."""
    if platform == bool(external_id):
        raise click.UsageError("Give either --tenant EXTERNAL_ID or --platform.")
    tenant_id = None if platform else tenants.by_external_id(external_id).id
    made = keys.create(name, tenant_id, audit.COMMAND_LINE)
    click.echo(
        f"key:            {made.key}\nsigning secret: {made.signing_secret}\nCopy both now. They are not shown again."
    )


@key.command("list")
@click.option("--tenant", "external_id", default="", help="External id; platform keys when left out.")
@plainly
def key_list(external_id: str) -> None:
    """List live keys by what may be shown of them."""
    tenant_id = tenants.by_external_id(external_id).id if external_id else None
    for row in keys.live_keys(tenant_id):
        click.echo(f"{row.prefix}…  {row.name}")


@key.command("revoke")
@click.argument("prefix")
@click.option("--tenant", "external_id", default="", help="External id; a platform key when left out.")
@plainly
def key_revoke(prefix: str, external_id: str) -> None:
    """End a key, named by the letters that `key list` shows."""
    tenant_id = tenants.by_external_id(external_id).id if external_id else None
    keys.revoke(prefix.rstrip("…"), tenant_id, audit.COMMAND_LINE)
    click.echo("Revoked. Its next request is refused.")


@hook.command("send")
@click.option("--example", is_flag=True, required=True, help="A whole example invoice with new ids.")
@click.option("--key", "api_key", default="", help="An API key; left out, the request is only printed.")
@click.option("--secret", default="", help="Its signing secret.")
@click.option("--tenant", "external_id", default="", help="For a platform key: the tenant's external id.")
@plainly
def hook_send(example: bool, api_key: str, secret: str, external_id: str) -> None:
    """Post an example to /hooks/paid of this installation, signed like a platform's."""
    assert example
    body = rehearsal.example() | ({"tenant": external_id} if external_id else {})
    click.echo(json.dumps(body, indent=2))
    if not api_key or not secret:
        click.echo("Give --key and --secret (from `flask kz key create`) to send it. Nothing was sent.")
        return
    status, answer = hook_sender.send(api_key, secret, body)
    click.echo(f"{status} {answer.strip()}")
    if status >= 300:
        sys.exit(1)


@kz.command("doctor")
def run_doctor() -> None:
    """Check everything; each line that fails says what to do. Exit code 1 when one must be fixed."""
    found = doctor.findings()
    for finding in found:
        mark = "ok  " if finding.ok and not finding.warning else "warn" if finding.ok else "FAIL"
        click.echo(f"{mark}  {finding.name}: {finding.what}")
        if finding.fix:
            click.echo(f"      → {finding.fix}")
    if not all(finding.ok for finding in found):
        sys.exit(1)


@kz.command("adopt-url")
def adopt_url() -> None:
    """Say that this database belongs to the address it runs under now; connections work again."""
    installation.adopt_base_url(audit.COMMAND_LINE)
    click.echo(f"Adopted {config.current().base_url}. Make sure that no other installation uses this database's past.")


@kz.command("after-restore")
@click.option("--since", help="When the copy was taken: 2026-11-27T14:30 (UTC), or with an offset.")
@click.option("--done", is_flag=True, help="Everything since is found again: stop looking first.")
@plainly
def after_restore(since: str | None, done: bool) -> None:
    """The database was restored from a copy: look over there before anything is made.

    Run it before web, worker and clock start again.
    """
    if done:
        click.echo(f"{restore.trust_again(audit.COMMAND_LINE)} connections create without looking first again.")
        return
    if since is None:
        raise click.UsageError("Say when the copy was taken: --since 2026-11-27T14:30")
    count = restore.doubt_since(since, audit.COMMAND_LINE)
    click.echo(f"{count} connections look over there before they create anything, until you say --done.")


@kz.command("rotate-keys")
@plainly
def rotate_keys() -> None:
    """Seal everything with the newest key, while the installation keeps running."""
    for column, changed in rotation.rotate().items():
        click.echo(f"{column}: {changed} sealed again")
    left = rotation.older_values()
    click.echo(
        "Every value uses the newest key; older ones may be removed from KZ_ENCRYPTION_KEYS."
        if not left
        else f"{left} values were written with an older key meanwhile. Run this again."
    )


@kz.command("demo")
@plainly
def load_demo() -> None:
    """Load the demo tenants and people (development only)."""
    demo.load()
    click.echo(f"Sign in as {demo.CAST[0].email} with the password “{demo.PASSWORD}”.")
