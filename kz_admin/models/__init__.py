"""The tables. Importing this package makes all of them known to the metadata."""

from kz_admin.models.action import Action
from kz_admin.models.alert import Alert
from kz_admin.models.api_key import ApiKey, SigningSecret
from kz_admin.models.audit import AuditEntry, AuditSeal, AuditSealed
from kz_admin.models.base import Base, db
from kz_admin.models.call import Attempt, Call
from kz_admin.models.client import Client
from kz_admin.models.connection import Connection, OAuthState
from kz_admin.models.credit_note import CreditAllocation, CreditNote, CreditNoteLine
from kz_admin.models.db_clock import TestClock
from kz_admin.models.expense import Expense, ExpenseCategory
from kz_admin.models.external_ref import ExternalRef
from kz_admin.models.installation import Installation
from kz_admin.models.invoice import Invoice, InvoiceLine
from kz_admin.models.mail import Mail
from kz_admin.models.member import Member
from kz_admin.models.notice import ChatChannel, ChatMessage, Digest
from kz_admin.models.numbering import NumberSeries
from kz_admin.models.option import Mapping, Option, OptionList, Suggestion
from kz_admin.models.past_invoice import PastInvoice, PastLook
from kz_admin.models.payment import Payment, PaymentAllocation
from kz_admin.models.periodic import Lease, PeriodicWork
from kz_admin.models.project import Project
from kz_admin.models.receipt import Receipt
from kz_admin.models.refund import Refund
from kz_admin.models.service import Service
from kz_admin.models.sign_in import FailedSignIn, Invitation, PasswordLink, SignIn
from kz_admin.models.stored_file import StoredChunk, StoredFile
from kz_admin.models.stripe_account import StripeAccount
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.tax_rate import TaxRate
from kz_admin.models.tenant import Tenant
from kz_admin.models.time_entry import TimeEntry
from kz_admin.models.user import Membership, User
from kz_admin.models.vendor import Vendor

__all__ = [
    "Action",
    "Alert",
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "AuditSeal",
    "AuditSealed",
    "Base",
    "Call",
    "ChatChannel",
    "ChatMessage",
    "Client",
    "Connection",
    "CreditAllocation",
    "CreditNote",
    "CreditNoteLine",
    "Digest",
    "Expense",
    "ExpenseCategory",
    "ExternalRef",
    "FailedSignIn",
    "Installation",
    "Invitation",
    "Invoice",
    "InvoiceLine",
    "Lease",
    "Mail",
    "Mapping",
    "Member",
    "Membership",
    "NumberSeries",
    "OAuthState",
    "Option",
    "OptionList",
    "PasswordLink",
    "PastInvoice",
    "PastLook",
    "Payment",
    "PaymentAllocation",
    "PeriodicWork",
    "Project",
    "Receipt",
    "Refund",
    "Service",
    "SignIn",
    "SigningSecret",
    "StoredChunk",
    "StoredFile",
    "StripeAccount",
    "Suggestion",
    "SyncRecord",
    "TaxRate",
    "Tenant",
    "TestClock",
    "TimeEntry",
    "User",
    "Vendor",
    "db",
]
