"""Which item a line goes under: its service's, else the default one, else the one of the default income account."""

from __future__ import annotations

from uuid import UUID

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import DEFAULT, List
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Refs
from kz_admin.domain.records import LineRecord, SalesRecord
from kz_admin.providers.quickbooks import refusals
from kz_admin.providers.quickbooks.lines import ItemOf


def items_of(record: SalesRecord, refs: Refs) -> ItemOf:
    """Mappings are checked again here: what was made inactive over there, or is missing, is a Problem with its row."""

    def item_of(line: LineRecord | None) -> str:
        service_id = line.service_id if line else None
        if service_id and (found := _of_service(service_id, refs)):
            if found in refs.inactive:
                name = refs.inactive[found]
                raise Unfit(refusals.mapped_inactive(record, refs, List.ITEMS, str(service_id), found, name))
            return found
        if service_id and refs.settings.strict_mapping:
            raise Unfit(_unmapped(service_id, record, refs))
        found = _default(record, refs) or _built_in(refs) or ("" if line else _first(record, refs))
        if not found:
            raise Unfit(Problem(Slug.ACCOUNT_MISSING, "income", refusals.facts_of(record, refs)))
        return found

    return item_of


def _of_service(service_id: UUID, refs: Refs) -> str:
    ref = refs.partners.get((Kind.SERVICE, service_id, ""))
    return ref.remote_id if ref else ""


def _default(record: SalesRecord, refs: Refs) -> str:
    chosen = refs.mapped.get((List.ITEMS, DEFAULT))
    if chosen is not None and chosen.remote_id and not chosen.active:
        raise Unfit(refusals.mapped_inactive(record, refs, List.ITEMS, DEFAULT, chosen.remote_id, chosen.name))
    return chosen.remote_id if chosen is not None else ""


def _built_in(refs: Refs) -> str:
    income = refs.accounts.get("income")
    for (kind, _, part), ref in refs.partners.items():
        if kind is Kind.SERVICE and part and part == income:
            return ref.remote_id
    return ""


def _first(record: SalesRecord, refs: Refs) -> str:
    """For a discount, where every line has a service of its own."""
    service_id = record.lines[0].service_id
    return _of_service(service_id, refs) if service_id else ""


def _unmapped(service_id: UUID, record: SalesRecord, refs: Refs) -> Problem:
    there = {"service": refs.names.get(service_id, ""), "list": List.ITEMS.value, "row": str(service_id)}
    return Problem(Slug.ITEM_UNMAPPED, str(service_id), {**refusals.facts_of(record, refs), **there})
