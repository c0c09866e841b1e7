"""From gathered items to what is written next: look over there where there is a reason, then build.

Building is pure. What cannot go says why: a Problem for a person, a partner to wait for, a reason to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from kz_admin.domain import drafts
from kz_admin.domain.drafts import content_hash
from kz_admin.domain.problems import Problem, Slug, Unfit
from kz_admin.domain.pushing import Draft, Go, Link, Needless, Question, Ref, Refs, Remote, Rows, Verb, Wait
from kz_admin.providers.base import Provider, Pusher
from kz_admin.services.push.fates import SHORT
from kz_admin.services.push.gathering import Item, Stays

Ask = Callable[[Sequence[Question]], Sequence[Rows]]


@dataclass(frozen=True)
class Built:
    """Ready to leave."""

    item: Item
    draft: Draft
    content: str  # the hash of what it says, without the version it replaces


@dataclass
class Prepared:
    built: list[Built] = field(default_factory=list)
    links: list[tuple[Item, Link]] = field(default_factory=list)
    same: list[Item] = field(default_factory=list)  # what would be sent is what is there
    problems: list[tuple[UUID, Problem]] = field(default_factory=list)
    later: list[tuple[UUID, Wait]] = field(default_factory=list)
    stays: list[Stays] = field(default_factory=list)
    further: list[tuple[Item, Sequence[str]]] = field(default_factory=list)  # parts that go as records of their own
    instead: list[tuple[Item, Sequence[str]]] = field(default_factory=list)  # not taken back: these parts undo it
    needless: list[tuple[Item, Needless]] = field(default_factory=list)


def prepare(provider: Provider, gathered: Sequence[Item | Stays], ask: Ask) -> Prepared:
    done = Prepared(stays=[one for one in gathered if isinstance(one, Stays)])
    items = [one for one in gathered if isinstance(one, Item)]
    asked = _questions(provider, items, done)
    rows = list(ask([question for _, questions in asked for question in questions])) if any(q for _, q in asked) else []
    for item, questions in asked:
        mine, rows = rows[: len(questions)], rows[len(questions) :]
        try:
            _settle(provider, item, mine, done)
        except Unfit as unfit:
            done.problems.append((item.record_id, unfit.problem))
    return done


def _questions(provider: Provider, items: Sequence[Item], done: Prepared) -> list[tuple[Item, Sequence[Question]]]:
    """What each item wants to know first; those that cannot even ask have their Problem already."""
    asked: list[tuple[Item, Sequence[Question]]] = []
    for item in items:
        pusher = provider.pushers[item.kind]
        try:
            if item.refs.own is None:
                asked.append((item, pusher.questions(item.record, item.refs)))
            else:
                asked.append((item, _about_own(pusher, item, item.refs.own)))
        except Unfit as unfit:
            done.problems.append((item.record_id, unfit.problem))
    return asked


def _about_own(pusher: Pusher, item: Item, own: Ref) -> Sequence[Question]:
    if item.watched and pusher.watch is not None:
        return pusher.watch.questions(item.record, item.refs)
    if not item.part and pusher.instead is not None and (asked := pusher.instead.questions(item.record, item.refs)):
        return asked
    return [pusher.reread(own)] if item.looks else []


def _settle(provider: Provider, item: Item, rows: Sequence[Rows], done: Prepared) -> None:
    pusher = provider.pushers[item.kind]
    if pusher.further is not None and not item.part and (parts := pusher.further(item.record, item.refs)):
        done.further.append((item, parts))
    if item.refs.own is not None and item.part in pusher.once:
        done.same.append(item)
        return
    if item.refs.own is None:
        if (go := _looked(pusher, item, rows, done)) is None:
            return
        item = _chosen(item, go)
    elif item.watched and pusher.watch is not None:
        if problem := pusher.watch.seen(item.record, item.refs, rows):
            raise Unfit(problem)
    elif rows and _is_removed(pusher, item, rows[0]):
        done.same.append(item)
        return
    elif rows:
        item = _reread(item, rows[0], pusher.as_remote)
    _go_on(pusher, item, rows, done)


def _go_on(pusher: Pusher, item: Item, rows: Sequence[Rows], done: Prepared) -> None:
    if parts := instead_of(pusher, item, rows):
        done.instead.append((item, parts))
    elif item.behind is not None:
        done.stays.append(item.behind)
    else:
        draft = pusher.build(item.record, item.refs)
        _built(item, shortened_as_said(draft, item.refs), done)


def _looked(pusher: Pusher, item: Item, rows: Sequence[Rows], done: Prepared) -> Go | None:
    """What looking over there came to; None when nothing is to be created."""
    answer = pusher.decide(item.record, item.refs, rows)
    if isinstance(answer, Go):
        return answer
    if isinstance(answer, Link):
        done.links.append((item, answer))
    elif isinstance(answer, Wait):
        done.later.append((item.record_id, answer))
    else:
        done.needless.append((item, answer))
    return None


def instead_of(pusher: Pusher, item: Item, rows: Sequence[Rows] = ()) -> Sequence[str]:
    """The parts that undo it where it cannot be taken back."""
    if pusher.instead is None or item.part or item.refs.own is None:
        return ()
    return pusher.instead.parts(item.record, item.refs, rows)


def _built(item: Item, draft: Draft, done: Prepared) -> None:
    content = content_hash(draft)
    if draft.verb is not Verb.CREATE and content == item.pushed_hash:
        done.same.append(item)
    elif draft.stopped is not None:
        done.problems.append((item.record_id, draft.stopped))
    else:
        done.built.append(Built(item, draft, content))


def shortened_as_said(draft: Draft, refs: Refs) -> Draft:
    """A person let one text of it be shortened."""
    field, _, limit = refs.choices.get(SHORT, "").partition(":")
    return drafts.shortened(draft, field, int(limit)) if field and limit.isdecimal() else draft


def _chosen(item: Item, answer: Go) -> Item:
    return replace(item, refs=replace(item.refs, choices={**item.refs.choices, **answer.choices}))


def _is_removed(pusher: Pusher, item: Item, rows: Rows) -> bool:
    """What has to go is gone already, by somebody else's hand or by a call of ours whose answer was lost."""
    if pusher.build(item.record, item.refs).verb is not Verb.REMOVE:
        return False
    return not rows or pusher.as_remote(rows[0]).voided


def _reread(item: Item, rows: Rows, as_remote: Callable[[Mapping[str, Any]], Remote]) -> Item:
    """Somebody changed it over there meanwhile: ours is built again on what it is now."""
    own = item.refs.own
    assert own is not None
    if not rows:
        raise Unfit(Problem(Slug.GONE_THERE, str(item.local_id), {"number": own.number, "remote_id": own.remote_id}))
    now = as_remote(rows[0])
    fresh = replace(own, version=now.version, balance=now.balance if now.balance is not None else own.balance)
    return replace(item, refs=replace(item.refs, own=fresh))
