"""The people of a tenant: invited, accepted, changed, disabled, removed. There is always an admin left."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from kz_admin import clock
from kz_admin.domain.failures import Conflict, NotFound, Refused, Wrong
from kz_admin.domain.roles import Role
from kz_admin.models import AuditEntry, Invitation, Mail, Membership, User
from kz_admin.models.session import reading, writing
from kz_admin.models.user import email_key
from kz_admin.services import invitations, people, signin
from kz_admin.services.audit import Actor
from tests.cast import Actor as CastActor
from tests.cast import Cast
from tests.fixtures.at_once import at_once

pytestmark = pytest.mark.usefixtures("in_app")

ADA = Actor(None, "Ada Admin <ada.admin@example.com>")
NEW = "new.person@example.com"
PASSWORD = "a cup of tea at four"


def invite(cast: Cast, email: str = NEW, role: Role = Role.BOOKKEEPER) -> str:
    """The token of a fresh invitation."""
    return invitations.invite(cast.tenant_id, email, role, ADA).rpartition("/")[2]


def member(cast: Cast, email: str) -> Membership | None:
    return next((one for one in people.list_people(cast.tenant_id) if one.user.email_key == email_key(email)), None)


def actions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def version(cast: Cast, actor: CastActor) -> int:
    return people.find(cast.tenant_id, actor.membership_id).version


# Inviting


def test_an_invitation_is_mailed_listed_and_offered(cast: Cast) -> None:
    token = invite(cast)
    (listed,) = invitations.still_open(cast.tenant_id)
    offered = invitations.offered(token)
    with reading() as session:
        mail = session.scalars(select(Mail)).one()
    assert (listed.email, listed.role, listed.tenant_id) == (NEW, "bookkeeper", cast.tenant_id)
    assert (offered.email, offered.role, offered.tenant_name, offered.known) == (NEW, Role.BOOKKEEPER, "Acme", False)
    assert mail.to == NEW
    assert token in (mail.text or "")
    assert token in (mail.html or "")
    assert token not in listed.token_hash
    assert actions() == ["person.invited"]


def test_a_second_invitation_replaces_the_first(cast: Cast) -> None:
    first = invite(cast, role=Role.VIEWER)
    second = invite(cast, f" {NEW.upper()} ", Role.ADMIN)
    with pytest.raises(NotFound, match=invitations.GONE):
        invitations.offered(first)
    assert invitations.offered(second).role is Role.ADMIN
    assert len(invitations.still_open(cast.tenant_id)) == 1


def test_two_invitations_at_once_leave_one_open(app: Flask, cast: Cast) -> None:
    results = at_once(app, *[lambda: invite(cast) for _ in range(4)])
    assert all(isinstance(result, str) for result in results)
    assert len(invitations.still_open(cast.tenant_id)) == 1


def test_sending_again_keeps_the_role_and_ends_the_earlier_link(cast: Cast) -> None:
    first = invite(cast, role=Role.VIEWER)
    (listed,) = invitations.still_open(cast.tenant_id)
    invitations.resend(cast.tenant_id, listed.id, ADA)
    (again,) = invitations.still_open(cast.tenant_id)
    assert again.role == "viewer"
    assert again.id != listed.id
    with pytest.raises(NotFound):
        invitations.offered(first)


def test_a_withdrawn_invitation_is_gone(cast: Cast) -> None:
    token = invite(cast)
    (listed,) = invitations.still_open(cast.tenant_id)
    invitations.withdraw(cast.tenant_id, listed.id, ADA)
    assert invitations.still_open(cast.tenant_id) == []
    for use in (
        lambda: invitations.accept_as_new(token, "New", PASSWORD),
        lambda: invitations.withdraw(cast.tenant_id, listed.id, ADA),
        lambda: invitations.resend(cast.tenant_id, listed.id, ADA),
    ):
        with pytest.raises(NotFound, match=invitations.GONE):
            use()


def test_an_invitation_ends_after_seven_days(cast: Cast, at: Callable[[int], None]) -> None:
    token = invite(cast)
    at(invitations.LASTS - clock.MINUTE)
    assert invitations.offered(token)
    at(clock.MINUTE)
    with pytest.raises(NotFound, match=invitations.GONE):
        invitations.accept_as_new(token, "New", PASSWORD)


@pytest.mark.promise("A2")
def test_a_foreign_invitation_is_not_found(cast: Cast) -> None:
    invite(cast)
    (listed,) = invitations.still_open(cast.tenant_id)
    for act in (invitations.withdraw, invitations.resend):
        with pytest.raises(NotFound):
            act(cast.other_tenant_id, listed.id, ADA)
    assert invitations.still_open(cast.other_tenant_id) == []
    assert len(invitations.still_open(cast.tenant_id)) == 1


def test_one_of_the_people_is_not_invited_again_also_when_disabled(cast: Cast) -> None:
    for actor in (cast.viewer, cast.disabled):
        with pytest.raises(Wrong, match="one of your people already") as refused:
            invite(cast, actor.email.upper())
        assert refused.value.field == "email"


def test_what_is_no_address_is_not_invited(cast: Cast) -> None:
    with pytest.raises(Wrong) as refused:
        invite(cast, "ada")
    assert refused.value.field == "email"
    assert invitations.still_open(cast.tenant_id) == []


def test_an_inviter_with_the_longest_name_can_invite(cast: Cast) -> None:
    longest = Actor(None, "N" * 200 + " <" + "e" * 242 + "@example.com>")
    token = invitations.invite(cast.tenant_id, NEW, Role.VIEWER, longest).rpartition("/")[2]
    assert invitations.offered(token).invited_by.startswith("NNN")


# Accepting


def test_a_new_person_joins_and_is_signed_in(cast: Cast) -> None:
    person = signin.whoami(invitations.accept_as_new(invite(cast), "New Person", PASSWORD))
    assert person is not None
    assert (person.name, person.email) == ("New Person", NEW)
    assert person.place is not None
    assert (person.place.tenant_id, person.place.role) == (cast.tenant_id, Role.BOOKKEEPER)
    assert signin.log_in(NEW, PASSWORD, "")
    assert invitations.still_open(cast.tenant_id) == []
    assert actions()[:3] == ["person.invited", "person.joined", "person.signed_in"]


def test_an_invitation_works_once(cast: Cast) -> None:
    token = invite(cast)
    invitations.accept_as_new(token, "New", PASSWORD)
    with pytest.raises(NotFound, match=invitations.GONE):
        invitations.accept_as_new(token, "Again", PASSWORD)


def test_a_password_that_is_refused_leaves_the_invitation_open(cast: Cast) -> None:
    token = invite(cast)
    for password in ("short", NEW):
        with pytest.raises(Wrong):
            invitations.accept_as_new(token, "New", password)
    assert invitations.offered(token)


def test_a_person_with_a_password_signs_in_instead_of_choosing_another(cast: Cast) -> None:
    token = invite(cast, cast.stranger.email)
    assert invitations.offered(token).known
    with pytest.raises(Conflict, match="Sign in"):
        invitations.accept_as_new(token, "Somebody else", PASSWORD)
    assert member(cast, cast.stranger.email) is None


def test_a_known_person_joins_a_second_tenant(cast: Cast) -> None:
    token = invite(cast, cast.stranger.email, Role.VIEWER)
    assert invitations.accept_as_known(token, cast.stranger.user_id) == cast.tenant_id
    joined = member(cast, cast.stranger.email)
    assert joined is not None
    assert joined.as_role is Role.VIEWER


def test_an_invitation_is_for_the_address_it_was_sent_to(cast: Cast) -> None:
    token = invite(cast, cast.stranger.email)
    with pytest.raises(Conflict, match=r"sid\.stranger@example\.com.*lee\.loner@example\.com"):
        invitations.accept_as_known(token, cast.loner.user_id)
    assert invitations.offered(token)
    assert member(cast, cast.loner.email) is None


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that both found the invitation open before either used it, where the database lets them."""
    real, meet = invitations._by_token, Barrier(2)

    def found(session: Any, token: str) -> Invitation:
        invitation = real(session, token)
        if session.info.setdefault("kz_write", session.connection().get_execution_options()["kz_write"]):
            with suppress(BrokenBarrierError):  # SQLite lets the second begin only after the first has ended
                meet.wait(0.3)
        return invitation

    monkeypatch.setattr(invitations, "_by_token", found)


@pytest.mark.usefixtures("meeting")
@pytest.mark.promise("A68")
def test_a_double_click_on_join_makes_one_person(app: Flask, cast: Cast) -> None:
    token = invite(cast)
    results = at_once(app, *[lambda: invitations.accept_as_new(token, "New", PASSWORD) for _ in range(2)])
    assert [isinstance(result, str) for result in results].count(True) == 1
    assert [isinstance(result, Refused) for result in results].count(True) == 1, results
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.email_key == NEW)) == 1


@pytest.mark.usefixtures("meeting")
@pytest.mark.promise("A68")
def test_a_double_click_of_a_known_person_makes_one_membership(app: Flask, cast: Cast) -> None:
    token = invite(cast, cast.stranger.email)
    results = at_once(app, *[lambda: invitations.accept_as_known(token, cast.stranger.user_id) for _ in range(2)])
    assert results.count(cast.tenant_id) == 1
    assert [isinstance(result, Refused) for result in results].count(True) == 1, results


def test_an_invitation_withdrawn_meanwhile_admits_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    token = invite(cast)
    (listed,) = invitations.still_open(cast.tenant_id)
    real = invitations._by_token

    def withdrawn_meanwhile(session: Any, given: str) -> Invitation:
        invitation = real(session, given)
        session.execute(
            update(Invitation).where(Invitation.id == listed.id).values(withdrawn_at=1),
            execution_options={"synchronize_session": False},
        )
        return invitation

    monkeypatch.setattr(invitations, "_by_token", withdrawn_meanwhile)
    with pytest.raises(Refused):
        invitations.accept_as_new(token, "New", PASSWORD)
    assert member(cast, NEW) is None


def test_one_new_person_in_two_tenants_at_once_is_one_person(app: Flask, cast: Cast) -> None:
    tokens = [invitations.invite(tenant, NEW, Role.VIEWER, ADA).rpartition("/")[2] for tenant in (
        cast.tenant_id, cast.other_tenant_id)]  # fmt: skip
    results = at_once(app, *[lambda token=token: invitations.accept_as_new(token, "New", PASSWORD) for token in tokens])
    assert all(isinstance(result, str | Refused) for result in results), results
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.email_key == NEW)) == 1


# Changing


def test_a_role_changes_and_the_change_is_recorded(cast: Cast) -> None:
    people.change_role(cast.tenant_id, cast.viewer.membership_id, Role.BOOKKEEPER, 1, ADA)
    assert people.find(cast.tenant_id, cast.viewer.membership_id).as_role is Role.BOOKKEEPER
    with reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.before, entry.after) == ('{"role": "viewer"}', '{"role": "bookkeeper"}')
    assert "Vic View" in entry.subject


def test_the_same_role_again_changes_and_records_nothing(cast: Cast) -> None:
    people.change_role(cast.tenant_id, cast.viewer.membership_id, Role.VIEWER, 1, ADA)
    assert version(cast, cast.viewer) == 1
    assert actions() == []


def test_disabling_and_enabling_twice_is_once(cast: Cast) -> None:
    for _ in range(2):
        people.disable(cast.tenant_id, cast.viewer.membership_id, version(cast, cast.viewer), ADA)
    for _ in range(2):
        people.enable(cast.tenant_id, cast.viewer.membership_id, version(cast, cast.viewer), ADA)
    assert actions() == ["person.disabled", "person.enabled"]
    assert people.find(cast.tenant_id, cast.viewer.membership_id).disabled_at is None


def test_a_removed_person_can_be_invited_again(cast: Cast) -> None:
    people.remove(cast.tenant_id, cast.viewer.membership_id, 1, ADA)
    assert member(cast, cast.viewer.email) is None
    invitations.accept_as_known(invite(cast, cast.viewer.email), cast.viewer.user_id)
    assert member(cast, cast.viewer.email) is not None


def test_an_older_version_is_refused(cast: Cast) -> None:
    people.change_role(cast.tenant_id, cast.viewer.membership_id, Role.BOOKKEEPER, 1, ADA)
    for act in ("change_role", "disable", "enable", "remove"):
        arguments = (Role.ADMIN, 1) if act == "change_role" else (1,)
        with pytest.raises(Conflict, match=people.CHANGED_MEANWHILE):
            getattr(people, act)(cast.tenant_id, cast.viewer.membership_id, *arguments, ADA)
    assert people.find(cast.tenant_id, cast.viewer.membership_id).as_role is Role.BOOKKEEPER


@pytest.mark.promise("A1", "A2", "A10")
def test_a_foreign_or_unknown_person_is_not_found_and_stays(cast: Cast) -> None:
    with pytest.raises(NotFound) as unknown:
        people.find(cast.tenant_id, None)
    acts: list[Callable[[], object]] = [
        lambda: people.find(cast.other_tenant_id, cast.viewer.membership_id),
        lambda: people.change_role(cast.other_tenant_id, cast.viewer.membership_id, Role.ADMIN, 1, ADA),
        lambda: people.disable(cast.other_tenant_id, cast.viewer.membership_id, 1, ADA),
        lambda: people.remove(cast.other_tenant_id, cast.viewer.membership_id, 1, ADA),
    ]
    for act in acts:
        with pytest.raises(NotFound) as foreign:
            act()
        assert foreign.value.sentence == unknown.value.sentence
    assert version(cast, cast.viewer) == 1
    assert actions() == []


# The last admin


def only_one_admin(cast: Cast) -> None:
    people.remove(cast.tenant_id, cast.second_admin.membership_id, 1, ADA)


def test_the_last_admin_stays_admin(cast: Cast) -> None:
    only_one_admin(cast)
    for act in ("demote", "disable", "remove"):
        with pytest.raises(Wrong, match=people.LAST_ADMIN):
            strip(cast, cast.admin, act)
    assert people.find(cast.tenant_id, cast.admin.membership_id).as_role is Role.ADMIN


def test_a_disabled_admin_is_nobody_to_rely_on(cast: Cast) -> None:
    """The cast has a disabled admin; she does not count, and may be changed herself."""
    only_one_admin(cast)
    with pytest.raises(Wrong, match=people.LAST_ADMIN):
        strip(cast, cast.admin, "remove")
    strip(cast, cast.disabled, "remove")


def test_an_admin_who_is_barred_everywhere_is_nobody_to_rely_on(cast: Cast) -> None:
    with writing() as session:
        session.execute(update(User).where(User.id == cast.second_admin.user_id).values(disabled_at=clock.now_ms()))
    with pytest.raises(Wrong, match=people.LAST_ADMIN):
        strip(cast, cast.admin, "remove")


def test_one_of_two_admins_can_go(cast: Cast) -> None:
    strip(cast, cast.second_admin, "demote")
    assert people.find(cast.tenant_id, cast.second_admin.membership_id).as_role is Role.VIEWER


@pytest.mark.parametrize("act", ["demote", "disable", "remove"])
def test_two_admins_who_remove_each_other_at_once_leave_one(app: Flask, cast: Cast, act: str) -> None:
    results = at_once(app, lambda: strip(cast, cast.admin, act), lambda: strip(cast, cast.second_admin, act))
    assert results.count(None) == 1
    assert [isinstance(result, Wrong) for result in results].count(True) == 1, results
    left = [one for one in people.list_people(cast.tenant_id) if one.as_role is Role.ADMIN and not one.disabled_at]
    assert len(left) == 1


def strip(cast: Cast, actor: CastActor, act: str) -> None:
    now = version(cast, actor)
    if act == "demote":
        people.change_role(cast.tenant_id, actor.membership_id, Role.VIEWER, now, ADA)
    elif act == "disable":
        people.disable(cast.tenant_id, actor.membership_id, now, ADA)
    else:
        people.remove(cast.tenant_id, actor.membership_id, now, ADA)
