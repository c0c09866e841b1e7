"""What a provider's answer means for us, and what keeps one document from going over.

The class of a failure says what happens next; its words are the provider's own. A Problem is for a person: its slug is
an entry of domain/catalogue.py, which knows headline, why and next steps.

ProviderFailure
├── NotApplied            nothing was changed over there
│   ├── NotReached        no byte of the request left
│   ├── SlowDown          429: not before `retry_after_s`
│   ├── TokenRefused      401: refresh once, then ask for a new consent
│   ├── AccessRefused     403: this company is closed to us
│   └── Rejected          another 4xx, with the provider's code
└── OutcomeUnknown        time-out, reset, 5xx, unreadable answer: it may have happened

GrantFailure              the same question for tokens
├── GrantEnded            invalid_grant: only a new consent helps
├── AppRefused            invalid_client: our key pair is wrong; no tenant did anything
└── GrantUnavailable      outage or throttling: the token stays as good as it was
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ProviderFailure(Exception):
    """`code` and `reference` may be logged; `words` may hold a customer's data and may not."""

    def __init__(self, words: str = "", *, code: str = "", reference: str = "", status: int = 0) -> None:
        self.words, self.code, self.reference, self.status = words, code, reference, status
        super().__init__(
            f"{type(self).__name__} code={code or '-'} status={status or '-'} reference={reference or '-'}"
        )


class NotApplied(ProviderFailure):
    pass


class NotReached(NotApplied):
    pass


class SlowDown(NotApplied):
    """`locked`: nobody was too fast, the company itself takes nothing for a while."""

    def __init__(
        self, words: str = "", *, retry_after_s: int, code: str = "", reference: str = "", locked: bool = False
    ) -> None:
        self.retry_after_s, self.locked = retry_after_s, locked
        super().__init__(words, code=code, reference=reference, status=429)


class TokenRefused(NotApplied):
    pass


class AccessRefused(NotApplied):
    pass


class Rejected(NotApplied):
    pass


class OutcomeUnknown(ProviderFailure):
    pass


class GrantFailure(Exception):
    """`code` is the provider's word for it; descriptions are dropped, they can quote tokens."""

    def __init__(self, code: str = "", reference: str = "") -> None:
        self.code, self.reference = code, reference
        super().__init__(f"{type(self).__name__} code={code or '-'} reference={reference or '-'}")


class GrantEnded(GrantFailure):
    pass


class AppRefused(GrantFailure):
    pass


class GrantUnavailable(GrantFailure):
    pass


class Slug(StrEnum):
    """Why a document does not go over although it should. Its words: domain/catalogue.py."""

    EMAIL_MISSING = "email_missing"
    EMAIL_FORMAT = "email_format"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_TYPE = "account_type"
    DUPLICATE_NUMBER = "duplicate_number"
    DUPLICATE_NAME = "duplicate_name"
    INACTIVE_TWIN = "inactive_twin"
    INACTIVE_REFERENCE = "inactive_reference"
    SEVERAL_MATCHES = "several_matches"
    PERIOD_CLOSED = "period_closed"
    STALE_OBJECT = "stale_object"
    TEXT_TOO_LONG = "text_too_long"
    NUMBER_TOO_LONG = "number_too_long"
    CURRENCY_OFF = "currency_off"
    TAX_OFF = "tax_off"
    TAX_UNMAPPED = "tax_unmapped"
    MAPPED_INACTIVE = "mapped_inactive"
    ITEM_UNMAPPED = "item_unmapped"
    TOO_MANY_LINES = "too_many_lines"
    EDITION_LIMIT = "edition_limit"
    SUBSCRIPTION_ENDED = "subscription_ended"
    PERMISSION = "permission"
    WRONG_CUSTOMER_LINK = "wrong_customer_link"
    CUSTOMER_MISSING = "customer_missing"
    CUSTOMER_NOT_MADE = "customer_not_made"
    GONE_THERE = "gone_there"
    DIFFERS_THERE = "differs_there"
    NOT_FOUND_THERE = "not_found_there"
    PAYMENT_EXPECTED = "payment_expected"
    PAID_TWICE = "paid_twice"
    DEPOSITED = "deposited"
    TOTALS_DIFFER = "totals_differ"
    # what a provider refuses, beside what is named above
    TEXT_CHARACTERS = "text_characters"
    NAME_MISSING = "name_missing"
    NEGATIVE_AMOUNT = "negative_amount"
    TAX_CODE_REFUSED = "tax_code_refused"
    TOO_MANY_LEVELS = "too_many_levels"
    PAYMENT_TOO_BIG = "payment_too_big"
    INVOICE_GONE = "invoice_gone"
    DUPLICATE_OBJECT = "duplicate_object"
    IN_USE_THERE = "in_use_there"
    SETTLED_THERE = "settled_there"
    BANK_MATCHED = "bank_matched"
    COMPANY_GONE = "company_gone"
    OUR_MISTAKE = "our_mistake"
    KILLED_WORKERS = "killed_workers"
    TRIED_TOO_LONG = "tried_too_long"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Problem:
    """`subject` is what one cause is grouped by: the account, the client, the document. `facts` fill the sentences."""

    slug: Slug
    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def cause(self) -> str:
        return f"{self.slug}:{self.subject}" if self.subject else str(self.slug)


class Unfit(Exception):
    """A builder or a look-up cannot let this document go: the Problem names what is missing."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.cause)
