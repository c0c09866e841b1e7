"""What a builder may name for one record: objects over there, choices of people, and what it has to be careful of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import APPLIED, CREDITED, Key, LinkedBy, Ref, Refs, marker_of
from kz_admin.models.document import Document
from kz_admin.models.sync_record import SyncRecord
from kz_admin.services import settings
from kz_admin.services.push import credited
from kz_admin.services.push.fates import choices_of
from kz_admin.services.push.sight import Sight, looks_first


def of(sight: Sight, row: SyncRecord, document: Document, keys: Sequence[Key]) -> Refs:
    connection = sight.connection
    choices = choices_of(row)
    there = {key: ref_of(sight.partners[key]) for key in keys if sight.is_there(key)}
    if row.part == CREDITED and (of_invoice := (Kind.INVOICE, row.local_id, "")) in there:
        there[of_invoice] = credited.as_sent(there[of_invoice], sight.partners[of_invoice])
    if sight.stand_in is not None:
        there |= {key: ref for key in keys if key not in there and (ref := sight.stand_in(key)) is not None}
    return Refs(
        company=sight.company,
        settings=settings.of(connection),
        marker=marker_of(row.local_id) + (f"/{row.part}" if _has_own_marker(row) else ""),
        part=row.part,
        own=_own(row),
        partners=there,
        accounts=sight.choices.accounts,
        methods=sight.choices.methods,
        mapped=sight.choices.mapped,
        inactive=sight.inactive,
        choices=choices,
        names=sight.names,
        look_first=looks_first(row, document, connection, choices),
        remembered=sight.remembered.get(document.id, frozenset()) if connection.doubt_since is not None else None,
        our_numbers=sight.our_numbers.get(document.id, frozenset()),
        paid_by_provider=document.id in sight.by_provider,
        rates=sight.rates,
        own_currency=sight.own_currency,
    )


def _has_own_marker(row: SyncRecord) -> bool:
    """An object of its own beside the document's: the use of a credit note, a payment's part for another customer."""
    return row.part == APPLIED or (row.as_kind in (Kind.PAYMENT, Kind.INVOICE) and bool(row.part))


def ref_of(row: SyncRecord) -> Ref:
    return Ref(
        remote_id=row.remote_id or "",
        remote_type=row.remote_type or "",
        version=row.remote_version or "",
        number=row.remote_number or "",
        customer=row.remote_customer or "",
        balance=row.remote_balance,
        created_by_us=row.linked_by == LinkedBy.CREATED.value,
        total=row.remote_total,
        rate=row.remote_rate,
    )


def _own(row: SyncRecord) -> Ref | None:
    if not row.over_there:
        return None
    sent = json.loads(row.pushed_snapshot) if row.pushed_snapshot else {}
    return replace(ref_of(row), dated=str(sent.get("dated") or ""))
