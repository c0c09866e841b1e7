"""Hooks in: what billing platforms and Stripe post to us. Read as raw bytes, within a size, never as a form."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from kz_admin.api import problems
from kz_admin.api.policy import machine
from kz_admin.services import hooks, stripe
from kz_admin.services.hooks import Call

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
problems.init_blueprint(bp)

LARGEST = 512 * 1024


@bp.post("/paid")
@machine
def paid() -> ResponseReturnValue:
    answer = hooks.receive(
        Call(
            key=_bearer(),
            delivery_id=request.headers.get("webhook-id", ""),
            timestamp=request.headers.get("webhook-timestamp", ""),
            signature=request.headers.get("webhook-signature", ""),
            body=raw_body(),
        )
    )
    invoice = str(answer.invoice_id) if answer.invoice_id else None
    return jsonify(receipt=str(answer.receipt_id), invoice=invoice, outcome=answer.outcome), 202


@bp.post("/stripe/<tenant>")
@machine
def stripe_tenant(tenant: str) -> ResponseReturnValue:
    return _stripe(tenant)


@bp.post("/stripe")
@machine
def stripe_connect() -> ResponseReturnValue:
    return _stripe(None)


def _stripe(tenant: str | None) -> ResponseReturnValue:
    signature = request.headers.get("Stripe-Signature", "")
    answer = stripe.receive(tenant, stripe.Call(raw_body(), signature))
    return jsonify(receipt=str(answer.receipt_id), outcome=answer.outcome), 202


def raw_body() -> bytes:
    """The bytes as they were signed; too many are refused before they are read."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body as it is, not compressed.")
    request.max_content_length = LARGEST + 1
    # A body that is sent in pieces says no length, and reading one ends at the limit without a word.
    if (request.content_length or 0) > LARGEST or len(body := request.get_data(cache=False)) > LARGEST:
        raise RequestEntityTooLarge(f"A body can have at most {LARGEST // 1024} kB.")
    return body


def _bearer() -> str:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""
