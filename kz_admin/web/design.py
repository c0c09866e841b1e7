"""Every component in every state on one page, for development only: what is not here does not exist."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from wtforms import BooleanField, PasswordField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired

from kz_admin import clock
from kz_admin.clock import DAY, HOUR, MINUTE
from kz_admin.web.access import allow
from kz_admin.web.errors import EXPLANATIONS, explain
from kz_admin.web.forms import KzForm, email_field, text_field

bp = Blueprint("design", __name__, url_prefix="/kz-admin/design")


class SampleForm(KzForm):
    name = text_field("Name", 80, description="As it appears on invoices.")
    email = email_field()
    password = PasswordField("Password", [DataRequired("Enter a password.")])
    country = SelectField("Country", choices=[SelectChoice("", "Choose a country"), SelectChoice("CA", "Canada")])
    note = TextAreaField("Note")
    role = RadioField(
        "Role",
        choices=[
            SelectChoice("viewer", "Viewer | Sees everything, changes nothing."),
            SelectChoice("admin", "Admin | Everything, also connections, settings, people and keys."),
        ],
        validators=[DataRequired("Choose a role.")],
    )
    copy_me = BooleanField("Send me a copy", description="It goes to the address you signed in with.")


@bp.get("")
@allow("public")
def index() -> str:
    now = clock.now_ms()
    wrong = SampleForm(formdata=None, data={"name": "Acme \u2067Ltd", "email": "sam"})
    wrong.validate()
    return render_template(
        "pages/design.html",
        form=SampleForm(formdata=None, data={"role": "viewer"}),
        wrong=wrong,
        moments=(
            now - MINUTE // 4,
            now - 3 * MINUTE,
            now - 5 * HOUR,
            now - 3 * DAY,
            now - 300 * DAY,
            now + 2 * DAY,
            None,
        ),
        days=_days(),
        rows=_rows(),
        statuses=sorted(EXPLANATIONS),
    )


@bp.get("/pill")
@allow("public")
def sample_pill() -> str:
    """A pill that settles after two questions: how polling ends can be watched here."""
    return render_template("partials/sample_pill.html", step=min(request.args.get("step", 0, int), 2))


@bp.get("/errors/<int:status>")
@allow("public")
def error_page(status: int) -> Response:
    """The page people see with this status, as it really is."""
    return explain(status)


def _days() -> list[tuple[str, str, str]]:
    bad = {11: ("red", "2 failed, 14 pushed"), 12: ("amber", "slow, 9 pushed"), 20: ("grey", "nothing to push")}
    return [
        (f"{day + 1} Nov", *bad.get(day, ("green", f"{(day * 7) % 11 + 4} pushed, none failed"))) for day in range(30)
    ]


def _rows() -> tuple[tuple[str, str, int, str, str, str], ...]:
    return (
        ("INV-1042", "Acme Studio Ltd", 1_284_00, "green", "Success", "3 min ago"),
        (
            "INV-1041",
            "Łukasz Żółć Œuvres et Associés de la Rive-Sud-de-Montréal",
            96_410_50,
            "blue",
            "Pending",
            "next try 14:32",
        ),
        ("INV-1040", "Priya Shah", -40_00, "red", "Failed", "Could not find customer email"),
        ("INV-1039", "Beta Pty", 0, "grey", "Not synced", "before your start date"),
    )
