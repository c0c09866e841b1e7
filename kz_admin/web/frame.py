"""What stands around every page: navigation, Settings menu, tenants to switch to. An entry appears as soon as its
page exists and the person may read it; nobody sees a link that answers 403 or 404."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for

from kz_admin.domain.roles import Role
from kz_admin.providers import PROVIDERS
from kz_admin.services import alerts
from kz_admin.services.alerts import Notice
from kz_admin.services.signin import Person
from kz_admin.web import access, show
from kz_admin.web.headers import request_id


@dataclass(frozen=True)
class Entry:
    word: str
    endpoint: str
    icon: str
    least: Role | None = None  # for pages whose view itself decides who may read

    @property
    def family(self) -> str:
        """The blueprint whose pages light this entry."""
        return self.endpoint.split(".")[0]


NAV = (
    Entry("Overview", "integrations.overview", "overview"),
    Entry("Invoices", "invoices.index", "invoices"),
    Entry("Payments", "payments.index", "payments"),
    Entry("Time", "time.index", "time"),
    Entry("Expenses", "expenses.index", "expenses"),
    Entry("Mappings", "mappings.index", "mappings"),
    Entry("Activity", "activity.index", "activity"),
    Entry("Settings", "settings.index", "settings"),
)
SETTINGS = (
    Entry("General", "settings.index", "settings"),
    Entry("Integrations", "integrations.overview", "integrations"),
    Entry("People", "people.index", "people"),
    Entry("Billing", "billing.index", "billing"),
    Entry("Notifications", "notifications.index", "mails"),
    Entry("Health", "health.index", "activity"),
    Entry("Developer", "developer.index", "developer"),
    Entry("Outgoing mail", "mails.index", "mails", Role.ADMIN),
)
# Lists that stand as tabs beside another one light its entry.
BESIDE = {
    **dict.fromkeys(("credit_notes", "clients", "projects", "services", "tax_rates"), "invoices"),
    "refunds": "payments",
    "members": "time",
    "vendors": "expenses",
    "accounts": "mappings",
}
OPERATOR = (Entry("Platform", "platform.index", "platform"),)
# Their pages speak of the connection and its problems already.
SAYS_IT_ITSELF = frozenset({"integrations", "connect", "problems", "setup", "public", "signin", "platform", "home"})
SETTINGS_FAMILIES = frozenset(entry.endpoint.split(".")[0] for entry in SETTINGS) - {"integrations"}


@dataclass(frozen=True)
class Link:
    word: str
    href: str
    icon: str
    current: bool


def init_app(app: Flask) -> None:
    show.init_app(app)
    # Tags leave no blank lines behind: pages get a third smaller and the source stays readable.
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    if not has_request_context():
        return {}  # a mail written from the command line
    whoever = access.person()
    return {
        "person": whoever,
        "place": whoever.place if whoever else None,
        "shadowed": PROVIDERS.get(whoever.place.shadowed) if whoever and whoever.place else None,
        "may_admin": _covers(whoever, Role.ADMIN),
        "may_work": _covers(whoever, Role.BOOKKEEPER),
        "nav": _links(NAV, _lit_in_nav(), whoever),
        "settings_menu": _links(SETTINGS, request.blueprint or "", whoever),
        "operator_menu": _links(OPERATOR, request.blueprint or "", whoever),
        "reference": request_id(),
        "back": _back,
        "notice": _notice,
    }


def _notice() -> Notice | None:
    """The one banner of a page; not where the same stands anyway. Asked for by the page, so fragments pay nothing."""
    whoever = access.person()
    if whoever is None or whoever.place is None or request.blueprint in SAYS_IT_ITSELF:
        return None
    if "kz_notice" not in g:
        g.kz_notice = alerts.gravest(whoever.place.tenant_id)
    found: Notice | None = g.kz_notice
    return found


def _covers(whoever: Person | None, role: Role) -> bool:
    return whoever is not None and whoever.place is not None and whoever.place.role.covers(role)


def _back() -> str:
    """Where the person came from on this site; a referrer from elsewhere leads nowhere."""
    if request.method == "GET":
        return request.path
    came_from = access.split_address(request.referrer or "")
    return access.safe_next(came_from.path if came_from.netloc == request.host else None, "/kz-admin")


def _lit_in_nav() -> str:
    family = request.blueprint or ""
    return "settings" if family in SETTINGS_FAMILIES else BESIDE.get(family, family)


def _links(entries: tuple[Entry, ...], lit: str, whoever: Person | None) -> list[Link]:
    return [
        Link(entry.word, url_for(entry.endpoint), entry.icon, entry.family == lit)
        for entry in entries
        if whoever is not None and _may_open(entry, whoever)
    ]


def _may_open(entry: Entry, whoever: Person) -> bool:
    view = current_app.view_functions.get(entry.endpoint)
    policy = access.policy_of(view) if view else None
    if policy is None:
        return False
    if policy.read == "operator":
        return whoever.is_operator
    needed = access.ROLES.get(policy.read) or entry.least
    return needed is None or _covers(whoever, needed)
