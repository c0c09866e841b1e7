"""Fields for what our documents are made of: numbers, amounts, dates, and names that people type instead of ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from wtforms import Form, HiddenField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from kz_admin import ids
from kz_admin.domain.figures import NotANumber, decimal_of, minor_of
from kz_admin.domain.regions import COUNTRIES, CURRENCIES
from kz_admin.domain.terms import is_date
from kz_admin.web.forms import HIDDEN_LETTERS, KzForm

MOST_TEXT = 4_000


class NewForm(KzForm):
    """Sent twice, it makes one thing (HX-13)."""

    action_id = HiddenField(default=lambda: str(ids.uuid7()))


class EditForm(KzForm):
    """Carries the version its reader saw."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired("Load the page again.")])


class DecimalField(StringField):  # type: ignore[misc]  # wtforms ships no types
    """An exact number. `number` is what was written, once the form is valid; None when it was left empty."""

    number: Decimal | None = None

    def __init__(self, label: str, *, places: int = 6, required: str = "", **options: Any) -> None:
        self.places, self.required = places, required
        options.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, **options)

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            if self.required:
                raise ValidationError(self.required)
            return
        try:
            self.number = decimal_of(self.data, places=self.places)
        except NotANumber as wrong:
            raise ValidationError(str(wrong)) from None


class AmountField(StringField):  # type: ignore[misc]  # wtforms ships no types
    """An amount in the currency that the form names by `currency_code()`. `minor` is what was written."""

    minor: int | None = None

    def __init__(self, label: str, *, required: str = "", **options: Any) -> None:
        self.required = required
        options.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, **options)

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            if self.required:
                raise ValidationError(self.required)
            return
        currency = form.currency_code()
        if currency not in CURRENCIES:
            return  # the currency's own field says so
        try:
            self.minor = minor_of(self.data, currency)
        except NotANumber as wrong:
            raise ValidationError(str(wrong)) from None


class NamedField(StringField):  # type: ignore[misc]  # wtforms ships no types
    """People type or pick a name; `found` is the row behind it. Long lists need no select with all of them."""

    found: Any = None

    def __init__(self, label: str, find: Callable[[str, Any], Any], *, required: str = "", **options: Any) -> None:
        self.find, self.required = find, required
        options.setdefault("render_kw", {"autocomplete": "off"})
        super().__init__(label, **options)

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            if self.required:
                raise ValidationError(self.required)
            return
        visible(form, self)
        self.found = self.find(self.data, form)


def date_field(label: str, required: str = "", **options: Any) -> StringField:
    def check(_form: Form, field: StringField) -> None:
        if not field.data and required:
            raise ValidationError(required)
        if field.data and not is_date(field.data):
            raise ValidationError("Enter a date such as 2026-07-31.")

    return StringField(label, validators=[check], render_kw={"type": "date"}, **options)


def long_text(label: str, most: int = MOST_TEXT, **options: Any) -> TextAreaField:
    checks = [visible, Length(max=most, message=f"{label} can have at most {most:,} characters."), Optional()]
    return TextAreaField(label, validators=checks, **options)


def visible(_form: Form, field: StringField) -> None:
    """Several lines are welcome, hidden letters are not (A24)."""
    text = field.data or ""
    if any(letter in HIDDEN_LETTERS or (ord(letter) < 32 and letter not in "\n\r\t") for letter in text):
        raise ValidationError(f"{field.label.text} contains a hidden letter. Remove it and save again.")


def currency_field(label: str = "Currency", **options: Any) -> SelectField:
    choices = [SelectChoice(code, f"{code} – {name}") for code, name in CURRENCIES.items()]
    return SelectField(label, choices=choices, **options)


def country_field(label: str = "Country", **options: Any) -> SelectField:
    named = sorted(COUNTRIES.items(), key=lambda pair: pair[1])
    return SelectField(label, choices=[SelectChoice("", "–"), *(SelectChoice(*pair) for pair in named)], **options)


def choices_of(rows: Sequence[Any], none: str = "–", kept: Any = None) -> list[SelectChoice]:
    """Rows as choices; one that was archived meanwhile stays where it is chosen."""
    shown = list(rows)
    if kept is not None and all(row.id != kept.id for row in shown):
        shown.append(kept)
    return [SelectChoice("", none), *(SelectChoice(str(row.id), row.name) for row in shown)]
