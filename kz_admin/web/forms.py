"""The base of every form: trimmed text, readable messages, and the hidden fields that make a POST trustworthy."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from wtforms import Field, Form, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from kz_admin.domain import email_address
from kz_admin.domain.failures import Wrong
from kz_admin.web.access import person

# Letters that change the direction of text, or show nothing at all, let one name pass for another.
HIDDEN_LETTERS = frozenset(
    "\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
BREAKS = ("Cc", "Zl", "Zp")  # Unicode's categories of controls, line and paragraph separators


def init_app(app: Flask) -> None:
    app.jinja_env.globals["form_tokens"] = form_tokens


class KzForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Fields are trimmed; the page names each problem once in a summary and once at its field."""

    class Meta:
        csrf = False  # CSRFProtect checks every POST; a second check here would only say it twice

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            kind = unbound_field.field_class
            # A password may begin or end with a space.
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options = {**options, "filters": [trimmed, *unbound_field.kwargs.get("filters", ())]}
            return unbound_field.bind(form=form, **options)


def trimmed(value: str | None) -> str | None:
    return value.strip() if isinstance(value, str) else value


def plain_text(_form: Form, field: Field) -> None:
    """One line of visible letters: control characters and direction marks are named and refused."""
    for letter in field.data or "":
        if letter in HIDDEN_LETTERS or unicodedata.category(letter) in BREAKS:
            name = unicodedata.name(letter, f"control character {ord(letter)}").lower()
            raise ValidationError(f"{field.label.text} contains a hidden letter ({name}). Remove it and save again.")


def text_field(label: str, most: int, *, required: bool = True, **options: Any) -> StringField:
    checks: list[Any] = [plain_text, Length(max=most, message=f"{label} can have at most {most} characters.")]
    if required:
        checks.insert(0, DataRequired(f"Enter {_with_article(label)}."))
    return StringField(label, validators=checks, **options)


def mailable(_form: Form, field: Field) -> None:
    """Our own rule, not WTForms': that one refuses reserved domains, in which demo people live."""
    try:
        email_address.checked(field.data or "")
    except Wrong as refusal:
        raise ValidationError(refusal.sentence) from None


def email_field(label: str = "E-mail address", **options: Any) -> StringField:
    return StringField(
        label,
        validators=[
            DataRequired("Enter an e-mail address."),
            Length(max=254, message="An e-mail address can have at most 254 characters."),
            mailable,
        ],
        **options,
    )


def _with_article(label: str) -> str:
    if label.startswith("Your "):
        return label[:1].lower() + label[1:]
    return f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {label[:1].lower()}{label[1:]}"


def form_tokens() -> Markup:
    """The hidden fields of every form: the CSRF token and the tenant the page was made for."""
    whoever = person()
    place = whoever.place if whoever else None
    tenant = f'<input type="hidden" name="_tenant" value="{escape(place.tenant_id)}">' if place else ""
    return Markup(f'<input type="hidden" name="csrf_token" value="{escape(generate_csrf())}">{tenant}')  # noqa: S704 - both values are escaped
