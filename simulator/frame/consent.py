"""The consent pages: a person signs in, chooses a company, sees what is asked and says yes or no.

The way is the same for all providers; their words are data (ConsentWords). A flow lives in memory for half an
hour and ends with its first answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Response, redirect, render_template

from .apps import App
from .provider import Asked, Provider
from .world import Slot, World

FLOW_MS = 30 * 60 * 1000
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}


@dataclass
class Flow:
    """One person's walk from the app's link back to the app."""

    id: str
    app: App
    scopes: tuple[str, ...]
    redirect_uri: str
    state: str
    began_at: int
    person: str | None = None
    company: str | None = None


class SentBack(Exception):
    """The request is answered by sending the browser back at once."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class RefusedPage(Exception):
    """Nothing to go on with: the person sees why and is sent nowhere."""

    def __init__(self, headline: str, why: str) -> None:
        super().__init__(headline)
        self.headline = headline
        self.why = why


class Desk:
    """Holds the walks that are under way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._flows: dict[str, Flow] = {}
        world.on_reset(self._flows.clear)

    # -- begin ---------------------------------------------------------------------------------------

    def begin(self, provider: Provider, asked: Asked) -> Flow:
        app = self._app(provider, asked.client_id, asked.redirect_uri)
        self._drop_old()
        now = self.world.clock.now_ms()
        flow = Flow(secrets.token_urlsafe(18), app, asked.scopes, asked.redirect_uri, asked.state, now)
        self._flows[flow.id] = flow
        return flow

    def check(self, provider: Provider, query: Mapping[str, str]) -> None:
        """Raises unless app and redirect address fit: nobody is sent to an address that is not the app's."""
        self._app(provider, query["client_id"], query["redirect_uri"])

    def _app(self, provider: Provider, client_id: str, address: str) -> App:
        app = self.world.apps.get(client_id)
        if app is None or app.provider != provider.key:
            raise RefusedPage(
                "This app is not known here",
                "The client_id of the link belongs to no app of this simulator. GET /_sim/apps lists them.",
            )
        self._check_address(app, address)
        return app

    def _check_address(self, app: App, address: str) -> None:
        """Registered addresses must match exactly; while none is registered, any https or local one will do."""
        url = urlsplit(address)
        local = url.scheme == "http" and url.hostname in LOOPBACK
        if address in app.redirect_uris or (not app.redirect_uris and (url.scheme == "https" or local)):
            return
        raise RefusedPage(
            "The redirect address is not registered",
            f"The app wants to send you to {address or 'nowhere'}. It is not among the addresses of this app.",
        )

    def _drop_old(self) -> None:
        limit = self.world.clock.now_ms() - FLOW_MS
        for flow in [each for each in list(self._flows.values()) if each.began_at < limit]:
            self._flows.pop(flow.id, None)

    def flow(self, flow_id: str) -> Flow:
        self._drop_old()
        if flow_id not in self._flows:
            raise RefusedPage(
                "This page has been used or is too old",
                "Go back to the app that sent you here and start again.",
            )
        return self._flows[flow_id]

    # -- steps ---------------------------------------------------------------------------------------

    def provider_of(self, flow: Flow) -> Provider:
        return self.world.providers[flow.app.provider]

    def slots(self, flow: Flow) -> list[tuple[Slot, str | None]]:
        """The companies of the app's environment this person belongs to, with their role; own ones first."""
        assert flow.person is not None
        slots = self.world.slots_of(flow.app.provider, flow.app.environment)
        seen = [(slot, self.world.role(slot, flow.person)) for slot in slots]
        return sorted((pair for pair in seen if pair[1]), key=lambda pair: pair[1] != "admin")

    def sign_in(self, flow: Flow, person_id: str) -> None:
        """Who they are. With one company to choose from the choice is made."""
        if self.world.people.get(flow.app.provider, person_id) is None:
            raise RefusedPage("Nobody with this name", "Choose one of the people on the sign-in page.")
        flow.person, flow.company = person_id, None
        mine = [slot for slot, role in self.slots(flow) if role == "admin"]
        if len(mine) == 1 and len(self.slots(flow)) == 1:
            flow.company = mine[0].id

    def choose(self, flow: Flow, company_id: str) -> None:
        for slot, role in self.slots(flow) if flow.person else ():
            if slot.id == company_id and role == "admin":
                flow.company = company_id
                return
        raise RefusedPage(
            f"This {self.provider_of(flow).consent.company} cannot be connected",
            self.provider_of(flow).consent.only_admins,
        )

    def cancel(self, flow: Flow) -> str:
        del self._flows[flow.id]
        return address_with(flow.redirect_uri, {"error": "access_denied", "state": flow.state})

    def allow(self, flow: Flow) -> str:
        """The app's address with the code."""
        if flow.person is None or flow.company is None:
            raise RefusedPage("A step is missing", "Sign in and choose a company first.")
        del self._flows[flow.id]
        grant = self.world.grants.consent(
            provider=flow.app.provider,
            environment=flow.app.environment,
            client_id=flow.app.client_id,
            company_id=flow.company,
            person=flow.person,
            scopes=flow.scopes,
        )
        code = self.world.grants.code(grant, flow.redirect_uri)
        answer = {"code": code, "state": flow.state, self.provider_of(flow).company_parameter: flow.company}
        return address_with(flow.redirect_uri, answer)

    # -- without a browser ---------------------------------------------------------------------------

    def walk(self, url: str, person: str | None, company: str | None, decision: str) -> str:
        """The whole walk for control: who and which company default to the first that may."""
        query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        app = self.world.apps.get(query.get("client_id"))
        provider = self.world.providers[app.provider] if app else next(iter(self.world.providers.values()))
        flow = self.begin(provider, provider.read_authorize(query))
        if decision == "cancel":
            return self.cancel(flow)
        self.sign_in(flow, person or self._first_admin(flow, company))
        if company or flow.company is None:
            slot = self.world.slot(provider.key, flow.app.environment, company) if company else None
            self.choose(flow, slot.id if slot else company or self._first_own(flow))
        return self.allow(flow)

    def _first_admin(self, flow: Flow, company: str | None) -> str:
        slots = self.world.slots_of(flow.app.provider, flow.app.environment)
        wanted = next((slot for slot in slots if company in (slot.id, slot.key)), slots[0])
        people = self.world.people.of(flow.app.provider)
        return next(each.id for each in people if self.world.role(wanted, each.id) == "admin")

    def _first_own(self, flow: Flow) -> str:
        return next((slot.id for slot, role in self.slots(flow) if role == "admin"), "")


# -- pages -------------------------------------------------------------------------------------------


class Pages:
    """The same steps as a browser sees them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def show(self, flow: Flow, here: str, back_to: str = "") -> Response:
        """The page of the step the flow is at, or of an earlier one the person went back to."""
        provider = self.desk.provider_of(flow)
        person = self.desk.world.people.get(provider.key, flow.person or "")
        if person is None or back_to == "sign_in":
            return self._page("sign_in", flow, here, people=self.desk.world.people.of(provider.key))
        if flow.company is None or back_to == "company":
            return self._page("company", flow, here, person=person, slots=self.desk.slots(flow))
        slot = self.desk.world.slot(provider.key, flow.app.environment, flow.company)
        many = len(self.desk.slots(flow)) > 1
        return self._page("permissions", flow, here, person=person, slot=slot, many=many)

    def submit(self, form: Mapping[str, str], here: str) -> Response:
        """One step forward, then a page of its own (so that reloading never repeats a step)."""
        flow = self.desk.flow(form.get("flow", ""))
        if form.get("decision") == "cancel":
            return _moved(self.desk.cancel(flow))
        if form.get("person"):
            self.desk.sign_in(flow, form["person"])
        elif form.get("company"):
            self.desk.choose(flow, form["company"])
        elif form.get("decision") == "allow":
            return _moved(self.desk.allow(flow))
        return _moved(f"{here}?{urlencode({'flow': flow.id})}")

    def refused(self, page: RefusedPage, provider: Provider) -> Response:
        html = render_template("consent/refused.html", page=page, words=provider.consent)
        return guarded(Response(html, 400), "")

    def _page(self, name: str, flow: Flow, here: str, **shown: object) -> Response:
        words = self.desk.provider_of(flow).consent
        asked = [(scope, words.scopes[scope]) for scope in flow.scopes]
        html = render_template(
            f"consent/{name}.html", flow=flow, here=here, words=words, asked=asked, to=_site(flow), **shown
        )
        return guarded(Response(html), _site(flow))


def guarded(response: Response, goes_to: str) -> Response:
    """Cannot be framed or cached; forms may lead here and, after the last one, back to the app."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {goes_to}".rstrip()
    )
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _moved(address: str) -> Response:
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # werkzeug types its redirect more widely


def _site(flow: Flow) -> str:
    """Scheme and host the app's address has."""
    url = urlsplit(flow.redirect_uri)
    return f"{url.scheme}://{url.netloc}"


def address_with(address: str, more: Mapping[str, str]) -> str:
    """The address with these added to its query, what it had kept."""
    url = urlsplit(address)
    query = parse_qsl(url.query, keep_blank_values=True) + [(name, value) for name, value in more.items()]
    return urlunsplit(url._replace(query=urlencode(query)))
