"""What pages ask of our documents, as the signed-in person in their tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from wtforms import StringField

from kz_admin import ids
from kz_admin.models.base import Identified
from kz_admin.services.audit import Actor
from kz_admin.services.documents.work import Work, carry_out, carry_out_once
from kz_admin.web.access import person, tenant_id

P = ParamSpec("P")
R = TypeVar("R")
Made = TypeVar("Made", bound=Identified)


def actor() -> Actor:
    whoever = person()
    assert whoever is not None  # every route that changes something needs a role
    return whoever.actor


def do(deed: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    return carry_out(tenant_id(), actor(), deed, *args, **kwargs)


def do_once(action: StringField, deed: Callable[Concatenate[Work, P], Made], *args: P.args, **kwargs: P.kwargs) -> UUID:
    """The id of what was made; a second click on the same form leads to the same (HX-13, A68)."""
    given: Any = ids.parse(action.data or "")
    return carry_out_once(tenant_id(), actor(), given or ids.uuid7(), deed, *args, **kwargs)
