"""Guards that can be taken out of a process, one at a time: what must not pass unnoticed without them.

A guard is removed by its very words: when they change, the mutation fails loudly instead of removing nothing.
"""

from __future__ import annotations
import __future__

import inspect
import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

WITHOUT = "TEST_WITHOUT"  # the name of a guard, in the environment of a forked process


def apply(name: str) -> None:
    if name:
        GUARDS[name]()


def _rewrite(module: ModuleType, name: str, *pairs: tuple[str, str]) -> None:
    """The function with other words in some places, wherever it was imported."""
    old = getattr(module, name)
    source = inspect.getsource(old)
    for before, after in pairs:
        assert before in source, f"{module.__name__}.{name} has no {before!r} any more"
        source = source.replace(before, after)
    flags = __future__.annotations.compiler_flag
    made: dict[str, Any] = {}
    exec(compile(source, f"<{name} without a guard>", "exec", flags), module.__dict__, made)
    _replace(old, made[name])


def _replace(old: object, new: object) -> None:
    for module in [one for name, one in sys.modules.items() if name.startswith("kz_admin")]:
        for name in [name for name, value in vars(module).items() if value is old]:
            setattr(module, name, new)


# -- guards -------------------------------------------------------------------------------------------------


def look_up() -> None:
    """What became of an unknown call is not asked: it goes again at once."""
    from kz_admin.services.push import unknown

    _replace(unknown._findings, lambda _provider, outbound, _ask: [None] * len(outbound.places))


def quiet_wait() -> None:
    """An unknown call is looked up while it may still be under way."""
    from kz_admin.services.push import calls, fates, lease, silence, slots, unknown

    for module in (calls, fates, lease, silence, slots, unknown):
        module.QUIET = 0  # type: ignore[attr-defined]


def fence() -> None:
    """Who was overtaken still records what it brings back."""
    from kz_admin.services.push import results

    _rewrite(results, "_record", ("or attempt.fence != lease.fence", ""))


def lease_and_state() -> None:
    """A worker that believes to hold the lease, and looks at no state: what the unique index is for."""
    from kz_admin.services.push import lease, writing_down

    _rewrite(lease, "confirm", ("until - LASTS", "clock.now_ms()"), ("if until is None:", "if False:"))
    _rewrite(writing_down, "write_down", ("if row.as_state is SyncState.DUE}", "}"))


def single_refresh() -> None:
    """Everybody who finds an old token asks for a new one."""
    from kz_admin.services import refresh

    _rewrite(refresh, "_claim", ("                free,\n", ""))


def company_pause() -> None:
    """After a 429 only the records that were refused wait."""
    from kz_admin.services.push import drain

    _rewrite(drain, "_land", ("in slots.slow_downs(landing)[:1]:", "in []:"))


# -- not guards ---------------------------------------------------------------------------------------------


def patience() -> None:
    """Only shorter: a process that is stopped really cannot be stopped for ten virtual seconds."""
    from kz_admin.services.push import sending

    sending.LEAVES_WITHIN_S = 0.05


def small_chunks() -> None:
    """Past invoices are read three to a page and linked two at a time."""
    from dataclasses import replace

    from kz_admin.services import past_linking, past_reading

    reader_of, past_linking.AT_ONCE = past_reading.reader_of, 2

    def reader(connection: Any) -> Any:
        found: Any = reader_of(connection)
        return replace(found, page=lambda *asked: found.page(*asked)[:3], page_size=3)

    _replace(reader_of, reader)


def short_hangs() -> None:
    """A chat that does not answer is waited for not quite as long; and one name leads inside."""
    import socket

    from kz_admin.services import outbound

    look_up, outbound.SECONDS = socket.getaddrinfo, 0.4

    def inside(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        found = look_up("127.0.0.1" if host == "chat.inside.example" else host, port, *more, **named)
        return [(*one[:4], ("10.0.0.7", port)) for one in found] if host == "chat.inside.example" else found

    socket.getaddrinfo = inside


def _clock_off(by_ms: int) -> None:
    """This machine's own clock is wrong; the database's, which the lease keeps by monotonic time, is not."""
    from kz_admin import clock
    from kz_admin.services.push import lease

    right = clock.now_ms
    clock.now_ms = lambda: right() + by_ms
    lease.Lease.now_ms = lambda _lease: right()  # type: ignore[method-assign]


def clock_fast() -> None:
    _clock_off(600_000)


def clock_slow() -> None:
    _clock_off(-600_000)


def survival_at_build() -> None:
    """A payload that no worker survives."""
    from kz_admin.domain.kinds import Kind
    from kz_admin.providers import PROVIDERS

    pusher = PROVIDERS["quickbooks"].pushers[Kind.INVOICE]
    build = pusher.build

    def deadly(record: Any, refs: Any) -> Any:
        if record.number == "KILLER":
            os.kill(os.getpid(), signal.SIGKILL)
        return build(record, refs)

    object.__setattr__(pusher, "build", deadly)


def survival_at_send() -> None:
    """The same, once its call is committed."""
    from kz_admin.services.push import sending

    launch = sending.Air.launch

    def deadly(air: Any, flight: Any) -> None:
        if b"invoice KILLER" in flight.outbound.request.body:
            os.kill(os.getpid(), signal.SIGKILL)
        launch(air, flight)

    sending.Air.launch = deadly  # type: ignore[method-assign]


_ALL = (
    look_up,
    quiet_wait,
    fence,
    lease_and_state,
    single_refresh,
    company_pause,
    patience,
    small_chunks,
    short_hangs,
    clock_fast,
    clock_slow,
    survival_at_build,
    survival_at_send,
)
GUARDS: dict[str, Callable[[], None]] = {one.__name__: one for one in _ALL}
