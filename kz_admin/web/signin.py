"""Signing in and out, invitations, choosing a password.

Links in mails carry a secret. Such an address never answers with a page: it puts the secret into the session and
redirects to a clean address, so that the secret stays out of histories, screenshots and Referer headers (INT-S21).
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from kz_admin import config
from kz_admin.domain.failures import Conflict, NotFound, Throttled, Wrong
from kz_admin.services import invitations, password_links, passwords, signin
from kz_admin.services.invitations import Invited
from kz_admin.web import access
from kz_admin.web.access import allow
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.refusals import show_on

bp = Blueprint("signin", __name__, url_prefix="/kz-admin")

HOME = "/kz-admin"
INVITATION, RESET = "invitation", "reset"  # where the session keeps the secrets of mailed links


def password_field(label: str, autocomplete: str, **options: str) -> PasswordField:
    return PasswordField(
        label,
        # Not DataRequired: a password may begin or end with a space.
        validators=[
            InputRequired("Enter a password."),
            Length(max=passwords.MOST, message="This password is too long."),
        ],
        render_kw={"autocomplete": autocomplete},
        **options,
    )


def known_address() -> StringField:
    """Whatever somebody signed up with: its form was judged then, here it is only compared."""
    return StringField(
        "E-mail address",
        validators=[DataRequired("Enter your e-mail address."), Length(max=254, message="This address is too long.")],
        render_kw={"autocomplete": "username", "inputmode": "email", "type": "email"},
    )


class SignInForm(KzForm):
    email = known_address()
    password = password_field("Password", "current-password")
    next = HiddenField()


class ForgotForm(KzForm):
    email = known_address()


class NewPasswordForm(KzForm):
    password = password_field(
        "New password",
        "new-password",
        description=f"At least {passwords.LEAST} characters. A short sentence works well.",
    )


class JoinForm(NewPasswordForm):
    name = text_field("Your name", 200, render_kw={"autocomplete": "name"})


@bp.route("/login", methods=["GET", "POST"])
@allow("public")
def login() -> ResponseReturnValue:
    if request.method == "GET" and access.person():
        return redirect(access.safe_next(request.args.get("next"), HOME))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.is_submitted():
        return render_template("pages/login.html", form=form)
    if not form.validate():
        return _page("login", 422, form=form)
    try:
        token = signin.log_in(form.email.data or "", form.password.data or "", request.remote_addr or "")
    except Wrong as refusal:
        show_on(form, refusal)
        return _page("login", 422, form=form)
    except Throttled as refusal:
        return _throttled("login", refusal, form)
    return _enter(token, access.safe_next(form.next.data, HOME))


@bp.post("/logout")
@allow("signed_in")
def logout() -> ResponseReturnValue:
    whoever = access.person()
    if whoever is not None:
        signin.log_out(whoever.token)
    access.forget()
    flash("You are signed out.", "green")
    return redirect(url_for("signin.login"), 303)


@bp.route("/login/forgot", methods=["GET", "POST"])
@allow("public")
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if not form.is_submitted():
        return render_template("pages/forgot.html", form=form, sent_to=None)
    if not form.validate():
        return _page("forgot", 422, form=form, sent_to=None)
    try:
        password_links.send(form.email.data or "", request.remote_addr or "")
    except Throttled as refusal:
        return _throttled("forgot", refusal, form, sent_to=None)
    return _page("forgot", 200, form=form, sent_to=form.email.data, mails_stay=config.current().development)


@bp.get("/login/reset/<token>")
@allow("public")
def reset_link(token: str) -> ResponseReturnValue:
    session[RESET] = token
    return redirect(url_for("signin.reset"))


@bp.route("/login/reset", methods=["GET", "POST"])
@allow("public")
def reset() -> ResponseReturnValue:
    token, form = str(session.get(RESET, "")), NewPasswordForm()
    try:
        email = password_links.owner_of(token)
        if form.validate_on_submit():
            return _enter(password_links.follow(token, form.password.data or ""), HOME)
    except NotFound as refusal:
        return _page("link_gone", 404, sentence=refusal.sentence, ask_again=url_for("signin.forgot"))
    except Wrong as refusal:
        show_on(form, refusal)
    return _page("reset", 422 if form.errors else 200, form=form, email=email)


@bp.get("/login/invitation/<token>")
@allow("public")
def invitation_link(token: str) -> ResponseReturnValue:
    session[INVITATION] = token
    return redirect(url_for("signin.invitation"))


@bp.route("/login/invitation", methods=["GET", "POST"])
@allow("public")
def invitation() -> ResponseReturnValue:
    token, form = str(session.get(INVITATION, "")), JoinForm()
    try:
        invited = invitations.offered(token)
        if request.method == "POST" and (answer := _accept(token, form, invited)):
            return answer
    except NotFound as refusal:
        return _page("link_gone", 404, sentence=refusal.sentence, ask_again=None)
    except Wrong as refusal:
        show_on(form, refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "amber")
        return redirect(url_for("signin.login", next=url_for("signin.invitation")), 303)
    return _page("invitation", 422 if form.errors else 200, form=form, invited=invited)


def _accept(token: str, form: JoinForm, invited: Invited) -> ResponseReturnValue | None:
    """Join as the person signed in, or as somebody new; None when the form has problems."""
    whoever = access.person()
    if whoever is not None:
        tenant_id = invitations.accept_as_known(token, whoever.user_id)
        session.pop(INVITATION, None)
        # Who they are was read before they joined; the switch needs the new place in the list.
        fresh = signin.whoami(whoever.token)
        if fresh is not None:
            signin.switch(fresh, tenant_id)
        flash(f"You joined {invited.tenant_name}.", "green")
        return redirect(HOME, 303)
    if not form.validate():
        return None
    return _enter(invitations.accept_as_new(token, form.name.data or "", form.password.data or ""), HOME)


def _enter(token: str, target: str) -> Response:
    """Begin a session of its own; an invitation someone came with survives the sign-in that it asked for."""
    waiting = session.get(INVITATION) if target == url_for("signin.invitation") else None
    access.begin(token)
    if waiting:
        session[INVITATION] = waiting
    return make_response(redirect(target, 303))


def _throttled(page: str, refusal: Throttled, form: KzForm, **context: object) -> Response:
    show_on(form, refusal)
    response = _page(page, 429, form=form, **context)
    response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response


def _page(name: str, status: int, **context: object) -> Response:
    return make_response(render_template(f"pages/{name}.html", **context), status)
