"""Entries of their lists: customers, sub-customers and items. A name is taken once over there, by inactive ones too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kz_admin.domain import matching
from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import Again, Draft, Go, Link, LinkedBy, Question, Ref, Refs, Remote, Rows, Verb
from kz_admin.providers.quickbooks import api, questions, recognising, refusals, remotes, telling, texts

TAKEN = "6240"  # their code for a name that somebody has


@dataclass(frozen=True)
class Shape:
    """What parts one list from another. `is_it`: whether a row is what a draft meant to make."""

    entity: str
    name: str  # their field for it
    longest: int
    is_it: Callable[[Draft, Mapping[str, Any]], bool]

    def by_id(self, remote_id: str) -> Question:
        return questions.by_id(self.entity, remote_id, questions.WITH_INACTIVE)

    def reread(self, own: Ref) -> Question:
        return self.by_id(own.remote_id)

    def find(self, draft: Draft, sent_at: int) -> Sequence[Question]:
        if draft.verb is not Verb.CREATE:
            return [self.by_id(draft.remote_id)]
        named = f"{self.name} = {api.quoted(draft.expected.name)}"
        return [questions.where(self.entity, named, questions.made_since(sent_at), questions.WITH_INACTIVE)]

    def recognise(self, draft: Draft, answers: Sequence[Rows]) -> Remote | None:
        if draft.verb is not Verb.CREATE:
            return recognising.changed(draft, answers, self.as_remote)
        found = (row for answer in answers for row in answer if self.is_it(draft, row))
        return next(map(self.as_remote, found), None)

    def as_remote(self, row: Mapping[str, Any]) -> Remote:
        return remotes.as_remote(self.entity, row)

    def chosen(self, record: Any, refs: Refs, rows: Sequence[Mapping[str, Any]], choice: str = "link") -> Remote:
        """What a person named, as it is now."""
        if not rows:
            raise Unfit(telling.about(Slug.GONE_THERE, record, refs, Remote(self.entity, refs.choices[choice])))
        return self.as_remote(rows[0])

    def linked(self, record: Any, refs: Refs, rows: Sequence[Mapping[str, Any]]) -> Link:
        return Link(self.chosen(record, refs, rows), LinkedBy.PERSON)

    def name_is_taken(self, record: Any, refs: Refs, draft: Draft, failure: ProviderFailure) -> Problem:
        facts = {**refusals.facts_of(record, refs), "name": str(draft.body[self.name]), **refusals.words_of(failure)}
        return Problem(Slug.DUPLICATE_NAME, str(record.id), facts)

    def refused(self, record: Any, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
        """A name of ours that is taken may be ours after all; a person's own choice of one is theirs to change."""
        if failure.code != TAKEN:
            return refusals.common(record, refs, draft, failure)
        tried = str(draft.body[self.name])
        if draft.verb is Verb.CREATE and "name" not in refs.choices and refs.choices.get("taken") != tried:
            ending = texts.ending(tried, texts.name(record.name, self.longest))
            return Again({"taken": tried, "suffix": ending}, look=True)
        return self.name_is_taken(record, refs, draft, failure)


def apart(refs: Refs, suffix: str) -> Go:
    """The next ending that keeps a name apart from the one that is taken."""
    before = refs.choices.get("suffix", "")
    return Go({"suffix": matching.next_suffix(before) if suffix in before else before + suffix})
