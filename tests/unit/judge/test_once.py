"""I1 to I3 and I7, broken by hand."""

from __future__ import annotations

from uuid import uuid4

import pytest

from kz_admin.models import PaymentAllocation
from tests.chaos.judge import once
from tests.unit.judge.sound import T0, TENANT, Sound, rules_broken


@pytest.mark.parametrize("entity", ["Invoice", "Payment"])
def test_i1_sees_a_second_object_with_the_same_marker(sound: Sound, entity: str) -> None:
    twin = {**sound.objects[entity][0], "Id": "99"}
    sound.objects[entity].append(twin)
    assert rules_broken(list(once.at_most_one_live_object(sound.evidence()))) == {"I1"}
    twin |= {"PrivateNote": f"Voided - {twin['PrivateNote']}", "TotalAmt": 0}
    assert list(once.at_most_one_live_object(sound.evidence())) == []


def test_i1_sees_a_done_document_that_is_not_there(sound: Sound) -> None:
    sound.objects["Invoice"].clear()
    assert rules_broken(list(once.done_means_there(sound.evidence()))) == {"I1"}


def test_i1_sees_a_done_document_tied_to_another_object(sound: Sound) -> None:
    sound.invoice_record.remote_id = "77"
    assert "is done as 77" in str(*once.done_means_there(sound.evidence()))


def test_i1_sees_a_done_document_tied_to_nothing(sound: Sound) -> None:
    sound.payment_record.remote_id = None
    assert "tied to nothing" in str(*once.done_means_there(sound.evidence()))


def test_i1_sees_a_customer_that_is_not_there(sound: Sound) -> None:
    sound.objects["Customer"].clear()
    assert "which is not there" in str(*once.done_means_there(sound.evidence()))


def test_i1_sees_what_was_removed_here_and_lives_there(sound: Sound) -> None:
    sound.invoice.voided_at = T0
    assert "lives there" in str(*once.done_means_there(sound.evidence()))


def test_i1_sees_a_second_customer_made_for_one_client(sound: Sound) -> None:
    sound.request("customer", at=T0)["objects"] = [{"type": "Customer", "id": "50", "op": "create"}]
    named = {"DisplayName": "Ada (ada@example.com)", "PrimaryEmailAddr": {"Address": "Ada@example.com"}}
    sound.objects["Customer"].append({"Id": "50", **named})
    assert rules_broken(list(once.one_customer_per_client(sound.evidence()))) == {"I1"}
    sound.record("client", sound.client.id, part="EUR")  # a customer in each currency
    assert list(once.one_customer_per_client(sound.evidence())) == []


def test_i1_sees_a_second_item_made_for_one_service(sound: Sound) -> None:
    sound.request("item", at=T0)["objects"] = [{"type": "Item", "id": "50", "op": "create"}]
    sound.objects["Item"].append({"Id": "50", "Name": "Services (Sales)"})
    assert rules_broken(list(once.one_item_per_service(sound.evidence()))) == {"I1"}


def test_i2_sees_a_receipt_without_its_invoice(sound: Sound) -> None:
    sound.receipt.invoice_id = uuid4()
    assert "has no invoice" in str(*once.accepted_hooks_are_whole(sound.evidence()))


def test_i2_sees_an_invoice_without_its_money(sound: Sound) -> None:
    sound.rows.allocations.clear()
    assert "has no money" in str(*once.accepted_hooks_are_whole(sound.evidence()))


def test_i2_sees_documents_nobody_planned(sound: Sound) -> None:
    sound.rows.records.remove(sound.payment_record)
    assert "no planned record" in str(*once.accepted_hooks_are_whole(sound.evidence()))
    sound.connection.connected_at = T0 + 1  # connected later: what was accepted before is the backlog
    assert list(once.accepted_hooks_are_whole(sound.evidence())) == []


def test_i3_sees_an_invoice_paid_twice(sound: Sound) -> None:
    ids = {"payment_id": uuid4(), "invoice_id": sound.invoice.id}
    sound.rows.allocations.append(PaymentAllocation(tenant_id=TENANT, amount_minor=1, **ids))
    assert rules_broken(list(once.one_event_one_result(sound.evidence()))) == {"I3"}
    sound.payment.voided_at = T0  # the first one did not happen
    assert list(once.one_event_one_result(sound.evidence())) == []
    sound.credited()
    sound.use.amount_minor = 10_000
    assert rules_broken(list(once.one_event_one_result(sound.evidence()))) == {"I3"}


def test_i3_sees_two_invoices_of_one_number(sound: Sound) -> None:
    sound.rows.invoices.append(sound.invoice)
    assert "2 invoices 1" in str(*once.one_event_one_result(sound.evidence()))


def test_i3_sees_a_revision_written_twice(sound: Sound) -> None:
    attempt = sound.attempt(sound.invoice_record, at=T0 + 900, closed_at=T0 + 990, generation=1)
    entry = sound.write(attempt, "Invoice", {}, at=T0 + 910, objects=[("Invoice", "9", "create")])
    assert rules_broken(list(once.one_write_per_revision(sound.evidence()))) == {"I3"}
    entry["replayed"] = True
    assert list(once.one_write_per_revision(sound.evidence())) == []


def test_i7_sees_two_documents_tied_to_one_object(sound: Sound) -> None:
    more = {"state": "done", "remote_type": "Invoice", "remote_id": sound.invoice_record.remote_id}
    sound.record("invoice", uuid4(), **more)
    assert "2 of our documents" in str(*once.links_are_one_to_one(sound.evidence()))


def test_i7_sees_two_records_of_one_document_but_lets_clients_share_a_customer(sound: Sound) -> None:
    sound.record("payment", sound.payment.id)
    more = {"state": "done", "remote_type": "Customer", "remote_id": sound.client_record.remote_id}
    sound.record("client", uuid4(), **more)
    assert "has 2 records" in str(*once.links_are_one_to_one(sound.evidence()))


def test_i7_sees_a_write_of_what_was_only_linked(sound: Sound) -> None:
    sound.invoice_record.linked_by, sound.invoice_record.wanted_revision = "match", 0
    assert "only linked" in str(*once.links_write_nothing(sound.evidence()))
    sound.invoice_record.wanted_revision = 1  # somebody wanted ours over there
    assert list(once.links_write_nothing(sound.evidence())) == []


def test_i1_knows_what_applies_a_credit_note_from_the_credit_memo(sound: Sound) -> None:
    """Both carry the marker of the credit note; the use of it is marked as its part."""
    sound.credited()
    assert list(once.at_most_one_live_object(sound.evidence())) == []
    assert list(once.done_means_there(sound.evidence())) == []
    sound.objects["Payment"].append({**sound.objects["Payment"][1], "Id": "99"})
    assert rules_broken(list(once.at_most_one_live_object(sound.evidence()))) == {"I1"}
