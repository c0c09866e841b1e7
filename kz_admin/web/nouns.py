"""The pages of what documents name: clients, projects, services, members, vendors, tax rates. One set of routes; what
differs is data, and the templates of each."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from kz_admin.domain.failures import Conflict, Refused, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.roles import Role
from kz_admin.models.document import Document
from kz_admin.services.documents.listing import Page
from kz_admin.web import records
from kz_admin.web.access import allow, here, tenant_id, writes
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import EditForm
from kz_admin.web.htmx import answer, go
from kz_admin.web.lists import csv_answer, filters_of, listing, place
from kz_admin.web.refusals import show_on


@dataclass(frozen=True)
class Noun:
    """One noun: its words, its service module, its forms, and what its page shows beside the facts."""

    word: str
    plural: str
    about: str  # what these are, in one sentence
    icon: str
    service: Any  # create, change, archive, find, as_csv, Filters
    listed: Callable[[UUID, Any, str], Page[Any]]
    new_form: type[Any]
    edit_form: type[Any]
    argument: str
    sections: tuple[tuple[str, str, tuple[str, ...]], ...]  # heading, words, fields
    facts: Callable[[Any], list[tuple[str, Any]]]
    beside: Callable[[Any], dict[str, Any]] = field(default=lambda row: {})
    archivable: Callable[[Any], bool] = field(default=lambda row: True)
    travels: Kind | None = None  # documents that go over have a record in the books
    choices: Callable[[], dict[str, list[str]]] = field(default=dict)  # for fields in which people type a name

    @property
    def page(self) -> str:
        return self.plural.replace(" ", "_")

    @property
    def stem(self) -> str:
        return self.word.replace(" ", "_")


class Pages:
    """List, download, new, show, edit, archive and restore of one noun."""

    def __init__(self, bp: Blueprint, noun: Noun) -> None:
        self.bp, self.noun = bp, noun

    def route(self) -> None:
        one = f"/<uuid:{self.noun.argument}>"
        self._add(("/", ""), "index", self.index)
        self._add("/download", "download", writes(_view(self.download)))
        self._add("/new", "new", self.new, changes=True)
        self._add(one, "show", self.show)
        self._add(f"{one}/edit", "edit", self.edit, changes=True)
        self._add(f"{one}/archive", "archive", self.archive, methods=("POST",), changes=True)
        self._add(f"{one}/restore", "restore", self.restore, methods=("POST",), changes=True)
        if self.noun.travels is not None:
            show = functools.partial(_page, self.noun)
            records.register(self.bp, records.Family(self.noun.travels, self._find, show))

    def _add(
        self,
        path: str | tuple[str, ...],
        endpoint: str,
        method: Callable[..., ResponseReturnValue],
        *,
        methods: tuple[str, ...] = (),
        changes: bool = False,
    ) -> None:
        """Whoever may change something may also open its form; everybody else reads."""
        view = allow("bookkeeper" if changes else "viewer")(_view(method))
        wanted = methods or (("GET", "POST") if changes else ("GET",))
        for one in (path,) if isinstance(path, str) else path:
            self.bp.add_url_rule(one, endpoint, view, methods=list(wanted))

    def _find(self, row_id: UUID) -> Any:
        return self.noun.service.find(tenant_id(), row_id)

    def address(self, view: str, **values: Any) -> str:
        return url_for(f"{self.bp.name}.{view}", **values)

    def index(self) -> ResponseReturnValue:
        filters = filters_of(self.noun.service.Filters)
        shown = listing(self.bp.name, self.noun.listed(tenant_id(), filters, place()), filters)
        return answer("pages/nouns.html", f"partials/{self.noun.stem}_list.html", **_context(self.noun, shown=shown))

    def download(self) -> ResponseReturnValue:
        lines = self.noun.service.as_csv(tenant_id(), filters_of(self.noun.service.Filters))
        return csv_answer(lines, self.noun.plural.replace(" ", "-"))

    def new(self) -> ResponseReturnValue:
        form = self.noun.new_form()
        if form.validate_on_submit():
            try:
                made = do_once(form.action_id, self.noun.service.create, form.details())
            except Refused as refusal:
                show_on(form, refusal)
            else:
                flash(f"{self.noun.word.capitalize()} saved.", "green")
                return go(self.address("show", **{self.noun.argument: made}))
        return _form(self.noun, form, None)

    def show(self, **found: UUID) -> ResponseReturnValue:
        return _page(self.noun, self.noun.service.find(tenant_id(), found[self.noun.argument]))

    def edit(self, **found: UUID) -> ResponseReturnValue:
        noun, row_id = self.noun, found[self.noun.argument]
        row, form = noun.service.find(tenant_id(), row_id), noun.edit_form()
        if not form.is_submitted():
            return _form(noun, noun.edit_form(formdata=None, data=noun.edit_form.values_of(row)), row)
        if not form.validate():
            return _form(noun, form, row)
        try:
            do(noun.service.change, row_id, form.details(), form.version.data)
        except Refused as refusal:
            return _refused(noun, form, refusal, row_id)
        flash("Saved.", "green")
        return go(self.address("show", **found))

    def archive(self, **found: UUID) -> ResponseReturnValue:
        return self._archived(found, archived=True)

    def restore(self, **found: UUID) -> ResponseReturnValue:
        return self._archived(found, archived=False)

    def _archived(self, found: dict[str, UUID], *, archived: bool) -> ResponseReturnValue:
        form = EditForm()
        if not form.validate():
            raise Conflict("Load the page again, then repeat it.")
        try:
            do(self.noun.service.archive, found[self.noun.argument], form.version.data, archived=archived)
        except Wrong as refusal:
            raise Conflict(refusal.sentence) from None
        flash("Archived. It stays on the documents that name it." if archived else "Restored.", "green")
        return go(self.address("show", **found))


def _view(method: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """A function of its own, because a method cannot carry the mark of its policy."""

    @functools.wraps(method)
    def view(**found: UUID) -> ResponseReturnValue:
        return method(**found)

    return view


def _refused(noun: Noun, form: Any, refusal: Refused, row_id: UUID) -> Response:
    """After a conflict the form carries the new version and shows what is saved now: saving again is a decision."""
    row = noun.service.find(tenant_id(), row_id)
    if not isinstance(refusal, Conflict):
        show_on(form, refusal)
        return _form(noun, form, row)
    form.version.raw_data, form.version.data = None, row.version
    return _form(noun, form, row, status=409, conflict=differences(form, noun.edit_form.values_of(row)))


def differences(form: Any, saved: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Field, what is saved now, what this person wants; only where they differ."""
    return [
        (field.label.text, in_words(field, saved.get(field.name)), in_words(field, field.data))
        for field in form
        if field.name in saved and field.name != "version" and (saved[field.name] or "") != (field.data or "")
    ]


def in_words(field: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    return labels.get(value, value) or "–"


def may_change() -> bool:
    return here().role.covers(Role.BOOKKEEPER)


def _form(
    noun: Noun, form: Any, row: Any, *, status: int | None = None, conflict: list[tuple[str, Any, Any]] | None = None
) -> Response:
    body = render_template(
        "pages/noun_form.html", **_context(noun, form=form, row=row, conflict=conflict, choices=noun.choices())
    )
    return make_response(body, status or (422 if form.errors else 200))


def _page(noun: Noun, row: Any, status: int = 200, **more: Any) -> Response:
    form = EditForm(formdata=None, version=row.version)
    facts = [(name, value) for name, value in noun.facts(row) if value not in (None, "")]
    # Members and tax rates are mapped, they do not travel.
    sync = records.context_of(row) if isinstance(row, Document) else {}
    context = _context(noun, row=row, form=form, facts_list=facts, **sync, **noun.beside(row))
    body = render_template([f"pages/{noun.stem}.html", "pages/noun.html"], **{**context, **more})
    return make_response(body, status)


def _context(noun: Noun, **more: Any) -> dict[str, Any]:
    return {"noun": noun, "may_change": may_change(), **more}
