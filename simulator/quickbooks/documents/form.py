"""What a kind of document is: one frozen table of its limits and of the functions that make it what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..company import Company, Obj
from ..entities.entity import Entity, Params
from ..ledger import Posting
from ..links import Link


@dataclass
class Draft:
    """A document on its way in. `fields` is what it is to say, `sent` what this request said, `stored` what was."""

    company: Company
    fields: Obj
    sent: Obj
    stored: Obj | None
    params: Params
    row_id: str
    entity: str

    @property
    def includes_tax(self) -> bool:
        """Whether amounts are said with tax in them; only then a line has a gross amount."""
        return self.company.country != "US" and self.fields.get("GlobalTaxCalculation") == "TaxInclusive"

    @property
    def is_new(self) -> bool:
        return self.stored is None


def no_postings(company: Company, row: Obj) -> Iterable[Posting]:
    return ()


def no_links(draft: Draft, row: Obj) -> Iterable[Link]:
    return ()


@dataclass(frozen=True)
class Form:
    """`compose` turns fields into the row; `postings` say what it does to the accounts; `wanted` what it links to."""

    name: str
    path: str
    compose: Callable[[Draft], Obj]
    postings: Callable[[Company, Obj], Iterable[Posting]] = no_postings
    wanted: Callable[[Draft, Obj], Iterable[Link]] = no_links
    show: Callable[[Company, Obj], Obj] | None = None  # what is answered beyond what is stored
    stock_sign: int = 0  # +1 takes items in, -1 gives them out
    posts: bool = True  # whether closed books protect it
    voidable: bool = False
    sendable: bool = False
    printable: bool = False
    family: str = "txn"
    required: tuple[str, ...] = ()
    required_sparse: tuple[str, ...] = ()
    read_only: frozenset[str] = frozenset()
    filterable: frozenset[str] = frozenset()
    lengths: Mapping[str, int] = field(default_factory=dict)
    indexed: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)  # further fields of the Entity


FORMS: dict[str, Form] = {}
ENTITY_OF: dict[str, Entity] = {}

HEADER_LENGTHS: Mapping[str, int] = {
    "DocNumber": 21,
    "PrivateNote": 4000,
    "Line.Description": 4000,
    "CustomField.StringValue": 31,
}
ALWAYS_READ_ONLY = frozenset(("TxnSource", "HomeTotalAmt", "HomeBalance", "RecurDataRef", "TotalCostAmount"))
