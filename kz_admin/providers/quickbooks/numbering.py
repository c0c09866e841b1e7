"""Which number a document has over there, and what becomes of it where that number is taken (the tenant's rule)."""

from __future__ import annotations

from collections.abc import Sequence

from kz_admin.domain.kinds import Kind
from kz_admin.domain.money import Money
from kz_admin.domain.names import number_endings, number_key
from kz_admin.domain.presets import NumberClash
from kz_admin.domain.problems import Problem, ProviderFailure, Slug, Unfit
from kz_admin.domain.pushing import Again, Draft, Link, LinkedBy, Question, Refs, Remote, Verb
from kz_admin.domain.records import InvoiceRecord, SalesRecord
from kz_admin.providers.quickbooks import api, questions, refusals, remotes

LONGEST = 21
TAKEN = "6140"
AUTO = "AUTO_GENERATE"  # asks for the next number of theirs; of sales documents invoices alone know it


def of(record: SalesRecord, refs: Refs) -> str:
    """Ours, unless that was taken when it went over: what it got then it keeps."""
    there, chosen = refs.own.number if refs.own else "", refs.choices.get("number", "")
    if chosen == AUTO:
        return there if refs.own else AUTO
    kept = there if there in number_endings(record.number, LONGEST) else ""
    return chosen or kept or record.number


def sent(record: SalesRecord, refs: Refs) -> str | None:
    """None where the company numbers by itself."""
    return of(record, refs) if refs.company.facts.get("own_numbers") else None


def expected(number: str | None) -> str:
    """What the answer has to show; a number of theirs is known when it is there."""
    return number if number and number != AUTO else ""


def said(record: SalesRecord, number: str | None) -> str:
    """One sentence where it is not ours."""
    if not number or number in (AUTO, record.number):
        return ""
    return f"Numbered {number} in {refusals.PROVIDER}, where {record.number} was taken."


def asked(entity: str, record: SalesRecord, refs: Refs) -> list[Question]:
    """Who has this number, and which of its endings are taken."""
    number = of(record, refs)
    if not number or len(number) > LONGEST or number == AUTO:
        return []
    if not _wants_another(refs):
        return [questions.where(entity, f"DocNumber = {api.quoted(number)}")]
    wanted = dict.fromkeys((number, *number_endings(record.number, LONGEST)))
    return [questions.where(entity, f"DocNumber IN ({', '.join(api.quoted(one) for one in wanted)})")]


def _wants_another(refs: Refs) -> bool:
    counts = bool(refs.company.facts.get("own_numbers"))
    return counts and ("taken" in refs.choices or refs.settings.number_clash is NumberClash.NEXT_FREE)


def is_taken(record: SalesRecord, refs: Refs, holders: Sequence[Remote]) -> bool:
    """By what was found; or by their word, although nothing was: then asking once more brings the same answer."""
    if not refs.company.facts.get("own_numbers"):
        return False
    refused = refs.choices.get("taken") == of(record, refs)
    return bool(holders) or (refused and refs.settings.number_clash is not NumberClash.ASK)


def another(record: SalesRecord, refs: Refs, holders: Sequence[Remote], there: Sequence[Remote]) -> str:
    """The number the rule gives it, or the question for a person.

    Without a refusal of theirs, an equal number at the same customer may be this very document, entered by hand with
    another total: that is asked about under every rule.
    """
    rule, holder = refs.settings.number_clash, holders[0] if holders else None
    unclear = holder is not None and "taken" not in refs.choices and holder.remote_id not in refs.unlinked
    may_be_it = unclear and holder is not None and holder.customer in _customers(record, refs)
    if rule is NumberClash.NEXT_FREE and not may_be_it and (free := _free(record, refs, there)):
        return free
    by_them = rule is NumberClash.THEIRS and isinstance(record, InvoiceRecord) and of(record, refs) != AUTO
    if by_them and not may_be_it:
        return AUTO
    raise Unfit(problem(record, refs, holder, there))


def _customers(record: SalesRecord, refs: Refs) -> set[str]:
    keys = ((Kind.CLIENT, record.client_id), (Kind.PROJECT, record.project_id))
    known = (refs.partners.get((kind, one, record.currency)) for kind, one in keys if one)
    booked = {ref.customer for (kind, _, _), ref in refs.partners.items() if kind is Kind.INVOICE and ref.customer}
    return {ref.remote_id for ref in known if ref is not None} | booked


def _free(record: SalesRecord, refs: Refs, there: Sequence[Remote]) -> str:
    """The first ending that nothing has: over there, here, or by a refusal."""
    used = {number_key(one.number) for one in there} | refs.our_numbers
    used |= {number_key(of(record, refs)), number_key(refs.choices.get("taken", ""))}
    return next((one for one in number_endings(record.number, LONGEST) if number_key(one) not in used), "")


def problem(record: SalesRecord, refs: Refs, holder: Remote | None, there: Sequence[Remote] = ()) -> Problem:
    facts = {**refusals.facts_of(record, refs), "number": of(record, refs), "suggestion": _free(record, refs, there)}
    if holder is not None:
        facts |= {"remote_type": holder.remote_type, "remote_id": holder.remote_id}
        facts |= {"differs": differs} if (differs := differences(record, refs, holder)) else {}
    is_other = holder is not None and number_key(holder.number) != number_key(of(record, refs))
    return Problem(Slug.DIFFERS_THERE if is_other else Slug.DUPLICATE_NUMBER, str(record.id), facts)


def linked(record: SalesRecord, refs: Refs, remote: Remote, *, is_ours: bool) -> Link:
    """A person said that it is this one. What is not ours has to say the same: else two sides are tied that differ."""
    if not is_ours and differences(record, refs, remote):
        raise Unfit(problem(record, refs, remote))
    return Link(remote, LinkedBy.PERSON)


def differences(record: SalesRecord, refs: Refs, holder: Remote) -> str:
    """Why it is not the same document, in words with both sides; empty when customer, currency and total agree."""
    found = []
    if holder.customer not in _customers(record, refs):
        name = str(remotes.as_row(holder.raw.get("CustomerRef")).get("name") or "")
        found.append(f"it is of {name}" if name else "it is of another customer")
    if holder.currency not in ("", record.currency):
        found.append(f"it is in {holder.currency}, ours in {record.currency}")
    elif holder.total != record.total:
        theirs = "unknown" if holder.total is None else str(Money(holder.total, record.currency))
        found.append(f"its total is {theirs}, ours {Money(record.total, record.currency)}")
    return "; ".join(found)


def refused(record: SalesRecord, refs: Refs, draft: Draft, failure: ProviderFailure) -> Again | Problem:
    number = str(draft.body.get("DocNumber", ""))
    if draft.verb is Verb.CREATE and refs.choices.get("taken") != number:
        return Again({"taken": number}, look=True)  # it may be ours after all
    told = problem(record, refs, None)
    return Problem(told.slug, told.subject, {**told.facts, **refusals.words_of(failure)})
