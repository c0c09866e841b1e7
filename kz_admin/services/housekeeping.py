"""What the clock throws away: rows that have no use any more. Afterwards the database looks at what is left."""

from __future__ import annotations

from sqlalchemy import delete

from kz_admin import clock
from kz_admin.models import statistics
from kz_admin.models.action import Action
from kz_admin.models.connection import OAuthState
from kz_admin.models.mail import Mail
from kz_admin.models.session import changed_rows, writing
from kz_admin.models.sign_in import FailedSignIn, Invitation, PasswordLink, SignIn

SIGN_INS_KEPT = 30 * clock.DAY
FAILURES_KEPT = clock.DAY
LINKS_KEPT = 7 * clock.DAY
INVITATIONS_KEPT = 90 * clock.DAY
STATES_KEPT = clock.DAY
MAILS_KEPT = 30 * clock.DAY
ACTIONS_KEPT = 30 * clock.DAY


def sweep() -> dict[str, int]:
    """Delete by age; returns how many rows went, by table."""
    now = clock.now_ms()
    old = {
        "sign_in": delete(SignIn).where(SignIn.expires_at < now - SIGN_INS_KEPT),
        "failed_sign_in": delete(FailedSignIn).where(FailedSignIn.at < now - FAILURES_KEPT),
        "action": delete(Action).where(Action.created_at < now - ACTIONS_KEPT),
        "password_link": delete(PasswordLink).where(PasswordLink.expires_at < now - LINKS_KEPT),
        "invitation": delete(Invitation).where(Invitation.expires_at < now - INVITATIONS_KEPT),
        "oauth_state": delete(OAuthState).where(OAuthState.expires_at < now - STATES_KEPT),
        "mail": delete(Mail).where(Mail.state.in_(("sent", "kept")), Mail.created_at < now - MAILS_KEPT),
    }
    gone: dict[str, int] = {}
    for table, statement in old.items():
        with writing() as session:
            gone[table] = changed_rows(session, statement)
    statistics.refresh()
    return gone
