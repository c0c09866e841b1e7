"""What a provider's answer means for us. The class says what happens next; the words are the provider's own.

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
    def __init__(self, words: str = "", *, retry_after_s: int, code: str = "", reference: str = "") -> None:
        self.retry_after_s = retry_after_s
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
