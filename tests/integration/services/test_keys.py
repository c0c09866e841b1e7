from __future__ import annotations

import pytest
from sqlalchemy import select

from kz_admin.domain.failures import NotFound, Wrong
from kz_admin.models import ApiKey, AuditEntry, SigningSecret
from kz_admin.models.session import reading
from kz_admin.services import keys
from kz_admin.services.audit import Actor
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_app")

ADA = Actor(None, "Ada Admin")


def find(key: str) -> ApiKey | None:
    with reading() as session:
        return keys.find(session, key)


def test_a_key_is_found_by_its_whole_text_and_names_the_tenant(cast: Cast) -> None:
    made = keys.create("Billing", cast.tenant_id, ADA)
    found = find(made.key)
    assert found is not None
    assert (found.tenant_id, found.name) == (cast.tenant_id, "Billing")
    assert made.key.startswith("kz_live_")
    assert made.signing_secret.startswith("whsec_")


def test_a_platform_key_names_no_tenant() -> None:
    made = keys.create("Platform", None, ADA)
    found = find(made.key)
    assert found is not None
    assert found.tenant_id is None
    assert made.key.startswith("kz_platform_")


def test_part_of_a_key_or_another_one_finds_nothing(cast: Cast) -> None:
    made = keys.create("Billing", cast.tenant_id, ADA)
    other = keys._new_key(keys.LIVE)
    for wrong in (made.key[:-1], made.key + "x", other, made.row.prefix, "", made.row.key_hash):
        assert find(wrong) is None


def test_a_revoked_key_ends_at_once(cast: Cast) -> None:
    made = keys.create("Billing", cast.tenant_id, ADA)
    keys.revoke(made.row.prefix, cast.tenant_id, ADA)
    assert find(made.key) is None
    assert keys.live_keys(cast.tenant_id) == []
    with pytest.raises(NotFound):
        keys.revoke(made.row.prefix, cast.tenant_id, ADA)


@pytest.mark.promise("A2")
def test_a_foreign_key_is_neither_listed_nor_revoked(cast: Cast) -> None:
    made = keys.create("Billing", cast.tenant_id, ADA)
    assert keys.live_keys(cast.other_tenant_id) == keys.live_keys(None) == []
    for foreign in (cast.other_tenant_id, None):
        with pytest.raises(NotFound):
            keys.revoke(made.row.prefix, foreign, ADA)
    assert find(made.key)


def test_only_a_fingerprint_and_a_sealed_secret_are_kept(cast: Cast) -> None:
    made = keys.create("Billing", cast.tenant_id, ADA)
    with reading() as session:
        signing = session.scalars(select(SigningSecret)).one()
        assert signing.secret == made.signing_secret
        entry = session.scalars(select(AuditEntry)).one()
    for kept in (str(vars(made.row)), str(vars(signing)), str(vars(entry))):
        assert made.key not in kept
        assert made.signing_secret not in kept
    assert made.row.prefix in entry.subject


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_key_needs_a_name_that_fits(cast: Cast, name: str) -> None:
    with pytest.raises(Wrong) as refused:
        keys.create(name, cast.tenant_id, ADA)
    assert refused.value.field == "name"
