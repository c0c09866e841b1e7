"""The addresses a provider's app store sends people to: launch, disconnected, reconnect, learn more (INT-T5, INT-U).

A company id in such an address is dropped by a redirect before any page is shown.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kz_admin.services import connections
from kz_admin.web.access import allow, secret_in_address

bp = Blueprint("public", __name__, url_prefix="/<provider>")


@bp.get("/launch")
@allow("public")
@secret_in_address
def launch(provider: str) -> ResponseReturnValue:
    """To our overview; whoever is not signed in signs in first."""
    connections.provider_of(provider)
    return redirect(url_for("integrations.overview"), 302)


@bp.get("/reconnect")
@allow("public")
@secret_in_address
def reconnect(provider: str) -> ResponseReturnValue:
    """The card there offers Reconnect: a consent begins with a click of our own people, never with a link."""
    connections.provider_of(provider)
    return redirect(url_for("integrations.overview"), 302)


@bp.get("/disconnected")
@allow("public")
def disconnected(provider: str) -> ResponseReturnValue:
    if request.args:
        return redirect(url_for("public.disconnected", provider=provider), 302)
    return render_template("pages/disconnected.html", provider=connections.provider_of(provider))


@bp.get("/learn-more")
@allow("public")
def learn_more(provider: str) -> ResponseReturnValue:
    if request.args:
        return redirect(url_for("public.learn_more", provider=provider), 302)
    return render_template("pages/learn_more.html", provider=connections.provider_of(provider))
