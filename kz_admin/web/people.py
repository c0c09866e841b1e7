"""The people of a tenant. Editing and confirming happen in the person's own row; the same addresses are whole pages
without scripts."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from kz_admin import clock
from kz_admin.domain.failures import Conflict, Refused, Wrong
from kz_admin.domain.roles import Role
from kz_admin.models.user import Membership
from kz_admin.services import invitations, people
from kz_admin.services.audit import Actor
from kz_admin.web.access import allow, here, person, tenant_id
from kz_admin.web.forms import KzForm, email_field
from kz_admin.web.htmx import go, wants_fragment
from kz_admin.web.refusals import show_on

bp = Blueprint("people", __name__, url_prefix="/kz-admin/people")

Step = Literal["role", "disable", "enable", "remove"]
ROLES = [SelectChoice(role.value, f"{role.label} | {role.may}") for role in reversed(Role)]


class VersionForm(KzForm):
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired("Load the page again.")])


class RoleForm(VersionForm):
    role = RadioField("Role", choices=ROLES, validators=[InputRequired("Choose a role.")])


class InviteForm(KzForm):
    email = email_field(render_kw={"autocomplete": "off", "inputmode": "email"})
    role = RadioField(
        "Role", choices=ROLES, default=Role.BOOKKEEPER.value, validators=[InputRequired("Choose a role.")]
    )


@bp.get("/")
@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    return _list()


@bp.route("/invite", methods=["GET", "POST"])
@allow("admin")
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if form.validate_on_submit():
        try:
            invitations.invite(tenant_id(), form.email.data or "", Role(form.role.data), _actor())
        except Wrong as refusal:
            show_on(form, refusal)
        else:
            flash(f"Invitation sent to {form.email.data}. Its link works for 7 days.", "green")
            return go(url_for("people.index"))
    return make_response(render_template("pages/invite.html", form=form), 422 if form.errors else 200)


@bp.get("/<uuid:member>")
@allow("viewer")
def row(member: UUID) -> ResponseReturnValue:
    """One person's row as it stands: what Cancel swaps back."""
    return _row(people.find(tenant_id(), member)) if wants_fragment() else redirect(url_for("people.index"))


@bp.route("/<uuid:member>/role", methods=["GET", "POST"])
@allow("admin")
def role(member: UUID) -> ResponseReturnValue:
    form = RoleForm()
    if not form.is_submitted():
        found = people.find(tenant_id(), member)
        return _show(found, "role", form=RoleForm(formdata=None, role=found.role, version=found.version))
    if not form.validate():
        return _show(people.find(tenant_id(), member), "role", status=422, form=form)
    chosen = Role(form.role.data)
    return _do(member, "role", form, lambda version: people.change_role(tenant_id(), member, chosen, version, _actor()))


@bp.route("/<uuid:member>/disable", methods=["GET", "POST"])
@allow("admin")
def disable(member: UUID) -> ResponseReturnValue:
    return _confirmed(member, "disable", people.disable)


@bp.route("/<uuid:member>/enable", methods=["GET", "POST"])
@allow("admin")
def enable(member: UUID) -> ResponseReturnValue:
    return _confirmed(member, "enable", people.enable)


@bp.route("/<uuid:member>/remove", methods=["GET", "POST"])
@allow("admin")
def remove(member: UUID) -> ResponseReturnValue:
    return _confirmed(member, "remove", people.remove)


@bp.post("/invitations/<uuid:invitation>/resend")
@allow("admin")
def resend(invitation: UUID) -> ResponseReturnValue:
    invitations.resend(tenant_id(), invitation, _actor())
    return _invitations("Invitation sent again. The earlier link stopped working.")


@bp.post("/invitations/<uuid:invitation>/withdraw")
@allow("admin")
def withdraw(invitation: UUID) -> ResponseReturnValue:
    invitations.withdraw(tenant_id(), invitation, _actor())
    return _invitations("Invitation withdrawn. Its link stopped working.")


def _confirmed(member: UUID, step: Step, act: Any) -> ResponseReturnValue:
    form = VersionForm()
    if not form.is_submitted():
        found = people.find(tenant_id(), member)
        return _show(found, step, form=VersionForm(formdata=None, version=found.version))
    if not form.validate():
        return _show(people.find(tenant_id(), member), step, status=422, form=form)
    return _do(member, step, form, lambda version: act(tenant_id(), member, version, _actor()))


def _do(member: UUID, step: Step, form: VersionForm, act: Any) -> ResponseReturnValue:
    before = people.find(tenant_id(), member)
    try:
        act(form.version.data)
    except (Wrong, Conflict) as refusal:
        return _refused(member, step, form, refusal)
    words = _result(before, step, form)
    whoever = person()
    if not wants_fragment() or (whoever and before.user_id == whoever.user_id):
        # What people may do to themselves changes the whole page, not only their row.
        flash(words, "green")
        return go(url_for("people.index") if _stays(step, before) else "/kz-admin")
    found = None if step == "remove" else people.find(tenant_id(), member)
    return make_response(render_template("partials/person_row.html", member=found, step="", said=words, **_rights()))


def _stays(step: Step, before: Membership) -> bool:
    whoever = person()
    return step in ("role", "enable") or whoever is None or before.user_id != whoever.user_id


def _refused(member: UUID, step: Step, form: VersionForm, refusal: Refused) -> ResponseReturnValue:
    """Show what stands now; after a conflict the form carries the new version, so that saving again is a decision."""
    found = people.find(tenant_id(), member)
    show_on(form, refusal)
    form.version.raw_data, form.version.data = None, found.version
    return _show(found, step, status=409 if isinstance(refusal, Conflict) else 422, form=form)


def _result(before: Membership, step: Step, form: VersionForm) -> str:
    name = before.user.name
    return {
        "role": f"{name} is {_article(form)} now.",
        "disable": f"{name} can no longer sign in to this tenant.",
        "enable": f"{name} can sign in to this tenant again.",
        "remove": f"{name} was removed from this tenant.",
    }[step]


def _article(form: VersionForm) -> str:
    chosen = str((getattr(form, "role", None) and form.role.data) or "")
    return f"{'an' if chosen[:1] in 'aeiou' else 'a'} {chosen}"


def _show(found: Membership, step: Step, *, status: int = 200, form: KzForm) -> Response:
    if wants_fragment():
        body = render_template("partials/person_row.html", member=found, step=step, form=form, **_rights())
        return make_response(body, status)
    return _list(status=status, open_row=found.id, step=step, form=form)


def _row(found: Membership) -> str:
    return render_template("partials/person_row.html", member=found, step="", **_rights())


def _list(status: int = 200, **row: Any) -> Response:
    members = people.list_people(tenant_id())
    context = {"members": members, "invitations": invitations.still_open(tenant_id()), "now": clock.now_ms()}
    return make_response(render_template("pages/people.html", **context, **row, **_rights()), status)


def _invitations(words: str) -> ResponseReturnValue:
    if not wants_fragment():
        flash(words, "green")
        return redirect(url_for("people.index"), 303)
    context = {"invitations": invitations.still_open(tenant_id()), "now": clock.now_ms(), "said": words}
    return render_template("partials/invitations.html", **context, **_rights())


def _rights() -> dict[str, Any]:
    return {"may_change": here().role is Role.ADMIN}


def _actor() -> Actor:
    whoever = person()
    assert whoever is not None  # every route here needs a role
    return whoever.actor
