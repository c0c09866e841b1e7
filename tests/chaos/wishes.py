"""One call's worth of due work, for each kind of thing that goes over: what an experiment hurts is that call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.books import Books


@dataclass(frozen=True)
class Wish:
    """`path` is where its call arrives, `makes` how many objects of `entity` it creates, or does `op` to."""

    prepare: Callable[[Books], None]
    path: str
    body: str
    entity: str
    makes: int = 1
    op: str = "create"

    def done(self, books: Books) -> int:
        return books.written(self.op, self.entity)[self.entity]


def _customer(books: Books) -> None:
    books.known()
    books.pay(client="cus-2")
    books.put_off("invoice", "payment")


def _invoice(books: Books) -> None:
    books.known()
    books.pay()
    books.put_off("payment")


def _payment(books: Books) -> None:
    books.known()
    books.pay()
    books.put_off("payment")
    books.push()
    books.bring_back()


def _first(books: Books) -> None:
    """A new client and the item of the lines share a call."""
    books.pay()
    books.put_off("invoice", "payment")


def _invoices(books: Books) -> None:
    books.known()
    books.pay_many(4)
    books.put_off("payment")


def _payments(books: Books) -> None:
    _invoices(books)
    books.push()
    books.bring_back()


WISHES = {
    "customer": Wish(_customer, "/customer", "", "Customer"),
    "invoice": Wish(_invoice, "/invoice", "", "Invoice"),
    "payment": Wish(_payment, "/payment", "", "Payment"),
    "customer and item": Wish(_first, "/batch", '"operation"', "Item"),
    "batch of invoices": Wish(_invoices, "/batch", '"operation"', "Invoice", 4),
    "batch of payments": Wish(_payments, "/batch", '"operation"', "Payment", 4),
}


def hurt(books: Books, wish: Wish, action: str, arg: object = None, count: int | None = 1) -> None:
    """The next call of this kind meets trouble over there."""
    match = {"path": wish.path, "body": wish.body} if wish.body else {"path": wish.path}
    books.machine.fault(action, arg, count, **match)
