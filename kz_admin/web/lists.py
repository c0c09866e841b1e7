"""Lists as pages: filters and place are in the address; htmx swaps the partial that the page includes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app, request, stream_with_context, url_for

from kz_admin import ids
from kz_admin.domain.status import Pill
from kz_admin.services import pills
from kz_admin.services.documents.listing import Page, Selection
from kz_admin.web.access import tenant_id

F = TypeVar("F")
LONGEST_FILTER = 100
LONGEST_PLACE = 500


@dataclass(frozen=True)
class Listing:
    """One screen of a list and where its links lead."""

    page: Page[Any]
    filters: Any
    chosen: dict[str, str]  # the filters that are set, as they stand in the address
    endpoint: str
    pills: Mapping[UUID, Pill]  # where its documents stand in the books

    @property
    def moving(self) -> list[UUID]:
        """The rows whose place in the books is not final; one poll asks for all of them (HX-11)."""
        asks = f"{self.endpoint}.pills" in current_app.view_functions
        return [row_id for row_id, pill in self.pills.items() if asks and pill.moves]

    @property
    def address(self) -> str:
        return self._address("index")

    @property
    def rows(self) -> Any:
        return self.page.rows

    @property
    def first(self) -> str:
        return "" if self.page.first else self.without()

    @property
    def next(self) -> str:
        return self._address("index", after=self.page.next, **self.chosen) if self.page.next else ""

    @property
    def csv(self) -> str:
        return self._address("download", **self.chosen)

    def without(self, *names: str, **more: str) -> str:
        """This list with one filter fewer, or another value of it; always from its first page on."""
        kept = {name: value for name, value in {**self.chosen, **more}.items() if name not in names and value}
        return self._address("index", **kept)

    def _address(self, view: str, **values: Any) -> str:
        return url_for(f"{self.endpoint}.{view}", **values)


def filters_of(kind: type[F], given: Mapping[str, str] | None = None) -> F:
    """The filters in the address, or in a form; unknown names and unreadable values are left out."""
    source = request.args if given is None else given
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]  # every Filters is a dataclass
        text = source.get(field.name, "").strip().replace("\x00", "")[:LONGEST_FILTER]
        if field.name == "books" and text not in pills.BOOKS:
            text = ""
        if "bool" in str(field.type):
            values[field.name] = text == "1"
        elif "UUID" in str(field.type):
            values[field.name] = ids.parse(text)
        else:
            values[field.name] = text
    return kind(**values)


def place() -> str:
    return request.args.get("after", "")[:LONGEST_PLACE]


def listing(endpoint: str, page: Page[Any], filters: Any) -> Listing:
    chosen = {name: _in_address(value) for name, value in vars(filters).items() if value}
    return Listing(page, filters, chosen, endpoint, pills.of(tenant_id(), page.rows))


def csv_answer(lines: Generator[str], name: str) -> Response:
    """Streamed: a million rows need no memory (A70)."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    if request.method == "HEAD":
        lines.close()
        return Response("", mimetype="text/csv", headers=headers)
    return Response(stream_with_context(lines), mimetype="text/csv", headers=headers)


def selected(filters: type[F] | None = None, matching: Callable[[UUID, F, str], Selection] | None = None) -> Selection:
    """The rows a person ticked, or all that match the list's filters, on whatever page they stand (AX-16).

    What is no id is no row of ours and is refused with the rest (A3).
    """
    if filters is not None and matching is not None and request.form.get("everything"):
        return matching(tenant_id(), filters_of(filters, request.form), request.form.get("after", "")[:LONGEST_PLACE])
    return Selection([ids.parse(text) or ids.uuid7() for text in request.form.getlist("selected")])


def _in_address(value: Any) -> str:
    return "1" if value is True else str(value)
