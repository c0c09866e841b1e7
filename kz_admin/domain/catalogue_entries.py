"""The entries of the catalogue: for each cause its sentences and the steps it offers, likeliest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kz_admin.domain.problems import Slug

NOT_CREATED = "Nothing was created."
UNCHANGED = "What is over there stayed as it is."


class Do(StrEnum):
    """What a person can do from the card; services.records and the templates know how."""

    RETRY = "retry"
    ADD_EMAIL = "add_email"
    CHOOSE_ACCOUNT = "choose_account"
    CHOOSE_MAPPING = "choose_mapping"
    LINK = "link"
    OPEN_THERE = "open_there"
    OTHER_NUMBER = "other_number"
    OTHER_DATE = "other_date"
    CREDIT_INSTEAD = "credit_instead"  # of an invoice that is voided here and cannot be over there
    REACTIVATE = "reactivate"
    OTHER_NAME = "other_name"
    CREATE_AGAIN = "create_again"
    LINK_OTHER = "link_other"  # by a number or an id that a person writes
    REVIVE = "revive"  # the customer that this document is for
    NEW_CUSTOMER = "new_customer"
    SHORTEN = "shorten"
    TEST_AGAIN = "test_again"
    COPY_DETAILS = "copy_details"
    RECORD_ANYWAY = "record_anyway"
    BOTH_RIGHT = "both_right"
    RECONNECT = "reconnect"
    EDIT = "edit"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Entry:
    """Sentences with facts in braces; the second of a pair is for when a fact is missing."""

    headline: tuple[str, str]
    why: tuple[str, str]
    actions: tuple[Do, ...]
    created: str = NOT_CREATED


def _both(text: str) -> tuple[str, str]:
    return (text, text)


ENTRIES: Mapping[Slug, Entry] = {
    Slug.EMAIL_MISSING: Entry(
        _both("Could not find customer email"),
        (
            "{name} has no e-mail address to find the customer by, and your settings ask for one.",
            "The client has no e-mail address to find the customer by, and your settings ask for one.",
        ),
        (Do.ADD_EMAIL, Do.IGNORE),
    ),
    Slug.EMAIL_FORMAT: Entry(
        ("{provider} does not take the e-mail address {email}.", "{provider} does not take this e-mail address."),
        ("Correct the address of {name}; it is sent again then.", "Correct the address; it is sent again then."),
        (Do.ADD_EMAIL, Do.IGNORE),
    ),
    Slug.ACCOUNT_MISSING: Entry(
        _both("Ensure your default {purpose} account is configured"),
        _both("What has no account of its own is booked under the default {purpose} account, and none is chosen."),
        (Do.CHOOSE_ACCOUNT, Do.RETRY),
    ),
    Slug.ACCOUNT_TYPE: Entry(
        (
            "{provider} does not take account {account} for this.",
            "{provider} does not take the chosen account for this.",
        ),
        _both("The account is of a type that cannot be used here. Choose another one, then retry."),
        (Do.CHOOSE_ACCOUNT, Do.RETRY),
    ),
    Slug.DUPLICATE_NUMBER: Entry(
        (
            "{provider} already has an invoice numbered {number}.",
            "{provider} already has an invoice with this number.",
        ),
        (
            "It is not the same one: {differs}. Only you can say what is right.",
            "It is not the same one, or nothing tells that it is. Only you can say what is right.",
        ),
        (Do.LINK, Do.OPEN_THERE, Do.OTHER_NUMBER, Do.LINK_OTHER, Do.RETRY, Do.IGNORE),
    ),
    Slug.DUPLICATE_NAME: Entry(
        ("{provider} already uses the name {name}.", "{provider} already uses this name."),
        _both(
            "Customers, vendors and employees share their names over there, also inactive ones. Give it another name."
        ),
        (Do.OTHER_NAME, Do.EDIT, Do.IGNORE),
    ),
    Slug.INACTIVE_TWIN: Entry(
        ("{name} is inactive in {provider}.", "This customer is inactive in {provider}."),
        _both(
            "Somebody made this customer inactive over there. It can be made active again, or stay and get a successor."
        ),
        (Do.REACTIVATE, Do.OTHER_NAME, Do.OPEN_THERE),
    ),
    Slug.INACTIVE_REFERENCE: Entry(
        (
            "{document} uses {option}, which is inactive in {provider}.",
            "It uses something that is inactive in {provider}.",
        ),
        (
            "{option} was made inactive over there. Make it active again, or choose another one, then retry.",
            "An account, item or customer it refers to was made inactive over there. Make it active or choose another.",
        ),
        (Do.CHOOSE_MAPPING, Do.REVIVE, Do.CHOOSE_ACCOUNT, Do.RETRY),
    ),
    Slug.SEVERAL_MATCHES: Entry(
        ("{provider} has more than one that could be {document}.", "{provider} has more than one that could be this."),
        _both("We never guess which one is meant. Look over there, then link the right one."),
        (Do.OPEN_THERE, Do.LINK, Do.LINK_OTHER, Do.RETRY),
    ),
    Slug.PERIOD_CLOSED: Entry(
        (
            "The books are closed up to {closed_until}; {document} is dated {dated}.",
            "The books are closed for this date.",
        ),
        (
            "While they are, nothing of that time can be {deed}. Ask your accountant to open the period, then retry; "
            "or book what changed with a document of today.",
            "Ask your accountant to open the period, then retry; or let it have a later date over there. "
            "The one here stays as it is.",
        ),
        (Do.CREDIT_INSTEAD, Do.OTHER_DATE, Do.RETRY, Do.EDIT),
    ),
    Slug.STALE_OBJECT: Entry(
        _both("Someone changed this in {provider} at the same moment."),
        _both("We looked again and it changed again. Compare both sides, then retry."),
        (Do.RETRY, Do.OPEN_THERE),
    ),
    Slug.TEXT_TOO_LONG: Entry(
        ("A text has {length} characters; {provider} takes {limit}.", "A text is longer than {provider} takes."),
        _both("Shorten it here; it is sent again then."),
        (Do.SHORTEN, Do.EDIT, Do.RETRY),
    ),
    Slug.NUMBER_TOO_LONG: Entry(
        (
            "The number {number} has {length} characters; {provider} takes {limit}.",
            "The number is longer than {provider} takes.",
        ),
        _both("Give the invoice a shorter number; it is sent again then."),
        (Do.EDIT, Do.RETRY),
    ),
    Slug.CURRENCY_OFF: Entry(
        (
            "{document} is in {currency}; this company keeps {company_currency} only.",
            "This company does not keep this currency.",
        ),
        _both("Turn on multicurrency over there if you need it (it cannot be turned off again), then retry."),
        (Do.RETRY, Do.IGNORE),
    ),
    Slug.TAX_OFF: Entry(
        ("{document} has tax, and sales tax is off in {provider}.", "It has tax, and sales tax is off in {provider}."),
        _both("Turn on sales tax over there, then retry. Without it the tax would be lost from the total."),
        (Do.RETRY, Do.IGNORE),
    ),
    Slug.TAX_UNMAPPED: Entry(
        ("Tax rate {tax} is not mapped.", "A tax rate is not mapped."),
        _both("Outside the US every line needs a tax code of the company, and for this one we know none."),
        (Do.CHOOSE_MAPPING, Do.RETRY, Do.IGNORE),
    ),
    Slug.MAPPED_INACTIVE: Entry(
        (
            "{document} uses {option}, which is inactive in {provider}.",
            "It uses something that is inactive in {provider}.",
        ),
        _both("Your mapping leads to it. Make it active over there, or choose another one, then retry."),
        (Do.CHOOSE_MAPPING, Do.RETRY),
    ),
    Slug.ITEM_UNMAPPED: Entry(
        ("{service} is not mapped to an item in {provider}.", "A service is not mapped to an item in {provider}."),
        _both("Your settings ask for a mapping of every service. Choose its item; what waits for it goes over then."),
        (Do.CHOOSE_MAPPING, Do.RETRY, Do.IGNORE),
    ),
    Slug.TOO_MANY_LINES: Entry(
        (
            "{document} has {length} lines; {provider} takes {limit} where there is tax.",
            "It has more lines than {provider} takes.",
        ),
        _both("Split it into two invoices, or bring lines together; it is sent again then."),
        (Do.EDIT, Do.IGNORE),
    ),
    Slug.EDITION_LIMIT: Entry(
        ("This {provider} plan does not include {what}.", "This {provider} plan does not include this."),
        _both("It is a limit of the plan over there, not of ours. A larger plan takes it."),
        (Do.RETRY, Do.IGNORE),
    ),
    Slug.SUBSCRIPTION_ENDED: Entry(
        (
            "The {provider} subscription for {company} has ended; pushes are paused.",
            "The {provider} subscription of this company has ended; pushes are paused.",
        ),
        _both("Nobody can write into it until it is renewed. We test once a day; what waits goes over then."),
        (Do.TEST_AGAIN,),
    ),
    Slug.PERMISSION: Entry(
        (
            "The person who connected may not write {what} in {provider}.",
            "The person who connected may not write this in {provider}.",
        ),
        _both("Reconnect as somebody who administers the company over there, then retry."),
        (Do.RECONNECT, Do.RETRY),
    ),
    Slug.WRONG_CUSTOMER_LINK: Entry(
        _both("Payment and invoice belong to different customers in {provider}."),
        _both("Somebody moved one of them over there. Bring them together again, then retry."),
        (Do.OPEN_THERE, Do.RETRY),
    ),
    Slug.CUSTOMER_MISSING: Entry(
        ("The customer of {document} is not in {provider}.", "Its customer is not in {provider}."),
        _both(
            "The client was left out on purpose, or its customer is inactive or gone over there. Create it now, make "
            "it active again, or choose another customer."
        ),
        (Do.NEW_CUSTOMER, Do.REVIVE, Do.CHOOSE_MAPPING, Do.RETRY),
    ),
    Slug.CUSTOMER_NOT_MADE: Entry(
        ("{document} is no customer in {provider} yet.", "This client is no customer in {provider} yet."),
        _both(
            "The settings of the connection say that new customers are not created there. Create the customer in "
            "{provider}, or let the settings create them, then retry."
        ),
        (Do.RETRY, Do.EDIT, Do.IGNORE),
    ),
    Slug.GONE_THERE: Entry(
        ("{document} was deleted in {provider}.", "It was deleted in {provider}."),
        _both("We never make it again unasked. Create it again if that was a mistake, or leave it out."),
        (Do.CREATE_AGAIN, Do.LINK_OTHER, Do.RETRY, Do.IGNORE),
        created="Nothing was created again.",
    ),
    Slug.DIFFERS_THERE: Entry(
        ("What {provider} has for this differs in: {differs}.", "What {provider} has for this differs from ours."),
        _both("Somebody may have changed it. Compare both sides before anything else is written."),
        (Do.OPEN_THERE, Do.LINK, Do.LINK_OTHER, Do.RETRY),
        created="It may be there already: compare first.",
    ),
    Slug.PAYMENT_EXPECTED: Entry(
        _both("{provider} has not recorded this payment yet."),
        _both(
            "It was paid through QuickBooks Payments, which records itself over there; a second one would be too much."
        ),
        (Do.OPEN_THERE, Do.RETRY, Do.RECORD_ANYWAY),
    ),
    Slug.PAID_TWICE: Entry(
        _both("{provider} has recorded this payment itself as well."),
        (
            "Recorded from here on your word, and over there of {their_date}: it counts twice. Void one of the two over"
            " there. If ours went, link to theirs; if theirs went, retry; if both are right, say so.",
            "Recorded from here on your word, and over there too: it counts twice. Void one of the two over there.",
        ),
        (Do.LINK, Do.RETRY, Do.BOTH_RIGHT),
        created="Both are in the books.",
    ),
    Slug.DEPOSITED: Entry(
        _both("This payment is part of a bank deposit in {provider} and can no longer change."),
        _both("Take it out of the deposit over there first, then retry."),
        (Do.OPEN_THERE, Do.RETRY, Do.IGNORE),
        created=UNCHANGED,
    ),
    Slug.TOTALS_DIFFER: Entry(
        ("The lines of {document} do not add up to its total.", "Its lines do not add up to its total."),
        _both("We do not send what would be booked with another total. Correct the invoice; it is sent again then."),
        (Do.EDIT, Do.RETRY),
    ),
    Slug.KILLED_WORKERS: Entry(
        _both("This one was set aside after three tries that ended badly."),
        _both("Our worker died with it each time. Everything beside it goes on; whoever runs this system should look."),
        (Do.RETRY,),
        created="Whether it is there is looked up before it is tried again.",
    ),
    Slug.TRIED_TOO_LONG: Entry(
        _both("{provider} has not taken this one for three days."),
        _both("Others went over meanwhile, so something about this one is in the way."),
        (Do.RETRY, Do.IGNORE),
    ),
    Slug.UNKNOWN: Entry(
        ("{provider} refused {document}: ‘{words}’.", "{provider} refused this."),
        _both("We do not know this refusal. Change what it names, or ask for help with the reference below."),
        (Do.RETRY, Do.COPY_DETAILS, Do.IGNORE),
    ),
}
