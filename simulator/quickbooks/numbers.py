"""Document numbers: who gives them, which are refused.

With `CustomTxnNumbers` off QuickBooks counts by itself (a number that is sent anyway is taken, unchecked);
with it on the sender gives the number or there is none, and one that is in use is refused (6140) unless the
address says `include=allowduplicatedocnum` or the warning is switched off in the company's settings.
"""

from __future__ import annotations

from collections.abc import Mapping

from .company import Company, Obj
from .faults import Fault
from .preferences_lookup import named_value, preference

AUTO = "AUTO_GENERATE"
FIRST = 1001
# Sales forms share one sequence; the others count each for itself.
SEQUENCES = {
    "Invoice": "sales",
    "SalesReceipt": "sales",
    "CreditMemo": "sales",
    "RefundReceipt": "sales",
    "Estimate": "estimate",
    "PurchaseOrder": "order",
}
# Checks share their numbers, whether they pay an expense or bills; the field that says it is a check, and the word.
CHECKS = {"Purchase": ("PaymentType", "Check"), "BillPayment": ("PayType", "BillPaymentCheck")}
ALLOW_DUPLICATE = "allowduplicatedocnum"


def duplicate(number: str, entity: str, holder: str) -> Fault:
    return Fault(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has "
        f"already been used. DocNumber={number} is assigned to TxnType={entity} with TxnId={holder}",
    )


def sender_numbers(company: Company, entity: str) -> bool:
    """Whether the sender gives the numbers of this kind of document."""
    sequence = SEQUENCES.get(entity)
    if sequence is None:
        return True
    if sequence == "order":
        return named_value(company, "VendorAndPurchasesPrefs.UseCustomTxnNumbers") == "true"
    return bool(preference(company, "SalesFormsPrefs", "CustomTxnNumbers"))


def assign(company: Company, entity: str, fields: Obj, stored: Obj | None, params: Mapping[str, str]) -> None:
    """Settle `fields["DocNumber"]`: keep, count, check, or leave it out."""
    sent = fields.pop("DocNumber", None)
    number = _number(company, entity, sent, stored)
    if number is None:
        return
    if number != (stored or {}).get("DocNumber") and _checks(company, entity, fields, params):
        _refuse_duplicate(company, entity, number, (stored or {}).get("Id"))
    _remember(company, entity, number)
    fields["DocNumber"] = number


def _number(company: Company, entity: str, sent: str | None, stored: Obj | None) -> str | None:
    if sent == AUTO:
        return _next(company, entity)
    if sent and (sender_numbers(company, entity) or _takes_sent(company)):
        return sent
    if sender_numbers(company, entity):
        return None
    if stored is not None:
        return stored.get("DocNumber")  # a full update without it does not lose what QuickBooks counted
    return _next(company, entity)


def _takes_sent(company: Company) -> bool:
    """While QuickBooks counts, a number that is sent is taken all the same; a switch lets it be ignored."""
    return named_value(company, "SalesFormsPrefs.TakeSentTxnNumbers") != "false"


def _counter(entity: str) -> str:
    return f"_number_{SEQUENCES.get(entity, entity)}"


def _next(company: Company, entity: str) -> str:
    return str(company.counters.get(_counter(entity), FIRST - 1) + 1)


def _remember(company: Company, entity: str, number: str) -> None:
    if entity in SEQUENCES and number.isascii() and number.isdigit():
        company.counters[_counter(entity)] = int(number)


def _checks(company: Company, entity: str, fields: Obj, params: Mapping[str, str]) -> bool:
    if ALLOW_DUPLICATE in params.get("include", "").lower().split(","):
        return False
    if entity == "Bill":
        return named_value(company, "VendorAndPurchasesPrefs.WarnDuplicateBillNumber") != "false"
    if entity in CHECKS:
        return _is_check(entity, fields) and named_value(company, "WarnDuplicateCheckNumber") == "true"
    if entity not in SEQUENCES or not sender_numbers(company, entity):
        return False
    return named_value(company, "SalesFormsPrefs.WarnDuplicateTxnNumber") != "false"


def _is_check(entity: str, row: Obj) -> bool:
    return bool(row.get(CHECKS[entity][0]) == "Check")


def _refuse_duplicate(company: Company, entity: str, number: str, own: str | None) -> None:
    for kind in CHECKS if entity in CHECKS else (entity,):
        word = CHECKS[kind][1] if kind in CHECKS else kind
        for holder in company.table(kind).by("DocNumber", number):
            if (kind, holder["Id"]) != (entity, own) and (kind not in CHECKS or _is_check(kind, holder)):
                raise duplicate(number, word, holder["Id"])
