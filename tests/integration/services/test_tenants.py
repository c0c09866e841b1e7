from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from kz_admin.domain.failures import Conflict, NotFound, Wrong
from kz_admin.models import AuditEntry
from kz_admin.models.session import reading
from kz_admin.services import tenants
from kz_admin.services.audit import Actor
from kz_admin.services.tenants import Description
from tests.cast import Cast
from tests.fixtures.at_once import at_once

pytestmark = pytest.mark.usefixtures("in_app")

ACME = Description("Acme", "USD", "America/New_York", "US")
ADA = Actor(None, "Ada Admin")


def test_a_tenant_is_created_with_the_id_the_platform_knows() -> None:
    made = tenants.create(ACME, external_id="customer-1")
    assert tenants.by_external_id("customer-1").id == made.id
    assert tenants.find(made.id).name == "Acme"
    with reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.tenant_id) == ("tenant.created", made.id)


def test_without_an_id_one_is_made_up() -> None:
    one, two = tenants.create(ACME), tenants.create(ACME)
    assert one.external_id != two.external_id
    assert tenants.EXTERNAL_ID.fullmatch(one.external_id)


def test_an_id_is_given_once() -> None:
    tenants.create(ACME, external_id="customer-1")
    with pytest.raises(Conflict, match="customer-1"):
        tenants.create(ACME, external_id="customer-1")


def test_of_two_who_create_the_same_at_once_one_is_told(app: Flask) -> None:
    results = at_once(app, *[lambda: tenants.create(ACME, external_id="customer-1")] * 2)
    assert [isinstance(result, Conflict) for result in results].count(True) == 1, results


@pytest.mark.parametrize("external_id", ["-x", "a b", "a/b", "ä", "x" * 101, "a\n"])
def test_an_id_fits_into_an_address(external_id: str) -> None:
    with pytest.raises(Wrong) as refused:
        tenants.create(ACME, external_id=external_id)
    assert refused.value.field == "external_id"


def test_what_describes_a_tenant_is_checked() -> None:
    wrong = {"name": ["", "  ", "x" * 201], "currency": ["usd", "XXX"], "time_zone": ["Mars/Base"], "country": ["XX"]}
    for field, values in wrong.items():
        for value in values:
            with pytest.raises(Wrong) as refused:
                tenants.create(replace(ACME, **{field: value}))
            assert refused.value.field == field
    with pytest.raises(Wrong) as refused:
        tenants.create(ACME, plan="x" * 61)
    assert refused.value.field == "plan"


def test_saving_records_only_what_changed(cast: Cast) -> None:
    tenants.describe(cast.tenant_id, replace(ACME, currency="CAD"), 1, ADA)
    with reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.before, entry.after) == ('{"currency": "USD"}', '{"currency": "CAD"}')
    assert tenants.find(cast.tenant_id).version == 2


def test_saving_the_same_changes_and_records_nothing(cast: Cast) -> None:
    tenants.describe(cast.tenant_id, ACME, 1, ADA)
    assert tenants.find(cast.tenant_id).version == 1
    with reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_who_saves_an_older_version_is_told(cast: Cast) -> None:
    tenants.describe(cast.tenant_id, replace(ACME, name="First"), 1, ADA)
    with pytest.raises(Conflict, match=tenants.CHANGED_MEANWHILE):
        tenants.describe(cast.tenant_id, replace(ACME, name="Second"), 1, ADA)
    assert tenants.find(cast.tenant_id).name == "First"


def test_of_two_who_save_at_once_one_is_told(app: Flask, cast: Cast) -> None:
    saves = [lambda n=n: tenants.describe(cast.tenant_id, replace(ACME, name=n), 1, ADA) for n in ("One", "Two")]
    results = at_once(app, *saves)
    assert [isinstance(result, Conflict | StaleDataError) for result in results].count(True) == 1, results
    assert tenants.find(cast.tenant_id).version == 2


def test_what_is_not_there_is_not_found() -> None:
    for look in (lambda: tenants.find(uuid4()), lambda: tenants.describe(uuid4(), ACME, 1, ADA)):
        with pytest.raises(NotFound):
            look()
    with pytest.raises(NotFound, match="nowhere"):
        tenants.by_external_id("nowhere")


def test_operators_see_counts_of_people_who_have_access(cast: Cast) -> None:
    rows = {row.tenant.external_id: row.people for row in tenants.all_with_counts()}
    assert rows == {"acme": 4, "beta": 1}
