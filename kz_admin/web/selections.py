"""Copy, retry, link or leave out several rows of a list at once: a selection, or everything that matches its filters.

Each ends with one sentence: how many, and which did not and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kz_admin.domain.failures import Conflict
from kz_admin.domain.kinds import Kind
from kz_admin.domain.status import NOT_SYNCED, Pill
from kz_admin.services import connections, document_names, pills, records, selections
from kz_admin.services.records import NeedsConfirmation
from kz_admin.web.access import tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.htmx import go
from kz_admin.web.records import PAGES, CopyForm, ReasonForm, record_url
from kz_admin.web.show import plural

STEPS = ("copy", "retry", "link", "ignore")
NAMED = 3  # of those it was not done for
NOT_KEPT = ("csrf_token", "_tenant", "reason", "confirmed")


def several(kind: Kind, chosen: list[UUID], step: str) -> ResponseReturnValue:
    """Do it for a selection or a whole filter, with one sentence about what came of it."""
    try:
        return {"copy": _copy, "retry": _retry, "link": _link, "ignore": _ignore}[step](kind, chosen)
    except Conflict as refused:
        flash(refused.sentence, "amber")
        return go(url_for(f"{PAGES[kind][0]}.index"))


def _copy(kind: Kind, chosen: list[UUID]) -> ResponseReturnValue:
    try:
        going = do(records.copy, kind, chosen, confirmed=bool(CopyForm().confirmed.data))
    except NeedsConfirmation as asked:
        return make_response(_ask_for_several(kind, asked.crossing), 409)
    verb = "is on its" if going == 1 else "are on their"
    words = f"{plural(going, kind.word)} {verb} way to {connections.live_label(tenant_id())}"
    return _told(kind, chosen, going, words, lambda pill: pill.word == "Pending")


def _retry(kind: Kind, chosen: list[UUID]) -> ResponseReturnValue:
    again = do(records.retry, kind, chosen)
    words = f"Trying {plural(again, kind.word)} again"
    return _told(kind, chosen, again, words, lambda pill: pill.word == "Pending")


def _link(kind: Kind, chosen: list[UUID]) -> ResponseReturnValue:
    """What was found differs from ours somewhere, so a person says yes to it knowing that."""
    if not CopyForm().confirmed.data:
        return _ask(kind, chosen, "link")
    linked = do(selections.link, kind, chosen)
    verb = "is" if linked == 1 else "are"
    words = f"{plural(linked, kind.word)} {verb} being linked"
    return _told(kind, chosen, linked, words, lambda pill: pill.word == "Pending")


def _ignore(kind: Kind, chosen: list[UUID]) -> ResponseReturnValue:
    form = ReasonForm()
    if "reason" not in request.form:
        return _ask(kind, chosen, "ignore", ReasonForm(formdata=None))
    if not form.validate():
        return _ask(kind, chosen, "ignore", form)
    left_out = do(selections.ignore, kind, chosen, form.reason.data or "")
    words = f"{plural(left_out, kind.word)} {'stays' if left_out == 1 else 'stay'} here"
    return _told(kind, chosen, left_out, words, lambda pill: pill.hint.startswith("ignored by"))


def _told(
    kind: Kind, chosen: Sequence[UUID], done: int, words: str, went: Callable[[Pill], bool]
) -> ResponseReturnValue:
    """The sentence, and back to the list."""
    left, address = len(chosen) - done, url_for(f"{PAGES[kind][0]}.index")
    if not done:
        said = Markup("Nothing to do for {}: nothing was changed.").format(plural(left, kind.word))
    else:
        said = Markup("{}{}.").format(words, f", {left:,} not" if left else "")
    flash(said + (_why_not(kind, chosen, left, went) if left else Markup("")), "green" if done else "amber")
    return go(address)


def _why_not(kind: Kind, chosen: Sequence[UUID], left: int, went: Callable[[Pill], bool]) -> Markup:
    """The first few by name, each with what its pill says and a way there."""
    found = pills.of_ids(tenant_id(), chosen)
    others = [row_id for row_id in chosen if not went(found.get(row_id, NOT_SYNCED))][:NAMED]
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


def _ask(kind: Kind, chosen: Sequence[UUID], step: str, form: ReasonForm | None = None) -> ResponseReturnValue:
    """What it means for so many, and with a reason where one is needed; then the same form once more."""
    page = render_template(
        "pages/several.html",
        page=PAGES[kind][0],
        kind=kind,
        count=len(chosen),
        step=step,
        form=form,
        kept=_kept(),
        label=connections.live_label(tenant_id()),
    )
    return make_response(page, 422 if form is not None and form.errors else 200)


def _ask_for_several(kind: Kind, crossing: int) -> str:
    """The same form once more, with everything that was chosen."""
    return render_template(
        "pages/copy_several.html",
        page=PAGES[kind][0],
        kind=kind,
        kept=_kept(),
        crossing=crossing,
        label=connections.live_label(tenant_id()),
    )


def _kept() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
