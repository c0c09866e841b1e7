"""What the numbers of their refusals mean (quickbooks.md 4.2), for everything a push of ours can meet.

What any of these leads to is decided in refusals.py; what is temporary never comes here, api.py tells it apart:
throttled, locked or under maintenance, of unknown outcome, a token or an access that is not taken.
"""

from __future__ import annotations

from collections.abc import Mapping

from kz_admin.domain.problems import Slug

STALE = "5010"
NOT_FOUND = "610"
BAD_REFERENCE = "2500"
BUSINESS_RULE = "6000"
DUPLICATE = "630"

# One cause for all documents that meet it: what has to be done is done once, over there or on a page of ours.
OF_THE_COMPANY: Mapping[str, Slug] = {
    "5020": Slug.PERMISSION,
    "5030": Slug.EDITION_LIMIT,
    "6190": Slug.SUBSCRIPTION_ENDED,
    "6200": Slug.PERIOD_CLOSED,
    "6210": Slug.PERIOD_CLOSED,  # with a password, which only people can give
    "6430": Slug.ACCOUNT_TYPE,
    "7001": Slug.COMPANY_GONE,
    "10200": Slug.COMPANY_GONE,  # emptied and begun anew
}
OF_THE_DOCUMENT: Mapping[str, Slug] = {
    "620": Slug.WRONG_CUSTOMER_LINK,
    DUPLICATE: Slug.DUPLICATE_OBJECT,
    "2040": Slug.TEXT_CHARACTERS,
    "2050": Slug.TEXT_TOO_LONG,
    "2210": Slug.EMAIL_FORMAT,
    "2220": Slug.CURRENCY_OFF,
    "2290": Slug.NEGATIVE_AMOUNT,
    "6080": Slug.NAME_MISSING,
    "6180": Slug.TOO_MANY_LEVELS,
    "6250": Slug.CUSTOMER_MISSING,
    "6420": Slug.EMAIL_FORMAT,
    # a tax code that this line, this company or this date does not take
    "2280": Slug.TAX_CODE_REFUSED,
    "6100": Slug.TAX_CODE_REFUSED,
    "6160": Slug.TAX_CODE_REFUSED,
    "6230": Slug.TAX_CODE_REFUSED,
    "6470": Slug.TAX_CODE_REFUSED,
    # what stands in the way of taking something back, or of changing it
    "800": Slug.IN_USE_THERE,
    "6220": Slug.IN_USE_THERE,
    "6280": Slug.IN_USE_THERE,
    "6400": Slug.IN_USE_THERE,
    "6450": Slug.SETTLED_THERE,
    "6480": Slug.BANK_MATCHED,
    "6540": Slug.DEPOSITED,
}
# The request itself is wrong: nobody who keeps books can mend that.
OUR_MISTAKES = frozenset(
    {
        "500",  # unsupported operation: a bad path or encoding
        "1040",  # more than thirty in a batch
        "2010",  # a property they do not know
        "2020",  # one that is missing
        "2030",  # an id that is no number
        *("2060", "2070", "2080", "2090", "2100", "2110", "2140", "2150", "2160", "2240"),  # dates, numbers, amounts
        *("2120", "2130", "2170"),  # types, the form of the request id, enumerations
        "2250",  # no lines
        "3202",  # no token
        *("4000", "4001", "4002"),  # a question they do not understand
        "6010",  # an account without a type
        "6070",  # quantity times price is not the amount
        "6090",  # a discount without an amount
        "6150",  # no parent named
        "6170",  # tax where none applies
        *("6290", "6300"),  # employee and vendor, or neither
        "6440",  # a line without item or account
        "10100",  # more results than they give at once
    }
)
