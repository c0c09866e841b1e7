"""Logs: one JSON object a line on stdout (readable lines in development), with ids, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from structlog.typing import EventDict, Processor

from kz_admin import clock

HIDDEN = "[redacted]"
# A key with one of these words in it never shows its value.
SECRET_WORDS = (
    "token",
    "secret",
    "password",
    "authorization",
    "cookie",
    "signature",
    "api_key",
    "apikey",
    "encryption",
    "realm",
    "company_id",
    "body",
)
# Values that give themselves away wherever they stand.
SECRET_SHAPES = re.compile(
    r"(kz_(?:live|platform)_[A-Za-z0-9_-]{6,}|whsec_[A-Za-z0-9+/=_-]{6,}|(?i:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9._-]{10,}|kz1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+"
    r"|(?<=/invitation/)[\w-]{16,}|(?<=/reset/)[\w-]{16,}|(?<=://)[^/@\s]*:[^/@\s]+(?=@))"
)
# What a terminal or a reader of lines takes for the end of one, or for a command.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LOUD = ("werkzeug", "sqlalchemy.engine", "rq.worker", "alembic.runtime.migration")


def bind(**ids: object) -> None:
    """Attach ids (request_id, tenant_id, user_id, job_id, provider) to every line from here on."""
    bind_contextvars(**{name: str(value) for name, value in ids.items() if value is not None})


def unbind() -> None:
    clear_contextvars()


def bound(name: str) -> str:
    return str(get_contextvars().get(name, ""))


def get(name: str) -> Any:
    return structlog.get_logger(name)


def redact(value: Any) -> Any:
    """The same value without secrets: by the name it has, or by its own shape."""
    if isinstance(value, Mapping):
        return {key: HIDDEN if _is_secret(str(key)) else redact(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    # Exceptions, bytes, paths: a renderer would write them as text of its own making, after this look at them.
    return SECRET_SHAPES.sub(HIDDEN, value.decode(errors="replace") if isinstance(value, bytes) else str(value))


def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in SECRET_WORDS)


def _redacted(_logger: object, _method: str, event: EventDict) -> EventDict:
    # Names with an underscore in front are the formatter's own, and never written.
    return {
        key: value if key.startswith("_") else HIDDEN if _is_secret(key) else redact(value)
        for key, value in event.items()
    }


def _on_one_line(_logger: object, _method: str, event: EventDict) -> EventDict:
    """JSON escapes line breaks by itself; for people only a traceback may have them."""
    for key, value in event.items():
        if isinstance(value, str) and key not in ("exception", "stack"):
            event[key] = CONTROLS.sub(lambda found: repr(found.group())[1:-1], value)
    return event


def _stamped(_logger: object, _method: str, event: EventDict) -> EventDict:
    event["at"] = clock.iso(clock.now_ms())
    return event


class _Stdout(logging.Handler):
    """Writes to whatever stdout is at that moment: test runners and supervisors replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            self.handleError(record)  # a closed pipe must not fail the request that wrote the line


def configure(readable: bool) -> None:
    """Send the standard library's and structlog's lines through one pipe. Called once per process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _stamped,
        structlog.processors.format_exc_info,
        _redacted,
    ]
    last: list[Processor] = (
        [_on_one_line, structlog.dev.ConsoleRenderer(timestamp_key="at", colors=False)]
        if readable
        else [structlog.processors.JSONRenderer(ensure_ascii=True)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Stdout()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, _Stdout)] + [handler]
    root.setLevel(logging.INFO)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
