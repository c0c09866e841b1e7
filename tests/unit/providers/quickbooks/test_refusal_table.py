"""Every code of their catalogue (quickbooks.md 4.2) that a push can meet, for each kind and verb that can meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kz_admin.domain.catalogue import card_of
from kz_admin.domain.catalogue_entries import Do
from kz_admin.domain.kinds import Kind, Origin
from kz_admin.domain.lists import List
from kz_admin.domain.payments import Method
from kz_admin.domain.problems import (
    AccessRefused,
    OutcomeUnknown,
    Problem,
    ProviderFailure,
    Rejected,
    SlowDown,
    Slug,
    TokenRefused,
)
from kz_admin.domain.pushing import Again, Draft, Expected, Ref, Refs, Verb
from kz_admin.domain.records import CreditNoteRecord, ProjectRecord, RefundRecord
from kz_admin.providers.http import Answer
from kz_admin.providers.quickbooks import QUICKBOOKS, api
from kz_admin.providers.quickbooks.refusal_codes import OUR_MISTAKES
from tests.unit.providers.quickbooks import ours

CREATE, UPDATE, REMOVE = Verb.CREATE, Verb.UPDATE, Verb.REMOVE
LOOK = "look"  # once more, after a look over there
# The kinds that name a customer, those with lines, and those that can be taken back over there.
MONEY = (Kind.PAYMENT, Kind.REFUND)
SALES = (Kind.INVOICE, Kind.CREDIT_NOTE)
DOCUMENTS = (*SALES, *MONEY)
LISTED = (Kind.CLIENT, Kind.PROJECT, Kind.SERVICE)
ALL = (*LISTED, *DOCUMENTS)


def answered(code: str, status: int = 400, kind: str = "ValidationFault", detail: str = "in their words") -> Any:
    fault = {"Fault": {"Error": [{"Message": "", "Detail": detail, "code": code}], "type": kind}}
    body = json.dumps(fault).encode()
    answer = Answer(status, {}, body, "tid-1")
    return api.failure_of(answer, answer.json())


def drafted(kind: Kind, verb: Verb) -> tuple[Any, Refs, Draft]:
    """A document of that kind, what its builder gets, and what would be sent of it."""
    record, refs = _subject(kind)
    if verb is not CREATE:
        own = Ref("266", version="1", customer="70", created_by_us=True)
        refs = replace(refs, own=own)
    draft = Draft(kind, verb, kind.value, {"Id": "266", **_body(kind)}, Expected())
    return record, refs, draft


def _body(kind: Kind) -> dict[str, Any]:
    names = {Kind.CLIENT: "DisplayName", Kind.PROJECT: "DisplayName", Kind.SERVICE: "Name"}
    return {names[kind]: "Ada Lund"} if kind in names else {"DocNumber": "INV-104"}


def _subject(kind: Kind) -> tuple[Any, Refs]:
    usual: dict[str, Any] = {"id": ours.uuid4(), "revision": 1, "origin": Origin.OURS, "created_at": 0}
    invoice = ours.invoice()
    if kind is Kind.CREDIT_NOTE:
        shared = {name: value for name, value in vars(invoice).items() if name not in ("due_on", "terms", "state")}
        shared = {name: value for name, value in shared.items() if name not in ("open", "paid_at", "voided_on")}
        record: Any = CreditNoteRecord(**shared, invoice_id=None, allocations=(), voided=False)
    elif kind is Kind.PROJECT:
        record = ProjectRecord(**usual, client_id=ours.CLIENT_ID, name="Website", code="", archived=False)
    elif kind is Kind.REFUND:
        record = RefundRecord(
            **usual,
            client_id=ours.CLIENT_ID,
            payment_id=ours.uuid4(),
            credit_note_id=None,
            currency="USD",
            amount=50_00,
            refunded_on="2026-03-06",
            method=Method.CARD,
            reference="",
            voided=False,
        )
    else:
        made = {Kind.CLIENT: ours.client, Kind.SERVICE: ours.service, Kind.PAYMENT: _payment}
        record = made[kind]() if kind in made else invoice
    return record, ours.refs(record, names={ours.CLIENT_ID: "Ada Lund"})


def _payment() -> Any:
    return ours.payment((ours.uuid4(), 300_00))


# -- what is temporary, or nobody's document's fault ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "status", "kind", "expected"),
    [
        ("3200", 401, "AUTHENTICATION", TokenRefused),
        ("100", 401, "AuthenticationFault", TokenRefused),
        ("110", 400, "AuthenticationFault", TokenRefused),
        ("3202", 401, "AUTHENTICATION", Rejected),
        ("3100", 403, "SERVICE", AccessRefused),
        ("120", 401, "AuthorizationFault", AccessRefused),
        ("120", 403, "AuthorizationFault", AccessRefused),
        ("3001", 429, "SystemFault", SlowDown),
        ("003001", 200, "SystemFault", SlowDown),
        ("", 429, "", SlowDown),
        ("130", 400, "SystemFault", SlowDown),
        ("140", 400, "SystemFault", SlowDown),
        ("150", 400, "SystemFault", SlowDown),
        ("600", 400, "ValidationFault", OutcomeUnknown),
        ("10000", 400, "ValidationFault", OutcomeUnknown),
        ("10000", 500, "SystemFault", OutcomeUnknown),
        ("500", 500, "SystemFault", OutcomeUnknown),
        ("500", 200, "SystemFault", OutcomeUnknown),
        ("", 503, "", OutcomeUnknown),
        ("500", 400, "ValidationFault", Rejected),
        ("630", 400, "ValidationFault", Rejected),
        ("6190", 400, "ValidationFault", Rejected),
    ],
)
def test_what_kind_of_trouble_each_code_is(code: str, status: int, kind: str, expected: type[ProviderFailure]) -> None:
    assert type(answered(code, status, kind)) is expected


def test_a_company_under_maintenance_is_left_alone_for_long() -> None:
    rests = {code: answered(code, kind="SystemFault") for code in ("130", "140", "150")}
    assert {code: one.retry_after_s for code, one in rests.items()} == {"130": 60, "140": 1800, "150": 1800}
    assert all(one.locked for one in rests.values())


# -- what a document is refused for -----------------------------------------------------------------------------------

# code → kinds, verbs, and what comes of it. Where a look comes first, what comes of the same refusal after it.
TABLE: tuple[tuple[str, tuple[Kind, ...], tuple[Verb, ...], Slug], ...] = (
    ("620", MONEY, (CREATE, UPDATE), Slug.WRONG_CUSTOMER_LINK),
    ("630", ALL, (CREATE, UPDATE), Slug.DUPLICATE_OBJECT),
    ("800", DOCUMENTS, (REMOVE,), Slug.IN_USE_THERE),
    ("2040", ALL, (CREATE, UPDATE), Slug.TEXT_CHARACTERS),
    ("2050", ALL, (CREATE, UPDATE), Slug.TEXT_TOO_LONG),
    ("2210", (Kind.CLIENT,), (CREATE, UPDATE), Slug.EMAIL_FORMAT),
    ("2220", (Kind.CLIENT, Kind.PROJECT, *DOCUMENTS), (CREATE, UPDATE), Slug.CURRENCY_OFF),
    ("2280", SALES, (CREATE, UPDATE), Slug.TAX_CODE_REFUSED),
    ("2290", SALES, (CREATE, UPDATE), Slug.NEGATIVE_AMOUNT),
    ("2500", ALL, (CREATE, UPDATE), Slug.INACTIVE_REFERENCE),
    ("5020", ALL, (CREATE, UPDATE, REMOVE), Slug.PERMISSION),
    ("5030", ALL, (CREATE, UPDATE), Slug.EDITION_LIMIT),
    ("6080", LISTED, (CREATE, UPDATE), Slug.NAME_MISSING),
    ("6100", SALES, (CREATE, UPDATE), Slug.TAX_CODE_REFUSED),
    ("6140", SALES, (CREATE, UPDATE), Slug.DUPLICATE_NUMBER),
    ("6160", SALES, (CREATE, UPDATE), Slug.TAX_CODE_REFUSED),
    ("6180", (Kind.PROJECT,), (CREATE, UPDATE), Slug.TOO_MANY_LEVELS),
    ("6190", ALL, (CREATE, UPDATE, REMOVE), Slug.SUBSCRIPTION_ENDED),
    ("6200", DOCUMENTS, (CREATE, UPDATE, REMOVE), Slug.PERIOD_CLOSED),
    ("6210", DOCUMENTS, (CREATE, UPDATE, REMOVE), Slug.PERIOD_CLOSED),
    ("6220", DOCUMENTS, (REMOVE,), Slug.IN_USE_THERE),
    ("6230", SALES, (CREATE, UPDATE), Slug.TAX_CODE_REFUSED),
    ("6240", LISTED, (CREATE, UPDATE), Slug.DUPLICATE_NAME),
    ("6250", DOCUMENTS, (CREATE, UPDATE), Slug.CUSTOMER_MISSING),
    ("6280", DOCUMENTS, (REMOVE,), Slug.IN_USE_THERE),
    ("6400", DOCUMENTS, (REMOVE,), Slug.IN_USE_THERE),
    ("6420", (Kind.CLIENT, *SALES), (CREATE, UPDATE), Slug.EMAIL_FORMAT),
    ("6430", (Kind.SERVICE, *MONEY), (CREATE, UPDATE), Slug.ACCOUNT_TYPE),
    ("6450", DOCUMENTS, (UPDATE, REMOVE), Slug.SETTLED_THERE),
    ("6470", SALES, (CREATE, UPDATE), Slug.TAX_CODE_REFUSED),
    ("6480", DOCUMENTS, (UPDATE, REMOVE), Slug.BANK_MATCHED),
    ("6540", MONEY, (UPDATE, REMOVE), Slug.DEPOSITED),
    ("7001", ALL, (CREATE, UPDATE, REMOVE), Slug.COMPANY_GONE),
    ("10200", ALL, (CREATE, UPDATE, REMOVE), Slug.COMPANY_GONE),
    ("6000", ALL, (CREATE, UPDATE, REMOVE), Slug.UNKNOWN),
    ("9999", ALL, (CREATE, UPDATE, REMOVE), Slug.UNKNOWN),
    ("", ALL, (CREATE, UPDATE, REMOVE), Slug.UNKNOWN),
    *((code, ALL, (CREATE, UPDATE, REMOVE), Slug.OUR_MISTAKE) for code in sorted(OUR_MISTAKES)),
)
# Money that does not fit, a number or a name that is taken, what is gone: these ask over there first.
LOOKS_FIRST = {"630", "6140", "6240", "610"}
CHOICES = {
    "6140": {"taken": "INV-104"},
    "6240": {"name": "Ada Lund"},
    **{code: {"closed": code} for code in ("6200", "6210")},  # the closing date was read anew
}


def rows() -> Iterator[tuple[str, Kind, Verb, Slug]]:
    return ((code, kind, verb, slug) for code, kinds, verbs, slug in TABLE for kind in kinds for verb in verbs)


def refused(code: str, kind: Kind, verb: Verb, detail: str = "", **choices: str) -> Again | Problem:
    record, refs, draft = drafted(kind, verb)
    failure = answered(code, detail=detail or "in their words")
    pushers = QUICKBOOKS.pushers
    return pushers[kind].refused(record, replace(refs, choices=choices), draft, failure)


def test_each_code_ends_in_its_card_for_every_kind_and_verb_that_can_meet_it() -> None:
    for code, kind, verb, slug in rows():
        problem = refused(code, kind, verb, look="1", **CHOICES.get(code, {}))
        told = f"{code} {kind} {verb}: {problem}"
        assert isinstance(problem, Problem), told
        assert problem.slug is slug, told
        facts = problem.facts
        assert (facts["words"], facts["code"], facts["reference"]) == ("in their words", code, "tid-1"), told
        assert facts.get("document"), told  # people read which of theirs it is
        card = card_of(problem, "QuickBooks", over_there=verb is not CREATE)
        assert card.actions, told
        if verb is not CREATE:
            assert "stayed as it is" in card.created, told


def test_what_may_be_there_after_all_is_looked_for_before_a_person_hears_of_it() -> None:
    for code, kinds, _, _ in TABLE:
        if code in LOOKS_FIRST:
            for kind in kinds:
                again = refused(code, kind, CREATE)
                assert isinstance(again, Again), f"{code} {kind}"
                assert again.look, f"{code} {kind}"
    for kind in ALL:
        for code in ("610", "5010", "630"):
            assert refused(code, kind, UPDATE) == Again(look=True)


@pytest.mark.parametrize("kind", ALL)
def test_not_found_is_gone_when_it_is_itself_and_a_reference_when_it_is_new(kind: Kind) -> None:
    """610 (a) to (c): after the look, what still stands there refers to something that does not."""
    for verb in (CREATE, UPDATE):
        problem = refused("610", kind, verb, "Something you're trying to use has been made inactive.", look="1")
        assert isinstance(problem, Problem)
        assert problem.slug is Slug.INACTIVE_REFERENCE
        if kind in DOCUMENTS:
            assert problem.facts["list"] == List.CUSTOMERS.value
            assert problem.facts["row"] == str(ours.CLIENT_ID)
    assert refused("610", kind, REMOVE) == Again(look=True)  # gone already is as good


@pytest.mark.parametrize(
    ("kind", "country", "words", "slug"),
    [
        (Kind.PAYMENT, "US", "The amounts applied are more than the amount of the payment.", Slug.PAYMENT_TOO_BIG),
        (Kind.PAYMENT, "US", "The amount that is applied is more than the open balance", Slug.PAYMENT_TOO_BIG),
        (Kind.INVOICE, "US", "Transaction amount must be 0 or greater.", Slug.NEGATIVE_AMOUNT),
        (Kind.INVOICE, "GB", "Make sure all your transactions have a VAT rate before you save.", Slug.TAX_UNMAPPED),
        (Kind.INVOICE, "US", "Make sure all your transactions have a VAT rate before you save.", Slug.UNKNOWN),
        (Kind.INVOICE, "US", "Etwas stimmt nicht.", Slug.UNKNOWN),
    ],
)
def test_business_rules_are_told_apart_by_causes_we_know(kind: Kind, country: str, words: str, slug: Slug) -> None:
    record, refs, draft = drafted(kind, CREATE)
    refs = replace(refs, company=ours.company(country, "USD"), choices={"look": "1"})
    answer = QUICKBOOKS.pushers[kind].refused(record, refs, draft, answered("6000", detail=words))
    assert isinstance(answer, Problem)
    assert answer.slug is slug


def test_a_foreign_currency_explains_a_business_rule_whatever_its_words() -> None:
    record, refs, draft = drafted(Kind.INVOICE, CREATE)
    answer = QUICKBOOKS.pushers[Kind.INVOICE].refused(
        replace(record, currency="EUR"), refs, draft, answered("6000", detail="Währung")
    )
    assert isinstance(answer, Problem)
    assert answer.cause == "currency_off:EUR"


def test_a_text_that_is_too_long_is_named_and_may_be_shortened() -> None:
    words = "String length does not match the supported length. Min:0 Max:1000 supported. Supplied length:1204"
    record, refs, draft = drafted(Kind.INVOICE, CREATE)
    for body, field in (({"CustomerMemo": {"value": "x" * 1204}}, "CustomerMemo"), ({"DocNumber": "x" * 1204}, "")):
        answer = QUICKBOOKS.pushers[Kind.INVOICE].refused(
            record, refs, replace(draft, body=body), answered("2050", detail=words)
        )
        assert isinstance(answer, Problem)
        facts = answer.facts
        assert (facts["limit"], facts["length"], facts["field"]) == ("1000", "1204", field)
        assert (Do.SHORTEN in card_of(answer, "QuickBooks").actions) is bool(field)
