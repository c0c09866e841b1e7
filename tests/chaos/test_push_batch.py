"""K11: a batch of thirty of which half was done when the line broke, with one that they do not take."""

from __future__ import annotations

import pytest

from tests.chaos.books import Books

pytestmark = pytest.mark.chaos

OF_A_BATCH = '"operation"'


def hide_customer(books: Books, client: str) -> None:
    """Somebody over there makes it inactive: its invoices are refused from now on."""
    (row,) = [one for one in books.objects("Customer") if one["DisplayName"] == f"Client {client}"]
    books.theirs("customer", {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "Active": False})


@pytest.mark.promise("K11", "I1", "I3", "I5", "I26", "L1")
@pytest.mark.parametrize("then", ["drop", pytest.param("fault", marks=pytest.mark.chaos_long)])
@pytest.mark.parametrize("ignored", [True, pytest.param(False, marks=pytest.mark.chaos_long)])
def test_half_a_batch_is_found_and_the_rest_goes_once(books: Books, then: str, ignored: bool) -> None:
    books.known()
    books.known("cus-9")
    wanted = [f"B-{number}" for number in range(1, 31)]
    for number in wanted:
        books.pay(number, client="cus-9" if number == "B-7" else "cus-1")
    hide_customer(books, "cus-9")
    if ignored:
        books.machine.fault("ignore_request_ids", count=None)
    match = {"path": "/batch", "body": OF_A_BATCH}
    fault = books.machine.fault("partial_batch", {"commit": 15, "then": then}, 1, **match)
    books.ended(books.worker())
    books.machine.sim("DELETE", f"faults/{fault}")
    books.rest()
    states = {number: books.record_of(number).state for number in wanted}
    assert states.pop("B-7") == "failed"
    assert set(states.values()) == {"done"}
    assert books.record_of("B-7").problem == "inactive_reference"
    assert books.created("Invoice", "Payment") == {"Invoice": 2 + 29, "Payment": 2 + 29}
    books.check(done=False)
