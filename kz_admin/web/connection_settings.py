"""The settings of a connection, drawn from what its provider declares; `connect.settings` is their address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice

from kz_admin import config
from kz_admin.domain import presets
from kz_admin.domain.failures import Conflict, Refused, Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.presets import (
    ClosedPeriod,
    Direction,
    Frequency,
    NumberClash,
    PushOn,
    Setting,
    Settings,
    StartField,
    TaxMode,
)
from kz_admin.domain.roles import Role
from kz_admin.models.connection import Connection
from kz_admin.providers.base import Provider
from kz_admin.services import cards, company_facts, connection_settings, connections, settings
from kz_admin.services.connection_settings import COUNTED_AT_MOST, Wanted
from kz_admin.web import headers
from kz_admin.web.access import here, person, tenant_id
from kz_admin.web.fields import date_field
from kz_admin.web.forms import KzForm
from kz_admin.web.htmx import go
from kz_admin.web.refusals import show_on
from kz_admin.web.show import capped

PRESET_WORDS = {
    "on_paid": ("On paid", "An invoice goes over when it is paid. Customers are found by their e-mail address."),
    "copy_on_demand": ("Copy on demand", "Nothing goes over by itself; people copy the invoices they choose."),
    "on_save": ("On save", "An invoice goes over as soon as it is finalised, paid or not."),
    "two_way": ("Two-way", "An invoice goes over when it is sent or paid."),
}
PUSH_WORDS = {
    PushOn.PAID: "When it is paid",
    PushOn.SENT: "When it is sent or paid",
    PushOn.FINALISED: "When it is finalised",
    PushOn.MANUAL: "Only when somebody copies it",
}
START_WORDS = {
    StartField.PAID: "When it was paid",
    StartField.CREATED: "When it was created here",
    StartField.DOCUMENT: "The date of the document",
}
FREQUENCY_WORDS = {
    Frequency.REAL_TIME: "In real time | Usually within seconds. Two calls for each paid invoice.",
    Frequency.QUARTER: "Every 15 minutes | What came together goes together, in fewer calls.",
    Frequency.HOURLY: "Hourly | Still fewer calls.",
    Frequency.DAILY: "Daily, at midnight UTC | Fewest calls; a bookkeeper sees everything the next day.",
}
# By kind: what each direction means, and when it happens. Kinds with a choice of their own have no words here.
DIRECTION_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.CLIENT: ("Create only", "Create and update"),
    Kind.SERVICE: ("Create only", "Create and update"),
    Kind.PROJECT: ("Create only", "Create and update"),
}
WHEN_WORDS: Mapping[Kind, str] = {
    Kind.CLIENT: "When the first invoice needs it",
    Kind.SERVICE: "When the first invoice needs it",
    Kind.PROJECT: "With its first invoice, as a sub-customer",
    Kind.PAYMENT: "With the invoice it settles",
    Kind.CREDIT_NOTE: "With the invoice it belongs to",
    Kind.REFUND: "With the payment it belongs to",
    Kind.TIME_ENTRY: "When it is approved",
    Kind.EXPENSE: "When it is saved",
}


TAX_WORDS = {
    TaxMode.OUR_TOTAL: "Our tax stands; a difference is noted",
    TaxMode.MAPPED: "Mapped codes; ours stands where only rounding differs",
    TaxMode.PROVIDER: "Reckoned over there",
}
CLASH_WORDS = {
    NumberClash.ASK: "Ask me",
    NumberClash.NEXT_FREE: "Give it the next free ending, such as INV-104-1",
    NumberClash.THEIRS: "Let {provider} number it",
}
CLOSED_WORDS = {
    ClosedPeriod.HOLD: "Hold it and ask me",
    ClosedPeriod.REDATE: "Date it there on the first open day; ours keeps its date",
}


class SettingsForm(KzForm):
    version = HiddenField()
    preset = HiddenField()
    push_on = SelectField(
        "When invoices go over", choices=[SelectChoice(one.value, w) for one, w in PUSH_WORDS.items()]
    )
    start_field = SelectField(
        "Compared with", choices=[SelectChoice(one.value, words) for one, words in START_WORDS.items()]
    )
    start_on = date_field("Start date", required="Enter a date such as 2026-07-31.")
    require_email = BooleanField("Match customers by e-mail address only")
    create_clients = BooleanField("Create customers that are missing")
    sub_customers = BooleanField("Projects as sub-customers")
    strict_mapping = BooleanField("Strict mapping")
    tax_mode = SelectField("Tax", choices=[SelectChoice(one.value, words) for one, words in TAX_WORDS.items()])
    number_clash: SelectField  # in the provider's words: _form_of
    closed_period: SelectField
    frequency = RadioField(
        "How soon", choices=[SelectChoice(one.value, words) for one, words in FREQUENCY_WORDS.items()]
    )

    def directions(self) -> dict[Kind, Any]:
        """The fields of the kinds, in the order in which they travel."""
        found = {kind: self._fields.get(_field_of(kind)) for kind in Kind}
        return {kind: field for kind, field in found.items() if field is not None}

    def wanted(self, provider: Provider, was: Settings) -> Wanted:
        chosen = {
            "push_on": PushOn(self.push_on.data),
            "start_field": StartField(self.start_field.data),
            "frequency": Frequency(self.frequency.data),
            "require_email": self.require_email.data,
            "create_clients": self.create_clients.data,
            "sub_customers": self.sub_customers.data,
            "strict_mapping": self.strict_mapping.data,
            "tax_mode": TaxMode(self.tax_mode.data),
            "number_clash": NumberClash(self.number_clash.data),
            "closed_period": ClosedPeriod(self.closed_period.data),
        }
        declared = {name: value for name, value in chosen.items() if Setting(name) in provider.settings}
        directions = {
            kind: connection_settings.chosen_direction(provider, was.directions[kind], field.data == Direction.PUSH)
            for kind, field in self.directions().items()
        }
        preset = self.preset.data if self.preset.data in presets.PRESETS else was.preset
        values = {**vars(was), **declared, "preset": preset, "directions": {**was.directions, **directions}}
        return Wanted(Settings(**values), self.start_on.data or "")


def page(table: Provider, **context: Any) -> Response:
    """As it is saved; `?preset=` fills the form with a preset to look at before anything is saved."""
    connection = connections.live_of(tenant_id(), table.key)
    chosen = settings.of(connection)
    preset = presets.PRESETS.get(request.args.get("preset", "")) if request.method == "GET" else None
    proposed = _as_preset(table, chosen, preset) if preset else chosen
    form = _filled(table, connection, proposed)
    shown = _differences(connection, table, chosen, proposed) if preset else None
    return _render(table, connection, form, preset=preset, changes=shown, **context)


def save(table: Provider) -> ResponseReturnValue:
    connection = connections.live_of(tenant_id(), table.key)
    form = _form_of(table)()
    if not form.validate():
        return _render(table, connection, form, status=422)
    wanted = form.wanted(table, settings.of(connection))
    whoever = person()
    assert whoever is not None  # the route needs an admin
    try:
        changed = connection_settings.change(tenant_id(), table.key, wanted, form.version.data or "", whoever.actor)
    except (Wrong, Conflict) as refusal:
        return _refused(table, form, wanted, refusal)
    flash(_saved(table, changed), "green")
    return go(url_for("connect.settings", provider=table.key))


def _saved(table: Provider, changed: connection_settings.Changed) -> str:
    if not changed.names:
        return "Nothing was changed."
    said = "Saved. Applies to documents changed from now on."
    if changed.compares_first:
        said += " Automatic push waits until the customers of both sides are compared: Set-up, Customers."
    if changed.backlog:
        count = capped(changed.backlog, COUNTED_AT_MOST)
        words = (
            "invoice of before would fit and stays" if changed.backlog == 1 else "invoices of before would fit and stay"
        )
        said += f" {count} {words} here: nothing was sent. Copy to {table.label} those you want."
    return said


def _refused(table: Provider, form: SettingsForm, wanted: Wanted, refusal: Refused) -> Response:
    """After a conflict both stand side by side, and the form carries the new version: saving again is a decision."""
    connection = connections.live_of(tenant_id(), table.key)
    if isinstance(refusal, Wrong):
        show_on(form, refusal)
        return _render(table, connection, form, status=422)
    form.version.raw_data, form.version.data = None, settings.version_of(connection)
    saved = settings.of(connection)
    differences = _differences(connection, table, saved, wanted.settings, wanted.start_on)
    return _render(table, connection, form, status=409, differences=differences)


def _render(table: Provider, connection: Connection, form: SettingsForm, *, status: int = 200, **more: Any) -> Response:
    headers.allow_form_action(table.consent_origin(config.current()))  # Reconnect ends at their consent page
    chosen = settings.of(connection)
    context = {
        "card": cards.one(tenant_id(), table),
        "provider": table,
        "form": form,
        "chosen": chosen,
        "facts_list": _facts(connection, table, chosen),
        "presets": PRESET_WORDS,
        "when_words": WHEN_WORDS,
        "may_change": here().role is Role.ADMIN,
        "differences": None,
        "backlog": connection_settings.backlog(connection),
        "company": company_facts.known(connection),
        "counted_at_most": COUNTED_AT_MOST,
    }
    return make_response(render_template("pages/connection.html", **{**context, **more}), status)


# -- the form ---------------------------------------------------------------------------------------------------------


def _field_of(kind: Kind) -> str:
    return f"direction_{kind.value}"


def _form_of(table: Provider) -> type[SettingsForm]:
    """One select for each kind the provider takes."""
    kinds = {
        _field_of(kind): SelectField(
            f"Direction of {kind.plural}",
            choices=[SelectChoice(one.value, _in_words(table, kind, one)) for one in directions],
        )
        for kind, directions in connection_settings.directions_of(table).items()
    }
    rules = {
        "number_clash": _rule("When a number is taken over there", CLASH_WORDS, table),
        "closed_period": _rule("When the books are closed for a date", CLOSED_WORDS, table),
    }
    return cast("type[SettingsForm]", type("DeclaredSettingsForm", (SettingsForm,), {**kinds, **rules}))


def _rule(label: str, words: Mapping[Any, str], table: Provider) -> SelectField:
    choices = [SelectChoice(one.value, said.format(provider=table.label)) for one, said in words.items()]
    return SelectField(label, choices=choices)


def _filled(table: Provider, connection: Connection, chosen: Settings) -> SettingsForm:
    values = {name: getattr(chosen, name) for name in vars(chosen) if name != "directions"}
    directions = {_field_of(kind): _shown(direction).value for kind, direction in chosen.directions.items()}
    return _form_of(table)(
        formdata=None,
        data={
            **{name: getattr(value, "value", value) for name, value in values.items()},
            **directions,
            "version": settings.version_of(connection),
            "start_on": connection_settings.start_on(connection, here().time_zone),
        },
    )


def _shown(direction: Direction) -> Direction:
    return Direction.PUSH if direction.pushes else Direction.OFF


def _in_words(table: Provider, kind: Kind, direction: Direction) -> str:
    off, push = DIRECTION_WORDS.get(kind, ("Off", f"To {table.label}"))
    return push if direction.pushes else off


def _as_preset(table: Provider, was: Settings, preset: Settings) -> Settings:
    """What a preset says about what can be chosen here; the rest stays as it is."""
    names = {setting.value for setting in table.settings} - {Setting.DIRECTIONS.value}
    directions = {kind: preset.directions[kind] for kind in connection_settings.directions_of(table)}
    values = {name: getattr(preset, name) for name in names}
    return Settings(**{**vars(was), **values, "preset": preset.preset, "directions": {**was.directions, **directions}})


# -- in words ---------------------------------------------------------------------------------------------------------


def _facts(
    connection: Connection, table: Provider, chosen: Settings, start_on: str | None = None
) -> list[tuple[str, str]]:
    """Every setting that has an effect here, as a sentence would say it."""
    yes_no = {True: "Yes", False: "No"}
    start = connection_settings.start_on(connection, here().time_zone) if start_on is None else start_on
    directions = [
        (kind.plural.capitalize(), _in_words(table, kind, chosen.directions[kind]))
        for kind in connection_settings.directions_of(table)
    ]
    words = {
        Setting.PUSH_ON: ("When invoices go over", PUSH_WORDS[chosen.push_on]),
        Setting.START_FIELD: ("Compared with", START_WORDS[chosen.start_field]),
        Setting.REQUIRE_EMAIL: ("Match by e-mail address only", yes_no[chosen.require_email]),
        Setting.CREATE_CLIENTS: ("Create customers that are missing", yes_no[chosen.create_clients]),
        Setting.SUB_CUSTOMERS: ("Projects as sub-customers", yes_no[chosen.sub_customers]),
        Setting.STRICT_MAPPING: ("Strict mapping", yes_no[chosen.strict_mapping]),
        Setting.TAX_MODE: ("Tax", TAX_WORDS[chosen.tax_mode]),
        Setting.NUMBER_CLASH: ("A taken number", CLASH_WORDS[chosen.number_clash].format(provider=table.label)),
        Setting.CLOSED_PERIOD: ("Closed books", CLOSED_WORDS[chosen.closed_period]),
        Setting.FREQUENCY: ("How soon", FREQUENCY_WORDS[chosen.frequency].partition(" | ")[0]),
    }
    declared = [pair for setting, pair in words.items() if setting in table.settings]
    preset = ("Started from", PRESET_WORDS[chosen.preset][0])
    return [preset, *directions, *declared, ("Start date", start)]


def _differences(
    connection: Connection, table: Provider, saved: Settings, mine: Settings, start_on: str | None = None
) -> list[tuple[str, str, str]]:
    both = zip(_facts(connection, table, saved), _facts(connection, table, mine, start_on), strict=True)
    return [(name, was, now) for (name, was), (_, now) in both if was != now]
