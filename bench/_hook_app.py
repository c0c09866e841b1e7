"""The application with two routes beside it, served by the same gunicorn: nothing at all, and a receipt alone."""

from __future__ import annotations

from flask import Flask, jsonify, request

from kz_admin import create_app, ids
from kz_admin.api.policy import machine
from kz_admin.extensions import csrf
from kz_admin.models.receipt import Receipt
from kz_admin.models.session import writing
from kz_admin.services import receipts

app: Flask = create_app()


@app.post("/bench/bare")
@csrf.exempt
@machine
def bare() -> object:
    return jsonify(ok=True)


@app.post("/bench/receipt")
@csrf.exempt
@machine
def receipt_alone() -> object:
    body = request.get_data(cache=False)
    with writing() as session:
        row = Receipt(source="bench", scope="bench", delivery_id=ids.uuid7().hex, what="paid", body=body)
        row.body_hash, row.outcome = receipts.digest(body), "accepted"
        session.add(row)
    return jsonify(receipt=str(row.id)), 202
