"""Members: people who log time or expenses, whether or not they can sign in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from wtforms import StringField
from wtforms.validators import Optional

from kz_admin.domain.figures import plain_text
from kz_admin.models.member import Member
from kz_admin.services.documents import members
from kz_admin.services.documents.members import Details
from kz_admin.web.fields import DecimalField, EditForm, NewForm
from kz_admin.web.forms import KzForm, email_field, text_field
from kz_admin.web.nouns import Noun, Pages
from kz_admin.web.show import exact

bp = Blueprint("members", __name__, url_prefix="/kz-admin/members")


def optional_email(description: str = "") -> StringField:
    """Checked when there is one."""
    checks = [Optional(), *email_field().kwargs["validators"][1:]]
    return StringField("E-mail address", validators=checks, description=description)


class MemberFields(KzForm):
    name = text_field("Name", 200)
    email = optional_email("Employees over there are found by name; the address tells equal names apart.")
    hourly_rate = DecimalField("Hourly rate", places=4, description="Offered on their new time entries.")

    def details(self) -> Details:
        return Details(self.name.data or "", self.email.data or "", self.hourly_rate.number)


class NewMember(MemberFields, NewForm):
    pass


class EditMember(MemberFields, EditForm):
    @staticmethod
    def values_of(member: Member) -> dict[str, Any]:
        rate = "" if member.hourly_rate is None else plain_text(member.hourly_rate)
        return {"name": member.name, "email": member.email, "hourly_rate": rate, "version": member.version}


def _facts(member: Member) -> list[tuple[str, Any]]:
    rate = "" if member.hourly_rate is None else plain_text(member.hourly_rate)
    return [("E-mail address", member.email), ("Hourly rate", rate), ("Added", exact(member.created_at))]


NOUN = Noun(
    word="member",
    plural="members",
    about="Who logs time or expenses, whether or not they can sign in here.",
    icon="user",
    service=members,
    listed=members.list_members,
    new_form=NewMember,
    edit_form=EditMember,
    argument="logger",
    sections=(("Member", "", ("name", "email", "hourly_rate")),),
    facts=_facts,
)
Pages(bp, NOUN).route()
