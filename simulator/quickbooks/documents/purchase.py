"""Purchase: an expense paid at once, by cash, check or card."""

from __future__ import annotations

from .. import chart
from ..account_types import require_type
from ..company import Company, Obj
from ..faults import bad_enumeration, bad_reference
from . import expense_form
from .entry import entity_of
from .form import Draft, Form
from .legs import Leg

PAID_FROM = {
    "Cash": frozenset(("Bank", "Other Current Asset")),
    "Check": frozenset(("Bank",)),
    "CreditCard": frozenset(("Credit Card",)),
}
NAMES = ("Vendor", "Customer", "Employee")
# What the server's own extension block calls the kinds.
_CODES = {"Cash": "54", "Check": "3", "CreditCard": "54"}
_CARD_CREDIT = "11"


def compose(draft: Draft) -> Obj:
    company, fields = draft.company, draft.fields
    kind = fields.get("PaymentType")
    if kind not in PAID_FROM:
        raise bad_enumeration("PaymentType", kind)
    require_type(company, fields, "AccountRef", PAID_FROM[kind])
    credit = bool(fields.get("Credit")) and kind == "CreditCard"  # ignored for the others
    entity = _entity(company, fields.get("EntityRef"))
    bound = _bound(company, entity)
    row: Obj = {"AccountRef": {"value": fields["AccountRef"]["value"]}, "PaymentType": kind, "Credit": credit}
    row |= {"EntityRef": entity} if entity else {}
    row |= expense_form.compose(draft, _foreign_account(company, fields), bound)
    for name in ("PaymentMethodRef", "PaymentRefNum", "RemitToAddr"):
        if fields.get(name):
            row[name] = fields[name]
    if kind == "Check":
        row["PrintStatus"] = fields.get("PrintStatus") or "NotSet"
    return {**row, "PurchaseEx": extension(_CARD_CREDIT if credit else _CODES[kind])}


def _entity(company: Company, ref: Obj | None) -> Obj | None:
    """The name it was paid to. Names share their ids, so the type can be found when it was not sent."""
    if not ref or not ref.get("value"):
        return None
    kinds = [str(ref["type"])] if ref.get("type") else list(NAMES)
    for kind in kinds:
        if kind in NAMES and company.table(kind).get(ref["value"]):
            return {"value": ref["value"], "type": kind}
    raise bad_reference("Names", ref["value"])


def _bound(company: Company, entity: Obj | None) -> Obj | None:
    if entity is None or entity["type"] == "Employee":
        return None
    return company.table(str(entity["type"])).get(entity["value"])


def _foreign_account(company: Company, fields: Obj) -> Obj | None:
    """An account in a foreign currency pays in that currency only."""
    account = chart.account(company, fields["AccountRef"]["value"])
    code = (account.get("CurrencyRef") or {}).get("value", company.home_currency)
    return account if code != company.home_currency else None


def extension(code: str) -> Obj:
    """The block that the server emits and does not take back."""
    return {
        "any": [
            {
                "name": "{http://schema.intuit.com/finance/v3}NameValue",
                "declaredType": "com.intuit.schema.finance.v3.NameValue",
                "scope": "javax.xml.bind.JAXBElement$GlobalScope",
                "value": {"Name": "TxnType", "Value": code},
                "nil": False,
                "globalScope": True,
                "typeSubstituted": False,
            }
        ]
    }


def paid_leg(company: Company, row: Obj) -> Leg:
    return Leg(row["AccountRef"]["value"], -row["TotalAmt"])


ENTITY = entity_of(
    Form(
        name="Purchase",
        path="purchase",
        compose=compose,
        postings=expense_form.postings(paid_leg, lambda row: -1 if row.get("Credit") else 1),
        wanted=expense_form.order_links,
        stock_sign=1,
        required=("PaymentType", "AccountRef", "Line"),
        required_sparse=("PaymentType",),
        read_only=expense_form.READ_ONLY | {"CustomField"},
        filterable=frozenset(("DocNumber", "TxnDate", "TotalAmt", "PaymentType")),
    )
)
