"""What of theirs a draft names: where a refusal does not say which of these is inactive, a person looks at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kz_admin.domain.pushing import Draft, Reference

# The field → what it is over there, and what people call it.
FIELDS: Mapping[str, tuple[str, str]] = {
    "CustomerRef": ("Customer", "Customer"),
    "ParentRef": ("Customer", "Customer above it"),
    "ItemRef": ("Item", "Product or service"),
    "TaxCodeRef": ("TaxCode", "Tax code"),
    "TxnTaxCodeRef": ("TaxCode", "Tax code"),
    "SalesTermRef": ("Term", "Payment terms"),
    "DepositToAccountRef": ("Account", "Deposit account"),
    "IncomeAccountRef": ("Account", "Income account"),
    "ExpenseAccountRef": ("Account", "Expense account"),
    "PaymentMethodRef": ("PaymentMethod", "Payment method"),
    "ClassRef": ("Class", "Class"),
    "DepartmentRef": ("Department", "Location"),
}
LINKED = {"Invoice": "Invoice", "CreditMemo": "Credit memo"}
NO_CODES = frozenset({"TAX", "NON"})  # words of theirs that stand where an id would


def of(draft: Draft) -> Sequence[Reference]:
    """Each once, in the order in which they stand there."""
    return list(dict.fromkeys(_in(draft.body)))


def _in(said: object) -> Iterator[Reference]:
    if isinstance(said, list):
        for one in said:
            yield from _in(one)
    elif isinstance(said, Mapping):
        if said.get("TxnType") in LINKED and said.get("TxnId"):
            yield Reference(said["TxnType"], str(said["TxnId"]), LINKED[said["TxnType"]])
        for field, value in said.items():
            if field in FIELDS and isinstance(value, Mapping):
                entity, words = FIELDS[field]
                remote_id = str(value.get("value") or "")
                if remote_id and remote_id not in NO_CODES:
                    yield Reference(entity, remote_id, words)
            else:
                yield from _in(value)
