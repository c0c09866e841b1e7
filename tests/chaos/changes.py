"""One call's worth of a change, a removal, a credit or a refund: wishes like those for new documents.

Whatever else the deed made due is put off, so that the call in which the worker is hurt is the one that is meant.
"""

from __future__ import annotations

from dataclasses import replace

from kz_admin.domain import presets
from kz_admin.domain.presets import ClosedPeriod
from kz_admin.models import Connection
from kz_admin.models.session import writing
from kz_admin.services import company_facts
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.wishes import Wish

FIRST = "N-1"
CLOSED = "2026-11-10"  # the invoices are of before
LEASE_S = 61


def _update(books: Books) -> None:
    books.known()
    Desk(books).change(FIRST)


def _updates(books: Books) -> None:
    books.pay_many(3)
    books.rest()
    for number in range(1, 4):
        Desk(books).change(f"N-{number}")


def _unpaid(books: Books) -> None:
    books.known()
    Desk(books).unpay(FIRST)
    books.put_off("invoice")


def _void(books: Books) -> None:
    _unpaid(books)
    books.bring_back()
    books.rest()
    Desk(books).void(FIRST)


def _shut_in(books: Books) -> None:
    """Voided here and in closed books there, where the settings want it credited."""
    _open_again(books)
    with books.app.app_context(), writing() as session:
        connection = session.get_one(Connection, books.connection_id)
        ruled = replace(presets.read(connection.settings), closed_period=ClosedPeriod.CREDIT_NOTE)
        connection.settings = ruled.as_json()
    (row,) = books.objects("Preferences")
    said = {**row["AccountingInfoPrefs"], "BookCloseDate": CLOSED}
    books.theirs("Preferences", {"Id": "1", "SyncToken": row["SyncToken"], "AccountingInfoPrefs": said})
    with books.app.app_context():
        company_facts.refresh(books.row)
    Desk(books).void(FIRST)


def _credited(books: Books) -> None:
    """A worker died when it had just decided: the next one finds both parts wanted, and makes the credit."""
    _shut_in(books)
    books.killed_at("push.committed")
    books.let_time_pass(LEASE_S)
    books.put_off("invoice", part="credited_applied")


def _credited_applied(books: Books) -> None:
    _credited(books)
    books.push()
    books.bring_back()


def _open_again(books: Books) -> None:
    """An invoice over there on which nothing is paid any more."""
    _unpaid(books)
    books.bring_back()
    books.rest()


def _credit(books: Books) -> None:
    _open_again(books)
    Desk(books).credit(FIRST)
    books.put_off("invoice")
    books.put_off("credit_note", part="applied")


def _credits(books: Books) -> None:
    books.known()
    for _ in range(3):
        Desk(books).credit(FIRST, of_its_own=True)


def _use(books: Books) -> None:
    _open_again(books)
    credit = Desk(books).credit(FIRST, of_its_own=True)
    books.rest()
    Desk(books).use(credit, FIRST)
    books.put_off("credit_note", part="applied")
    books.push()  # neither the invoice nor the credit note says anything new
    books.bring_back()


def _use_taken_back(books: Books) -> None:
    _open_again(books)
    credit = Desk(books).credit(FIRST)
    books.rest()
    Desk(books).void_credit(credit)
    books.put_off("invoice")
    books.put_off("credit_note", part="")


def _credit_taken_back(books: Books) -> None:
    books.known()
    credit = Desk(books).credit(FIRST, of_its_own=True)
    books.rest()
    Desk(books).void_credit(credit)


def _refund(books: Books) -> None:
    Desk(books).choose_account()
    books.known()
    Desk(books).refund(FIRST)
    books.put_off("payment")


def _refund_taken_back(books: Books) -> None:
    Desk(books).choose_account()
    books.known()
    refund = Desk(books).refund(FIRST)
    books.rest()
    Desk(books).void_refund(refund)
    books.put_off("payment")


CHANGES = {
    "change of an invoice": Wish(_update, "/invoice", "", "Invoice", op="update"),
    "batch of changes": Wish(_updates, "/batch", '"operation"', "Invoice", 3, op="update"),
    "removal of a payment": Wish(_unpaid, "/payment", "", "Payment", op="void"),
    "void of an invoice": Wish(_void, "/invoice", "", "Invoice", op="void"),
    "credit note": Wish(_credit, "/creditmemo", "", "CreditMemo"),
    "batch of credit notes": Wish(_credits, "/batch", '"operation"', "CreditMemo", 3),
    "use of a credit note": Wish(_use, "/payment", "", "Payment"),
    "decision to credit": Wish(_shut_in, "/creditmemo", "", "CreditMemo"),
    "credit instead of a void": Wish(_credited, "/creditmemo", "", "CreditMemo"),
    "use of that credit": Wish(_credited_applied, "/payment", "", "Payment"),
    "use taken back": Wish(_use_taken_back, "/payment", "", "Payment", op="delete"),
    "void of a credit note": Wish(_credit_taken_back, "/creditmemo", "", "CreditMemo", op="delete"),
    "refund": Wish(_refund, "/refundreceipt", "", "RefundReceipt"),
    "void of a refund": Wish(_refund_taken_back, "/refundreceipt", "", "RefundReceipt", op="delete"),
}
