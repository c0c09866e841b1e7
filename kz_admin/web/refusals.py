"""A refusal of a service, shown where people can mend it: at its field, or above the form."""

from __future__ import annotations

from kz_admin.domain.failures import Refused, Wrong
from kz_admin.web.forms import KzForm


def show_on(form: KzForm, refusal: Refused) -> None:
    field = form._fields.get(refusal.field) if isinstance(refusal, Wrong) else None
    if field is None:
        form.form_errors.append(refusal.sentence)
    else:
        field.errors = [*field.errors, refusal.sentence]
