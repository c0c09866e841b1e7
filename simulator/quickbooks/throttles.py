"""Intuit's limits per company and app, and the caps that faults can set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from simulator.frame.edge import Exchange
from simulator.frame.faults import Fault as Trouble
from simulator.frame.limits import Rule
from simulator.frame.world import World

from .gateway import GatewayFault, capped, throttled

MINUTE_MS = 60_000
COMPANY = Rule("company", 500, MINUTE_MS, MINUTE_MS)
CLIENT = Rule("client", 10, 1000, MINUTE_MS)
BATCH_CLIENT = Rule("batch", 40, MINUTE_MS, MINUTE_MS)
BATCH_COMPANY = Rule("batch company", 120, MINUTE_MS, MINUTE_MS)
AT_ONCE = 10  # the rule of 2016, still respected: so many calls of one app to one company at the same time


def scopes(exchange: Exchange) -> tuple[str, str]:
    """Of the company, and of this app at it."""
    company = f"{exchange.environment}/{exchange.company}"
    return company, f"{company}/{exchange.client}"


def shut(world: World, exchange: Exchange, fault: Trouble) -> None:
    """The throttle fault: that scope is over its limit from now on."""
    company, client = scopes(exchange)
    rule = {"company": COMPANY, "client": CLIENT, "batch": BATCH_CLIENT}[fault.option("scope", "client")]
    seconds = float(fault.option("seconds", 60))
    world.limits.shut(rule.name, company if rule is COMPANY else client, int(seconds * 1000))


@contextmanager
def within(world: World, exchange: Exchange, is_batch: bool, is_read: bool) -> Iterator[None]:
    """Counts the call and lets it through, or refuses it with 429. A call that fails is not metered."""
    company, client = scopes(exchange)
    wanted = [(COMPANY, company), (CLIENT, client)]
    if is_batch:
        wanted += [(BATCH_CLIENT, client), (BATCH_COMPANY, company)]
    crowded = world.limits.on and exchange.beside > AT_ONCE
    if crowded or world.limits.hit(wanted) is not None:
        raise throttled()
    meters = list(_meters(world, exchange, is_read))
    yield
    for meter, scope, period in meters:
        world.limits.count(meter, scope, period)


def _meters(world: World, exchange: Exchange, is_read: bool) -> Iterator[tuple[str, str, str]]:
    """The quotas that stand for this call; 429 when one is used up."""
    moment = datetime.fromtimestamp(world.clock.now_ms() / 1000, UTC)
    asked: list[tuple[str, str, GatewayFault]] = [("day_limit", f"{moment:%Y-%m-%d}", throttled())]
    if is_read:
        asked.append(("read_cap", f"{moment:%Y-%m}", capped()))
    for action, period, refusal in asked:
        fault = world.faults.mode(action, exchange)
        if fault is None:
            continue
        if world.limits.used(action, fault.id, period) >= int(fault.arg or 0):
            raise refusal
        yield action, fault.id, period
