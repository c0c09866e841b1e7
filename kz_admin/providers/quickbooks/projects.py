"""Projects as sub-customers under the customer of their client, one for each currency it is billed in (K-QBO-28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.names import name_key
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Go, Link, Question, Refs, Rows, Verb
from kz_admin.domain.records import ProjectRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, questions, refusals, remotes, showing, texts
from kz_admin.providers.quickbooks.customers import ENTITY, NAME
from kz_admin.providers.quickbooks.list_entries import Shape, apart


def build(record: ProjectRecord, refs: Refs) -> Draft:
    name = project_name(record, refs)
    expected = Expected(name=name)
    body: dict[str, Any]
    if refs.own is not None:  # it stays where it is: what was booked to it stays with its customer
        body = {"Id": refs.own.remote_id, "SyncToken": refs.own.version, "DisplayName": name}
        return Draft(Kind.PROJECT, Verb.UPDATE, ENTITY, body, expected, remote_id=refs.own.remote_id)
    body = {"DisplayName": name, "Job": True, "ParentRef": {"value": parent_of(record, refs)}}
    if refs.company.facts.get("multicurrency"):
        body["CurrencyRef"] = {"value": refs.part or refs.company.currency}
    return Draft(Kind.PROJECT, Verb.CREATE, ENTITY, body, expected)


def parent_of(record: ProjectRecord, refs: Refs) -> str:
    for (kind, local_id, _), ref in refs.partners.items():
        if kind is Kind.CLIENT and local_id == record.client_id:
            return ref.remote_id
    raise Unfit(Problem(Slug.CUSTOMER_MISSING, str(record.client_id), refusals.facts_of(record, refs)))


def project_name(record: ProjectRecord, refs: Refs) -> str:
    return texts.name(refs.choices.get("name") or record.name, NAME, refs.choices.get("suffix", ""))


def asked(record: ProjectRecord, refs: Refs) -> Sequence[Question]:
    if "link" in refs.choices:
        return [SHAPE.by_id(refs.choices["link"])]
    if not (refs.look_first or "look" in refs.choices):
        return []
    return [questions.where(ENTITY, f"DisplayName = {api.quoted(project_name(record, refs))}")]


def decide(record: ProjectRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    rows = [row for answer in answers for row in answer]
    if "link" in refs.choices:
        return SHAPE.linked(record, refs, rows)
    parent, name = parent_of(record, refs), project_name(record, refs)
    if found := [row for row in rows if _is_under(row, parent, name)]:
        return Link(remotes.customer(found[0]))
    if refs.choices.get("taken") != name:
        return Go()
    # customers, sub-customers, vendors and employees share their names: a second "Website" tells its client's
    return apart(refs, f" ({refs.names.get(record.client_id) or 'project'})")


def _is_under(row: Mapping[str, Any], parent: str, name: str) -> bool:
    same = name_key(str(row.get("DisplayName") or "")) == name_key(name)
    return same and remotes.value_of(row.get("ParentRef")) == parent


def _is_it(draft: Draft, row: Mapping[str, Any]) -> bool:
    return _is_under(row, remotes.value_of(draft.body["ParentRef"]), draft.expected.name)


SHAPE = Shape(ENTITY, "DisplayName", NAME, _is_it)
PUSHER = Pusher(
    build=build,
    questions=asked,
    decide=decide,
    refused=SHAPE.refused,
    find=SHAPE.find,
    recognise=SHAPE.recognise,
    reread=SHAPE.reread,
    as_remote=remotes.customer,
    shown=showing.customer,
)
