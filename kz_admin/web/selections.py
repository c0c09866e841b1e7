"""Copy or retry for several rows of a list at once: a selection, or everything that matches its filters."""

from __future__ import annotations

from uuid import UUID

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin.domain.failures import Conflict
from kz_admin.domain.kinds import Kind
from kz_admin.services import connections, records
from kz_admin.services.records import NeedsConfirmation
from kz_admin.web.access import tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.htmx import go
from kz_admin.web.records import PAGES, CopyForm
from kz_admin.web.show import plural


def several(kind: Kind, chosen: list[UUID], step: str) -> ResponseReturnValue:
    """Copy or retry for a selection or a whole filter, with one sentence about what came of it."""
    page, form = PAGES[kind][0], CopyForm()
    if step == "retry":
        again = do(records.retry, kind, chosen)
        flash(*_summary(again, len(chosen) - again, kind, f"Trying {plural(again, kind.word)} again."))
        return go(url_for(f"{page}.index"))
    try:
        going = do(records.copy, kind, chosen, confirmed=bool(form.confirmed.data))
    except NeedsConfirmation as asked:
        return make_response(_ask_for_several(kind, asked.crossing), 409)
    except Conflict as refused:
        flash(refused.sentence, "amber")
        return go(url_for(f"{page}.index"))
    verb = "is on its" if going == 1 else "are on their"
    words = f"{plural(going, kind.word)} {verb} way to {connections.live_label(tenant_id())}."
    flash(*_summary(going, len(chosen) - going, kind, words))
    return go(url_for(f"{page}.index"))


def _summary(done: int, left: int, kind: Kind, words: str) -> tuple[str, str]:
    if not done:
        return f"Nothing to do for {plural(left, kind.word)}: nothing was changed.", "amber"
    return words + (
        f" {plural(left, 'other')} stayed as {'it was' if left == 1 else 'they were'}." if left else ""
    ), "green"


def _ask_for_several(kind: Kind, crossing: int) -> str:
    """The same form once more, with everything that was chosen."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "_tenant")]
    return render_template(
        "pages/copy_several.html",
        page=PAGES[kind][0],
        kind=kind,
        kept=kept,
        crossing=crossing,
        label=connections.live_label(tenant_id()),
    )
