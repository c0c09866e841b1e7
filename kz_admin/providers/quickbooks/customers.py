"""Clients as customers: found by e-mail, else by name where that is allowed, else created (decisions C04, C25)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kz_admin.domain import matching
from kz_admin.domain.email_address import checked
from kz_admin.domain.failures import Wrong
from kz_admin.domain.kinds import Kind
from kz_admin.domain.matching import Candidate, Fits, Sought, Twin
from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import (
    Again,
    Draft,
    Expected,
    Go,
    Link,
    LinkedBy,
    Question,
    Refs,
    Rows,
    Verb,
)
from kz_admin.domain.records import Address, ClientRecord
from kz_admin.providers.base import Pusher
from kz_admin.providers.quickbooks import api, questions, recognising, refusals, remotes, showing, texts
from kz_admin.providers.quickbooks.list_entries import TAKEN, Shape

ENTITY = "Customer"
NAME, PART, EMAIL, PHONE = 500, 100, 100, 30
STREET, PLACE, POSTAL_CODE = 500, 255, 30


# -- building -------------------------------------------------------------------------------------------------


def build(record: ClientRecord, refs: Refs) -> Draft:
    _check(record, refs)
    if refs.own is None and "reactivate" in refs.choices:
        return _reactivation(record, refs)
    body = _body(record, refs)
    expected = Expected(currency=currency_of(refs), name=body["DisplayName"], email=record.email.strip())
    if refs.own is None:
        return Draft(Kind.CLIENT, Verb.CREATE, ENTITY, body, expected)
    versions = {"Id": refs.own.remote_id, "SyncToken": refs.own.version}
    return Draft(Kind.CLIENT, Verb.UPDATE, ENTITY, {**versions, **body}, expected, remote_id=refs.own.remote_id)


def _reactivation(record: ClientRecord, refs: Refs) -> Draft:
    remote_id, version = refs.choices["reactivate"], refs.choices.get("version", "")
    body = {"Id": remote_id, "SyncToken": version, "Active": True, "DisplayName": display_name(record, refs)}
    expected = Expected(currency=currency_of(refs), name=display_name(record, refs), email=record.email.strip())
    return Draft(Kind.CLIENT, Verb.UPDATE, ENTITY, body, expected, remote_id=remote_id)


def _body(record: ClientRecord, refs: Refs) -> dict[str, Any]:
    email, phone = record.email.strip(), texts.name(record.phone, PHONE)
    body: dict[str, Any] = {
        "DisplayName": display_name(record, refs),
        "GivenName": texts.name(record.given_name, PART),
        "MiddleName": texts.name(record.middle_name, PART),
        "FamilyName": texts.name(record.family_name, PART),
        "CompanyName": texts.name(record.company, PART),
        "PrimaryEmailAddr": {"Address": email} if email else None,
        "PrimaryPhone": {"FreeFormNumber": phone} if phone else None,
        "BillAddr": _address(record.address) or None,
        "CurrencyRef": {"value": currency_of(refs)} if refs.company.facts.get("multicurrency") else None,
    }
    return {key: value for key, value in body.items() if value}


def _address(address: Address) -> dict[str, str]:
    parts = {
        "Line1": address.line1[:STREET],
        "Line2": address.line2[:STREET],
        "City": address.city[:PLACE],
        "CountrySubDivisionCode": address.region[:PLACE],
        "PostalCode": address.postal_code[:POSTAL_CODE],
        "Country": address.country[:PLACE],
    }
    return {key: value for key, value in parts.items() if value}


def display_name(record: ClientRecord, refs: Refs) -> str:
    """The client's name, unless a person named the customer; with the ending that keeps it apart from others."""
    if chosen := refs.choices.get("name"):
        return texts.name(chosen, NAME)
    return texts.name(record.name, NAME, refs.choices.get("suffix", ""))


def currency_of(refs: Refs) -> str:
    return refs.part or refs.company.currency


def _check(record: ClientRecord, refs: Refs) -> None:
    """What keeps this client from going over, before anything is asked or sent."""
    facts, email = refusals.facts_of(record, refs), record.email.strip()
    if currency_of(refs) != refs.company.currency and not refs.company.facts.get("multicurrency"):
        raise Unfit(Problem(Slug.CURRENCY_OFF, currency_of(refs), facts))
    if not email:
        if refs.settings.require_email:
            raise Unfit(Problem(Slug.EMAIL_MISSING, str(record.id), facts))
        return
    if len(email) > EMAIL:
        lengths = {"limit": str(EMAIL), "length": str(len(email))}
        raise Unfit(Problem(Slug.TEXT_TOO_LONG, str(record.id), {**facts, **lengths}))
    try:
        checked(email)
    except Wrong:
        raise Unfit(Problem(Slug.EMAIL_FORMAT, str(record.id), facts)) from None


# -- looking before creating ----------------------------------------------------------------------------------


def asked(record: ClientRecord, refs: Refs) -> Sequence[Question]:
    for choice in ("link", "reactivate"):
        if choice in refs.choices:
            return [SHAPE.by_id(refs.choices[choice])]
    _check(record, refs)
    found = []
    if email := record.email.strip():
        # the field may hold several addresses, so it is only contained in it; what comes back is compared here
        like = api.quoted(f"%{email}%")
        found.append(questions.where(ENTITY, f"PrimaryEmailAddr LIKE {like}", questions.WITH_INACTIVE))
    if not refs.settings.require_email or "taken" in refs.choices:
        found.append(_named(display_name(record, refs)))
    return found


def _named(name: str) -> Question:
    names = ", ".join(api.quoted(one) for one in (name, f"{name} (deleted)"))
    return questions.where(ENTITY, f"DisplayName IN ({names})", questions.WITH_INACTIVE)


def decide(record: ClientRecord, refs: Refs, answers: Sequence[Rows]) -> Link | Go:
    rows = {str(row.get("Id")): row for answer in answers for row in answer}
    if "link" in refs.choices:
        return SHAPE.linked(record, refs, list(rows.values()))
    if "reactivate" in refs.choices:
        remote = SHAPE.chosen(record, refs, list(rows.values()), "reactivate")
        return Link(remote, LinkedBy.PERSON) if remote.active else Go({"version": remote.version})
    wanted = display_name(record, refs)
    sought = Sought(
        name=wanted,
        email=record.email.strip(),
        currency=currency_of(refs),
        by_name=not refs.settings.require_email,
        taken=refs.choices.get("taken") == wanted,
    )
    choice = matching.choose(sought, [_candidate(row) for row in rows.values()])
    if isinstance(choice, Fits):
        return Link(remotes.customer(rows[choice.candidate.remote_id]))
    if isinstance(choice, Twin) and "name" not in refs.choices:
        raise Unfit(_twin(record, refs, choice))
    if not refs.settings.create_clients and "name" not in refs.choices:
        raise Unfit(Problem(Slug.CUSTOMER_NOT_MADE, str(record.id), refusals.facts_of(record, refs)))
    suffix = "" if isinstance(choice, Twin) else choice.suffix
    return Go({"suffix": f"{refs.choices.get('suffix', '')}{suffix}"}) if suffix else Go()


def _candidate(row: Mapping[str, Any]) -> Candidate:
    remote = remotes.customer(row)
    is_top = not remotes.value_of(row.get("ParentRef"))
    return Candidate(remote.remote_id, remote.name, remote.email, remote.currency, remote.active, is_top)


def _twin(record: ClientRecord, refs: Refs, twin: Twin) -> Problem:
    there = {"remote_type": ENTITY, "remote_id": twin.candidate.remote_id, "suggestion": twin.candidate.plain_name}
    return Problem(Slug.INACTIVE_TWIN, str(record.id), {**refusals.facts_of(record, refs), **there})


# -- afterwards -----------------------------------------------------------------------------------------------


def refused(record: ClientRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    if failure.code != TAKEN:
        return refusals.common(record, refs, draft, failure)
    tried = str(draft.body["DisplayName"])
    if "name" in refs.choices:
        return SHAPE.name_is_taken(record, refs, draft, failure)
    if draft.verb is Verb.CREATE and "taken" not in refs.choices:
        return Again({"taken": tried}, look=True)
    suffix = texts.ending(tried, texts.name(record.name, NAME))
    if not suffix:
        return Again({"suffix": f" ({record.email.strip()})" if record.email.strip() else " (customer)"})
    return Again({"suffix": matching.next_suffix(suffix)})


def _is_it(draft: Draft, row: Mapping[str, Any]) -> bool:
    remote = remotes.customer(row)
    same_email = matching.addresses(draft.expected.email) == matching.addresses(remote.email)
    return same_email and recognising.agrees(draft.expected, remote) and not remotes.value_of(row.get("ParentRef"))


SHAPE = Shape(ENTITY, "DisplayName", NAME, _is_it)
PUSHER = Pusher(
    build=build,
    questions=asked,
    decide=decide,
    refused=refused,
    find=SHAPE.find,
    recognise=SHAPE.recognise,
    reread=SHAPE.reread,
    as_remote=remotes.customer,
    shown=showing.customer,
)
