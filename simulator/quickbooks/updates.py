"""What an update leaves: sparse changes the sent keys, full clears what was not sent; lists are replaced whole."""

from __future__ import annotations

from .company import Obj
from .entities.entity import Entity

_OWN = frozenset(("Id", "SyncToken", "MetaData", "domain", "sparse"))


def merged(entity: Entity, stored: Obj, body: Obj, sparse: bool) -> Obj:
    """A fresh row: stored rows are never changed in place. What the server writes itself survives a full update."""
    sent = {key: value for key, value in body.items() if key not in _OWN}
    if sparse:
        kept = stored
    else:
        kept = {
            key: value for key, value in stored.items() if key in _OWN or key in entity.read_only or key.startswith("_")
        }
    return {key: value for key, value in {**kept, **sent}.items() if value is not None}
