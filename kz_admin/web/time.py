"""Time: logged, approved one by one or several at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField, ValidationError

from kz_admin import ids
from kz_admin.domain.durations import clock_text, minutes_of
from kz_admin.domain.failures import Conflict, Refused
from kz_admin.domain.figures import plain_text
from kz_admin.models.time_entry import TimeEntry
from kz_admin.services import pills
from kz_admin.services.documents import clients, members, projects, services, time_entries
from kz_admin.services.documents.time_entries import APPROVED, Details, Filters
from kz_admin.web.access import allow, tenant_id, writes
from kz_admin.web.dates import today
from kz_admin.web.deeds import do, do_once
from kz_admin.web.fields import DecimalField, EditForm, NamedField, NewForm, choices_of, date_field, long_text
from kz_admin.web.forms import KzForm
from kz_admin.web.htmx import answer, go
from kz_admin.web.lists import csv_answer, filters_of, listing, place, selected
from kz_admin.web.nouns import differences, may_change
from kz_admin.web.pickers import client_named, label_of, project_named, service_named
from kz_admin.web.refusals import show_on
from kz_admin.web.show import plural

bp = Blueprint("time", __name__, url_prefix="/kz-admin/time")
bp.add_app_template_filter(clock_text)


class TimeFields(KzForm):
    member = SelectField("Member", validate_choice=False)
    worked_on = date_field("Date", "Enter a date.")
    time = StringField("Time", description="Such as 1:30 or 1.5 (hours), or 90 min.")
    client = NamedField("Client", client_named, required="Choose a client.", description="Name or e-mail address.")
    project = NamedField("Project", project_named)
    service = NamedField("Service", service_named)
    hourly_rate = DecimalField("Hourly rate", places=4, description="Left empty, it is the member's.")
    description = long_text("Description")
    billable = BooleanField("Billable", default=True)

    def __init__(self, *, kept: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.member.choices = choices_of(members.choices(tenant_id()), kept=kept)

    def validate_time(self, field: StringField) -> None:
        try:
            self.minutes = minutes_of(field.data or "")
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None

    def details(self) -> Details:
        return Details(
            member_id=ids.parse(self.member.data or ""),
            client_id=self.client.found.id,
            worked_on=self.worked_on.data or "",
            minutes=self.minutes,
            project_id=self.project.found.id if self.project.found else None,
            service_id=self.service.found.id if self.service.found else None,
            description=self.description.data or "",
            billable=bool(self.billable.data),
            hourly_rate=self.hourly_rate.number,
        )


class NewTime(TimeFields, NewForm):
    pass


class EditTime(TimeFields, EditForm):
    pass


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    filters = filters_of(Filters)
    shown = listing("time", time_entries.list_time_entries(tenant_id(), filters, place()), filters)
    context: dict[str, Any] = {"shown": shown, "may_change": may_change()}
    return answer("pages/time.html", "partials/time_list.html", **context)


@bp.get("/download")
@allow("viewer")
@writes
def download() -> ResponseReturnValue:
    return csv_answer(time_entries.as_csv(tenant_id(), filters_of(Filters)), "time")


@bp.post("/approve")
@allow("bookkeeper")
def approve() -> ResponseReturnValue:
    """One entry or many; the same button on the list and in a row."""
    chosen = selected(Filters, time_entries.matching)
    if not chosen.ids:
        flash("Select time entries first. Nothing was changed.", "amber")
        return go(url_for("time.index"))
    approved = request.form.get("step") != "withdraw"
    changed = do(time_entries.approve, chosen.ids, approved=approved)
    words = "approved" if approved else "no longer approved"
    flash(f"{plural(changed, 'time entry', 'time entries')} {words}.", "green")
    return go(url_for("time.index"))


@bp.route("/new", methods=["GET", "POST"])
@allow("bookkeeper")
def new() -> ResponseReturnValue:
    form = NewTime()
    if not form.is_submitted():
        return _form(NewTime(formdata=None, data={"worked_on": today(), "billable": True}), None)
    if form.validate():
        try:
            do_once(form.action_id, time_entries.create, form.details())
        except Refused as refused:
            show_on(form, refused)
        else:
            flash("Time saved.", "green")
            return go(url_for("time.index"))
    return _form(form, None)


@bp.get("/<uuid:entry>")
@allow("viewer")
def show(entry: UUID) -> ResponseReturnValue:
    found = time_entries.find(tenant_id(), entry)
    form = EditForm(formdata=None, version=found.version)
    return render_template(
        "pages/time_entry.html",
        entry=found,
        form=form,
        may_change=may_change(),
        step="",
        sync=pills.one(tenant_id(), found),
    )


@bp.route("/<uuid:entry>/edit", methods=["GET", "POST"])
@allow("bookkeeper")
def edit(entry: UUID) -> ResponseReturnValue:
    found = time_entries.find(tenant_id(), entry)
    if found.approved_at is not None:
        raise Conflict(APPROVED)
    form = EditTime(kept=found.member)
    if not form.is_submitted():
        return _form(EditTime(kept=found.member, formdata=None, data=_saved(found)), found)
    if not form.validate():
        return _form(form, found)
    try:
        do(time_entries.change, entry, form.details(), form.version.data)
    except Refused as refused:
        return _refused(form, refused, entry)
    flash("Saved.", "green")
    return go(url_for("time.show", entry=entry))


@bp.route("/<uuid:entry>/delete", methods=["GET", "POST"])
@allow("bookkeeper")
def delete(entry: UUID) -> ResponseReturnValue:
    found, form = time_entries.find(tenant_id(), entry), EditForm()
    if form.is_submitted() and form.validate():
        do(time_entries.delete, entry, form.version.data)
        flash("Time deleted.", "green")
        return go(url_for("time.index"))
    shown = EditForm(formdata=None, version=found.version)
    return render_template("pages/time_entry.html", entry=found, form=shown, may_change=True, step="delete")


def _saved(found: TimeEntry) -> dict[str, Any]:
    return {
        "member": str(found.member_id),
        "worked_on": found.worked_on,
        "time": clock_text(found.minutes),
        "client": label_of(found.client),
        "project": found.project.name if found.project else "",
        "service": found.service.name if found.service else "",
        "hourly_rate": "" if found.hourly_rate is None else plain_text(found.hourly_rate),
        "description": found.description,
        "billable": found.billable,
        "version": found.version,
    }


def _refused(form: EditTime, refused: Refused, entry: UUID) -> Response:
    found = time_entries.find(tenant_id(), entry)
    if not isinstance(refused, Conflict) or found.approved_at is not None:
        show_on(form, refused)
        return _form(form, found, status=409 if isinstance(refused, Conflict) else 422)
    form.version.raw_data, form.version.data = None, found.version
    return _form(form, found, status=409, conflict=differences(form, _saved(found)))


def _form(
    form: Any,
    found: TimeEntry | None,
    *,
    status: int | None = None,
    conflict: list[tuple[str, Any, Any]] | None = None,
) -> Response:
    body = render_template(
        "pages/time_form.html",
        form=form,
        entry=found,
        conflict=conflict,
        clients=[label_of(client) for client in clients.choices(tenant_id(), "")],
        projects=[project.name for project in projects.choices(tenant_id())],
        services=[service.name for service in services.choices(tenant_id())],
    )
    return make_response(body, status or (422 if form.errors else 200))
