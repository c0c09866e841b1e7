"""Documents are written in one place: no statement of our own goes around the revision."""

from __future__ import annotations

import ast

from kz_admin.models.document import Part, document_models
from tests.sweeps.test_code import dotted, sources

WRITES = ("update", "insert", "delete", "bulk_insert_mappings", "bulk_update_mappings", "bulk_save_objects")


def names() -> set[str]:
    models = {model.__name__ for model in document_models().values()}
    return models | {part.__name__ for part in _parts(Part)}


def _parts(base: type) -> set[type]:
    found = set(base.__subclasses__())
    return found.union(*(_parts(one) for one in found)) if found else found


def test_no_core_write_touches_a_document() -> None:
    """The before-flush listener cannot see them, so the revision would not rise and the outbox would not look."""
    around = [
        f"{file}:{node.lineno}"
        for file, tree in sources("kz_admin", "jobs")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in WRITES
        for argument in node.args[:1]
        if isinstance(argument, ast.Name) and argument.id in names()
    ]
    assert around == []


def test_only_saved_makes_a_revision_rise() -> None:
    """And the net behind it."""
    callers = {
        file
        for file, tree in sources("kz_admin", "jobs")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func).endswith(".revise")
    }
    assert callers == {"kz_admin/models/document.py", "kz_admin/services/documents/saving.py"}


def test_only_settle_makes_an_invoice_paid() -> None:
    """Whatever the path (KZ-05): nothing else writes the state of an invoice that exists."""
    writers = {
        file
        for file, tree in sources("kz_admin", "jobs")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
        and target.attr in ("state", "paid_at")
        and dotted(target.value) == "invoice"
    }
    assert writers == {"kz_admin/services/documents/settling.py"}
