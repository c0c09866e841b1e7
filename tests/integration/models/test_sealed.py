"""Sealed columns: a secret opens only in the row and the tenant it was sealed for."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update

from kz_admin import clock
from kz_admin.crypto import CannotOpen
from kz_admin.models import Mail, SigningSecret
from kz_admin.models.sealed import sealed_columns
from kz_admin.models.session import reading, writing
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_app")


def mail(tenant_id: object, words: str) -> Mail:
    made = Mail(tenant_id=tenant_id, to="x@example.com", subject="s", purpose="p", state="kept", due_at=clock.now_ms())
    made.text = words
    return made


@pytest.fixture
def mails(cast: Cast) -> tuple[Mail, Mail]:
    ours, theirs = mail(cast.tenant_id, "ours"), mail(cast.other_tenant_id, "theirs")
    with writing() as session:
        session.add_all([ours, theirs])
    return ours, theirs


def read(row: Mail) -> str | None:
    with reading() as session:
        return session.scalars(select(Mail).where(Mail.id == row.id)).one().text


def test_a_sealed_column_reads_as_plain_text_and_is_stored_as_ciphertext(mails: tuple[Mail, Mail]) -> None:
    ours, _ = mails
    assert read(ours) == "ours"
    with reading() as session:
        stored = session.scalars(select(Mail.text_sealed)).all()
    assert all(value.startswith("kz1.") and "ours" not in value for value in stored)


def test_nothing_is_kept_as_nothing(mails: tuple[Mail, Mail]) -> None:
    assert mails[0].html is None


@pytest.mark.promise("A63")
def test_a_value_copied_to_another_row_or_tenant_stays_closed(mails: tuple[Mail, Mail]) -> None:
    ours, theirs = mails
    with writing() as session:
        session.execute(update(Mail).where(Mail.id == theirs.id).values(text_sealed=ours.text_sealed))
    with pytest.raises(CannotOpen):
        read(theirs)


@pytest.mark.promise("A63")
def test_a_row_moved_to_another_tenant_stays_closed(mails: tuple[Mail, Mail], cast: Cast) -> None:
    ours, _ = mails
    with writing() as session:
        session.execute(update(Mail).where(Mail.id == ours.id).values(tenant_id=cast.other_tenant_id))
    with pytest.raises(CannotOpen):
        read(ours)


@pytest.mark.promise("A63")
def test_a_value_moved_to_another_column_stays_closed(mails: tuple[Mail, Mail]) -> None:
    ours, _ = mails
    with writing() as session:
        session.execute(text("UPDATE mail SET html_sealed = text_sealed"))
    with reading() as session:
        found = session.get_one(Mail, ours.id)
        with pytest.raises(CannotOpen):
            _ = found.html


def test_every_sealed_column_is_known_to_rotation() -> None:
    found = {(model.__tablename__, column) for model, column in sealed_columns()}
    by_name = {
        (table.name, column.name)
        for table in Mail.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    assert found == by_name
    assert ("signing_secret", "secret_sealed") in found


def test_the_column_itself_is_what_the_class_shows() -> None:
    assert SigningSecret.secret.column == "secret_sealed"
