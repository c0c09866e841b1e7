"""Signing in and out: throttled, the same for everybody, and ended on the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from kz_admin import clock, crypto
from kz_admin.domain.failures import NotFound, Throttled, Wrong
from kz_admin.domain.roles import Role
from kz_admin.models import AuditEntry, FailedSignIn, Mail, Membership, PasswordLink, SignIn, Tenant, User
from kz_admin.models.session import reading, writing
from kz_admin.services import password_links, passwords, people, sign_in_tries, signin
from tests.cast import PASSWORD, Cast, tenant
from tests.fixtures.at_once import at_once

pytestmark = pytest.mark.usefixtures("in_app")

HERE = "203.0.113.7"
FRESH = "a new and longer password"


def try_in_vain(email: str, address: str = HERE) -> str:
    with pytest.raises(Wrong) as refused:
        signin.log_in(email, "not the password at all", address)
    return refused.value.sentence


def reset_token(user_id: UUID) -> str:
    with writing() as session:
        link = password_links.make(session, session.get_one(User, user_id), password_links.LASTS)
    return link.rpartition("/")[2]


def test_the_right_password_opens_a_sign_in(cast: Cast) -> None:
    person = signin.whoami(signin.log_in(cast.admin.email, PASSWORD, HERE))
    assert person is not None
    assert (person.user_id, person.email) == (cast.admin.user_id, cast.admin.email)
    assert person.place is not None
    assert (person.place.tenant_id, person.place.role) == (cast.tenant_id, Role.ADMIN)


def test_case_and_outer_space_make_no_other_person(cast: Cast) -> None:
    assert signin.whoami(signin.log_in(f"  {cast.admin.email.upper()} ", PASSWORD, HERE))


def test_the_token_is_kept_as_a_fingerprint_only(cast: Cast) -> None:
    token = signin.log_in(cast.admin.email, PASSWORD, HERE)
    with reading() as session:
        kept = session.scalars(select(SignIn)).one()
    assert kept.token_hash == crypto.fingerprint(token)
    assert token not in str(vars(kept))


def test_unknown_wrong_and_disabled_people_get_the_same_answer(cast: Cast) -> None:
    with writing() as session:
        session.execute(update(User).where(User.id == cast.loner.user_id).values(disabled_at=clock.now_ms()))
    answers = {try_in_vain(email) for email in (cast.admin.email, cast.loner.email, "nobody@example.com")}
    assert answers == {signin.WRONG}
    with pytest.raises(Wrong, match=signin.WRONG):
        signin.log_in(cast.loner.email, PASSWORD, HERE)


def test_an_unknown_person_costs_as_much_as_a_known_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is measured in what is done: one verification of a hash, for everybody."""
    verified: list[bool] = []
    real = passwords.matches

    def counted(password: str, password_hash: str | None) -> bool:
        verified.append(password_hash is not None)
        return real(password, password_hash)

    monkeypatch.setattr(passwords, "matches", counted)
    try_in_vain("nobody@example.com")
    try_in_vain(cast.admin.email)
    assert verified == [False, True]


@pytest.mark.promise("A30")
@pytest.mark.parametrize("who", ["known", "unknown"])
def test_ten_tries_at_one_person_are_enough(
    who: str, cast: Cast, at: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    email = cast.admin.email if who == "known" else "nobody@example.com"
    for number in range(sign_in_tries.MOST_PER_PERSON):
        try_in_vain(email, f"198.51.100.{number}")
    # also with the right password, and without looking at it
    monkeypatch.setattr(passwords, "matches", lambda *_: pytest.fail("a throttled try was verified"))
    with pytest.raises(Throttled) as refused:
        signin.log_in(email, PASSWORD, "192.0.2.1")
    assert refused.value.sentence == "Too many tries. Wait 15 minutes, then try again."
    assert 14 * 60 < refused.value.retry_after_s <= 15 * 60
    monkeypatch.undo()
    at(sign_in_tries.WINDOW - clock.MINUTE)
    with pytest.raises(Throttled, match="Wait 1 minute,"):
        signin.log_in(email, PASSWORD, HERE)
    at(2 * clock.MINUTE)
    if who == "known":
        assert signin.log_in(email, PASSWORD, HERE)


@pytest.mark.promise("A30")
def test_forty_tries_from_one_address_are_enough(cast: Cast) -> None:
    with writing() as session:
        key = sign_in_tries.keys("sign-in", "", HERE)[1]
        session.add_all(FailedSignIn(key=key, at=clock.now_ms()) for _ in range(sign_in_tries.MOST_PER_ADDRESS - 1))
    try_in_vain("someone-else@example.com")
    with pytest.raises(Throttled):
        signin.log_in(cast.admin.email, PASSWORD, HERE)
    assert signin.log_in(cast.admin.email, PASSWORD, "198.51.100.9")


def test_tries_are_counted_without_addresses_in_clear(cast: Cast) -> None:
    try_in_vain(cast.admin.email)
    with reading() as session:
        kept = session.scalars(select(FailedSignIn.key)).all()
    assert len(kept) == 2
    assert not any(cast.admin.email in key or HERE in key for key in kept)
    assert crypto.fingerprint(f"address|{HERE}") not in kept  # nor to be found out by hashing every address there is


def test_success_is_no_failed_try(cast: Cast) -> None:
    for _ in range(sign_in_tries.MOST_PER_PERSON + 2):
        signin.log_in(cast.admin.email, PASSWORD, HERE)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 0


@pytest.mark.promise("A29")
def test_a_sign_in_ends_with_logging_out_in_this_browser_only(cast: Cast) -> None:
    here, elsewhere = (signin.log_in(cast.admin.email, PASSWORD, HERE) for _ in range(2))
    signin.log_out(here)
    assert signin.whoami(here) is None
    assert signin.whoami(elsewhere)


def test_a_sign_in_ends_after_its_time(cast: Cast, at: Callable[[int], None]) -> None:
    token = signin.log_in(cast.admin.email, PASSWORD, HERE)
    at(signin.LASTS - clock.MINUTE)
    assert signin.whoami(token)
    at(clock.MINUTE + 1)
    assert signin.whoami(token) is None


def test_a_sign_in_ends_when_the_person_is_disabled(cast: Cast) -> None:
    token = signin.log_in(cast.admin.email, PASSWORD, HERE)
    with writing() as session:
        session.execute(update(User).where(User.id == cast.admin.user_id).values(disabled_at=clock.now_ms()))
    assert signin.whoami(token) is None


@pytest.mark.promise("A9")
def test_who_is_disabled_or_removed_in_a_tenant_has_no_place_there_at_once(cast: Cast) -> None:
    viewer, books = (signin.log_in(actor.email, PASSWORD, HERE) for actor in (cast.viewer, cast.bookkeeper))
    admin = signin.whoami(signin.log_in(cast.admin.email, PASSWORD, HERE))
    assert admin is not None
    people.disable(cast.tenant_id, cast.viewer.membership_id, 1, admin.actor)
    people.remove(cast.tenant_id, cast.bookkeeper.membership_id, 1, admin.actor)
    for token in (viewer, books):
        person = signin.whoami(token)
        assert person is not None
        assert person.places == ()
        assert person.place is None


def test_every_sign_in_ends_when_the_password_is_reset(cast: Cast) -> None:
    earlier = [signin.log_in(cast.admin.email, PASSWORD, HERE) for _ in range(2)]
    now = password_links.follow(reset_token(cast.admin.user_id), FRESH)
    assert [signin.whoami(token) for token in earlier] == [None, None]
    assert signin.whoami(now)
    assert signin.log_in(cast.admin.email, FRESH, HERE)
    assert try_in_vain(cast.admin.email)


def test_a_log_in_that_overlaps_a_reset_does_not_survive_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds the old password must not slip in between its check and the sign-in."""
    real, token = passwords.matches, reset_token(cast.admin.user_id)

    def reset_meanwhile(password: str, password_hash: str | None) -> bool:
        found = real(password, password_hash)
        monkeypatch.setattr(passwords, "matches", real)
        password_links.follow(token, FRESH)
        return found

    monkeypatch.setattr(passwords, "matches", reset_meanwhile)
    with pytest.raises(Wrong, match=signin.WRONG):
        signin.log_in(cast.admin.email, PASSWORD, HERE)
    assert signin.log_in(cast.admin.email, FRESH, HERE)


def test_a_log_in_that_overlaps_a_ban_does_not_survive_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    real = passwords.matches

    def ban_meanwhile(password: str, password_hash: str | None) -> bool:
        with writing() as session:
            session.execute(update(User).where(User.id == cast.admin.user_id).values(disabled_at=clock.now_ms()))
        return real(password, password_hash)

    monkeypatch.setattr(passwords, "matches", ban_meanwhile)
    with pytest.raises(Wrong, match=signin.WRONG):
        signin.log_in(cast.admin.email, PASSWORD, HERE)


def test_an_outdated_hash_is_renewed_at_log_in_whatever_the_rules_say_now(cast: Cast) -> None:
    from argon2 import PasswordHasher

    weaker = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("short")
    with writing() as session:
        session.execute(update(User).where(User.id == cast.admin.user_id).values(password_hash=weaker))
    assert signin.log_in(cast.admin.email, "short", HERE)
    with reading() as session:
        renewed = session.get_one(User, cast.admin.user_id).password_hash
    assert renewed != weaker
    assert passwords.matches("short", renewed)


def test_a_link_works_once(cast: Cast) -> None:
    token = reset_token(cast.admin.user_id)
    assert password_links.owner_of(token) == cast.admin.email
    password_links.follow(token, FRESH)
    for use in (lambda: password_links.owner_of(token), lambda: password_links.follow(token, FRESH + "!")):
        with pytest.raises(NotFound, match=password_links.GONE):
            use()


def test_of_two_uses_of_a_link_at_once_one_wins(app: Flask, cast: Cast) -> None:
    token = reset_token(cast.admin.user_id)
    uses = [lambda n=n: password_links.follow(token, f"{FRESH} {n}") for n in range(3)]
    results = at_once(app, *uses)
    winners = [number for number, result in enumerate(results) if isinstance(result, str)]
    assert len(winners) == 1
    assert all(isinstance(result, NotFound) for number, result in enumerate(results) if number not in winners)
    assert signin.log_in(cast.admin.email, f"{FRESH} {winners[0]}", HERE)


def test_a_link_that_is_too_old_replaced_or_unknown_is_refused(cast: Cast, at: Callable[[int], None]) -> None:
    first = reset_token(cast.admin.user_id)
    second = reset_token(cast.admin.user_id)
    for token in (first, "unknown", ""):
        with pytest.raises(NotFound, match=password_links.GONE):
            password_links.owner_of(token)
    assert password_links.owner_of(second)
    at(password_links.LASTS + 1)
    with pytest.raises(NotFound):
        password_links.follow(second, FRESH)


def test_a_password_that_is_refused_leaves_the_link_usable(cast: Cast) -> None:
    token = reset_token(cast.admin.user_id)
    with pytest.raises(Wrong):
        password_links.follow(token, "short")
    assert password_links.follow(token, FRESH)


def test_asking_for_a_link_mails_it_to_people_we_know_only(cast: Cast) -> None:
    password_links.send(cast.admin.email, HERE)
    password_links.send("nobody@example.com", HERE)
    with writing() as session:
        session.execute(update(User).where(User.id == cast.viewer.user_id).values(disabled_at=clock.now_ms()))
    password_links.send(cast.viewer.email, HERE)
    with reading() as session:
        mails = session.scalars(select(Mail)).all()
        links = session.scalars(select(PasswordLink)).all()
    assert [mail.to for mail in mails] == [cast.admin.email]
    assert len(links) == 1
    words = mails[0].text or ""
    token = next(word for word in words.split() if "/login/reset/" in word).rpartition("/")[2]
    assert password_links.owner_of(token) == cast.admin.email


def test_asking_too_often_is_refused_alike_for_everybody(cast: Cast) -> None:
    for email in (cast.admin.email, "nobody@example.com"):
        for number in range(sign_in_tries.MOST_PER_PERSON):
            password_links.send(email, f"198.51.100.{number}")
        with pytest.raises(Throttled, match="Too many tries"):
            password_links.send(email, HERE)


def test_people_begin_where_they_worked_last(cast: Cast) -> None:
    with writing() as session:
        first = tenant("aaa")  # before Acme by name
        session.add(first)
        session.flush()
        session.add(Membership(tenant_id=first.id, user_id=cast.admin.user_id, role="viewer"))

    def begin() -> Any:
        token = signin.log_in(cast.admin.email, PASSWORD, HERE)
        person = signin.whoami(token)
        assert person is not None
        return person

    person = begin()
    assert person.place.tenant_id == first.id
    assert [place.tenant_name for place in person.places] == ["Aaa", "Acme"]
    signin.switch(person, cast.tenant_id)
    assert begin().place.tenant_id == cast.tenant_id


def test_a_place_that_was_lost_is_not_where_they_begin(cast: Cast) -> None:
    token = signin.log_in(cast.bookkeeper.email, PASSWORD, HERE)
    admin = signin.whoami(signin.log_in(cast.admin.email, PASSWORD, HERE))
    assert admin is not None
    people.disable(cast.tenant_id, cast.bookkeeper.membership_id, 1, admin.actor)
    again = signin.whoami(signin.log_in(cast.bookkeeper.email, PASSWORD, HERE))
    assert again is not None
    assert again.place is None
    assert signin.whoami(token) is not None


def test_switching_leads_to_ones_own_tenants_only(cast: Cast) -> None:
    person = signin.whoami(signin.log_in(cast.admin.email, PASSWORD, HERE))
    assert person is not None
    for foreign in (cast.other_tenant_id, None):
        with pytest.raises(NotFound):
            signin.switch(person, foreign)


def test_switching_is_for_this_browser_only(cast: Cast) -> None:
    with writing() as session:
        session.add(Membership(tenant_id=cast.other_tenant_id, user_id=cast.admin.user_id, role="viewer"))
    one, two = (signin.log_in(cast.admin.email, PASSWORD, HERE) for _ in range(2))
    person = signin.whoami(one)
    assert person is not None
    signin.switch(person, cast.other_tenant_id)
    places = [found.place.tenant_id for token in (one, two) if (found := signin.whoami(token)) and found.place]
    assert places == [cast.other_tenant_id, cast.tenant_id]


def test_signing_in_is_in_the_audit(cast: Cast) -> None:
    signin.log_in(cast.admin.email, PASSWORD, HERE)
    with reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.tenant_id, entry.actor_id) == ("person.signed_in", cast.tenant_id, cast.admin.user_id)


def test_who_a_person_is_costs_one_query(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import event

    from kz_admin.models.session import engine

    token = signin.log_in(cast.admin.email, PASSWORD, HERE)
    said: list[str] = []

    def listen(*args: Any) -> None:
        said.append(args[2])

    event.listen(engine(), "before_cursor_execute", listen)
    signin.whoami(token)
    event.remove(engine(), "before_cursor_execute", listen)
    assert len([statement for statement in said if not statement.startswith("BEGIN")]) == 1
    assert Tenant.__tablename__ in said[-1]
