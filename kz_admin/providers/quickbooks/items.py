"""Services as items. An invoice line names no account over there: its item does, so each income account has an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kz_admin.domain.kinds import Kind
from kz_admin.domain.names import name_key
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Expected, Go, Link, Question, Refs, Rows, Verb
from kz_admin.domain.records import ServiceRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, questions, refusals, remotes, showing, texts
from kz_admin.providers.quickbooks.list_entries import Shape, apart

ENTITY = "Item"
NAME, DESCRIPTION = 100, 4000
SELLABLE = frozenset({"Service", "NonInventory"})
BUYS_AND_SELLS = frozenset({"CA", "GB"})  # there an item to sell says as well where buying it would be booked


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
        return [SHAPE.by_id(refs.choices["link"])]
    account = account_of(record, refs)
    if not (refs.look_first or "look" in refs.choices):
        return []
    name = questions.where(ENTITY, f"Name = {api.quoted(item_name(record, refs))}", questions.WITH_INACTIVE)
    return [name, questions.by_id("Account", account, questions.WITH_INACTIVE)]


def decide(record: ServiceRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    if not answers:
        return Go()
    if "link" in refs.choices:
        return SHAPE.linked(record, refs, answers[0])
    name, account = item_name(record, refs), account_of(record, refs)
    named = [row for row in answers[0] if _same_name(row, name)]
    if fitting := [row for row in named if _can_carry(row, account)]:
        return Link(remotes.item(fitting[0]))
    if refs.choices.get("taken") != name and not any(row.get("Active", True) for row in named):
        return Go()
    account_name = next((str(row.get("Name") or "") for row in answers[1]), "")
    return apart(refs, f" ({account_name})" if account_name else " (service)")


def _same_name(row: Mapping[str, Any], name: str) -> bool:
    """By the full name: an item inside a category is another one."""
    return name_key(str(row.get("FullyQualifiedName") or row.get("Name") or "")) == name_key(name)


def _can_carry(row: Mapping[str, Any], account: str) -> bool:
    sellable = row.get("Active", True) and row.get("Type") in SELLABLE
    return bool(sellable) and remotes.value_of(row.get("IncomeAccountRef")) == account


def _is_it(draft: Draft, row: Mapping[str, Any]) -> bool:
    return _same_name(row, draft.expected.name) and _can_carry(row, remotes.value_of(draft.body["IncomeAccountRef"]))


SHAPE = Shape(ENTITY, "Name", NAME, _is_it)
PUSHER = Pusher(
    build=build,
    questions=asked,
    decide=decide,
    refused=SHAPE.refused,
    find=SHAPE.find,
    recognise=SHAPE.recognise,
    reread=SHAPE.reread,
    as_remote=remotes.item,
    shown=showing.item,
)
