"""Default accounts of a connection: chosen for you at connect (decision C02), changed by admin or bookkeeper."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kz_admin import clock
from kz_admin.domain import presets
from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.lists import List, Purpose
from kz_admin.models.connection import Connection
from kz_admin.models.option import Mapping, Option, OptionList
from kz_admin.models.session import reading, writing
from kz_admin.providers import PROVIDERS
from kz_admin.services import audit, options, records, settings
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import Work

FOR_YOU, PERSON = "for_you", "person"
CHANGED_MEANWHILE = "Somebody else changed these accounts meanwhile. Compare and save again."


@dataclass(frozen=True)
class Default:
    """One purpose with what is chosen for it, what could be, and what is the matter."""

    purpose: Purpose
    mapping: Mapping | None
    chosen: Option | None  # the chosen option as it was last read, if it is still known
    fitting: Sequence[Option]

    @property
    def for_you(self) -> bool:
        return self.mapping is not None and self.mapping.chosen_how == FOR_YOU

    @property
    def none_on_purpose(self) -> bool:
        return self.mapping is not None and self.mapping.remote_id == ""

    @property
    def problem(self) -> str:
        if self.mapping is None:
            return "Ensure your default income account is configured." if self.purpose.required else ""
        if self.mapping.remote_id and (self.chosen is None or not self.chosen.active):
            return f"The {self.purpose.label.lower()} is inactive over there. Choose another one."
        if self.chosen is not None and self.chosen.group not in self.purpose.groups:
            return f"{self.chosen.name} cannot be used as {self.purpose.label.lower()} any more. Choose another one."
        return ""


@dataclass(frozen=True)
class Accounts:
    """Everything the page of default accounts shows."""

    defaults: Sequence[Default]
    read_at: int | None
    problem: str | None

    @property
    def needs_attention(self) -> bool:
        return any(default.problem for default in self.defaults if default.purpose.required)


def of(connection: Connection) -> Accounts:
    provider = PROVIDERS[connection.provider]
    accounts = options.of(connection.tenant_id, connection.id, List.ACCOUNTS)
    state: OptionList | None = options.state_of(connection.tenant_id, connection.id, List.ACCOUNTS)
    chosen = _mappings(connection)
    return Accounts(
        [_default(purpose, chosen.get(purpose.subject), accounts) for purpose in provider.purposes],
        state.read_at if state else None,
        state.problem if state else None,
    )


def chosen_ids(connection: Connection) -> dict[str, str]:
    """Purpose → id over there, for Test Connection."""
    return {subject: mapping.remote_id for subject, mapping in _mappings(connection).items()}


def choose_likely(connection_id: UUID) -> None:
    """Save the likely accounts where nobody chose yet; with several equal candidates it stays open."""
    with reading() as session:
        connection = session.get_one(Connection, connection_id)
    provider = PROVIDERS[connection.provider]
    choices = [options.as_choice(row) for row in options.of(connection.tenant_id, connection.id, List.ACCOUNTS)]
    taken = _mappings(connection)
    undeposited = presets.UNDEPOSITED.get(settings.of(connection).preset, ())
    for purpose in provider.purposes:
        likely = provider.likely(purpose, choices)
        if purpose.subject in taken:
            continue
        if likely:
            _choose_for_you(connection, purpose, likely.remote_id, likely.name)
        elif purpose.subject in undeposited:
            _choose_for_you(connection, purpose, "", "none: Undeposited Funds")


def catch_up() -> None:
    """Read what is due. Where the accounts come for the first time, choose the likely ones, as the callback would have.

    Later never: what stayed open was a question to people, and that an account is gone tomorrow is no answer."""
    new = options.never_read(List.ACCOUNTS)
    options.refresh_due()
    for connection_id in new:
        choose_likely(connection_id)


def save(connection: Connection, picked: MappingOf[str, str], versions: MappingOf[str, int], actor: Actor) -> int:
    """Save the choices of the page; returns how many changed. All of them or none."""
    accounts = {row.remote_id: row for row in options.of(connection.tenant_id, connection.id, List.ACCOUNTS)}
    with writing() as session:
        changed = sum(
            _save_one(session, connection, purpose, picked[purpose.subject], versions, accounts, actor)
            for purpose in PROVIDERS[connection.provider].purposes
            if purpose.subject in picked
        )
        if changed:  # what failed for want of an account goes again
            work = Work(session, connection.tenant_id, actor, clock.now_ms())
            records.retry_problem(work, connection.id, *records.OF_ACCOUNTS)
        return changed


def _save_one(
    session: Session,
    connection: Connection,
    purpose: Purpose,
    remote_id: str,
    versions: MappingOf[str, int],
    accounts: MappingOf[str, Option],
    actor: Actor,
) -> int:
    _check(purpose, remote_id, accounts)
    mapping = session.scalar(_query(connection).where(Mapping.subject == purpose.subject))
    if (mapping.version if mapping else 0) != versions.get(purpose.subject, 0):
        raise Conflict(CHANGED_MEANWHILE)
    before = mapping.remote_id if mapping else None
    if before == remote_id and mapping and mapping.chosen_how == PERSON:
        return 0
    if mapping is None:
        mapping = _new(connection, purpose.subject)
        session.add(mapping)
    mapping.remote_id, mapping.chosen_how = remote_id, PERSON
    mapping.chosen_by, mapping.chosen_at = actor.name, clock.now_ms()
    _record(session, connection, purpose, accounts.get(before or ""), accounts.get(remote_id), actor)
    return 1


def _check(purpose: Purpose, remote_id: str, accounts: MappingOf[str, Option]) -> None:
    """Only active accounts of a fitting type, whatever the form sent (XRO-8.6)."""
    if not remote_id:
        if purpose.required:
            raise Wrong(purpose.subject, f"Choose the {purpose.label.lower()}.")
        return
    account = accounts.get(remote_id)
    if account is None or not account.active or account.group not in purpose.groups:
        raise Wrong(purpose.subject, f"Choose the {purpose.label.lower()} from the list.")


def _choose_for_you(connection: Connection, purpose: Purpose, remote_id: str, name: str) -> None:
    with writing() as session:
        if session.scalar(_query(connection).where(Mapping.subject == purpose.subject)):
            return  # somebody was faster, and a person's choice is never overwritten
        mapping = _new(connection, purpose.subject)
        mapping.remote_id, mapping.chosen_how = remote_id, FOR_YOU
        mapping.chosen_by, mapping.chosen_at = audit.SYSTEM.name, clock.now_ms()
        session.add(mapping)
        audit.record(
            session,
            audit.SYSTEM,
            "default.chosen",
            ("account", purpose.subject, purpose.label),
            tenant_id=connection.tenant_id,
            after={"account": name},
        )


def _record(
    session: Session, connection: Connection, purpose: Purpose, was: Option | None, now: Option | None, actor: Actor
) -> None:
    audit.record(
        session,
        actor,
        "default.changed",
        ("account", purpose.subject, purpose.label),
        tenant_id=connection.tenant_id,
        before={"account": was.name if was else None},
        after={"account": now.name if now else None, "applies": "to documents sent from now on"},
    )


def _new(connection: Connection, subject: str) -> Mapping:
    return Mapping(
        tenant_id=connection.tenant_id, connection_id=connection.id, list=List.ACCOUNTS.value, subject=subject
    )


def _query(connection: Connection) -> Select[Mapping]:
    return select(Mapping).where(
        Mapping.tenant_id == connection.tenant_id,
        Mapping.connection_id == connection.id,
        Mapping.list == List.ACCOUNTS.value,
    )


def _mappings(connection: Connection) -> dict[str, Mapping]:
    with reading() as session:
        return {mapping.subject: mapping for mapping in session.scalars(_query(connection))}


def _default(purpose: Purpose, mapping: Mapping | None, accounts: Sequence[Option]) -> Default:
    fitting = [account for account in accounts if account.active and account.group in purpose.groups]
    chosen = next((account for account in accounts if mapping and account.remote_id == mapping.remote_id), None)
    return Default(purpose, mapping, chosen, fitting)
