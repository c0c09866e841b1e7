"""One call's worth of a change, a removal, a credit or a refund: wishes like those for new documents.

Whatever else the deed made due is put off, so that the call in which the worker is hurt is the one that is meant.
"""

from __future__ import annotations

from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.wishes import Wish

FIRST = "N-1"


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
    "use taken back": Wish(_use_taken_back, "/payment", "", "Payment", op="delete"),
    "void of a credit note": Wish(_credit_taken_back, "/creditmemo", "", "CreditMemo", op="delete"),
    "refund": Wish(_refund, "/refundreceipt", "", "RefundReceipt"),
    "void of a refund": Wish(_refund_taken_back, "/refundreceipt", "", "RefundReceipt", op="delete"),
}
