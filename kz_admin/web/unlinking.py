"""Unlink, and link to another, on the panel of a document: first what it means, then it is done (AX-11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from kz_admin.domain.failures import Conflict, Wrong
from kz_admin.services import connections, unlinking
from kz_admin.web.access import tenant_id
from kz_admin.web.deeds import do
from kz_admin.web.forms import KzForm, text_field
from kz_admin.web.refusals import show_on

if TYPE_CHECKING:
    from kz_admin.web.records import RecordPages

UNLINKED = "Unlinked. Nothing was changed over there. Link it to another one, or copy it anew."
LOOKING = "Looking for it over there. Once it is found and agrees, it is linked."


class LinkForm(KzForm):
    sought = text_field("Number or id", unlinking.LONGEST)


def route(pages: RecordPages, works: Callable[..., Any]) -> None:
    family = pages.family

    def unlink(document_id: UUID) -> ResponseReturnValue:
        document, live = family.find(document_id), connections.live(tenant_id())
        if request.method == "GET":
            if live is None:
                raise Conflict(unlinking.NOT_LINKED)
            return pages.shown(document, step="unlink", obstacle=unlinking.refusal(document, live))
        do(unlinking.unlink, family.kind, document_id)
        return pages.done(document, UNLINKED)

    def link_to(document_id: UUID) -> ResponseReturnValue:
        document, form = family.find(document_id), LinkForm()
        if request.method == "GET":
            return pages.shown(document, step="link_to", link=LinkForm(formdata=None))
        if form.validate():
            try:
                do(unlinking.link_to, family.kind, document_id, form.sought.data or "")
            except Wrong as refused:
                show_on(form, refused)
            else:
                return pages.done(document, LOOKING)
        return pages.shown(document, 422, step="link_to", link=form)

    pages.add("unlink", works, unlink, "GET", "POST")
    pages.add("link-to", works, link_to, "GET", "POST")
