"""Projects as sub-customers under the customer of their client, one for each currency it is billed in (K-QBO-28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kz_admin.domain import matching
from kz_admin.domain.kinds import Kind
from kz_admin.domain.names import name_key
from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import Again, Draft, Expected, Go, Link, LinkedBy, Question, Ref, Refs, Remote, Rows, Verb
from kz_admin.domain.records import ProjectRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, questions, recognising, refusals, remotes, texts
from kz_admin.providers.quickbooks.customers import DUPLICATE_NAME, ENTITY, NAME


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
        return [questions.by_id(ENTITY, refs.choices["link"], questions.WITH_INACTIVE)]
    if not (refs.look_first or "look" in refs.choices):
        return []
    return [questions.where(ENTITY, f"DisplayName = {api.quoted(project_name(record, refs))}")]


def decide(record: ProjectRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    rows = [row for answer in answers for row in answer]
    if "link" in refs.choices:
        if not rows:
            there = {"remote_type": ENTITY, "remote_id": refs.choices["link"]}
            raise Unfit(Problem(Slug.GONE_THERE, str(record.id), {**refusals.facts_of(record, refs), **there}))
        return Link(remotes.customer(rows[0]), LinkedBy.PERSON)
    parent, name = parent_of(record, refs), project_name(record, refs)
    if found := [row for row in rows if _is_under(row, parent, name)]:
        return Link(remotes.customer(found[0]))
    if refs.choices.get("taken") != name:
        return Go()
    before, suffix = refs.choices.get("suffix", ""), f" ({refs.names.get(record.client_id) or 'project'})"
    return Go({"suffix": matching.next_suffix(before) if suffix in before else before + suffix})


def _is_under(row: Mapping[str, Any], parent: str, name: str) -> bool:
    same = name_key(str(row.get("DisplayName") or "")) == name_key(name)
    return same and remotes.value_of(row.get("ParentRef")) == parent


def refused(record: ProjectRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    """Customers, sub-customers, vendors and employees share their names: a second "Website" tells its client's."""
    if failure.code != DUPLICATE_NAME:
        return refusals.common(record, refs, draft, failure)
    tried = str(draft.body["DisplayName"])
    if draft.verb is Verb.CREATE and "name" not in refs.choices and refs.choices.get("taken") != tried:
        return Again({"taken": tried, "suffix": texts.ending(tried, texts.name(record.name, NAME))}, look=True)
    facts = {**refusals.facts_of(record, refs), "name": tried, **refusals.words_of(failure)}
    return Problem(Slug.DUPLICATE_NAME, str(record.id), facts)


def find(draft: Draft, sent_at: int) -> Sequence[Question]:
    if draft.verb is not Verb.CREATE:
        return [questions.by_id(ENTITY, draft.remote_id, questions.WITH_INACTIVE)]
    name = f"DisplayName = {api.quoted(draft.expected.name)}"
    return [questions.where(ENTITY, name, questions.made_since(sent_at))]


def recognise(draft: Draft, answers: Sequence[Rows]) -> Remote | None:
    if draft.verb is not Verb.CREATE:
        return recognising.changed(draft, answers, remotes.customer)
    parent = remotes.value_of(draft.body["ParentRef"])
    for row in (row for answer in answers for row in answer):
        if _is_under(row, parent, draft.expected.name):
            return remotes.customer(row)
    return None


def reread(own: Ref) -> Question:
    return questions.by_id(ENTITY, own.remote_id, questions.WITH_INACTIVE)


PUSHER = Pusher(
    build=build,
    questions=asked,
    decide=decide,
    refused=refused,
    find=find,
    recognise=recognise,
    reread=reread,
    as_remote=remotes.customer,
)
