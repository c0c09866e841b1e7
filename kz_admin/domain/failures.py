"""Why a use case did not do what was asked.

Refused
├── NotFound        no such thing in this tenant (404; a foreign id is the same answer)
├── Forbidden       the role does not allow it (403)
├── Conflict        somebody else was faster (409)
├── Throttled       too many tries (429)
└── Wrong           a value is not acceptable; names the field (422)
"""

from __future__ import annotations


class Refused(Exception):
    """Says in one sentence for people what did not happen and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class NotFound(Refused):
    def __init__(self, sentence: str = "There is nothing at this address.") -> None:
        super().__init__(sentence)


class Forbidden(Refused):
    pass


class Conflict(Refused):
    pass


class Throttled(Refused):
    def __init__(self, sentence: str, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(sentence)


class Wrong(Refused):
    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)
