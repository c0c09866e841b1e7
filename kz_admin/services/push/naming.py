"""A Problem names things of theirs by number: here they get the names people know, and the line that chose them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kz_admin.domain.lists import List
from kz_admin.domain.problems import Problem, Slug
from kz_admin.models.connection import Connection
from kz_admin.models.option import Mapping as Choice
from kz_admin.models.option import Option
from kz_admin.models.session import reading
from kz_admin.models.sync_record import SyncRecord

# Their word for a kind of thing → the list in which one of them is chosen; the first that knows it.
LISTS: Mapping[str, tuple[List, ...]] = {
    "Item": (List.ITEMS,),
    "Customer": (List.CUSTOMERS, List.PROJECTS),
    "Account": (List.ACCOUNTS,),
    "TaxCode": (List.TAXES,),
    "Term": (List.TERMS,),
    "PaymentMethod": (List.PAYMENT_METHODS,),
    "Class": (List.TRACKING,),
    "Department": (List.TRACKING,),
}


def in_our_words(connection: Connection, problem: Problem) -> Problem:
    facts = problem.facts
    with reading() as session:
        if problem.slug is Slug.ACCOUNT_TYPE and (account := facts.get("account")):
            name = _name(session, connection, List.ACCOUNTS, account)
            return replace(problem, facts={**facts, "account": name or account})
        if problem.slug is Slug.INACTIVE_REFERENCE and facts.get("remote_id"):
            return replace(problem, facts={**facts, **_where(session, connection, facts)})
    return problem


def _where(session: Session, connection: Connection, facts: Mapping[str, str]) -> dict[str, str]:
    remote_id = facts["remote_id"]
    for which in LISTS.get(facts.get("remote_type", ""), ()):
        row, name = _row(session, connection, which, remote_id), _name(session, connection, which, remote_id)
        if row or name:
            return {"list": which.value, "row": row, "option": name}
    return {}


def _name(session: Session, connection: Connection, which: List, remote_id: str) -> str:
    query = select(Option.name).where(
        Option.connection_id == connection.id, Option.list == which.value, Option.remote_id == remote_id
    )
    return session.scalar(query) or ""


def _row(session: Session, connection: Connection, which: List, remote_id: str) -> str:
    """The line of the mapping page that leads to it; of several any, they all show what is inactive."""
    if which.kind is not None:
        linked = select(SyncRecord.local_id).where(
            SyncRecord.connection_id == connection.id,
            SyncRecord.kind == which.kind.value,
            SyncRecord.remote_id == remote_id,
        )
        if (local_id := session.scalar(linked.order_by(SyncRecord.id).limit(1))) is not None:
            return str(local_id)
    chosen = select(Choice.subject).where(
        Choice.connection_id == connection.id, Choice.list == which.value, Choice.remote_id == remote_id
    )
    return session.scalar(chosen.order_by(Choice.id).limit(1)) or ""
