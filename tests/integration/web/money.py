"""Payments, credit notes and refunds on a live connection, standing in the books as a test wants."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from kz_admin import clock
from kz_admin.domain.kinds import Kind
from kz_admin.domain.payments import Method
from kz_admin.domain.problems import Problem
from kz_admin.models import SyncRecord
from kz_admin.models.session import writing
from kz_admin.services.documents import refunds
from tests.integration.documents.agency import Agency

LISTS = {Kind.PAYMENT: "payments", Kind.CREDIT_NOTE: "credit-notes", Kind.REFUND: "refunds"}


class Money:
    def __init__(self, app: Flask, tenant_id: UUID) -> None:
        self.app, self.tenant_id = app, tenant_id

    def made(self, kind: Kind, count: int = 1) -> list[UUID]:
        with self.app.app_context():
            agency = Agency(self.tenant_id)
            client = agency.client()
            return [self._one(agency, kind, client).id for _ in range(count)]

    def _one(self, agency: Agency, kind: Kind, client):
        if kind is Kind.CREDIT_NOTE:
            return agency.credit(client=client)
        payment = agency.pay(agency.invoice(client), 40_00)
        if kind is Kind.PAYMENT:
            return payment
        return agency.do(refunds.create, refunds.Details(5_00, "2026-07-16", Method.CARD, payment_id=payment.id))

    def fail(self, kind: Kind, problem: Problem, count: int = 1) -> list[UUID]:
        """As the engine would leave them."""
        made = self.made(kind, count)
        self.put(
            made,
            state="failed",
            reason=None,
            wanted_revision=1,
            problem=problem.slug.value,
            cause=problem.cause,
            problem_facts=json.dumps(dict(problem.facts)),
            problem_at=clock.now_ms(),
        )
        return made

    def put(self, ids: list[UUID], **values: object) -> None:
        with self.app.app_context(), writing() as session:
            session.execute(update(SyncRecord).where(SyncRecord.local_id.in_(ids)).values(**values))
