"""Links hold a document to its customer or vendor."""

from __future__ import annotations

from .. import links
from ..faults import business
from .form import Draft


def keep_party(draft: Draft, field: str) -> None:
    """While something is applied to it a document stays with its customer or vendor."""
    before, after = (draft.stored or {}).get(field), draft.fields.get(field)
    if not before or before["value"] == (after or {}).get("value"):
        return
    if links.to_target(draft.company, links.key_of(draft.entity, draft.row_id)):
        party = field.removesuffix("Ref").lower()
        raise business(f"The {party} cannot be changed while payments are applied to the transaction.", field)
