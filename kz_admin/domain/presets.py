"""The settings of a connection, and the named bundles they begin from (decisions C01, C02, C03, C11, C31)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from kz_admin.domain.kinds import Kind


class PushOn(StrEnum):
    """When an invoice goes over by itself; "Copy to …" works in every mode."""

    MANUAL = "manual"
    FINALISED = "finalised"
    SENT = "sent"
    PAID = "paid"


class StartField(StrEnum):
    """Which moment of an invoice the start date looks at."""

    CREATED = "created"
    DOCUMENT = "document"
    PAID = "paid"


class Direction(StrEnum):
    OFF = "off"
    PUSH = "push"
    PULL = "pull"
    BOTH = "both"

    @property
    def pushes(self) -> bool:
        return self in (Direction.PUSH, Direction.BOTH)

    @property
    def pulls(self) -> bool:
        return self in (Direction.PULL, Direction.BOTH)

    @staticmethod
    def of(*, pushes: bool, pulls: bool) -> Direction:
        if pushes:
            return Direction.BOTH if pulls else Direction.PUSH
        return Direction.PULL if pulls else Direction.OFF


class Frequency(StrEnum):
    """How soon a change made here goes over (decision C31)."""

    REAL_TIME = "real_time"
    QUARTER = "every_15_minutes"
    HOURLY = "hourly"
    DAILY = "daily"

    @property
    def minutes(self) -> int:
        return {"real_time": 0, "every_15_minutes": 15, "hourly": 60, "daily": 24 * 60}[self.value]


class TaxMode(StrEnum):
    MAPPED = "mapped"
    OUR_TOTAL = "our_total"
    PROVIDER = "provider"


class NumberClash(StrEnum):
    """What becomes of an invoice whose number something else has over there."""

    ASK = "ask"
    NEXT_FREE = "next_free"  # INV-104-1
    THEIRS = "theirs"  # they give it a number of their own


class ClosedPeriod(StrEnum):
    """What becomes of a document that is dated where the books over there are closed."""

    HOLD = "hold"
    REDATE = "redate"  # over there it gets the first open day; ours keeps its date
    # The same for what is new. An invoice in there that is voided here is credited in the open period instead.
    CREDIT_NOTE = "credit_note"


class Setting(StrEnum):
    """What people may choose, where a provider's table says that it has an effect there."""

    DIRECTIONS = "directions"
    PUSH_ON = "push_on"
    START_FIELD = "start_field"
    FREQUENCY = "frequency"
    REQUIRE_EMAIL = "require_email"
    CREATE_CLIENTS = "create_clients"
    SUB_CUSTOMERS = "sub_customers"
    STRICT_MAPPING = "strict_mapping"
    TAX_MODE = "tax_mode"
    NUMBER_CLASH = "number_clash"
    CLOSED_PERIOD = "closed_period"


class WrongSettings(ValueError):
    """The sentence names the setting."""


def _directions(**named: Direction) -> Mapping[Kind, Direction]:
    usual = dict.fromkeys(Kind, Direction.PUSH)
    return {**usual, **{Kind(name): direction for name, direction in named.items()}}


@dataclass(frozen=True)
class Settings:
    preset: str
    push_on: PushOn = PushOn.PAID
    start_field: StartField = StartField.PAID
    directions: Mapping[Kind, Direction] = field(default_factory=_directions)
    frequency: Frequency = Frequency.REAL_TIME
    background_hours: int = 4
    require_email: bool = True
    create_clients: bool = True
    import_on_connect: bool = False
    sub_customers: bool = False
    strict_mapping: bool = False
    shadow: bool = False
    tax_mode: TaxMode = TaxMode.OUR_TOTAL
    number_clash: NumberClash = NumberClash.ASK
    closed_period: ClosedPeriod = ClosedPeriod.HOLD
    # Nobody chooses this one: what was never looked at and last changed before this moment is backlog (decision C11).
    backlog_until: int = 0
    # Nor these: automatic push waits until the customers of both sides were compared, or that was skipped (C02).
    pass_first: bool = False
    passed_at: int = 0

    def pushes(self, kind: Kind) -> bool:
        return self.directions[kind].pushes

    def as_json(self) -> str:
        values: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        values["directions"] = {kind.value: direction.value for kind, direction in self.directions.items()}
        return json.dumps(values, sort_keys=True)


ON_PAID = Settings(
    "on_paid",
    directions=_directions(payment=Direction.BOTH, time_entry=Direction.OFF, expense=Direction.OFF),
)
COPY_ON_DEMAND = Settings(
    "copy_on_demand",
    push_on=PushOn.MANUAL,
    start_field=StartField.CREATED,
    directions=_directions(payment=Direction.BOTH, expense=Direction.OFF),
    require_email=False,
)
ON_SAVE = Settings(
    "on_save",
    push_on=PushOn.FINALISED,
    start_field=StartField.CREATED,
    directions=_directions(payment=Direction.BOTH, time_entry=Direction.OFF),
    require_email=False,
)
TWO_WAY = Settings(
    "two_way",
    push_on=PushOn.SENT,
    start_field=StartField.CREATED,
    directions=_directions(
        client=Direction.BOTH,
        service=Direction.BOTH,
        invoice=Direction.BOTH,
        payment=Direction.BOTH,
        time_entry=Direction.OFF,
        expense=Direction.OFF,
    ),
    import_on_connect=True,
)
# Ways of paying whose money waits in Undeposited Funds until somebody takes it to the bank (decision C10).
UNDEPOSITED: Mapping[str, tuple[str, ...]] = {ON_PAID.preset: ("deposit/e_transfer", "deposit/cheque")}
PRESETS = {preset.preset: preset for preset in (ON_PAID, COPY_ON_DEMAND, ON_SAVE, TWO_WAY)}
DEFAULT = ON_PAID
PASS_FIRST = frozenset({ON_SAVE.preset, TWO_WAY.preset})  # they send much at once, so the customers come first
NOT_CHOSEN = frozenset({"backlog_until", "pass_first", "passed_at"})
_ENUMS: Mapping[str, type[StrEnum]] = {
    "push_on": PushOn,
    "start_field": StartField,
    "frequency": Frequency,
    "tax_mode": TaxMode,
    "number_clash": NumberClash,
    "closed_period": ClosedPeriod,
}
BACKGROUND_HOURS = (1, 4, 24)


def read(text: str) -> Settings:
    """A stored document; what it does not say is as in its preset, so that a new setting needs no migration."""
    said = json.loads(text or "{}")
    if not isinstance(said, dict):
        raise WrongSettings("The settings are no list of names and values.")
    preset = PRESETS.get(str(said.get("preset", DEFAULT.preset)))
    if preset is None:
        raise WrongSettings(f"There is no preset called {said['preset']}.")
    known = {one.name for one in fields(Settings)}
    if unknown := sorted(set(said) - known):
        raise WrongSettings(f"There is no setting called {unknown[0]}.")
    return replace(preset, **{name: _value(preset, name, value) for name, value in said.items()})


def _value(preset: Settings, name: str, value: Any) -> Any:
    if name == "directions":
        return {**preset.directions, **_directions_of(value)}
    if enum := _ENUMS.get(name):
        try:
            return enum(value)
        except ValueError:
            raise WrongSettings(f"{name} cannot be {value!r}.") from None
    if type(value) is not type(getattr(preset, name)):
        raise WrongSettings(f"{name} cannot be {value!r}.")
    if name == "background_hours" and value not in BACKGROUND_HOURS:
        raise WrongSettings("background_hours can be 1, 4 or 24.")
    return value


def _directions_of(value: Any) -> dict[Kind, Direction]:
    if not isinstance(value, dict):
        raise WrongSettings("directions is no table of kinds.")
    try:
        return {Kind(kind): Direction(direction) for kind, direction in value.items()}
    except ValueError as wrong:
        raise WrongSettings(f"directions: {wrong}.") from None
