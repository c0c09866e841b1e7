"""What can come of a consent: a word, a tone and a sentence that ends with what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kz_admin.models.connection import Connection
from kz_admin.providers import label_of
from kz_admin.providers.base import Provider


@dataclass(frozen=True)
class Outcome:
    """What came of it. `tone` is the pill's, `sentence` ends with what to do next."""

    slug: str
    tone: str
    sentence: str
    connection_id: UUID | None = None
    first: bool = False  # a company that was never connected to this tenant before


class Refusal(Exception):
    """This consent leads nowhere; says why."""

    def __init__(self, slug: str, sentence: str, tone: str = "amber") -> None:
        self.outcome = Outcome(slug, tone, sentence)
        super().__init__(slug)


def only_one(provider: Provider, other: Connection) -> str:
    label = label_of(other.provider)
    if other.provider == provider.key:
        name = other.company_name
        return f"{name} is connected already. Disconnect it before connecting another {provider.company_word}."
    return (
        "Only one accounting integration can be active at a time. "
        f"Disconnect {label} before connecting {provider.label}."
    )


def taken(provider: Provider) -> str:
    return (
        f"This {provider.company_word} is connected to another tenant of this platform. "
        "Disconnect it there first, or ask support."
    )


def not_answering(provider: Provider) -> str:
    return f"{provider.label} is not answering now. Nothing was connected; try again in some minutes."
