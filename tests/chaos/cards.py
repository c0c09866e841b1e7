"""Cards that people answer, each with what brings it about, the click that answers it, and what has to come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from kz_admin.domain.kinds import Kind
from kz_admin.domain.lists import List
from kz_admin.models import Mapping as Choice
from kz_admin.models.session import reading, writing
from kz_admin.services import records
from kz_admin.services.audit import SYSTEM
from kz_admin.services.documents.work import carry_out
from tests.bridge import INTEGRATIONS
from tests.chaos.books import Books
from tests.chaos.changes import FIRST
from tests.chaos.desk import ON, Desk

BOARD = f"{INTEGRATIONS}/quickbooks/problems"
TAKEN, FREE = "T-7", "T-7-1"
NO_ACCOUNT = "account_missing:income"
SEVERAL = 4


@dataclass(frozen=True)
class Click:
    path: str
    form: Mapping[str, object]


@dataclass(frozen=True)
class Card:
    """`makes` is what the answer brings about over there, `logged` what the activity log calls it."""

    prepare: Callable[[Books], Click]
    logged: str
    makes: Mapping[str, int] = field(default_factory=dict)
    rings: bool = True


def _decide(books: Books, number: str, choice: str, value: str) -> Click:
    invoice_id = books.record_of(number).local_id
    return Click(f"/kz-admin/invoices/{invoice_id}/decide", {"choice": choice, "value": value})


def taken(books: Books) -> dict[str, Any]:
    """Somebody typed an invoice with our number over there, over another amount."""
    books.known()
    (customer,) = [one for one in books.objects("Customer") if one["DisplayName"] == "Client cus-1"]
    theirs = books.theirs("invoice", {"CustomerRef": {"value": customer["Id"]}, "DocNumber": TAKEN, **_line(books, 90)})
    books.pay(TAKEN)
    books.rest()
    assert books.record_of(TAKEN).problem == "duplicate_number", books.states()
    return theirs


def _line(books: Books, amount: int) -> dict[str, Any]:
    item = next(one["Id"] for one in books.objects("Item") if one["Type"] == "Service")
    detail = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item}}}
    return {"Line": [{**detail, "Amount": amount}]}


def _link(books: Books) -> Click:
    """Somebody typed the payment over there, twice; the second one is deleted once that was seen."""
    books.known()
    desk = Desk(books)
    desk.unpay(FIRST)
    books.rest()
    theirs = [_typed_payment(books, 30) for _ in range(2)]
    desk.pay(FIRST, 30_00)
    (payment_id,) = [one.local_id for one in books.records("payment") if one.state == "due"]
    with books.app.app_context():
        carry_out(books.cast.tenant_id, SYSTEM, records.copy, Kind.PAYMENT, [payment_id])
    books.rest()
    (asked,) = [one for one in books.records("payment") if one.local_id == payment_id]
    assert asked.problem == "several_matches", books.states()
    first, second = theirs
    books.theirs("payment", {"Id": second["Id"], "SyncToken": second["SyncToken"]}, operation="delete")
    return Click(f"/kz-admin/payments/{payment_id}/decide", {"choice": "link", "value": first["Id"]})


def _typed_payment(books: Books, amount: int) -> dict[str, Any]:
    (invoice,) = [one for one in books.objects("Invoice") if one["Id"] == books.record_of(FIRST).remote_id]
    line = {"Amount": amount, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    head = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": amount, "TxnDate": ON}
    return books.theirs("payment", {**head, "Line": [line]})


def _number(books: Books) -> Click:
    taken(books)
    return _decide(books, TAKEN, "number", FREE)


def _reactivate(books: Books) -> Click:
    """The customer is there, and somebody made it inactive."""
    named = {"DisplayName": "Client cus-9", "PrimaryEmailAddr": {"Address": "cus-9@example.com"}}
    theirs = books.theirs("customer", named)
    hidden = {"Id": theirs["Id"], "SyncToken": theirs["SyncToken"], "sparse": True, "Active": False}
    books.theirs("customer", hidden)
    books.known()
    books.pay("R-1", client="cus-9")
    books.rest()
    assert books.record_of("R-1").problem == "inactive_twin", books.states()
    return _decide(books, "R-1", "reactivate", theirs["Id"])


def _no_account(books: Books) -> None:
    """Several invoices failed for want of one choice, which is there again and nobody has said so."""
    income = (
        Choice.connection_id == books.connection_id,
        Choice.list == List.ACCOUNTS.value,
        Choice.subject == "income",
    )
    with books.app.app_context(), reading() as session:
        chosen = session.scalars(select(Choice).where(*income)).one()
        kept = {column.key: getattr(chosen, column.key) for column in Choice.__table__.columns}
    with books.app.app_context(), writing() as session:
        session.execute(delete(Choice).where(*income))
    books.pay_many(SEVERAL)
    books.rest()
    failed = [one for one in books.records("invoice") if one.cause == NO_ACCOUNT]
    assert len(failed) == SEVERAL, books.states()
    with books.app.app_context(), writing() as session:
        session.add(Choice(**kept))


def _retry_all(books: Books) -> Click:
    _no_account(books)
    return Click(f"{BOARD}/retry", {"cause": NO_ACCOUNT})


def _leave_all_out(books: Books) -> Click:
    _no_account(books)
    return Click(f"{BOARD}/ignore", {"cause": NO_ACCOUNT, "reason": "Booked by hand"})


CARDS = {
    "link to it": Card(_link, "document.decided", {"Invoice": 0, "Payment": 0}),
    "push with another number": Card(_number, "document.decided", {"Invoice": 1, "Payment": 1}),
    "reactivate": Card(_reactivate, "document.decided", {"Customer": 0, "Invoice": 1, "Payment": 1}),
    "Retry all": Card(_retry_all, "cause.retried", {"Item": 1, "Invoice": SEVERAL, "Payment": SEVERAL}),
    "Leave all out": Card(_leave_all_out, "cause.ignored", {"Item": 0, "Invoice": 0, "Payment": 0}, rings=False),
}
