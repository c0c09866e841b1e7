"""How any document is made and changed: check, compose, link, store, post, and let everything tied to it follow."""

from __future__ import annotations

from collections.abc import Iterable

from .. import closing, ledger, links, stock
from ..company import Company, Obj
from ..entities.entity import Params
from ..exchange import currency_of
from ..faults import business, missing
from ..settling import capacity, settled
from ..updates import merged
from . import mailing
from .bare_refs import bare
from .form import ENTITY_OF, FORMS, Draft, Form
from .refusals import deposited
from .tax_lines import check_codes


def refuse_deposited(company: Company, form: Form, row: Obj) -> None:
    key = links.key_of(form.name, row["Id"])
    if any(each["source"].startswith("Deposit/") for each in links.to_target(company, key)):
        raise deposited()


def create(form: Form, company: Company, body: Obj, params: Params) -> Obj:
    body = bare(body)
    body.pop("Id", None)
    check_codes(company, body)
    return save(Draft(company, dict(body), body, None, params, company.next_id(form.family), form.name), form)


def update(form: Form, company: Company, stored: Obj, body: Obj, sparse: bool, params: Params) -> Obj:
    refuse_deposited(company, form, stored)
    if form.posts:
        closing.check(company, stored["TxnDate"])
    body = bare(body)
    check_codes(company, body)
    fields = merged(ENTITY_OF[form.name], stored, body, sparse)
    if stored.get("CurrencyRef") and not fields.get("CurrencyRef"):
        fields["CurrencyRef"] = stored["CurrencyRef"]  # set again by the server when a full update leaves it out
    if body.get("Line") or body.get("TotalAmt"):
        fields.pop("_voided", None)
    return save(Draft(company, fields, body, stored, params, stored["Id"], form.name), form)


def save(draft: Draft, form: Form) -> Obj:
    """Store the draft and let what is tied to it follow. A Fault on the way leaves no trace: the caller undoes."""
    company = draft.company
    _require(draft, form)
    draft.fields["TxnDate"] = draft.fields.get("TxnDate") or (draft.stored or {}).get("TxnDate") or company.today()
    if form.posts:
        closing.check(company, draft.fields["TxnDate"])
    row = {**form.compose(draft), "Id": draft.row_id}
    key = links.key_of(form.name, draft.row_id)
    touched = links.rewrite(company, key, form.wanted(draft, row))
    touched |= _fit(company, form, key, row)
    row = settled(company, form.name, row)
    saved = _store(draft, form, row)
    follow(company, form, saved, touched)
    mailing.queue(company, form.name, saved, draft.stored)
    return saved


def _require(draft: Draft, form: Form) -> None:
    """What is required cannot be cleared either: null and `{}` count as missing."""
    for name in form.required:
        if (draft.is_new or name in draft.sent) and draft.fields.get(name) in (None, [], {}):
            raise missing(name)


def _fit(company: Company, form: Form, key: str, row: Obj) -> set[str]:
    """What is applied never exceeds the document: payments are given back, a used credit cannot shrink."""
    room = capacity(company, form.name, row)
    if form.name in ("CreditMemo", "VendorCredit") and links.applied(company, key) > -room:
        raise business("The credit is applied to other transactions for more than this amount.", "TotalAmt")
    if form.name not in ("Invoice", "Bill"):
        return set()
    return with_relaxed(company, links.fit(company, key, room))


def with_relaxed(company: Company, sources: set[str]) -> set[str]:
    """The sources that lost something, and the credits they no longer need."""
    return sources.union(*(links.relax(company, source) for source in sources))


def _store(draft: Draft, form: Form, row: Obj) -> Obj:
    if draft.stored is None:
        return draft.company.insert(form.name, row)
    return draft.company.replace(form.name, draft.stored, row)


def follow(company: Company, form: Form, row: Obj, touched: Iterable[str]) -> None:
    """Post the document, settle its neighbours, post those again whose amounts depend on it, move the names."""
    key = links.key_of(form.name, row["Id"])
    names = post(company, form, row)
    stock.move(company, key, form.stock_sign, row)
    names |= settle_neighbours(company, key, touched)
    ledger.follow(company, names)


def post(company: Company, form: Form, row: Obj) -> set[ledger.Name]:
    return ledger.post(company, form.name, row["Id"], row.get("TxnDate", ""), form.postings(company, row))


def settle_neighbours(company: Company, key: str, touched: Iterable[str]) -> set[ledger.Name]:
    around = set(touched)
    for each in {key, *around}:
        if _is_foreign(company, each):
            around |= {link["source"] for link in links.to_target(company, each)}
    names: set[ledger.Name] = set()
    for neighbour in sorted(around - {key}):
        names |= _settle(company, neighbour)
    return names


def _is_foreign(company: Company, key: str) -> bool:
    """What pays a document in a foreign currency posts at that document's rate, so it is posted again with it."""
    row = links.row_of(company, key) or {}
    return bool(currency_of(company, row) != company.home_currency)


def _settle(company: Company, key: str) -> set[ledger.Name]:
    """Bring a neighbour in line: its time moves when it changed, its SyncToken never."""
    entity, row_id = links.split(key)
    row = company.table(entity).get(row_id)
    if row is None:
        return set()
    fresh = settled(company, entity, row)
    if fresh != row:
        fresh = company.touch(fresh, bump=False)
        company.table(entity).put(fresh)
        company.emit(entity, row_id, "Update")
    return post(company, FORMS[entity], fresh)
