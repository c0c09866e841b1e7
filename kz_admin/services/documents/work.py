"""One change to our documents: in which transaction, for which tenant, by whom, when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from kz_admin import clock, failpoints
from kz_admin.domain.failures import Conflict, Refused
from kz_admin.models.action import Action
from kz_admin.models.base import Identified
from kz_admin.models.session import reading, writing
from kz_admin.services.audit import Actor

P = ParamSpec("P")
R = TypeVar("R")
Made = TypeVar("Made", bound=Identified)

SAME_MOMENT = (
    "Somebody else saved the same number or name at the same moment. Yours was not saved; change it and try again."
)
CHANGED_MEANWHILE = "Somebody else changed this meanwhile. Your change was not saved; compare and save again."


@dataclass(frozen=True)
class Work:
    session: Session
    tenant_id: UUID
    actor: Actor
    at: int
    audited: bool = True  # demo data of half a year would fill the log with one minute's entries


def carry_out(
    tenant_id: UUID, actor: Actor, deed: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Do one thing in one transaction; after its commit the bell may be rung."""
    try:
        with writing() as session:
            made = deed(Work(session, tenant_id, actor, clock.now_ms()), *args, **kwargs)
            failpoints.reach("deed.done")
    except IntegrityError:
        # A unique index is the judge of two people at the same moment; look-ups before it only say it better.
        raise Conflict(SAME_MOMENT) from None
    except StaleDataError:
        raise Conflict(CHANGED_MEANWHILE) from None
    failpoints.reach("deed.committed")
    return made


def carry_out_once(
    tenant_id: UUID,
    actor: Actor,
    action_id: UUID,
    deed: Callable[Concatenate[Work, P], Made],
    *args: P.args,
    **kwargs: P.kwargs,
) -> UUID:
    """The id of what was made; the same form sent again leads to the first result and does nothing (HX-13, A68)."""

    def noted(work: Work) -> UUID:
        made = deed(work, *args, **kwargs)
        work.session.add(Action(tenant_id=tenant_id, action_id=action_id, result_id=made.id))
        work.session.flush()
        return made.id

    if (first := _result_of(tenant_id, action_id)) is not None:
        return first
    try:
        return carry_out(tenant_id, actor, noted)
    except Refused:
        # Both clicks arrived at the same moment and the other one was faster: what it left refuses this one.
        if (first := _result_of(tenant_id, action_id)) is not None:
            return first
        raise


def _result_of(tenant_id: UUID, action_id: UUID) -> UUID | None:
    with reading() as session:
        return session.scalar(
            select(Action.result_id).where(Action.tenant_id == tenant_id, Action.action_id == action_id)
        )
