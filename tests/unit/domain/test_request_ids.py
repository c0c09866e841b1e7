from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from kz_admin.domain import request_ids
from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import Verb
from kz_admin.domain.request_ids import Place

PLACE = Place(UUID(int=1), "quickbooks", "production", "9341")
DOCUMENT = UUID(int=7)


def single(place: Place = PLACE, *, verb: Verb = Verb.CREATE, revision: int = 1, generation: int = 0, **more) -> str:
    kind, local_id, part = more.get("kind", Kind.INVOICE), more.get("local_id", DOCUMENT), more.get("part", "")
    return request_ids.single(place, kind, local_id, part, verb, revision, generation)


def test_the_same_write_has_the_same_id_for_ever() -> None:
    # The literal is what left in an earlier version: a new way of making ids would let a resend double a document.
    assert single() == single() == "xa5dzvp4g5rleoksp6nozdemwizd4wng"


def test_a_create_is_the_same_whatever_revision_it_carries_and_a_change_is_not() -> None:
    assert single(revision=1) == single(revision=2)
    assert single(verb=Verb.UPDATE, revision=1) != single(verb=Verb.UPDATE, revision=2)


def test_everything_that_makes_another_write_makes_another_id() -> None:
    others = [
        single(generation=1),
        single(verb=Verb.REMOVE),
        single(part="EUR"),
        single(kind=Kind.PAYMENT),
        single(local_id=uuid4()),
        single(replace(PLACE, company="9342")),
        single(replace(PLACE, environment="sandbox")),
        single(replace(PLACE, installation=UUID(int=2))),
    ]
    assert len({single(), *others}) == len(others) + 1


@given(st.lists(st.uuids(), min_size=1, max_size=30, unique=True))
def test_ids_fit_everywhere_and_a_call_for_several_depends_on_their_order(documents: list[UUID]) -> None:
    members = [single(local_id=one) for one in documents]
    bulk = request_ids.bulk(members)
    assert len(bulk) == request_ids.LENGTH <= 36
    assert bulk.isascii()
    assert bulk.isalnum()
    assert len(documents) == 1 or bulk != request_ids.bulk(members[::-1])


def test_neighbouring_parts_never_run_into_each_other() -> None:
    assert single(replace(PLACE, environment="a", company="bc")) != single(
        replace(PLACE, environment="ab", company="c")
    )
