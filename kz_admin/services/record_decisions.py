"""What a person decides on the card of a record: which one it is, under which number, date or name, to which address.

Other answers, which have words of their own, are in record_answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from kz_admin.domain import email_address
from kz_admin.domain.catalogue import card_of
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.failures import Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.pushing import SOUGHT, UNLINKED
from kz_admin.models.client import Client
from kz_admin.models.document import document_models
from kz_admin.models.sync_record import SyncRecord
from kz_admin.models.user import email_key
from kz_admin.services import audit, record_states, records
from kz_admin.services.documents.saving import mine, saved
from kz_admin.services.documents.saving import note as note_change
from kz_admin.services.documents.work import Work
from kz_admin.services.push import fates, watching

LONGEST_NAME = 100

# What a person may answer, and which fact of the Problem it must be; None is for them to write.
ANSWERS: Mapping[str, tuple[Do, str | None]] = {
    "link": (Do.LINK, "remote_id"),
    "reactivate": (Do.REACTIVATE, "remote_id"),
    "number": (Do.OTHER_NUMBER, "suggestion"),
    "date": (Do.OTHER_DATE, "open_from"),
    "name": (Do.OTHER_NAME, None),
    "again": (Do.CREATE_AGAIN, "remote_id"),
    "anyway": (Do.RECORD_ANYWAY, None),
    "both": (Do.BOTH_RIGHT, None),
}


def decide(work: Work, kind: Kind, document_id: UUID, choice: str, value: str) -> None:
    """A person answered the question on the card: link this, use another number, make it active again."""
    records.not_shadowed(work)
    record = records.in_question(work, kind, document_id)
    value = value.strip()[:LONGEST_NAME]
    _check(record, choice, value)
    if choice == "again":
        records.forget_theirs(record)
    else:
        fates.set_choices(record, {**_lasting(record, choice), **watching.chosen(record, choice, value)})
        if choice == "link" and record.over_there:
            records.forget_theirs(record)
    records.go_again(work, [record])
    subject = (record.kind, record.local_id, record.as_kind.word)
    audit.record(work.session, work.actor, "document.decided", subject, tenant_id=work.tenant_id, after={choice: value})


def give_email(work: Work, kind: Kind, document_id: UUID, email: str) -> None:
    """The address that was missing, given on the card: kept with the client, and everything that waited goes."""
    record = records.root(work, records.stuck_of(work, kind, document_id))
    document = mine(work, document_models()[record.as_kind], record.local_id)
    client_id = document.id if isinstance(document, Client) else getattr(document, "client_id", None)
    if client_id is None:
        raise Wrong("email", "This one does not wait for an address.")
    client = mine(work, Client, client_id)
    address = email_address.checked(email)
    before, client.email, client.email_key = client.email, address, email_key(address)
    saved(work, client)
    note_change(work, "client.changed", client, client.name, {"email": before}, {"email": address})
    records.go_again(work, [record])


def _check(record: SyncRecord, choice: str, value: str) -> None:
    """Only what the card offers about what was found: a page that is older than the card decides nothing."""
    problem = record_states.problem_of(record)
    do, fact = ANSWERS.get(choice, (None, None))
    if do is None or not value or do not in card_of(problem).actions:
        raise Wrong("choice", "Choose one of the answers on the card.")
    if fact is not None and value != problem.facts.get(fact):
        raise Wrong("choice", "This is not what was found over there. Load the page again.")
    if choice == "again" and value != record.remote_id:
        raise Wrong("choice", "What is gone over there is not this one.")


def _lasting(record: SyncRecord, choice: str) -> dict[str, str]:
    begins_anew = choice in ("link", "reactivate", "both")
    keys = {UNLINKED} if begins_anew else {*fates.LASTING} - {SOUGHT}
    return {key: value for key, value in fates.choices_of(record).items() if key in keys}
