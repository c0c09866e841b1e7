"""The tables. Importing this package makes all of them known to the metadata."""

from kz_admin.models.alert import Alert
from kz_admin.models.api_key import ApiKey, SigningSecret
from kz_admin.models.audit import AuditEntry, AuditSeal, AuditSealed
from kz_admin.models.base import Base, db
from kz_admin.models.connection import Connection, OAuthState
from kz_admin.models.db_clock import TestClock
from kz_admin.models.installation import Installation
from kz_admin.models.mail import Mail
from kz_admin.models.option import Mapping, Option, OptionList
from kz_admin.models.periodic import Lease, PeriodicWork
from kz_admin.models.sign_in import FailedSignIn, Invitation, PasswordLink, SignIn
from kz_admin.models.tenant import Tenant
from kz_admin.models.user import Membership, User

__all__ = [
    "Alert",
    "ApiKey",
    "AuditEntry",
    "AuditSeal",
    "AuditSealed",
    "Base",
    "Connection",
    "FailedSignIn",
    "Installation",
    "Invitation",
    "Lease",
    "Mail",
    "Mapping",
    "Membership",
    "OAuthState",
    "Option",
    "OptionList",
    "PasswordLink",
    "PeriodicWork",
    "SignIn",
    "SigningSecret",
    "Tenant",
    "TestClock",
    "User",
    "db",
]
