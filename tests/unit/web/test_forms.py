"""What every form of ours does with what people type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField

from kz_admin.web.forms import KzForm, email_field, text_field
from tests.conftest import make_app


class Form(KzForm):
    name = text_field("Your name", 20)
    nickname = text_field("Nickname", 20, required=False)
    email = email_field()
    password = PasswordField("Password")
    loud = StringField("Loud", filters=[lambda value: value and value.upper()])


@pytest.fixture(scope="module")
def bare() -> Flask:
    return make_app("sqlite://")


@pytest.fixture
def filled(bare: Flask) -> Iterator[Callable[..., Form]]:
    with bare.test_request_context():
        yield lambda **typed: Form(MultiDict({"name": "Ada", "email": "ada@example.com", **typed}))


def test_spaces_around_a_text_do_not_count(filled: Callable[..., Form]) -> None:
    form = filled(name="  Ada  ", email=" ada@example.com ")
    assert form.validate()
    assert (form.name.data, form.email.data) == ("Ada", "ada@example.com")


def test_a_password_is_taken_as_it_was_typed(filled: Callable[..., Form]) -> None:
    assert filled(password="  two spaces at both ends  ").password.data == "  two spaces at both ends  "


def test_a_fields_own_filters_work_every_time(filled: Callable[..., Form]) -> None:
    assert [filled(loud=" hey ").loud.data for _ in range(3)] == ["HEY"] * 3


def test_a_name_of_spaces_is_no_name(filled: Callable[..., Form]) -> None:
    form = filled(name="   ")
    assert not form.validate()
    assert form.name.errors == ["Enter your name."]


def test_what_may_be_left_out_may_be_left_out(filled: Callable[..., Form]) -> None:
    assert filled(nickname="").validate()


@pytest.mark.promise("A24")
@pytest.mark.parametrize(
    "letter",
    ["\x00", "\x1b", "\n", "\u200b", "\u200e", "\u200f", "\u202e", "\u2066", "\u2028", "\u2029", "\ufeff", "\u061c"],
)
def test_a_letter_that_does_not_show_is_named_and_refused(filled: Callable[..., Form], letter: str) -> None:
    form = filled(name=f"A{letter}da")
    assert not form.validate()
    assert "hidden letter" in str(form.name.errors)


@pytest.mark.parametrize("name", ["Zoë Ødegård", "李小龍", "محمد", "O'Brien-Smith", "{{7*7}}", "<b>bold</b>"])
def test_names_of_all_languages_are_fine(filled: Callable[..., Form], name: str) -> None:
    assert filled(name=name).validate()


@pytest.mark.promise("A24")
def test_a_name_of_10_kb_is_refused_with_its_limit(filled: Callable[..., Form]) -> None:
    form = filled(name="x" * 10_240)
    assert not form.validate()
    assert "at most 20 characters" in str(form.name.errors)


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com"])
def test_what_is_no_address_is_refused(filled: Callable[..., Form], email: str) -> None:
    assert not filled(email=email).validate()
