"""Services as items. An invoice line names no account over there: its item does, so each income account has an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kz_admin.domain import matching
from kz_admin.domain.kinds import Kind
from kz_admin.domain.names import name_key
from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import Again, Draft, Expected, Go, Link, LinkedBy, Question, Ref, Refs, Remote, Rows, Verb
from kz_admin.domain.records import ServiceRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, questions, recognising, refusals, remotes, showing, texts

ENTITY = "Item"
NAME, DESCRIPTION = 100, 4000
SELLABLE = frozenset({"Service", "NonInventory"})
BUYS_AND_SELLS = frozenset({"CA", "GB"})  # there an item to sell says as well where buying it would be booked
DUPLICATE_NAME = "6240"


def build(record: ServiceRecord, refs: Refs) -> Draft:
    account = account_of(record, refs)
    name = item_name(record, refs)
    body: dict[str, Any] = {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": account}}
    if record.description:
        body["Description"] = texts.cut(record.description, DESCRIPTION)
    if record.unit_price is not None:
        body["UnitPrice"] = record.unit_price
    if refs.company.country in BUYS_AND_SELLS:
        body["ExpenseAccountRef"] = {"value": _expense_account(record, refs)}
    expected = Expected(name=name)
    if refs.own is None:
        return Draft(Kind.SERVICE, Verb.CREATE, ENTITY, body, expected)
    # An item is never pointed at another account: what was sold under it would move.
    kept = {key: value for key, value in body.items() if not key.endswith("AccountRef") and key != "Type"}
    versions = {"Id": refs.own.remote_id, "SyncToken": refs.own.version}
    return Draft(Kind.SERVICE, Verb.UPDATE, ENTITY, {**versions, **kept}, expected, remote_id=refs.own.remote_id)


def account_of(record: ServiceRecord, refs: Refs) -> str:
    """The built-in service has one item for each default income account there ever was; its part says which."""
    account = refs.part or refs.accounts.get("income", "")
    if not account:
        raise Unfit(Problem(Slug.ACCOUNT_MISSING, "income", refusals.facts_of(record, refs)))
    return account


def _expense_account(record: ServiceRecord, refs: Refs) -> str:
    account = str(refs.company.facts.get("expense_account") or "")
    if not account:
        raise Unfit(Problem(Slug.ACCOUNT_MISSING, "expense", refusals.facts_of(record, refs)))
    return account


def item_name(record: ServiceRecord, refs: Refs) -> str:
    return texts.name(refs.choices.get("name") or record.name, NAME, refs.choices.get("suffix", ""))


# -- looking: only where somebody chose one, or the name was taken -----------------------------------------------


def asked(record: ServiceRecord, refs: Refs) -> Sequence[Question]:
    if "link" in refs.choices:
        return [questions.by_id(ENTITY, refs.choices["link"], questions.WITH_INACTIVE)]
    account = account_of(record, refs)
    if not (refs.look_first or "look" in refs.choices):
        return []
    name = questions.where(ENTITY, f"Name = {api.quoted(item_name(record, refs))}", questions.WITH_INACTIVE)
    return [name, questions.by_id("Account", account, questions.WITH_INACTIVE)]


def decide(record: ServiceRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    if not answers:
        return Go()
    if "link" in refs.choices:
        return _linked(record, refs, answers[0])
    name, account = item_name(record, refs), account_of(record, refs)
    named = [row for row in answers[0] if _same_name(row, name)]
    if fitting := [row for row in named if _can_carry(row, account)]:
        return Link(remotes.item(fitting[0]))
    if refs.choices.get("taken") != name and not any(row.get("Active", True) for row in named):
        return Go()
    account_name = next((str(row.get("Name") or "") for row in answers[1]), "")
    suffix = f" ({account_name})" if account_name else " (service)"
    before = refs.choices.get("suffix", "")
    return Go({"suffix": matching.next_suffix(before) if suffix in before else before + suffix})


def _linked(record: ServiceRecord, refs: Refs, rows: Rows) -> Link:
    if not rows:
        there = {"remote_type": ENTITY, "remote_id": refs.choices["link"]}
        raise Unfit(Problem(Slug.GONE_THERE, str(record.id), {**refusals.facts_of(record, refs), **there}))
    return Link(remotes.item(rows[0]), LinkedBy.PERSON)


def _same_name(row: Mapping[str, Any], name: str) -> bool:
    """By the full name: an item inside a category is another one."""
    return name_key(str(row.get("FullyQualifiedName") or row.get("Name") or "")) == name_key(name)


def _can_carry(row: Mapping[str, Any], account: str) -> bool:
    sellable = row.get("Active", True) and row.get("Type") in SELLABLE
    return bool(sellable) and remotes.value_of(row.get("IncomeAccountRef")) == account


# -- afterwards -----------------------------------------------------------------------------------------------


def refused(record: ServiceRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    if failure.code != DUPLICATE_NAME:
        return refusals.common(record, refs, draft, failure)
    tried = str(draft.body["Name"])
    if draft.verb is Verb.CREATE and "name" not in refs.choices and refs.choices.get("taken") != tried:
        return Again({"taken": tried, "suffix": texts.ending(tried, texts.name(record.name, NAME))}, look=True)
    facts = {**refusals.facts_of(record, refs), "name": tried, **refusals.words_of(failure)}
    return Problem(Slug.DUPLICATE_NAME, str(record.id), facts)


def find(draft: Draft, sent_at: int) -> Sequence[Question]:
    if draft.verb is not Verb.CREATE:
        return [questions.by_id(ENTITY, draft.remote_id, questions.WITH_INACTIVE)]
    name = f"Name = {api.quoted(draft.expected.name)}"
    return [questions.where(ENTITY, name, questions.made_since(sent_at), questions.WITH_INACTIVE)]


def recognise(draft: Draft, answers: Sequence[Rows]) -> Remote | None:
    if draft.verb is not Verb.CREATE:
        return recognising.changed(draft, answers, remotes.item)
    account = remotes.value_of(draft.body["IncomeAccountRef"])
    for row in (row for answer in answers for row in answer):
        if _same_name(row, draft.expected.name) and _can_carry(row, account):
            return remotes.item(row)
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
    as_remote=remotes.item,
    shown=showing.item,
)
