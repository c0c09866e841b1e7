"""Machine routes: no person, no cookie, no CSRF token; the view checks a key or a signature itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Machine:
    """Has the shape of web.access.Policy, which pages use and which this layer must not import."""

    read: str = "machine"
    write: None = None

    def needs(self, _method: str) -> str:
        return self.read


def machine(view: View) -> View:
    view.kz_policy = Machine()  # type: ignore[attr-defined]  # a mark on the function itself
    return view
