"""Who hears of what: each person's mails, and the tenant's chat."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from kz_admin import ids
from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.domain.roles import Role
from kz_admin.services import chat, notifications
from kz_admin.services.notifications import Choice
from kz_admin.web.access import allow, here, tenant_id
from kz_admin.web.deeds import actor
from kz_admin.web.forms import KzForm, plain_text, trimmed
from kz_admin.web.htmx import go
from kz_admin.web.refusals import show_on
from kz_admin.web.show import plural

bp = Blueprint("notifications", __name__, url_prefix="/kz-admin/settings/notifications")


class ChatForm(KzForm):
    # A password field: browsers do not show it, keep it or send it back.
    address = PasswordField(
        "Address of the incoming webhook",
        filters=[trimmed],
        validators=[
            DataRequired("Enter the address that your chat gave you."),
            plain_text,
            Length(max=500, message="The address can have at most 500 characters."),
        ],
        description="From Slack, Mattermost, or any chat that takes Slack's format. Begins with https://.",
    )


@bp.get("")
@allow("viewer")
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/people")
@allow("viewer", post="bookkeeper")
def people() -> ResponseReturnValue:
    """One box a person and a kind of mail; who is no admin sends only their own row."""
    wanted = {
        row_id: Choice(digest=f"digest-{text}" in request.form, alerts=f"alerts-{text}" in request.form)
        for text in request.form.getlist("person")
        if (row_id := ids.parse(text)) is not None
    }
    changed = notifications.choose(tenant_id(), wanted, actor(), all_people=_is_admin())
    flash(f"Saved for {plural(changed, 'person', 'people')}." if changed else "Nothing was changed.", "green")
    return go(url_for("notifications.index"))


@bp.post("/chat")
@allow("admin")
def save_chat() -> ResponseReturnValue:
    form = ChatForm()
    if form.validate():
        try:
            chat.save(tenant_id(), form.address.data or "", actor())
        except Wrong as refused:
            show_on(form, refused)
    if form.errors:
        return _page(form, 422)
    flash("Saved. Send a test message to see whether it arrives.", "green")
    return go(url_for("notifications.index"))


@bp.post("/chat/test")
@allow("admin")
def test_chat() -> ResponseReturnValue:
    try:
        flash(chat.send_test(tenant_id(), here().tenant_name, actor()), "green")
    except Conflict as refused:
        flash(refused.sentence, "amber")
    return go(url_for("notifications.index"))


@bp.post("/chat/remove")
@allow("admin")
def remove_chat() -> ResponseReturnValue:
    chat.remove(tenant_id(), actor())
    flash("Removed. Nothing is sent to a chat any more.", "green")
    return go(url_for("notifications.index"))


def _page(form: ChatForm | None = None, status: int = 200) -> Response:
    readers = notifications.list_readers(tenant_id())
    mine = actor().id
    body = render_template(
        "pages/notifications.html",
        readers=[(one, notifications.choice_of(one), _is_admin() or one.user_id == mine) for one in readers],
        chat=chat.find(tenant_id()),
        form=form or ChatForm(formdata=None),
    )
    return make_response(body, status)


def _is_admin() -> bool:
    return here().role is Role.ADMIN
