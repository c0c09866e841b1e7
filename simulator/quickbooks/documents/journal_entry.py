"""JournalEntry: debits and credits as an accountant writes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .. import chart, exchange, links, numbers, references, tax_codes
from ..company import Company, Obj
from ..faults import bad_enumeration, bad_reference, business, missing, not_modelled
from ..ledger import Name, Posting
from ..money import ZERO, cents
from .entry import entity_of
from .form import Draft, Form
from .lines import number_lines, ordered, sent_lines
from .refusals import negative, no_lines, no_posting_type, unbalanced

DETAIL = "JournalEntryLineDetail"
SIGNS = {"Debit": 1, "Credit": -1}
NAMES = ("Customer", "Vendor", "Employee")
_KEPT = ("PostingType", "Entity", "AccountRef", "ClassRef", "DepartmentRef", "BillableStatus")


def compose(draft: Draft) -> Obj:
    company, fields = draft.company, draft.fields
    refuse_applied(company, draft.row_id if draft.stored else None)
    exchange.settle(company, fields)
    numbers.assign(company, draft.entity, fields, draft.stored, draft.params)
    lines = [_line(draft, line) for line in sent_lines(draft)]
    number_lines(lines, draft.stored, first=0, with_numbers=False)
    _check_balance(lines)
    row: Obj = {"Adjustment": bool(fields.get("Adjustment"))}
    for name in ("DocNumber", "TxnDate", "CurrencyRef", "ExchangeRate", "PrivateNote"):
        if fields.get(name) is not None:
            row[name] = fields[name]
    return {**row, "Line": [_answered(line) for line in lines], "TxnTaxDetail": {}}


def refuse_applied(company: Company, row_id: str | None) -> None:
    if row_id and links.to_target(company, links.key_of("JournalEntry", row_id)):
        raise business("Payments are applied to this journal entry; remove them before you change it.", "Line")


def _line(draft: Draft, line: Obj) -> Obj:
    kind = line.get("DetailType")
    if kind == "DescriptionOnly":
        return {**line, "Amount": None}
    if kind != DETAIL:
        raise bad_enumeration("DetailType", kind) if kind else missing("DetailType")
    detail = {**(line.get(DETAIL) or {})}
    if not detail.get("PostingType"):
        raise no_posting_type()
    if not detail.get("AccountRef"):
        raise missing("AccountRef")
    if line.get("Amount") is None:
        raise missing("Amount")
    if line["Amount"] < 0:
        raise negative()
    if detail.get("TaxCodeRef") and not tax_codes.is_us(draft.company):
        raise not_modelled("tax on a journal entry")
    _settle_entity(draft, detail)
    return {**line, "Amount": cents(line["Amount"]), DETAIL: detail}


def _settle_entity(draft: Draft, detail: Obj) -> None:
    """Receivable lines need a customer, payable lines a vendor."""
    company, entity = draft.company, detail.get("Entity") or {}
    kind, value = entity.get("Type"), (entity.get("EntityRef") or {}).get("value")
    row = company.table(str(kind)).get(value) if kind in NAMES and value else None
    if value and row is None:
        raise bad_reference("Names", value)
    account = chart.account(company, detail["AccountRef"]["value"])
    if account["AccountType"] == chart.RECEIVABLE and (row is None or kind != "Customer"):
        raise business("When you use Accounts Receivable, you must choose a customer in the Name field.", "Entity")
    if account["AccountType"] == chart.PAYABLE and (row is None or kind != "Vendor"):
        raise business("When you use Accounts Payable, you must choose a vendor in the Name field.", "Entity")
    code = exchange.currency_of(company, account)
    if code not in (company.home_currency, draft.fields["CurrencyRef"]["value"]):
        raise exchange.mismatch()
    if row is not None:
        if account["AccountType"] in (chart.RECEIVABLE, chart.PAYABLE):
            _check_currency(draft, row)
        detail["Entity"] = {"Type": kind, "EntityRef": {"value": value}}
    else:
        detail.pop("Entity", None)


def _check_currency(draft: Draft, row: Obj) -> None:
    if exchange.currency_of(draft.company, row) != draft.fields["CurrencyRef"]["value"]:
        raise exchange.mismatch()


def _check_balance(lines: list[Obj]) -> None:
    posted = [line for line in lines if line["DetailType"] == DETAIL]
    if not posted:
        raise no_lines()
    if sum((_signed(line) for line in posted), ZERO):
        raise unbalanced()


def _signed(line: Obj) -> Decimal:
    return cents(SIGNS[line[DETAIL]["PostingType"]] * line["Amount"])


def _answered(line: Obj) -> Obj:
    if line["DetailType"] != DETAIL:
        shown = {name: line[name] for name in ("Id", "Description", "DetailType") if line.get(name)}
        return {**shown, "DescriptionLineDetail": {}}
    detail = line[DETAIL]
    return ordered(line, DETAIL, {name: detail[name] for name in _KEPT if detail.get(name)})


def show(company: Company, row: Obj) -> Obj:
    return {**row, "Line": [_with_name(company, line) for line in row["Line"]]}


def _with_name(company: Company, line: Obj) -> Obj:
    entity = (line.get(DETAIL) or {}).get("Entity")
    if not entity:
        return line
    row = company.table(entity["Type"]).get(entity["EntityRef"]["value"]) or {}
    named = {"value": entity["EntityRef"]["value"], "name": references.name_of(row)}
    return {**line, DETAIL: {**line[DETAIL], "Entity": {**entity, "EntityRef": named}}}


def postings(company: Company, row: Obj) -> Iterable[Posting]:
    rate = exchange.rate_of(row)
    made = [_posting(company, line, rate) for line in row["Line"] if line["DetailType"] == DETAIL]
    difference = -sum((each.amount for each in made), ZERO)
    if difference:
        made.append(Posting(chart.exchange_gain_or_loss(company), cents(difference), ZERO))
    return made


def _posting(company: Company, line: Obj, rate: Decimal) -> Posting:
    detail, amount = line[DETAIL], _signed(line)
    account = chart.account(company, detail["AccountRef"]["value"])
    name: Name | None = None
    if account["AccountType"] in (chart.RECEIVABLE, chart.PAYABLE):
        name = (detail["Entity"]["Type"], detail["Entity"]["EntityRef"]["value"])
    return Posting(account["Id"], cents(amount * rate), amount, name)


ENTITY = entity_of(
    Form(
        name="JournalEntry",
        path="journalentry",
        compose=compose,
        postings=postings,
        show=show,
        required=("Line",),
        read_only=frozenset(("TotalAmt", "LinkedTxn", "CustomField", "TxnTaxDetail", "TxnStatus")),
        filterable=frozenset(("DocNumber", "TxnDate")),
    )
)
