"""Give every sealed value the newest key, while everything keeps running."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from kz_admin.crypto import CannotOpen
from kz_admin.domain.failures import Refused
from kz_admin.models.sealed import context_of, keyring, sealed_columns
from kz_admin.models.session import changed_rows, reading, writing

AT_A_TIME = 200


def rotate() -> dict[str, int]:
    """Seal again what an older key sealed; returns how many values per column changed."""
    return {f"{model.__tablename__}.{column}": _rotate_column(model, column) for model, column in sealed_columns()}


def older_values() -> int:
    """How many values still need an older key: while it is not 0, that key must stay configured."""
    newest = f"kz1.{keyring().newest_id}.%"
    total = 0
    with reading() as session:
        for model, name in sealed_columns():
            column = getattr(model, name)
            query = select(func.count()).where(column.is_not(None), column.not_like(newest))
            total += session.scalar(query) or 0
    return total


def key_ids() -> set[str]:
    """The ids of all keys that some value needs: the text between its first two dots."""
    found: set[str] = set()
    with reading() as session:
        for model, name in sealed_columns():
            column = getattr(model, name)
            found.update(session.scalars(select(func.substr(column, 5, 8)).where(column.is_not(None)).distinct()))
    return found


def _rotate_column(model: type[Any], name: str) -> int:
    column, newest, changed = getattr(model, name), f"kz1.{keyring().newest_id}.%", 0
    last: Any = None
    while True:
        query = select(model).where(column.is_not(None), column.not_like(newest)).order_by(model.id).limit(AT_A_TIME)
        if last is not None:
            query = query.where(model.id > last)
        with reading() as session:
            rows = session.scalars(query).all()
        if not rows:
            return changed
        last = rows[-1].id
        changed += sum(_reseal(model, name, row) for row in rows)


def _reseal(model: type[Any], name: str, row: Any) -> int:
    """Replace exactly the ciphertext that was read: a value written meanwhile is newer than ours and stays."""
    old = getattr(row, name)
    context = context_of(model.__tablename__, name, getattr(row, "tenant_id", None), row.id)
    try:
        new = keyring().seal(keyring().open(old, context), context)
    except CannotOpen as error:
        raise Refused(f"{model.__tablename__}.{name} of row {row.id} cannot be opened: {error}.") from None
    with writing() as session:
        unchanged = update(model).where(model.id == row.id, getattr(model, name) == old)
        return changed_rows(session, unchanged.values({name: new}))
