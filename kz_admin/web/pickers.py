"""Which row a typed name means. A name that means none or several is said so at its field."""

from __future__ import annotations

from typing import Any

from wtforms import ValidationError

from kz_admin.models.client import Client
from kz_admin.services.documents import clients, projects, services, vendors
from kz_admin.web.access import tenant_id


def client_named(text: str, _form: Any) -> Client:
    found = clients.named(tenant_id(), text)
    if not found:
        raise ValidationError(f"There is no client called {text}. Choose one from the list, or add it first.")
    if len(found) > 1:
        raise ValidationError(f"{len(found)} clients are called {text}. Write the e-mail address instead.")
    return found[0]


def project_named(text: str, form: Any) -> Any:
    client = form.client.found
    if client is None:
        return None  # the client's own field says what is missing
    found = projects.named(tenant_id(), client.id, text)
    if len(found) != 1:
        raise ValidationError(f"{client.name} has no project called {text}.")
    return found[0]


def service_named(text: str, _form: Any) -> Any:
    found = services.named(tenant_id(), text)
    if found is None:
        raise ValidationError(f"There is no service called {text}. Choose one from the list or leave it empty.")
    return found


def vendor_named(text: str, _form: Any) -> Any:
    found = vendors.named(tenant_id(), text)
    if found is None:
        raise ValidationError(f"There is no vendor called {text}. Choose one from the list, or add it first.")
    return found


def label_of(client: Client | None) -> str:
    """How a client is written where people pick one: with the e-mail address, because names repeat."""
    if client is None:
        return ""
    return f"{client.name} <{client.email}>" if client.email else client.name
