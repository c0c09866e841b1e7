"""One cause is one card: by what failures are grouped, and how a group is said in one sentence.

Most Problems name what they are about: an account, a tax rate, a client. Whatever that holds up has the same cause.
Others are about each document for itself, such as a number that is taken: those are told together, by their kind.
"""

from __future__ import annotations

from kz_admin.domain.catalogue import Card, card_of
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.problems import Problem, Slug

# A Problem of the document alone: its subject is the document, so each would be a cause of its own.
EACH_FOR_ITSELF = frozenset(
    {
        Slug.DUPLICATE_NUMBER,
        Slug.SEVERAL_MATCHES,
        Slug.STALE_OBJECT,
        Slug.TEXT_TOO_LONG,
        Slug.NUMBER_TOO_LONG,
        Slug.TOO_MANY_LINES,
        Slug.TOTALS_DIFFER,
        Slug.WRONG_CUSTOMER_LINK,
        Slug.GONE_THERE,
        Slug.DIFFERS_THERE,
        Slug.NOT_FOUND_THERE,
        Slug.PAYMENT_EXPECTED,
        Slug.PAID_TWICE,
        Slug.TEXT_CHARACTERS,
        Slug.NAME_MISSING,
        Slug.NEGATIVE_AMOUNT,
        Slug.TAX_CODE_REFUSED,
        Slug.TOO_MANY_LEVELS,
        Slug.PAYMENT_TOO_BIG,
        Slug.INVOICE_GONE,
        Slug.DUPLICATE_OBJECT,
        Slug.IN_USE_THERE,
        Slug.SETTLED_THERE,
        Slug.BANK_MATCHED,
        Slug.DEPOSITED,
        Slug.CUSTOMER_NOT_MADE,
        Slug.KILLED_WORKERS,
        Slug.TRIED_TOO_LONG,
    }
)
# What people hear of at once; everything else waits for the digest.
GRAVE = frozenset({Slug.PERMISSION, Slug.SUBSCRIPTION_ENDED, Slug.COMPANY_GONE})
# What the card of a cause offers itself, or needs no offer; other answers belong to one document and its page.
MENDS_ALL = frozenset(
    {
        *(Do.CHOOSE_ACCOUNT, Do.CHOOSE_MAPPING, Do.ADD_EMAIL, Do.RECONNECT, Do.TEST_AGAIN, Do.CREDIT_INSTEAD),
        *(Do.RETRY, Do.EDIT, Do.IGNORE, Do.COPY_DETAILS, Do.OPEN_THERE),
    }
)
THEY = "what waits"


def key_of(problem: Problem) -> str:
    return problem.slug.value if problem.slug in EACH_FOR_ITSELF else problem.cause[:120]


def slug_of(key: str) -> str:
    return key.partition(":")[0]


def said_of_many(problem: Problem, label: str, documents: int, *, over_there: bool = False) -> Card:
    """The card of a cause: of one document in its own words, of several without the name of any."""
    if documents > 1 and problem.slug in EACH_FOR_ITSELF:
        problem = Problem(problem.slug)
    elif documents > 1 and "document" in problem.facts:
        problem = Problem(problem.slug, problem.subject, {**problem.facts, "document": THEY})
    return card_of(problem, label, over_there=over_there)


def headline(card: Card) -> str:
    return card.headline[:1].upper() + card.headline[1:]
