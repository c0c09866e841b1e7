"""Where a document stands in the books: pill and panel on its own page, and what people do from there.

`register` gives a family of pages the same addresses: /<id>/record (what polls swap), copy, retry, decide, email,
ignore, take-back and open; unlink and link-to are in unlinking.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField

from kz_admin import clock, config, ids
from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.domain.kinds import NEVER_FROZEN, Kind
from kz_admin.domain.status import NOT_SYNCED, Pill
from kz_admin.models.document import Document
from kz_admin.models.session import SAFE_METHODS
from kz_admin.providers import PROVIDERS
from kz_admin.services import over_there, pills, record_answers, record_decisions, record_panel, records
from kz_admin.services.documents.listing import PAGE
from kz_admin.services.record_panel import Panel, poll_after
from kz_admin.services.records import NeedsConfirmation
from kz_admin.web import headers, unlinking
from kz_admin.web.access import allow, tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.forms import KzForm, email_field, text_field
from kz_admin.web.htmx import announce, go, wants_fragment
from kz_admin.web.record_addresses import PAGES, edit_url, page_url, record_url
from kz_admin.web.refusals import show_on

SETTLED = "recordSettled"  # the panel listens to it and fetches itself anew


class EmailForm(KzForm):
    email = email_field()


class ReasonForm(KzForm):
    reason = text_field(
        "Reason", records.LONGEST_REASON, description="Why, in a few words. It stands in the activity log."
    )


class ChoiceForm(KzForm):
    choice = HiddenField()
    value = HiddenField()


class CopyForm(KzForm):
    confirmed = BooleanField()


@dataclass(frozen=True)
class Family:
    """The pages of one kind: how one is found, and how its whole page is shown with a question open on it."""

    kind: Kind
    find: Callable[[UUID], Any]
    show: Callable[..., ResponseReturnValue]  # the document, a status, and what more the page shows


@dataclass(frozen=True)
class RecordPages:
    bp: Blueprint
    family: Family

    @property
    def argument(self) -> str:
        return PAGES[self.family.kind][1]

    def route(self) -> None:
        reads, works = allow("viewer"), allow("bookkeeper")
        self.add("record", reads, self.record, "GET")
        self.add("open", reads, self.open, "GET")
        self.add("retry", works, self.retry, "POST")
        self.add("decide", works, self.decide, "POST")
        self.add("email", works, self.email, "POST")
        if self.family.kind is Kind.PAYMENT:
            self.add("anyway", works, self.anyway, "GET")
        if self.family.kind not in NEVER_FROZEN:  # those go along with what needs them, or stay with it
            self.add("copy", works, self.copy, "GET", "POST")
            self.add("ignore", works, self.ignore, "GET", "POST")
            self.add("take-back", works, self.take_back, "POST")
            unlinking.route(self, works)

        @self.bp.get("/pills", endpoint="pills")
        @reads
        def pills() -> ResponseReturnValue:
            return self.pills()

    def add(
        self, path: str, policy: Callable[..., Any], method: Callable[[UUID], ResponseReturnValue], *methods: str
    ) -> None:
        def view(**found: UUID) -> ResponseReturnValue:
            document_id = found[self.argument]
            try:
                return method(document_id)
            except Conflict as refused:
                if request.method in SAFE_METHODS or not wants_fragment():
                    raise
                return self._panel(self.family.find(document_id), 409, refused=refused.sentence)

        rule = f"/<uuid:{self.argument}>/{path}"
        self.bp.add_url_rule(rule, path.replace("-", "_"), policy(view), methods=list(methods))

    # -- what is seen -----------------------------------------------------------------------------------------

    def record(self, document_id: UUID) -> ResponseReturnValue:
        """The pill while it is not final, the panel once it is: polls never touch a control (AX-2)."""
        if not wants_fragment():
            return redirect(self._page(self.family.find(document_id).id))
        if "polled" not in request.args:
            return self._panel(self.family.find(document_id))
        found = pills.of_ids(tenant_id(), [document_id])  # one statement: polls are many
        if not found:
            self.family.find(document_id)
        context = _pill_context(self.family.kind, document_id, found.get(document_id, NOT_SYNCED), polled_before())
        answer = make_response(render_template("partials/record_polled.html", **context))
        return answer if context["poll"] else announce(answer, SETTLED, id=document_id)

    def open(self, document_id: UUID) -> ResponseReturnValue:
        """Their address names the company, so it stands in a redirect only, never on a page (INT-S17, INT-S21)."""
        self.family.find(document_id)
        there = over_there.link(tenant_id(), self.family.kind, document_id, request.args.get("part", ""))
        if there is None:
            raise NotFound("Nothing of this is over there yet, so there is nothing to open.")
        return make_response("", 302, {"Location": there})  # a body of the usual redirect repeats the address

    def pills(self) -> ResponseReturnValue:
        """Of the rows of a list that are not final, all at once."""
        asked = [known for text in request.args.getlist("id")[:PAGE] if (known := ids.parse(text))]
        found = pills.of_ids(tenant_id(), asked)
        moving = [row_id for row_id, pill in found.items() if pill.moves]
        polled = polled_before()
        return render_template(
            "partials/record_pills.html",
            endpoint=f"{self.bp.name}.pills",
            found=found,
            moving=moving,
            polled=polled,
            seconds=poll_after(polled),
            settled_well=all(pill.word == "Success" for pill in found.values()),
        )

    # -- what is done -----------------------------------------------------------------------------------------

    def copy(self, document_id: UUID) -> ResponseReturnValue:
        """Also what the settings would leave here; from before the start date only after a second click (C11)."""
        document, form = self.family.find(document_id), CopyForm()
        panel = record_panel.of(tenant_id(), document)
        if request.method == "GET":
            if panel is None or not panel.may_copy:
                raise Conflict(_why_not(panel))
            return self.shown(document, step="copy")
        try:
            do(records.copy, self.family.kind, [document_id], confirmed=bool(form.confirmed.data))
        except NeedsConfirmation:
            return self.shown(document, 409, step="copy")
        return self.done(document, f"On its way to {panel.label if panel else 'the books'}.")

    def retry(self, document_id: UUID) -> ResponseReturnValue:
        document = self.family.find(document_id)
        again = do(records.retry, self.family.kind, [document_id])
        if not again and pills.one(tenant_id(), document).word != "Pending":  # a second click finds it on its way
            raise Conflict(records.NOTHING_IN_THE_WAY)
        return self.done(document, "Trying again.")

    def decide(self, document_id: UUID) -> ResponseReturnValue:
        document, form = self.family.find(document_id), ChoiceForm()
        choice = form.choice.data or ""
        answer = record_answers.ANSWERS.get(choice)
        try:
            if answer is not None:
                do(answer.deed, self.family.kind, document_id)
            else:
                do(record_decisions.decide, self.family.kind, document_id, choice, form.value.data or "")
        except Wrong as refused:
            return self.shown(document, 422, refused=refused.sentence)
        return self.done(document, answer.said if answer else "Noted. Trying again with it.")

    def anyway(self, document_id: UUID) -> ResponseReturnValue:
        """Asked once more before we record what their own payments were expected to record; decide() does it."""
        return self.shown(self.family.find(document_id), step="anyway")

    def email(self, document_id: UUID) -> ResponseReturnValue:
        """The address that was missing, written on the card itself (KZ-37)."""
        document, form = self.family.find(document_id), EmailForm()
        if not form.validate():
            return self.shown(document, 422, email=form)
        try:
            do(record_decisions.give_email, self.family.kind, document_id, form.email.data or "")
        except Wrong as refused:
            show_on(form, refused)
            return self.shown(document, 422, email=form)
        return self.done(document, "Saved with the client. Trying again with it.")

    def ignore(self, document_id: UUID) -> ResponseReturnValue:
        document, form = self.family.find(document_id), ReasonForm()
        if request.method == "GET":
            return self.shown(document, step="ignore", reason=form)
        if not form.validate():
            return self.shown(document, 422, step="ignore", reason=form)
        do(records.ignore, self.family.kind, document_id, form.reason.data or "")
        return self.done(document, "It stays here. You can take that back.")

    def take_back(self, document_id: UUID) -> ResponseReturnValue:
        document = self.family.find(document_id)
        do(records.take_back, self.family.kind, document_id)
        return self.done(document, "Taken back. Your settings decide about it again.")

    # -- answers ----------------------------------------------------------------------------------------------

    def done(self, document: Document, words: str) -> ResponseReturnValue:
        if wants_fragment():
            return self._panel(self.family.find(document.id), said=words)
        flash(words, "green")
        return go(self._page(document.id))

    def shown(self, document: Document, status: int = 200, **more: Any) -> ResponseReturnValue:
        """The panel with a question, or with what is wrong; as part of the whole page where there is no script."""
        if wants_fragment():
            return self._panel(document, status, **more)
        return self.family.show(document, status, **_named(more))

    def _panel(self, document: Document, status: int = 200, **more: Any) -> Response:
        context = {**context_of(document), **_named(more)}
        return make_response(render_template("partials/record_answer.html", **context), status)

    def _page(self, document_id: UUID) -> str:
        return record_url(self.family.kind, document_id, "show")


def register(bp: Blueprint, family: Family) -> None:
    for name in (record_url, edit_url, page_url, clock.now_ms):
        bp.add_app_template_global(name)
    RecordPages(bp, family).route()


def context_of(document: Document) -> dict[str, Any]:
    """What record_pill.html and record_panel.html need, alone or as part of a page."""
    panel = record_panel.of(tenant_id(), document)
    if panel is not None and panel.reconnect:
        headers.allow_form_action(PROVIDERS[panel.provider].consent_origin(config.current()))
    shown = panel.pill if panel else pills.one(tenant_id(), document)
    return {"panel": panel, **_pill_context(document.kind, document.id, shown)}


def _pill_context(kind: Kind, document_id: UUID, shown: Pill, polled: int = 0) -> dict[str, Any]:
    """The pill, and where and when it asks again while that can bring news."""
    asks = shown.moves and kind in PAGES
    address = record_url(kind, document_id, "record", polled=polled + 1) if asks else ""
    return {"sync": shown, "poll": address, "poll_s": poll_after(polled)}


def polled_before() -> int:
    """How often this poll has asked; whatever else stands in the address asks as if for the first time."""
    text = request.args.get("polled", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _named(more: dict[str, Any]) -> dict[str, Any]:
    return {f"record_{name}": value for name, value in more.items()}


def _why_not(panel: Panel | None) -> str:
    if panel is None:
        return "No accounting connection takes this. Connect QuickBooks first."
    hint = panel.pill.hint
    return f"It is not copied: {hint}." if hint else "It goes over by itself, or is there already."
