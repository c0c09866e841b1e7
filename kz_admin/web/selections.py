"""Copy, retry, link or leave out several rows of a list at once: a selection, or everything that matches its filters.

One set of routes for all lists of documents; what differs is a Many. What is for a whole filter, cannot be undone or
crosses the start date is asked first, with counts of what will happen; each ends with one sentence: how many, and which
did not and why. More than a thousand go in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kz_admin.domain.failures import Conflict
from kz_admin.domain.kinds import Kind
from kz_admin.domain.status import NOT_SYNCED, Pill
from kz_admin.services import connections, document_names, pills, records, selections
from kz_admin.services.documents.listing import Selection
from kz_admin.services.documents.work import Work
from kz_admin.services.records import NeedsConfirmation
from kz_admin.services.selections import Foreseen
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.deeds import actor, do
from kz_admin.web.htmx import go
from kz_admin.web.lists import filters_of, selected
from kz_admin.web.nouns import may_change
from kz_admin.web.record_addresses import PAGES, record_url
from kz_admin.web.records import CopyForm, ReasonForm
from kz_admin.web.show import plural

NAMED = 3  # of those it was not done for
NOT_KEPT = ("csrf_token", "_tenant", "reason", "confirmed")
Deed = Callable[[Work], int]


@dataclass(frozen=True)
class Many:
    """A list of documents whose rows several things can be done to at once."""

    kind: Kind
    filters: type[Any]
    matching: Callable[[UUID, Any, str], Selection]
    links: bool = False  # what was there before both sides met is compared, and can be linked
    own: Mapping[str, Own] = field(default_factory=dict)  # step → what only this list does

    @property
    def page(self) -> str:
        return PAGES[self.kind][0]

    def bar(self) -> tuple[str, Sequence[tuple[str, str, str]], bool] | None:
        """The buttons above the rows, for people who may press them."""
        if not may_change():
            return None
        label = connections.live_label(tenant_id())
        own = [(step, one.words.button, "") for step, one in self.own.items()]
        books = [(step, STEPS[step].button.format(label=label), "") for step in self.steps] if label else []
        return (url_for(f"{self.page}.bulk"), [*own, *books], True) if own or books else None

    @property
    def steps(self) -> list[str]:
        return [step for step in STEPS if step != "link" or self.links]


@dataclass(frozen=True)
class Several:
    """One thing that is done to several, in words; {label} is the provider, {these} how many documents."""

    button: str
    question: str
    yes: str
    done: tuple[str, str]  # what is said afterwards: of one, of several
    becomes: str  # of those it is done for, beforehand
    tone: str = "primary"


@dataclass(frozen=True)
class Own:
    """A step of one list alone, for those of its rows that can take it; it says how many did."""

    words: Several
    take: Callable[..., int]  # (work, ids=…)
    only: str  # which rows can take it, as a sentence


@dataclass(frozen=True)
class Step(Several):
    """One that is about the books."""

    already: str = selections.ON_THEIR_WAY  # of those that stood so before
    went: Callable[[Pill], bool] = lambda pill: pill.word == "Pending"  # as it leaves those it is done for


def _is_left_out(pill: Pill) -> bool:
    return pill.hint.startswith("ignored by")


STEPS: Mapping[str, Step] = {
    "copy": Step(
        "Copy to {label}",
        "Copy {these} to {label}?",
        "Copy to {label}",
        ("{these} is on its way to {label}", "{these} are on their way to {label}"),
        "Go to {label}",
    ),
    "retry": Step(
        "Retry",
        "Try {these} again?",
        "Try again",
        ("Trying {these} again", "Trying {these} again"),
        "Are tried again",
    ),
    "link": Step(
        "Link…",
        "Link {these} to what {label} has?",
        "Link {these}",
        ("{these} is being linked", "{these} are being linked"),
        "Are linked",
    ),
    "ignore": Step(
        "Leave out…",
        "Leave {these} out of {label}?",
        "Leave {these} out",
        ("{these} stays here", "{these} stay here"),
        "Are left out",
        "danger",
        "Are left out already",
        _is_left_out,
    ),
}


def register(bp: Blueprint, many: Many) -> None:
    """POST /bulk: what the bar above the rows leads to."""

    @bp.post("/bulk", endpoint="bulk")
    @allow("bookkeeper")
    def bulk() -> ResponseReturnValue:
        step, chosen = request.form.get("step", ""), selected(many.filters, many.matching)
        if not chosen.ids or step not in (*many.own, *many.steps):
            flash(f"Select {many.kind.plural} first. Nothing was changed.", "amber")
        else:
            try:
                return _Asked(many, step, chosen).answer()
            except Conflict as refused:
                flash(refused.sentence, "amber")
        return go(url_for(f"{many.page}.index"))


@dataclass(frozen=True)
class _Asked:
    """One step for what was chosen."""

    many: Many
    step: str
    chosen: Selection

    @property
    def words(self) -> Several:
        return self.many.own[self.step].words if self.step in self.many.own else STEPS[self.step]

    @property
    def these(self) -> str:
        return plural(len(self.chosen.ids), self.many.kind.word)

    def answer(self) -> ResponseReturnValue:
        form = ReasonForm()
        if self.step == "ignore":
            if "reason" not in request.form:
                return self._ask(ReasonForm(formdata=None))
            if not form.validate():
                return self._ask(form)
        elif not CopyForm().confirmed.data and (self.step == "link" or request.form.get("everything")):
            return self._ask()
        try:
            done = do(self._deed(form.reason.data or ""))
        except NeedsConfirmation:
            return self._ask()
        return self._told(done, form.reason.data or "")

    def _deed(self, reason: str, *, confirmed: bool | None = None) -> Deed:
        said = bool(CopyForm().confirmed.data) if confirmed is None else confirmed
        kind, ids = self.many.kind, self.chosen.ids
        if own := self.many.own.get(self.step):
            return partial(own.take, ids=ids)
        deeds: Mapping[str, Deed] = {
            "copy": partial(records.copy, kind=kind, ids=ids, confirmed=said),
            "retry": partial(records.retry, kind=kind, ids=ids),
            "link": partial(selections.link, kind=kind, ids=ids),
            "ignore": partial(selections.ignore, kind=kind, ids=ids, reason=reason),
        }
        return deeds[self.step]

    # -- before -----------------------------------------------------------------------------------------------

    def _ask(self, form: ReasonForm | None = None, kept: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
        """What it means for so many, and with a reason where one is needed; then the same form once more."""
        foreseen, crossing = self._foreseen()
        page = render_template(
            "pages/several.html",
            page=self.many.page,
            kind=self.many.kind,
            these=self.these,
            step=self.step,
            words=self.words,
            becomes=[(self.words.becomes, foreseen.done), *foreseen.others],
            crossing=crossing,
            more=bool(self.chosen.next),
            form=form,
            kept=_kept() if kept is None else kept,
            label=connections.live_label(tenant_id()),
        )
        wrong = form is not None and form.errors
        return make_response(page, 422 if wrong else 409 if crossing else 200)

    def _foreseen(self) -> tuple[Foreseen, int]:
        """What it would do, and how many of a copy only a person's word lets over."""
        words = self.words
        if not isinstance(words, Step):
            done = selections.rehearse(tenant_id(), actor(), self._deed(""))
            stay = len(self.chosen.ids) - done
            return Foreseen(done, [("Stay as they are", stay)] if stay else []), 0
        foresee = partial(
            selections.foresee, tenant_id(), actor(), self.chosen.ids, went=words.went, already=words.already
        )
        try:
            return foresee(deed=self._deed("asked", confirmed=False)), 0
        except NeedsConfirmation as needed:
            return foresee(deed=self._deed("asked", confirmed=True)), needed.crossing

    # -- after ------------------------------------------------------------------------------------------------

    def _told(self, done: int, reason: str) -> ResponseReturnValue:
        """The sentence; then back to the list, or on to the next turn of a filter that matches more."""
        left = len(self.chosen.ids) - done
        if not done:
            said = Markup("Nothing to do for {}: nothing was changed.").format(plural(left, self.many.kind.word))
        else:
            words = self.words.done[0 if done == 1 else 1]
            these, label = plural(done, self.many.kind.word), connections.live_label(tenant_id())
            said = Markup("{}{}.").format(words.format(these=these, label=label), f", {left:,} not" if left else "")
        flash(said + (self._why_not(left) if left else Markup("")), "green" if done else "amber")
        return self._next_turn(reason) or go(url_for(f"{self.many.page}.index"))

    def _next_turn(self, reason: str) -> ResponseReturnValue | None:
        """The question about the next thousand."""
        if not self.chosen.next:
            return None
        filters = filters_of(self.many.filters, request.form)
        following = self.many.matching(tenant_id(), filters, self.chosen.next)
        if not following.ids:
            return None
        kept = [(name, value) for name, value in _kept() if name != "after"]
        form = ReasonForm(formdata=None, data={"reason": reason}) if self.step == "ignore" else None
        return _Asked(self.many, self.step, following)._ask(form, [*kept, ("after", self.chosen.next)])

    def _why_not(self, left: int) -> Markup:
        """The first few by name, each with what its pill says and a way there."""
        if own := self.many.own.get(self.step):
            return Markup(" {}").format(own.only)
        kind, ids, words = self.many.kind, self.chosen.ids, STEPS[self.step]
        found = pills.of_ids(tenant_id(), ids)
        others = [row_id for row_id in ids if not words.went(found.get(row_id, NOT_SYNCED))][:NAMED]
        names = document_names.several(tenant_id(), others)
        listed = Markup("; ").join(
            Markup('<a href="{}">{}</a> ({})').format(
                record_url(kind, row_id, "show"), names.get(row_id) or kind.word, _state(found.get(row_id, NOT_SYNCED))
            )
            for row_id in others
        )
        more = f"; and {left - len(others):,} more" if left > len(others) else ""
        return Markup(" {}{}.").format(listed, more) if others else Markup("")


def _state(pill: Pill) -> str:
    return f"{pill.word}: {pill.hint.rstrip('.')}" if pill.hint else pill.word


def _kept() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
