"""More entries of the catalogue: what a provider refuses although nothing is missing here, or will not undo."""

from __future__ import annotations

from collections.abc import Mapping

from kz_admin.domain.catalogue_entries import UNCHANGED, Do, Entry
from kz_admin.domain.problems import Slug


def _both(text: str) -> tuple[str, str]:
    return (text, text)


REFUSALS: Mapping[Slug, Entry] = {
    Slug.TEXT_CHARACTERS: Entry(
        (
            "{document} has characters that {provider} does not take.",
            "It has characters that {provider} does not take.",
        ),
        _both("Look for emoji and other unusual signs in names, notes and line texts, and write them differently."),
        (Do.EDIT, Do.RETRY, Do.COPY_DETAILS),
    ),
    Slug.NAME_MISSING: Entry(
        ("{provider} asks for a name for {document}.", "{provider} asks for a name."),
        _both("Of the name it has here nothing is left that can be a name over there. Give it another one."),
        (Do.OTHER_NAME, Do.EDIT),
    ),
    Slug.NEGATIVE_AMOUNT: Entry(
        ("{document} comes to less than nothing.", "An amount of it is below zero."),
        _both("{provider} takes no sale below zero. Correct the amounts, or write a credit note instead."),
        (Do.EDIT, Do.RETRY, Do.IGNORE),
    ),
    Slug.TAX_CODE_REFUSED: Entry(
        ("{provider} does not take the tax code on {document}.", "{provider} does not take the tax code."),
        _both("The code is not for sales, is switched off, or has no rate for this date. Choose another one for it."),
        (Do.CHOOSE_MAPPING, Do.RETRY, Do.IGNORE),
    ),
    Slug.TOO_MANY_LEVELS: Entry(
        (
            "{document} would be the sixth level under its customer.",
            "It would be the sixth level under its customer.",
        ),
        _both("{provider} takes five levels of customers. Link its client to a customer that stands higher up."),
        (Do.CHOOSE_MAPPING, Do.RETRY),
    ),
    Slug.PAYMENT_TOO_BIG: Entry(
        (
            "Less is open in {provider} than {document} pays.",
            "Less is open in {provider} than is paid here.",
        ),
        _both("Somebody recorded a payment or a credit over there. Compare the invoices on both sides, then retry."),
        (Do.RETRY, Do.EDIT, Do.IGNORE),
    ),
    Slug.NOT_FOUND_THERE: Entry(
        ("{provider} has no {what} with the number or id {sought}.", "{provider} has nothing with this number or id."),
        _both("So it is linked to nothing yet. Look the number up over there, then link it again."),
        (Do.LINK_OTHER, Do.RETRY, Do.IGNORE),
    ),
    Slug.INVOICE_GONE: Entry(
        (
            "Invoice {number}, which this one settles, was deleted in {provider}.",
            "The invoice that this one settles was deleted in {provider}.",
        ),
        _both("Money needs its invoice over there. Create the invoice again if it was deleted by mistake."),
        (Do.CREATE_AGAIN, Do.RETRY, Do.IGNORE),
    ),
    Slug.DUPLICATE_OBJECT: Entry(
        ("{provider} says that it has {document} already.", "{provider} says that it has this already."),
        _both("We looked and found nothing over there that is surely the same. Compare by eye before you retry."),
        (Do.RETRY, Do.COPY_DETAILS, Do.IGNORE),
    ),
    Slug.IN_USE_THERE: Entry(
        (
            "Something in {provider} depends on {document}.",
            "Something in {provider} depends on it.",
        ),
        _both("It cannot be taken back before what depends on it is gone: remove that over there, then retry."),
        (Do.OPEN_THERE, Do.RETRY),
        created=UNCHANGED,
    ),
    Slug.SETTLED_THERE: Entry(
        (
            "{document} was settled with the bank and can no longer change in {provider}.",
            "It was settled with the bank and can no longer change in {provider}.",
        ),
        _both("The money moved through {provider} itself. Give it back there with a refund; a void is too late."),
        (Do.OPEN_THERE, Do.RETRY),
        created=UNCHANGED,
    ),
    Slug.BANK_MATCHED: Entry(
        (
            "{document} is matched with the bank in {provider} and can no longer change.",
            "It is matched with the bank in {provider} and can no longer change.",
        ),
        _both("Undo the match over there first (Banking, then Undo beside the line of the bank), then retry."),
        (Do.OPEN_THERE, Do.RETRY),
        created=UNCHANGED,
    ),
    Slug.COMPANY_GONE: Entry(
        (
            "The company is no longer there in {provider}, or was emptied.",
            "The company is no longer there in {provider}, or was emptied.",
        ),
        _both("Nothing we knew of it holds any more. If it is a new beginning, disconnect, then connect it anew."),
        (Do.RECONNECT, Do.RETRY, Do.COPY_DETAILS),
    ),
    Slug.OUR_MISTAKE: Entry(
        (
            "{provider} could not read what we sent for {document}.",
            "{provider} could not read what we sent.",
        ),
        _both(
            "This is a mistake of this software, not of your data. Send the details to support, and retry once it is "
            "mended."
        ),
        (Do.COPY_DETAILS, Do.RETRY, Do.IGNORE),
    ),
}
