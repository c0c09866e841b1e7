"""Who may do what: one declaration per route, one place that enforces it.

    @bp.get("/people")
    @allow("viewer")                  reading needs a viewer
    @allow("viewer", post="admin")    reading needs a viewer, changing needs an admin

A route without declaration answers 500 and fails the sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from flask import Flask, current_app, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kz_admin import logs
from kz_admin.domain.failures import Conflict, Forbidden
from kz_admin.domain.roles import Role
from kz_admin.extensions import login
from kz_admin.models.session import SAFE_METHODS, allow_writes
from kz_admin.services import signin
from kz_admin.services.signin import Person, Place

Who = Literal["public", "signed_in", "viewer", "bookkeeper", "admin", "operator", "machine"]
View = TypeVar("View", bound=Callable[..., Any])

ROLES: dict[str, Role] = {role.value: role for role in Role}


@dataclass(frozen=True)
class Policy:
    """Who may read and who may change. "machine" routes check a key or a signature themselves."""

    read: Who
    write: Who | None

    def needs(self, method: str) -> Who:
        if method in SAFE_METHODS:
            return self.read
        return self.write or self.read


def allow(read: Who, *, post: Who | None = None) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.kz_policy = Policy(read, post)  # type: ignore[attr-defined]  # a mark on the function itself
        return view

    return declare


def writes(view: View) -> View:
    """This GET writes: a callback or a landing that providers send people to."""
    view.kz_writes = True  # type: ignore[attr-defined]  # a mark on the function itself
    return view


def secret_in_address(view: View) -> View:
    """This address can hold a code or a company id: it never answers with a page and is never remembered (INT-S21)."""
    view.kz_secret = True  # type: ignore[attr-defined]  # a mark on the function itself
    return view


def has_secret_in_address() -> bool:
    view = _view()
    return view is not None and getattr(view, "kz_secret", False)


def policy_of(view: Callable[..., Any]) -> Policy | None:
    return getattr(view, "kz_policy", None)


def person() -> Person | None:
    """Whoever is signed in."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def stay_unknown() -> None:
    """Whoever could not be looked up before a failure is nobody on its error page: that page asks no database."""
    if "_login_user" not in g:
        g._login_user = login.anonymous_user()


def here() -> Place:
    """The tenant in which the signed-in person works now, and their role in it."""
    whoever = person()
    if whoever is None or whoever.place is None:
        raise Forbidden("You do not belong to a tenant yet. Ask an admin to invite you.")
    return whoever.place


def tenant_id() -> UUID:
    return here().tenant_id


def init_app(app: Flask) -> None:
    login.init_app(app)
    login.session_protection = None  # the sign-in's own row decides, not the address people come from
    login.user_loader(signin.whoami)
    login.unauthorized_handler(ask_to_sign_in)
    app.before_request(_refuse_cross_site)
    app.before_request(_identify)
    app.before_request(_same_tenant_as_the_page)  # before the rights: "switched meanwhile" explains a missing one
    app.before_request(_enforce)


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")


def _refuse_cross_site() -> None:
    """A form on somebody else's page. Machines send no such header."""
    cross = request.headers.get("Sec-Fetch-Site") == "cross-site"
    policy = policy_of(view) if (view := _view()) else None
    if cross and request.method not in SAFE_METHODS and (policy is None or policy.read != "machine"):
        raise Forbidden("This request came from another site, so nothing was done.")


def _identify() -> None:
    """Look the person up once, before any view opens a transaction of its own."""
    if request.endpoint in (None, "static") or _is_machine():
        return
    whoever = person()
    if whoever is not None:
        logs.bind(user_id=whoever.user_id, tenant_id=whoever.place and whoever.place.tenant_id)


def _is_machine() -> bool:
    view = _view()
    policy = policy_of(view) if view else None
    return policy is not None and policy.read == "machine"


def _enforce() -> ResponseReturnValue | None:
    view = _view()
    if view is None or request.endpoint == "static":
        return None
    policy = policy_of(view)
    if policy is None:
        raise RuntimeError(f"{request.endpoint} declares no policy")
    if getattr(view, "kz_writes", False):
        allow_writes()
    return require(policy.needs(request.method))


def require(who: Who) -> ResponseReturnValue | None:
    if who in ("public", "machine"):
        return None
    whoever = person()
    if whoever is None:
        return ask_to_sign_in()
    if who == "signed_in":
        return None
    if who == "operator":
        if not whoever.is_operator:
            raise Forbidden("Only operators of this installation may open this page.")
        return None
    if not here().role.covers(ROLES[who]):
        raise Forbidden(f"Your role here is {here().role.label.lower()}. This needs {ROLES[who].label.lower()} rights.")
    return None


def _same_tenant_as_the_page() -> None:
    """A page made for one tenant must not act on another after a switch in a second tab."""
    policy = policy_of(view) if (view := _view()) else None
    # What needs no role acts on no tenant: one may sign out and switch from any page.
    if request.method in SAFE_METHODS or policy is None or policy.needs(request.method) not in ROLES:
        return
    made_for = request.headers.get("KZ-Tenant") or request.form.get("_tenant")
    whoever = person()
    if made_for and whoever and whoever.place and made_for != str(whoever.place.tenant_id):
        raise Conflict(
            f"This page belongs to another tenant; you switched to {whoever.place.tenant_name} meanwhile. "
            "Nothing was changed."
        )


def ask_to_sign_in() -> ResponseReturnValue:
    if getattr(request, "htmx", None):
        # A login page must never land inside a fragment.
        target = url_for("signin.login", next=_path_of(request.headers.get("HX-Current-URL", "")))
        return make_response("", 401, {"HX-Redirect": target})
    if request.method in SAFE_METHODS:
        back = None if has_secret_in_address() else request.full_path.rstrip("?")
        return redirect(url_for("signin.login", next=back), 302)
    return redirect(url_for("signin.login"), 303)


def split_address(url: str) -> SplitResult:
    """The parts of an address that a browser sent; none where it is not one."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _path_of(url: str) -> str | None:
    parts = split_address(url)
    return (parts.path + (f"?{parts.query}" if parts.query else "")) or None


def safe_next(target: str | None, default: str) -> str:
    """A path on this site, or the default: `//evil`, `/\\evil`, tabs and encoded slashes lead nowhere."""
    if not target or not target.startswith("/") or not target.isprintable():
        return default
    if any(trick in target.lower() for trick in ("\\", "//", "%2f", "%5c", "%09", "%0a", "%0d")):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def begin(whoever_token: str) -> None:
    """Start the browser's session afresh: nothing from before the log-in survives it."""
    session.clear()
    session["_user_id"] = whoever_token
    session["_fresh"] = True
    g.pop("csrf_token", None)


def forget() -> None:
    session.clear()
    g.pop("csrf_token", None)
