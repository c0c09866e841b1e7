"""The pages of the books: which address shows what. Plain HTML, no script needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from simulator.frame.world import Slot, World

from . import acting
from .shapes import Deed, RefusedDeed
from .views import VIEWS

Address = dict[str, str]


def blueprint(world: World) -> Blueprint:
    books = Blueprint("books", __name__, url_prefix="/books", template_folder="templates", static_folder="static")
    pages = Pages(world)
    company = "/<provider>/<environment>/<place>"
    for rule, name, methods in (
        ("/", "companies", ["GET"]),
        (f"{company}/", "overview", ["GET"]),
        (f"{company}/search", "search", ["GET"]),
        (f"{company}/trial-balance", "trial_balance", ["GET"]),
        (f"{company}/company", "settings", ["GET"]),
        (f"{company}/company/disconnect", "disconnect", ["GET", "POST"]),
        (f"{company}/company/<deed>", "company_deed", ["GET", "POST"]),
        (f"{company}/<kind>", "listing", ["GET"]),
        (f"{company}/<kind>/-/<deed>", "list_deed", ["GET", "POST"]),
        (f"{company}/<kind>/<row_id>", "sheet", ["GET"]),
        (f"{company}/<kind>/<row_id>/<deed>", "deed", ["GET", "POST"]),
    ):
        books.add_url_rule(rule, name, getattr(pages, name), methods=methods)
    books.register_error_handler(404, _not_there)
    books.before_request(_from_here)
    books.after_request(_guarded)
    return books


def _not_there(_error: Exception) -> tuple[str, int]:
    return render_template("books/not_there.html", slot=None), 404


def _from_here() -> None:
    """Another site cannot act in the books through somebody's browser."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _guarded(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'"
        )
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class Pages:
    def __init__(self, world: World) -> None:
        self.world = world
        self.sayings = acting.Sayings()

    # -- reading -----------------------------------------------------------------------------------------------------

    def companies(self) -> str:
        groups = [
            (
                provider,
                environment,
                [(slot, self._apps(slot)) for slot in self.world.slots_of(provider.key, environment)],
            )
            for provider in self.world.providers.values()
            if provider.key in VIEWS
            for environment in provider.environments
        ]
        return render_template("books/companies.html", groups=groups)

    def overview(self, **address: str) -> str:
        slot = self._slot(address)
        with slot.company.lock:
            shown = VIEWS[slot.provider.key].overview(slot.company)
            return self._page("overview", slot, "", shown=shown, apps=self._apps(slot))

    def listing(self, kind: str, **address: str) -> str:
        slot = self._slot(address)
        view = VIEWS[slot.provider.key]
        with slot.company.lock:
            table = view.listing(slot.company, kind, request.args)
            if table is None:
                abort(404)
            deeds = view.deeds(slot.company, kind, "")
            return self._page("listing", slot, kind, table=table, deeds=deeds, deeds_at=f"{kind}/-")

    def sheet(self, kind: str, row_id: str, **address: str) -> str:
        slot = self._slot(address)
        view = VIEWS[slot.provider.key]
        with slot.company.lock:
            shown = view.sheet(slot.company, kind, row_id)
            if shown is None:
                abort(404)
            deeds = view.deeds(slot.company, kind, row_id)
            return self._page("sheet", slot, kind, sheet=shown, deeds=deeds, deeds_at=f"{kind}/{row_id}")

    def search(self, **address: str) -> str:
        slot = self._slot(address)
        text = request.args.get("q", "")
        with slot.company.lock:
            table = VIEWS[slot.provider.key].search(slot.company, text)
            return self._page("listing", slot, "search", table=table, deeds=[], deeds_at="", asked=text)

    def trial_balance(self, **address: str) -> str:
        slot = self._slot(address)
        with slot.company.lock:
            table = VIEWS[slot.provider.key].trial_balance(slot.company)
            return self._page("listing", slot, "trial-balance", table=table, deeds=[], deeds_at="")

    def settings(self, **address: str) -> str:
        slot = self._slot(address)
        view = VIEWS[slot.provider.key]
        with slot.company.lock:
            deeds = view.deeds(slot.company, "", "")
            return self._page("settings", slot, "company", deeds=deeds, apps=self._apps(slot))

    # -- acting ------------------------------------------------------------------------------------------------------

    def company_deed(self, deed: str, **address: str) -> Any:
        return self._deed(self._slot(address), "", "", deed, ("Company", "company"))

    def list_deed(self, kind: str, deed: str, **address: str) -> Any:
        return self._deed(self._slot(address), kind, "", deed, ("Back", kind))

    def deed(self, kind: str, row_id: str, deed: str, **address: str) -> Any:
        return self._deed(self._slot(address), kind, row_id, deed, ("Back", f"{kind}/{row_id}"))

    def _deed(self, slot: Slot, kind: str, row_id: str, key: str, up: tuple[str, str]) -> Any:
        view = VIEWS[slot.provider.key]
        with slot.company.lock:
            asked = next((each for each in view.deeds(slot.company, kind, row_id) if each.key == key), None)
            title = self._title(slot, kind, row_id)
        if asked is None:
            abort(404)
        show = self._shower(slot, kind, up, title)
        if request.method == "GET":
            return show(asked, {}, None)
        sent = _lists(request.form)
        try:
            done = acting.act(self.world, slot, view, asked, sent, request.path)
        except RefusedDeed as refused:
            return show(asked, sent, refused), 400
        return self._moved(slot, done.to if done.to or kind else "company", done.words)

    def _shower(
        self, slot: Slot, kind: str, up: tuple[str, str], title: str
    ) -> Callable[[Deed, Mapping[str, list[str]], RefusedDeed | None], str]:
        def show(asked: Deed, sent: Mapping[str, list[str]], refused: RefusedDeed | None) -> str:
            fields = [field.with_sent(sent) for field in asked.fields] if sent else asked.fields
            return self._page(
                "deed", slot, kind or "company", deed=asked, fields=fields, refused=refused, up=up, of=title
            )

        return show

    def _title(self, slot: Slot, kind: str, row_id: str) -> str:
        shown = VIEWS[slot.provider.key].sheet(slot.company, kind, row_id) if row_id else None
        return f"{shown.kind} {shown.title}" if shown else ""

    def disconnect(self, **address: str) -> Any:
        """An admin takes an app's access away. The app is not told."""
        slot = self._slot(address)
        client_id = request.values.get("app", "")
        if request.method == "GET":
            return self._page("disconnect", slot, "company", app=client_id)
        ended = self.world.disconnect(slot, client_id or None)
        words = "The app has no access any more." if ended else "The app had no access."
        acting.note(self.world, slot, request.path, words)
        return self._moved(slot, "company", words)

    # -- parts -------------------------------------------------------------------------------------------------------

    def _slot(self, address: Address) -> Slot:
        slot = self.world.slot(address["provider"], address["environment"], address["place"])
        if slot is None or slot.provider.key not in VIEWS:
            abort(404)
        return slot

    def _apps(self, slot: Slot) -> list[Any]:
        """Connected apps, each with the person who allowed it."""
        grants = self.world.grants.of(slot.provider.key, slot.environment, slot.id)
        people = [self.world.people.get(slot.provider.key, grant.person) for grant in grants]
        return [
            (grant.client_id, person.name if person else grant.person)
            for grant, person in zip(grants, people, strict=True)
        ]

    def _page(self, name: str, slot: Slot, here: str, **shown: Any) -> str:
        with slot.company.lock:
            menu = VIEWS[slot.provider.key].menu(slot.company)
        said = self.sayings.take(request.args.get("said", ""))
        return render_template(
            f"books/{name}.html", slot=slot, menu=menu, here=here, said=said, at=_address(slot), **shown
        )

    def _moved(self, slot: Slot, to: str, words: str) -> Response:
        """To a page of its own, so that reloading repeats nothing."""
        return redirect(f"{_address(slot)}{to}?said={self.sayings.keep(words)}", 303)  # type: ignore[return-value]  # werkzeug types its redirect more widely


def _address(slot: Slot) -> str:
    return url_for("books.overview", provider=slot.provider.key, environment=slot.environment, place=slot.id)


def _lists(form: MultiDict[str, str]) -> dict[str, list[str]]:
    return {key: form.getlist(key) for key in form}
